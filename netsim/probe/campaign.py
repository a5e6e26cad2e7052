"""Runs the jobs of a plan: pods in parallel, with retries where they prove nothing false."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from msgspec import Struct, field

from netsim.model.verdict import Outcome
from netsim.probe.interface import (
    Heard,
    Job,
    Observation,
    Purpose,
    Repeat,
    Runner,
    Symptom,
    by_source,
)
from netsim.probe.threads import Crew
from netsim.probe.ways.failures import INTERRUPTED, fail_all, failure, redact

TRIES = 3
"""How often a call that failed on the way is made; what looks denied, but once more."""
_SILENT = (Symptom.TIMEOUT, Symptom.UNREACHABLE)
_DENIED = (*_SILENT, Symptom.REFUSED, Symptom.UDP_UNKNOWN)
_LONGEST_WAIT = 30.0

Seen = dict[str, Observation]


class Campaign(Struct):
    """``expected`` is what each job is checked against.

    ``interrupted`` is set when the user ended it: what is known by then counts.
    """

    runner: Runner
    expected: Mapping[str, Outcome]
    parallel: int = 20
    heard: Heard = field(default=lambda _: None)
    wait: Callable[[float], None] = time.sleep
    interrupted: bool = False
    seen: Seen = field(default_factory=dict)
    _tries: Counter[str] = field(default_factory=Counter)

    def run(self, jobs: Sequence[Job]) -> Seen:
        """An observation for each job."""
        crew: Crew[tuple[Observation, ...]] = Crew(self.parallel)
        try:
            for number in range(TRIES):
                again = [job for job in jobs if self._is_worth(job)]
                self._pause(again, number)
                groups = by_source(again).values()
                crew.work([partial(self._asked, group) for group in groups], self._take)
        except KeyboardInterrupt:
            self.interrupted = True
            self.runner.stop()
            crew.end(self._take_late)
            self._forget(jobs)
        for job in jobs:
            self.seen.setdefault(job.id, fail_all((job,), INTERRUPTED)[0])
        return self.seen

    def _is_worth(self, job: Job) -> bool:
        """A denial that is expected is never asked for twice; what should pass is, once.

        Nothing denies what a pod asks itself, but where nothing listens it refuses.
        """
        found, tries = self.seen.get(job.id), self._tries[job.id]
        if found is None or found.retry is Repeat.YES:
            return True
        if job.purpose is Purpose.CONTROL:
            return tries == 1 and found.outcome in _SILENT
        wanted = self.expected.get(job.id) is Outcome.ALLOW
        return tries == 1 and wanted and found.outcome in _DENIED

    def _pause(self, jobs: Sequence[Job], number: int) -> None:
        failed = [seen for job in jobs if (seen := self.seen.get(job.id))]
        if any(each.retry is Repeat.YES for each in failed):
            asked = max(each.after for each in failed)
            self.wait(min(max(asked, 2.0**number / 4), _LONGEST_WAIT))

    def _asked(self, jobs: Sequence[Job]) -> tuple[Observation, ...]:
        try:
            return self.runner.run(jobs[0].source, jobs)
        except Exception as error:  # noqa: BLE001 - one pod's trouble must not end the others
            return fail_all(jobs, failure(redact(f"{type(error).__name__}: {error}")))

    def _take(self, _: int, found: tuple[Observation, ...]) -> None:
        self._keep(found)
        self.heard(len(self.seen))

    def _take_late(self, _: int, found: tuple[Observation, ...]) -> None:
        """What had come by an interrupt."""
        self._keep(each for each in found if each.detail != INTERRUPTED.reason)

    def _keep(self, found: Iterable[Observation]) -> None:
        """A retry that fails on the way does not hide what was seen before."""
        for each in found:
            self._tries[each.job] += 1
            before = self.seen.get(each.job)
            if before is None or before.retry is Repeat.YES or each.retry is Repeat.NO:
                self.seen[each.job] = each

    def _forget(self, jobs: Sequence[Job]) -> None:
        """What would have been tried once more, had there been the time, shows nothing yet."""
        for job in jobs:
            seen = self.seen.get(job.id)
            if seen and seen.retry is Repeat.NO and self._is_worth(job):
                del self.seen[job.id]
