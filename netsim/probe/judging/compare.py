"""Documented, simulated and observed, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from msgspec import Struct

from netsim.model.verdict import Outcome
from netsim.probe.interface import Job, Observation, Purpose, Symptom
from netsim.probe.judging.diagnosis import (
    Diagnosis,
    Evidence,
    Mismatch,
    Path,
    Views,
    diagnose,
    path,
)
from netsim.probe.judging.simulate import Simulated
from netsim.probe.judging.verdicts import EITHER, NOTHING_LISTENS, Controls, judge_observation
from netsim.probe.planning.documented import Stated
from netsim.probe.planning.targets import LeftOut, Omission

_CLOSED = (Symptom.REFUSED, Symptom.TIMEOUT, Symptom.UNREACHABLE)


class Agreement(Enum):
    """How the columns stand to each other."""

    AGREE = "agree"
    DIFFER = "differ"
    INCONCLUSIVE = "inconclusive"


class Said(Struct, frozen=True):
    """What is said of a job before anyone tries it."""

    documented: Stated
    simulated: Simulated

    @property
    def expected(self) -> Outcome:
        """What the attempt is checked against: the manifests, else the documentation."""
        if self.simulated.outcome is not Outcome.UNKNOWN:
            return self.simulated.outcome
        return self.documented.outcome


class Compared(Struct, frozen=True):
    """A job with its three columns; ``diagnosis`` where there is something to explain."""

    job: Job
    columns: Views
    agreement: Agreement
    diagnosis: Diagnosis | None = None
    tool: str = ""

    @property
    def why(self) -> str:
        """What there is to say about the observation."""
        return self.columns.observed.why


def compare(
    said: Mapping[str, Said],
    jobs: tuple[Job, ...],
    seen: Mapping[str, Observation],
) -> Iterator[Compared]:
    """One comparison a job, without diagnoses; controls are no flows of anyone's."""
    controls = Controls(jobs, seen)
    for job in jobs:
        if job.purpose is Purpose.CONTROL:
            continue
        observation = seen.get(job.id) or Observation(job.id, Symptom.EXEC_ERROR, "not tried")
        own = said[job.id]
        found = judge_observation(job, observation, own.expected, controls)
        columns = Views(own.documented, own.simulated, found)
        yield Compared(job, columns, agreement(columns), tool=observation.tool)


def agreement(columns: Views) -> Agreement:
    """Whether what was seen is what was said, as far as either is known."""
    seen = columns.observed.answer
    known = {columns.documented.outcome, columns.simulated.outcome} - {Outcome.UNKNOWN}
    if seen is Outcome.UNKNOWN or not known:
        return Agreement.INCONCLUSIVE
    return Agreement.AGREE if known == {seen} else Agreement.DIFFER


def shows_nothing(found: Compared) -> bool:
    """Whether a port that stands in for others was asked in vain.

    A network that rejects answers like a pod in which nothing listens, and of an address
    outside nobody knows whether anything does.
    """
    if found.job.purpose is not Purpose.STAND_IN:
        return False
    seen = found.columns.observed
    if found.job.destination.pod:
        return seen.why == EITHER
    return seen.answer is Outcome.UNKNOWN and seen.outcome in _CLOSED


def in_vain(comparisons: Iterable[Compared]) -> tuple[LeftOut, ...]:
    """What was asked so, in the words for what is not tried."""
    found = (_unknown(each.job, each.why) for each in comparisons if shows_nothing(each))
    return tuple(dict.fromkeys(found))


def _unknown(job: Job, why: str) -> LeftOut:
    reason = f"no known port; {job.ports}: {why}"
    if job.destination.pod:
        return LeftOut(job.destination.title, reason, Omission.TO)
    return LeftOut(f"{job.title} -> {job.destination.title}", reason)


def diagnosed(found: Compared, evidence: Evidence) -> Compared:
    """The comparison with what explains it."""
    if found.agreement is Agreement.DIFFER:
        cause: Diagnosis | None = diagnose(found.job, found.columns, evidence)
    elif found.why == NOTHING_LISTENS:
        to = found.job.destination
        text = f"nothing listens on {to.title} {found.job.ports}"
        cause = Diagnosis(Mismatch.NOTHING_LISTENS, text)
    else:
        return found
    return Compared(found.job, found.columns, found.agreement, cause, found.tool)


def denials(comparisons: Iterable[Compared]) -> frozenset[Path]:
    """The denials that were seen, but for those of Services."""
    return frozenset(
        path(each.job)
        for each in comparisons
        if each.columns.observed.answer is Outcome.DENY
        and each.job.purpose is not Purpose.SERVICE
    )
