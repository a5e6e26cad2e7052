"""From what a connection attempt came to, to whether the network let it pass.

Of pods that changed while they were probed nothing that was seen is sure: an address that is
given to another pod, or a listener that comes and goes, would look like something that the
network allowed or denied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from netsim.model.ports import Protocol
from netsim.model.verdict import Outcome
from netsim.probe.interface import Job, Key, Observation, Purpose, Symptom
from netsim.probe.pods import LivePod, PodState

NOTHING_LISTENS = "permitted, nothing listens"
EITHER = "refused, but this network also refuses what it denies"
"""It shows neither that a connection passes, nor that it does not."""
REFUSES_ITSELF = "refused: nothing listens, so the connection may have reached the pod"
_SILENT = (Symptom.TIMEOUT, Symptom.UNREACHABLE)
_DNS = 53
_UNSEEN = (Symptom.DNS, Symptom.NO_TOOL, Symptom.EXEC_ERROR)


class Observed(Struct, frozen=True):
    """Whether a connection passes; UNKNOWN where that is not proven, and ``why`` not."""

    answer: Outcome
    outcome: Symptom
    why: str = ""


class Controls:
    """What shows that something listens: a connection that came about, from anywhere."""

    def __init__(self, jobs: Iterable[Job], seen: Mapping[str, Observation]) -> None:
        self._open: dict[Key, list[tuple[str, str]]] = defaultdict(list)
        self._own: dict[Key, Symptom] = {}
        every = [(job, seen[job.id].outcome) for job in jobs if job.id in seen]
        for job, outcome in every:
            if outcome is Symptom.OPEN and not is_intercepted(job):
                self._note(job)
            if job.purpose is Purpose.CONTROL:
                self._own[job.destination.key] = self._own[_behind(job)] = outcome
        # A Service without endpoints is refused by kube-proxy, whatever policies say.
        indirect = (Purpose.SERVICE, Purpose.CONTROL)
        direct = [each for each in every if each[0].purpose not in indirect]
        self.rejects = any(o is Symptom.REFUSED and self.witness(job) for job, o in direct)

    def _note(self, job: Job) -> None:
        who = "the pod itself" if job.purpose is Purpose.CONTROL else job.title
        self._open[job.destination.key].append((job.source.title, who))
        if job.purpose is not Purpose.SERVICE:
            self._open[_behind(job)].append((job.source.title, who))

    def witness(self, job: Job) -> str:
        """Who else saw a job's listener; empty where nobody did.

        Of a Service, whoever saw the pod behind it saw its listener.
        """
        found = self._open.get(job.destination.key, ())
        others = [who for title, who in found if title != job.source.title]
        if job.purpose is Purpose.SERVICE:
            others += [who for _, who in self._open.get(_behind(job), ())]
        return next(iter(others), "")

    def own(self, job: Job) -> Symptom | None:
        """How the listener answers the pod that has it; None where that was not tried.

        Of a Service, that of the pod behind it.
        """
        if job.purpose is Purpose.SERVICE:
            return self._own.get(_behind(job))
        return self._own.get(job.destination.key)


def _behind(job: Job) -> Key:
    """The listener of the pod, which a Service has at another address."""
    return (job.destination.pod or "", *job.destination.connection)


def is_intercepted(job: Job) -> bool:
    """Whether a service mesh in the source answers in place of the destination.

    Its proxy takes all that leaves the pod, and accepts a connection before it makes one of
    its own; of datagrams it takes those to name servers.  What a pod sends to itself does not
    leave it.
    """
    if not job.source.mesh or job.purpose is Purpose.CONTROL:
        return False
    to = job.destination
    return to.protocol is Protocol.TCP or to.port == _DNS


def judge_observation(
    job: Job, observation: Observation, expected: Outcome, controls: Controls
) -> Observed:
    """Whether a connection passes.

    A refusal or silence where something listens is a denial, and so is silence where the pod
    refuses itself.  Where nothing shows that, silence is a denial only of what should be
    allowed, and only of a pod or a Service: were it permitted, it would be answered or refused,
    while others may be silent of themselves.

    A refusal gets through only where the pod refuses itself.  What nobody could ask, such as a
    pod without a shell or a host outside, may listen behind a network that rejects.
    """
    found = observation.outcome
    match found:
        case Symptom.OPEN if is_intercepted(job):
            mesh = f"{job.source.mesh} in {job.title}"
            why = f"{mesh} accepts connections on behalf of the destination"
            return Observed(Outcome.UNKNOWN, found, why)
        case Symptom.OPEN:
            return Observed(Outcome.ALLOW, found)
        case Symptom.REFUSED:
            return _judge_refusal(job, expected, controls)
        case Symptom.TIMEOUT | Symptom.UNREACHABLE | Symptom.UDP_UNKNOWN:
            return _judge_silence(job, found, expected, controls)
        case Symptom.DNS:
            why = f"{job.destination.host} does not resolve in the pod"
            return Observed(Outcome.UNKNOWN, found, why)
        case _:
            return Observed(Outcome.UNKNOWN, found, observation.detail)


def _judge_refusal(job: Job, expected: Outcome, controls: Controls) -> Observed:
    """Whether a network that rejects, or the destination, refused."""
    found = Symptom.REFUSED
    if witness := controls.witness(job):
        return Observed(
            Outcome.DENY, found, f"rejected, although something listens: {witness} got through"
        )
    if controls.rejects:
        return Observed(Outcome.UNKNOWN, found, EITHER)
    if controls.own(job) is not Symptom.REFUSED:
        why = "refused, and it is unknown whether anything listens"
        return Observed(Outcome.UNKNOWN, found, why)
    if expected is not Outcome.ALLOW:
        return Observed(Outcome.UNKNOWN, found, REFUSES_ITSELF)
    return Observed(Outcome.ALLOW, found, NOTHING_LISTENS)


def _judge_silence(job: Job, found: Symptom, expected: Outcome, controls: Controls) -> Observed:
    if witness := controls.witness(job):
        return Observed(Outcome.DENY, found, f"something listens: {witness} got through")
    if found is Symptom.UDP_UNKNOWN:
        return Observed(Outcome.UNKNOWN, found, "no answer, but UDP servers need not answer")
    if controls.own(job) is Symptom.REFUSED:
        why = (
            "nothing listens, but what arrives is refused at once, as it is from the pod itself"
        )
        return Observed(Outcome.DENY, found, why)
    if controls.own(job) in _SILENT:
        why = f"{_word(found)}, but the pod gets no answer from its own port either"
        return Observed(Outcome.UNKNOWN, found, why)
    if expected is Outcome.ALLOW and job.destination.pod:
        return Observed(Outcome.DENY, found)
    why = f"{_word(found)}, and it is unknown whether anything listens"
    return Observed(Outcome.UNKNOWN, found, why)


def _word(found: Symptom) -> str:
    return "no answer" if found is Symptom.TIMEOUT else "unreachable"


def change(before: LivePod, now: LivePod | None) -> str:
    """What became of a pod; empty where it is as before."""
    if now is None:
        return "is gone"
    if now.address != before.address or _differ(before.uid, now.uid):
        return "was replaced"
    if now.state is not before.state:
        return "is ready" if now.state is PodState.READY else now.state.value
    if now.labels != before.labels:
        return "has other labels"
    # A snapshot has neither.
    return "restarted" if before.uid and now.restarts != before.restarts else ""


def _differ(before: str, now: str) -> bool:
    return bool(before and now and before != now)


def changes(
    before: Iterable[LivePod], now: Mapping[str, LivePod], jobs: Iterable[Job]
) -> dict[str, str]:
    """What became of the pods that take part, by their titles."""
    concerned = {title for job in jobs for title in _ends(job)}
    found = {p.title: change(p, now.get(p.title)) for p in before if p.title in concerned}
    return {title: text for title, text in found.items() if text}


def _ends(job: Job) -> Iterator[str]:
    yield job.source.title
    if job.destination.pod:
        yield job.destination.pod


def drop_changed(
    jobs: Iterable[Job], seen: Mapping[str, Observation], changed: Mapping[str, str]
) -> dict[str, Observation]:
    """The observations, but none of pods that changed."""
    found = dict(seen)
    for job in jobs:
        titles = [title for title in _ends(job) if title in changed]
        if titles and job.id in found and found[job.id].outcome not in _UNSEEN:
            why = f"meanwhile {titles[0]} {changed[titles[0]]}"
            found[job.id] = replace(found[job.id], outcome=Symptom.EXEC_ERROR, detail=why)
    return found
