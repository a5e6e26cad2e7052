"""Who is asked how often, at what a time, and what an interruption leaves."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from netsim.model.verdict import Outcome
from netsim.probe.campaign import TRIES, Campaign
from netsim.probe.interface import Job, Observation, Repeat, Symptom
from netsim.probe.pods import LivePod
from netsim.probe.ways.failures import INTERRUPTED, fail_all
from tests.probe.samples import control, job

ALLOW, DENY = Outcome.ALLOW, Outcome.DENY


@dataclass
class Answers:
    """Answers each job with the next of its observations; the last one stays."""

    by_job: dict[str, list[Observation]]
    asked: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    stopped: bool = False

    def run(self, source: LivePod, jobs: Sequence[Job]) -> tuple[Observation, ...]:
        del source
        self.calls += 1
        return tuple(map(self._next, jobs))

    def _next(self, asked: Job) -> Observation:
        queue = self.by_job[asked.id]
        self.asked[asked.id] += 1
        return queue.pop(0) if len(queue) > 1 else queue[0]

    def stop(self) -> None:
        self.stopped = True


def seen(outcome: Symptom, retry: Repeat = Repeat.NO, after: float = 0) -> Observation:
    return Observation("1", outcome, retry=retry, after=after)


BROKEN = seen(Symptom.EXEC_ERROR, Repeat.YES)
LOST = seen(Symptom.EXEC_ERROR)
SILENT, OPEN = seen(Symptom.TIMEOUT), seen(Symptom.OPEN)


@pytest.mark.parametrize(
    ("expected", "answers", "tries", "outcome"),
    [
        (ALLOW, [OPEN], 1, Symptom.OPEN),
        # What should pass may have been unlucky.
        (ALLOW, [SILENT, OPEN], 2, Symptom.OPEN),
        (ALLOW, [SILENT], 2, Symptom.TIMEOUT),
        (ALLOW, [seen(Symptom.UDP_UNKNOWN), OPEN], 2, Symptom.OPEN),
        (ALLOW, [seen(Symptom.UNREACHABLE), OPEN], 2, Symptom.OPEN),
        (ALLOW, [seen(Symptom.REFUSED), OPEN], 2, Symptom.OPEN),
        (ALLOW, [seen(Symptom.DNS)], 1, Symptom.DNS),
        # A denial is not asked again until it passes.
        (DENY, [SILENT, OPEN], 1, Symptom.TIMEOUT),
        (DENY, [seen(Symptom.UNREACHABLE)], 1, Symptom.UNREACHABLE),
        (Outcome.UNKNOWN, [SILENT, OPEN], 1, Symptom.TIMEOUT),
        # What failed on the way was never tried.
        (DENY, [BROKEN, SILENT], 2, Symptom.TIMEOUT),
        (DENY, [BROKEN], TRIES, Symptom.EXEC_ERROR),
        (ALLOW, [BROKEN, BROKEN, OPEN], 3, Symptom.OPEN),
        (ALLOW, [LOST, OPEN], 1, Symptom.EXEC_ERROR),
        # The second try fails on the way: the silence of the first was seen.
        (ALLOW, [SILENT, BROKEN], 2, Symptom.TIMEOUT),
    ],
)
def test_tries(
    expected: Outcome, answers: list[Observation], tries: int, outcome: Symptom
) -> None:
    runner = Answers({"1": list(answers)})
    campaign = Campaign(runner, {"1": expected}, wait=lambda _: None)
    found = campaign.run([job("1")])
    assert (runner.asked["1"], found["1"].outcome) == (tries, outcome)


@pytest.mark.parametrize(
    ("first", "tries"),
    [
        # No policy is between a pod and itself, so it was unlucky.
        (SILENT, 2),
        # Nothing listens, and nothing that has to listen is documented.
        (seen(Symptom.REFUSED), 1),
        (seen(Symptom.UDP_UNKNOWN), 1),
        (OPEN, 1),
    ],
)
def test_a_control_is_asked_again_where_it_is_silent(first: Observation, tries: int) -> None:
    runner = Answers({"1": [first, OPEN]})
    Campaign(runner, {"1": ALLOW}, wait=lambda _: None).run([control("1")])
    assert runner.asked["1"] == tries


def test_one_call_for_all_targets_of_a_pod() -> None:
    jobs = [job(str(n), source=f"pod-{n % 2}") for n in range(6)]
    runner = Answers({str(n): [Observation(str(n), Symptom.OPEN)] for n in range(6)})
    told: list[int] = []
    Campaign(runner, {}, heard=told.append).run(jobs)
    assert (runner.calls, told) == (2, [3, 6])


def test_the_server_is_left_alone_as_long_as_it_asks() -> None:
    waited: list[float] = []
    busy = seen(Symptom.EXEC_ERROR, Repeat.YES, after=7)
    Campaign(Answers({"1": [busy, OPEN]}), {}, wait=waited.append).run([job("1")])
    assert waited == [7]
    # But not for ever.
    late = seen(Symptom.EXEC_ERROR, Repeat.YES, after=3600)
    Campaign(Answers({"1": [late, OPEN]}), {}, wait=waited.append).run([job("1")])
    assert waited[1] <= 60


@dataclass
class Slow:
    """Takes a while, and knows how many are asked at a time."""

    act: Callable[[], None]
    most: int = 0
    now: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: bool = False

    def run(self, source: LivePod, jobs: Sequence[Job]) -> tuple[Observation, ...]:
        del source
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.act()
        with self.lock:
            self.now -= 1
        if self.stopped:
            return fail_all(jobs, INTERRUPTED)
        return tuple(Observation(each.id, Symptom.OPEN) for each in jobs)

    def stop(self) -> None:
        self.stopped = True


def test_pods_are_asked_at_a_time_but_not_all() -> None:
    slow = Slow(lambda: time.sleep(0.05))
    jobs = [job(str(n), source=f"pod-{n}") for n in range(12)]
    begin = time.monotonic()
    Campaign(slow, {}, parallel=4).run(jobs)
    assert slow.most == 4
    assert time.monotonic() - begin < 12 * 0.05


def test_trouble_with_one_pod_is_that_pods_only() -> None:
    def trouble() -> None:
        if threading.current_thread().name == "never":
            return
        raise ValueError("token=hush went wrong")

    found = Campaign(Slow(trouble), {}, wait=lambda _: None).run([job("1")])
    assert found["1"].outcome is Symptom.EXEC_ERROR
    assert "hush" not in found["1"].detail


def test_an_interruption_keeps_what_is_known() -> None:
    heard: list[int] = []

    def tell(done: int) -> None:
        heard.append(done)
        raise KeyboardInterrupt

    first = threading.Lock()

    def act() -> None:
        while not first.acquire(blocking=False) and not slow.stopped:
            time.sleep(0.01)

    slow = Slow(act)
    campaign = Campaign(slow, {}, parallel=1, heard=tell)
    found = campaign.run([job("1"), job("2", source="other")])
    assert campaign.interrupted
    assert slow.stopped
    assert (found["1"].outcome, found["2"].detail) == (Symptom.OPEN, "interrupted")


def test_an_interruption_waits_for_what_is_being_ended() -> None:
    """A thread that lives on can crash an interpreter that ends, and leave a kubectl behind."""
    going, ended = threading.Event(), threading.Event()

    class Lasting(Slow):
        def stop(self) -> None:
            going.set()

    def last() -> None:
        if threading.current_thread() is not threading.main_thread():
            going.wait(10)
            time.sleep(0.3)
            ended.set()

    def tell(done: int) -> None:
        raise KeyboardInterrupt(done)

    jobs = [job("1"), job("2", source="other")]
    first = threading.Lock()

    def act() -> None:
        if not first.acquire(blocking=False):
            last()

    campaign = Campaign(Lasting(act), {}, heard=tell)
    campaign.run(jobs)
    assert campaign.interrupted
    assert ended.is_set()


def test_silence_before_an_interruption_would_have_been_tried_once_more() -> None:
    """Whether it came before another pod's answer, or in the middle of the second try."""

    def tell(done: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    answers = {"1": [SILENT], "2": [replace(OPEN, job="2")]}
    campaign = Campaign(Answers(answers), {"1": ALLOW}, parallel=1, heard=tell)
    found = campaign.run([job("1"), job("2", source="other")])
    assert campaign.interrupted
    assert (found["1"].detail, found["2"].outcome) == ("interrupted", Symptom.OPEN)


def test_what_had_come_by_an_interruption_is_known() -> None:
    """All but denials of what should pass, which would have been tried once more."""
    outcomes = {"1": Symptom.OPEN, "2": Symptom.TIMEOUT, "3": Symptom.TIMEOUT, "4": None}
    going = threading.Event()

    class Partial(Slow):
        def run(self, source: LivePod, jobs: Sequence[Job]) -> tuple[Observation, ...]:
            if source.name == "quick":
                return (Observation(jobs[0].id, Symptom.OPEN),)
            going.wait(10)
            found = {each.id: outcomes[each.id] for each in jobs}
            return tuple(
                Observation(
                    name, outcome or Symptom.EXEC_ERROR, "" if outcome else "interrupted"
                )
                for name, outcome in found.items()
            )

        def stop(self) -> None:
            going.set()

    def tell(done: int) -> None:
        raise KeyboardInterrupt(done)

    expected = {"2": Outcome.ALLOW, "3": Outcome.DENY}
    jobs = [job("0", source="quick"), *(job(name) for name in outcomes)]
    found = Campaign(Partial(lambda: None), expected, heard=tell).run(jobs)
    assert {name: each.outcome for name, each in found.items() if not each.detail} == {
        "0": Symptom.OPEN,
        "1": Symptom.OPEN,
        "3": Symptom.TIMEOUT,
    }
    assert {found[name].detail for name in ("2", "4")} == {"interrupted"}
