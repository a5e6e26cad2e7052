"""Runs the jobs of a plan: pods in parallel, with retries where they prove nothing false."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from netsim.model.verdict import Outcome as Answer
from netsim.probe.failures import INTERRUPTED, all_failed, failure
from netsim.probe.interface import Job, Observation, Outcome, Purpose, Retry, Runner
from netsim.probe.redact import redacted
from netsim.probe.threads import wait_for

TRIES = 3
"""How often a call that failed on the way is made; what looks denied, but once more."""
_SILENT = (Outcome.TIMEOUT, Outcome.UNREACHABLE)
_DENIED = (*_SILENT, Outcome.REFUSED, Outcome.UDP_UNKNOWN)
_LONGEST_WAIT = 30.0
_BEAT = 0.2

Heard = Callable[[int], None]
"""Told how many jobs have an observation."""

Seen = dict[str, Observation]
Done = queue.SimpleQueue[tuple[Observation, ...]]


@dataclass(slots=True)
class Campaign:
    """``expected`` is what each job is held against.

    ``interrupted`` is set when the user ended it: what is known by then counts.
    """

    runner: Runner
    expected: Mapping[str, Answer]
    parallel: int = 20
    heard: Heard = field(default=lambda _: None)
    wait: Callable[[float], None] = time.sleep
    interrupted: bool = False
    seen: Seen = field(default_factory=dict)
    _threads: list[threading.Thread] = field(default_factory=list)
    _done: Done = field(default_factory=queue.SimpleQueue)

    def run(self, jobs: Sequence[Job]) -> Seen:
        """An observation for each job."""
        try:
            self._round(jobs)
            for number in range(1, TRIES):
                again = [job for job in jobs if self._is_worth(job, number)]
                if not again:
                    break
                self._pause(again, number)
                self._round(again)
        except KeyboardInterrupt:
            self.interrupted = True
            self.runner.stop()
            wait_for(self._threads)
            self._take_rest(jobs)
        for job in jobs:
            self.seen.setdefault(job.id, all_failed((job,), INTERRUPTED)[0])
        return self.seen

    def _is_worth(self, job: Job, number: int) -> bool:
        """A denial that is expected is never asked for twice; what should pass is, once.

        Nothing denies what a pod asks itself, but where nothing listens it refuses.
        """
        found = self.seen[job.id]
        if found.retry is Retry.YES:
            return True
        if job.purpose is Purpose.CONTROL:
            return number == 1 and found.outcome in _SILENT
        wanted = self.expected.get(job.id) is Answer.ALLOW
        return number == 1 and wanted and found.outcome in _DENIED

    def _pause(self, jobs: Sequence[Job], number: int) -> None:
        asked = max(self.seen[job.id].after for job in jobs)
        failed = any(self.seen[job.id].retry is Retry.YES for job in jobs)
        if failed:
            self.wait(min(max(asked, 2.0**number / 4), _LONGEST_WAIT))

    def _round(self, jobs: Sequence[Job]) -> None:
        """All sources once.  The threads are daemons, so that nothing keeps an end waiting."""
        waiting: queue.SimpleQueue[list[Job]] = queue.SimpleQueue()
        self._done = queue.SimpleQueue()
        groups = list(_by_source(jobs).values())
        for group in groups:
            waiting.put(group)
        self._threads = [
            threading.Thread(target=self._work, args=(waiting, self._done), daemon=True)
            for _ in range(min(self.parallel, len(groups)))
        ]
        for thread in self._threads:
            thread.start()
        for _ in groups:
            self._take(_next(self._done))

    def _work(
        self,
        waiting: queue.SimpleQueue[list[Job]],
        done: Done,
    ) -> None:
        while True:
            try:
                jobs = waiting.get_nowait()
            except queue.Empty:
                return
            done.put(self._asked(jobs))

    def _asked(self, jobs: list[Job]) -> tuple[Observation, ...]:
        try:
            return self.runner.run(jobs[0].source, jobs)
        except Exception as error:  # noqa: BLE001 - one pod's trouble must not end the others
            return all_failed(jobs, failure(redacted(f"{type(error).__name__}: {error}")))

    def _take_rest(self, jobs: Sequence[Job]) -> None:
        """What had come by an interrupt, but for what would have been tried once more."""
        wanted = {job.id: job for job in jobs if job.id not in self.seen}
        while not self._done.empty():
            for each in self._done.get():
                if each.job in wanted and each.detail != INTERRUPTED.reason:
                    self.seen[each.job] = each
        for job in wanted.values():
            if job.id in self.seen and self._is_worth(job, 1):
                del self.seen[job.id]

    def _take(self, found: tuple[Observation, ...]) -> None:
        """A retry that fails on the way does not hide what was seen before."""
        for each in found:
            before = self.seen.get(each.job)
            if before is None or before.retry is Retry.YES or each.retry is Retry.NO:
                self.seen[each.job] = each
        self.heard(len(self.seen))


def _by_source(jobs: Sequence[Job]) -> dict[str, list[Job]]:
    found: dict[str, list[Job]] = {}
    for job in jobs:
        found.setdefault(job.source.title, []).append(job)
    return found


def _next(done: Done) -> tuple[Observation, ...]:
    """Waits in small steps, as Ctrl-C does not wake every wait on every system."""
    while True:
        try:
            return done.get(timeout=_BEAT)
        except queue.Empty:
            continue
