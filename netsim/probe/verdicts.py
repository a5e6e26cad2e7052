"""From what a connection attempt came to, to whether the network let it pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from netsim.model.verdict import Outcome as Answer
from netsim.probe.interface import Job, Key, Observation, Outcome, Purpose

NOTHING_LISTENS = "permitted, nothing listens"


@dataclass(frozen=True, slots=True)
class Observed:
    """Whether a connection passes; UNKNOWN where that is not proven, and ``why`` not."""

    answer: Answer
    outcome: Outcome
    why: str = ""


class Controls:
    """What shows that something listens: a connection that came about, from anywhere."""

    def __init__(self, jobs: Iterable[Job], seen: Mapping[str, Observation]) -> None:
        self._open: dict[Key, list[tuple[str, str]]] = defaultdict(list)
        self._own: dict[Key, Outcome] = {}
        every = [(job, seen[job.id]) for job in jobs if job.id in seen]
        for job, observation in every:
            if observation.outcome is Outcome.OPEN:
                who = "the pod itself" if job.purpose is Purpose.CONTROL else job.title
                self._open[job.destination.key].append((job.source.title, who))
            if job.purpose is Purpose.CONTROL:
                self._own[job.destination.key] = observation.outcome
        self.rejects = any(
            o.outcome is Outcome.REFUSED and self.witness(job) for job, o in every
        )

    def witness(self, job: Job) -> str:
        """Who else saw a job's listener; empty where nobody did."""
        found = self._open.get(job.destination.key, ())
        return next((who for title, who in found if title != job.source.title), "")

    def own(self, job: Job) -> Outcome | None:
        """How the listener answers the pod that has it; None where that was not tried."""
        return self._own.get(job.destination.key)


def observed(
    job: Job, observation: Observation, expected: Answer, controls: Controls
) -> Observed:
    """Whether a connection passes.

    A refusal or silence where something listens is a denial.  Where nothing shows that,
    silence is a denial only of what should be allowed: were it permitted, it would be answered
    or refused.
    """
    found = observation.outcome
    match found:
        case Outcome.OPEN:
            return Observed(Answer.ALLOW, found)
        case Outcome.REFUSED:
            return _refused(job, expected, controls)
        case Outcome.TIMEOUT | Outcome.UNREACHABLE | Outcome.UDP_UNKNOWN:
            return _unanswered(job, found, expected, controls)
        case Outcome.DNS:
            why = f"{job.destination.host} is not resolved there"
            return Observed(Answer.UNKNOWN, found, why)
        case _:
            return Observed(Answer.UNKNOWN, found, observation.detail)


def _refused(job: Job, expected: Answer, controls: Controls) -> Observed:
    witness = controls.witness(job)
    found = Outcome.REFUSED
    if witness:
        return Observed(Answer.DENY, found, f"rejected: something listens, as {witness} saw")
    if expected is not Answer.ALLOW:
        why = "refused, and nothing shows whether something listens"
        return Observed(Answer.UNKNOWN, found, why)
    if controls.rejects and controls.own(job) is not Outcome.REFUSED:
        why = "refused, where the network also refuses what it denies"
        return Observed(Answer.UNKNOWN, found, why)
    return Observed(Answer.ALLOW, found, NOTHING_LISTENS)


def _unanswered(job: Job, found: Outcome, expected: Answer, controls: Controls) -> Observed:
    witness = controls.witness(job)
    if witness:
        return Observed(Answer.DENY, found, f"something listens, as {witness} saw")
    if expected is Answer.ALLOW and found is not Outcome.UDP_UNKNOWN:
        return Observed(Answer.DENY, found)
    if found is Outcome.UDP_UNKNOWN:
        return Observed(Answer.UNKNOWN, found, "no answer, which UDP need not give")
    why = f"{_word(found)}, and nothing shows that something listens"
    return Observed(Answer.UNKNOWN, found, why)


def _word(found: Outcome) -> str:
    return "no answer" if found is Outcome.TIMEOUT else "unreachable"
