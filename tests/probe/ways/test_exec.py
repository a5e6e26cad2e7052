"""The kubernetes client's exec, over streams that break in every way."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from netsim.probe.interface import Observation, Repeat, Symptom
from netsim.probe.pods import LivePod
from netsim.probe.ways.client import Client, ExecStream
from netsim.probe.ways.exec import ExecRunner
from netsim.probe.ways.script import Run
from tests.probe.samples import job, pod, target

_NONCE = "{nonce}"
LINES = "{nonce} 1 openbsd 0 Connection to x succeeded!\n{nonce} 2 openbsd 1 timed out\n"
END = "{nonce} END 2\n"
JOBS = (job("1"), job("2"))

Step = str | Exception | None
"""What arrives next on standard output, what breaks, or nothing."""


@dataclass
class FakeStream:
    """Gives a step at each update, then closes, unless it hangs."""

    steps: list[Step]
    hangs: bool = False
    stderr: str = ""
    frame: str = ""
    closed: bool = False
    waiting: dict[int, str] = field(default_factory=dict)

    def is_open(self) -> bool:
        return not self.closed and (bool(self.steps) or self.hangs)

    def update(self, timeout: float) -> None:
        if not self.steps:
            time.sleep(min(timeout, 0.05))
            return
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        self.waiting = {1: step or "", 2: self.stderr, 3: self.frame}

    def read_channel(self, channel: int) -> str:
        return self.waiting.pop(channel, "")

    def close(self) -> None:
        self.closed = True

    @property
    def returncode(self) -> int:
        raise TypeError("'NoneType' object is not subscriptable")


class FakeClient(Client):
    """Opens a stream for the command, or raises."""

    def __init__(self, opening: Callable[[], FakeStream]) -> None:
        self._opening = opening
        self.opened: list[tuple[str, str, tuple[str, ...]]] = []

    def open(self, pod: LivePod, container: str, command: Sequence[str]) -> ExecStream:
        self.opened.append((pod.title, container, tuple(command)))
        stream = self._opening()
        nonce = command[4]
        stream.steps = [
            step.replace(_NONCE, nonce) if isinstance(step, str) else step
            for step in stream.steps
        ]
        return stream


def run(opening: Callable[[], FakeStream]) -> dict[str, Observation]:
    found = ExecRunner(FakeClient(opening), 1).run(JOBS[0].source, JOBS)
    assert [each.job for each in found] == ["1", "2"]
    return {each.job: each for each in found}


def status(message: str) -> str:
    return json.dumps({"status": "Failure", "message": message})


def test_lines_arrive_in_pieces() -> None:
    text = LINES + END
    pieces: list[Step] = [text[:30], None, text[30:]]
    client = FakeClient(lambda: FakeStream(pieces))
    # The nonce would be cut by the pieces, so it is put in beforehand.
    found = {e.job: e for e in ExecRunner(client, 1).run(JOBS[0].source, JOBS)}
    assert found["1"].outcome is Symptom.OPEN
    assert found["2"].outcome is Symptom.TIMEOUT
    ((title, container, command),) = client.opened
    assert (title, container, command[:2]) == ("shop/web", "main", ("sh", "-c"))


def test_a_lost_status_frame_matters_to_nobody() -> None:
    found = run(lambda: FakeStream([LINES + END], frame=""))
    assert (found["1"].outcome, found["2"].outcome) == (Symptom.OPEN, Symptom.TIMEOUT)


NO_SHELL = 'OCI runtime exec failed: exec: "sh": executable file not found in $PATH: unknown'


@pytest.mark.parametrize(
    ("stream", "says", "retry"),
    [
        (FakeStream([]), "cut off", Repeat.YES),
        (FakeStream([TypeError("no status")]), "TypeError", Repeat.YES),
        (FakeStream([ConnectionResetError("reset")]), "reset", Repeat.YES),
        (FakeStream([None], frame=status("error dialing backend")), "dialing", Repeat.YES),
        (FakeStream([None], frame='{"status": "Success"}'), "cut off", Repeat.YES),
        (FakeStream([None], stderr="sh: out of memory"), "out of memory", Repeat.YES),
    ],
    ids=["closed", "no status", "reset", "backend", "success", "stderr"],
)
def test_broken_streams(stream: FakeStream, says: str, retry: Repeat) -> None:
    for each in run(lambda: stream).values():
        assert each.outcome is Symptom.EXEC_ERROR
        assert says in each.detail
        assert each.retry is retry


def test_what_came_before_the_break_counts() -> None:
    first = LINES.splitlines(keepends=True)[0]
    found = run(lambda: FakeStream([first, ConnectionResetError("reset")]))
    assert found["1"].outcome is Symptom.OPEN
    assert (found["2"].outcome, found["2"].retry) == (Symptom.EXEC_ERROR, Repeat.YES)


def test_an_image_without_a_shell() -> None:
    for each in run(lambda: FakeStream([None], frame=status(NO_SHELL))).values():
        assert (each.outcome, each.retry) == (Symptom.NO_TOOL, Repeat.NO)


class RefusedError(Exception):
    """As the client raises it: the server's answer is a part of the text."""

    def __init__(self, code: int, message: str, headers: str = "", form: type = str) -> None:
        text = json.dumps({"kind": "Status", "message": message, "code": code})
        body = repr(text.encode()) if form is bytes else text
        self.reason = f"Handshake status {code} Oops -+-+- {{{headers}}} -+-+- {body}"
        super().__init__(self.reason)

    def __str__(self) -> str:
        return f"(0)\nReason: {self.reason}\n"


