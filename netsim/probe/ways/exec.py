"""``--via exec``: connections are tried through the exec subresource, over WebSocket."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from msgspec import Struct

from netsim.probe.interface import Job, Observation
from netsim.probe.pods import LivePod
from netsim.probe.ways.client import Client, ExecStream, explain_refusal, open_in_time
from netsim.probe.ways.failures import (
    INTERRUPTED,
    Failure,
    fail_all,
    in_turn,
    incomplete,
    observations,
)
from netsim.probe.ways.script import Output, Run, calls, read

_STDOUT, _STDERR, _ERROR = 1, 2, 3
_BEAT = 0.5
"""Seconds after which the deadline, and whether to stop, are looked at."""


class ExecOutput(Struct, frozen=True):
    """What came over the channels; ``late`` where the deadline ended it."""

    stdout: str
    stderr: str
    error: str
    late: bool


class ExecRunner:
    """Tries connections through the exec subresource, over WebSocket.

    The client's ``returncode`` is never asked for: without a status frame it raises.
    """

    def __init__(self, client: Client, seconds: int) -> None:
        self._client = client
        self._seconds = seconds
        self._stopped = threading.Event()

    def run(self, source: LivePod, jobs: Sequence[Job]) -> tuple[Observation, ...]:
        """See ``Runner``."""
        return self.run_in(source, source.container, jobs)

    def run_in(
        self, source: LivePod, container: str, jobs: Sequence[Job]
    ) -> tuple[Observation, ...]:
        """Tries connections from a certain container of a pod."""
        several = calls(jobs, self._seconds)
        return in_turn(several, lambda call: self._called(source, container, call))

    def _called(self, source: LivePod, container: str, call: Run) -> tuple[Observation, ...]:
        if self._stopped.is_set():
            return fail_all(call.jobs, INTERRUPTED)
        try:
            stream = open_in_time(lambda: self._client.open(source, container, call.command()))
        except Exception as error:  # noqa: BLE001 - the client raises whatever it comes upon
            return fail_all(call.jobs, explain_refusal(error))
        heard = self._heard(stream, call)
        answer = read(heard.stdout, call)
        return observations(call, answer, self._missing(heard, answer, call))

    def _heard(self, stream: ExecStream, call: Run) -> ExecOutput:
        end = time.monotonic() + call.deadline
        parts: dict[int, list[str]] = {_STDOUT: [], _STDERR: [], _ERROR: []}
        late = False
        try:
            while stream.is_open() and not self._stopped.is_set() and not late:
                stream.update(timeout=_BEAT)
                _drain(stream, parts)
                late = time.monotonic() > end
        except Exception as error:  # noqa: BLE001 - a broken connection, in any of many ways
            parts[_ERROR].append(f"the connection broke: {type(error).__name__}: {error}")
        with suppress(Exception):
            _drain(stream, parts)
        with suppress(Exception):
            stream.close()
        stdout, stderr, said = ("".join(parts[each]) for each in (_STDOUT, _STDERR, _ERROR))
        return ExecOutput(stdout, stderr, said, late)

    def _missing(self, heard: ExecOutput, answer: Output, call: Run) -> Failure:
        if self._stopped.is_set():
            return INTERRUPTED
        late = call.deadline if heard.late else None
        return incomplete(answer, _message(heard.error) or heard.stderr, late)

    def stop(self) -> None:
        """See ``Runner``."""
        self._stopped.set()


def _drain(stream: ExecStream, parts: dict[int, list[str]]) -> None:
    for channel, texts in parts.items():
        texts.append(stream.read_channel(channel))


def _message(frame: str) -> str:
    """What the status frame says of a failure; the frame of a success says nothing."""
    try:
        found = json.loads(frame)
    except ValueError:
        return frame
    if not isinstance(found, dict) or found.get("status") == "Success":
        return ""
    return str(found.get("message") or "")