def refusing(error: Exception) -> Callable[[], FakeStream]:
    def opening() -> FakeStream:
        raise error

    return opening


@pytest.mark.parametrize(
    ("error", "says", "retry"),
    [
        (RefusedError(401, "Unauthorized"), "Unauthorized", Repeat.NO),
        (RefusedError(403, "pods is forbidden"), "pods is forbidden", Repeat.NO),
        (RefusedError(404, 'pods "web" not found'), 'pods "web" not found', Repeat.NO),
        (RefusedError(404, 'pods "web" not found', form=bytes), "web", Repeat.NO),
        (RefusedError(429, "slow down"), "slow down", Repeat.YES),
        (RefusedError(500, "oops"), "oops", Repeat.YES),
        (TimeoutError("no answer"), "no answer", Repeat.YES),
        (ConnectionRefusedError("refused"), "refused", Repeat.YES),
    ],
)
def test_refusals(error: Exception, says: str, retry: Repeat) -> None:
    for each in run(refusing(error)).values():
        assert each.outcome is Symptom.EXEC_ERROR
        assert (says in each.detail, each.retry) == (True, retry)
        assert "Handshake" not in each.detail


def test_the_server_says_how_long_to_wait() -> None:
    found = run(refusing(RefusedError(429, "slow down", "'retry-after': '7'")))
    assert found["1"].after == 7


def test_secrets_of_the_handshake_are_not_repeated() -> None:
    found = run(refusing(ValueError("Authorization: Bearer hush")))
    assert "hush" not in found["1"].detail


def test_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Run, "deadline", property(lambda _: 0.2))
    stream = FakeStream([LINES.splitlines(keepends=True)[0]], hangs=True)
    found = run(lambda: stream)
    assert found["1"].outcome is Symptom.OPEN
    assert "no answer within" in found["2"].detail
    assert stream.closed


def test_a_server_that_accepts_and_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netsim.probe.ways.client.OPENING_SECONDS", 0.2)
    never = threading.Event()

    def opening() -> FakeStream:
        never.wait(5)
        return FakeStream([])

    found = run(opening)
    never.set()
    assert found["1"].retry is Repeat.YES
    assert "no answer within" in found["1"].detail


def test_stopping() -> None:
    stream = FakeStream([], hangs=True)
    client = FakeClient(lambda: stream)
    runner = ExecRunner(client, 1)
    threading.Timer(0.2, runner.stop).start()
    for _ in range(2):
        found = runner.run(JOBS[0].source, JOBS)
        assert {each.detail for each in found} == {"interrupted"}
    assert len(client.opened) == 1
    assert stream.closed


MANY = tuple(job(str(number), target(f"10.244.0.{number % 250}")) for number in range(200))


def test_what_is_too_long_for_a_request_takes_several() -> None:
    client = FakeClient(lambda: FakeStream([""]))

    def answering() -> FakeStream:
        words = client.opened[-1][2]
        names = [word.partition("/")[0] for word in words[7:]]
        lines = "".join(f"{_NONCE} {name} openbsd 0 succeeded!\n" for name in names)
        return FakeStream([f"{lines}{_NONCE} END {len(names)}\n"])

    client._opening = answering
    found = ExecRunner(client, 1).run(MANY[0].source, MANY)
    assert [each.job for each in found] == [each.id for each in MANY]
    assert {each.outcome for each in found} == {Symptom.OPEN}
    assert 1 < len(client.opened) < 8


def test_after_one_that_brings_nothing_no_other_is_made() -> None:
    client = FakeClient(lambda: FakeStream(["garbage\n"]))
    found = ExecRunner(client, 1).run(MANY[0].source, MANY)
    assert [each.job for each in found] == [each.id for each in MANY]
    assert {(each.outcome, each.retry) for each in found} == {(Symptom.EXEC_ERROR, Repeat.YES)}
    assert len(client.opened) == 1


def test_another_container() -> None:
    client = FakeClient(lambda: FakeStream([LINES + END]))
    ExecRunner(client, 1).run_in(pod("web"), "netsim-probe", JOBS)
    assert client.opened[0][1] == "netsim-probe"
