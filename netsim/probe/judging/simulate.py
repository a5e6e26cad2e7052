"""The simulator as a runner: what policies make of the jobs, over the pods that are live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from netsim.engine.naming.endpoints import EndpointError, Endpoints
from netsim.engine.reachability import Reachability
from netsim.model import verdict
from netsim.model.addresses import Address, parse_address
from netsim.model.conventions import Conventions
from netsim.model.policies import Policy, Rule
from netsim.model.resources import Origin, Resources
from netsim.model.verdict import DirectionVerdict
from netsim.probe.cluster import CLUSTER
from netsim.probe.interface import Job, Observation, Purpose, Symptom
from netsim.probe.judging.policies import apply_policies
from netsim.probe.judging.unread_labels import UnreadLabels
from netsim.probe.pods import LivePod


class Simulated(Struct, frozen=True):
    """What policies say of a job, and the policies or rules that decide."""

    outcome: verdict.Outcome
    reason: str = ""
    policies: frozenset[str] = frozenset()


class Simulator:
    """Policies evaluated over live pods.

    ``addresses`` are those that a host name stands for, as far as anyone outside the cluster
    can know.
    """

    def __init__(
        self,
        resources: Resources,
        conventions: Conventions,
        addresses: dict[str, tuple[Address, ...]] | None = None,
    ) -> None:
        self._addresses = addresses or {}
        self.resources = resources
        self._endpoints = Endpoints(resources)
        self._reachability = Reachability.of(resources, conventions)
        self._unread = UnreadLabels(resources)

    def verdict(self, job: Job) -> Simulated:
        """The answer to one job; unknown where an end is not among the pods."""
        try:
            found = [self._one(job, name) for name in self._destinations(job)]
        except EndpointError as error:
            return Simulated(verdict.Outcome.UNKNOWN, str(error))
        if not found:
            why = f"{job.destination.host} cannot be resolved here"
            return Simulated(verdict.Outcome.UNKNOWN, why)
        if len({each.outcome for each in found}) > 1:
            why = f"the addresses of {job.destination.host} have different verdicts"
            return Simulated(verdict.Outcome.UNKNOWN, why)
        return found[0]

    def _destinations(self, job: Job) -> list[str]:
        to = job.destination
        if job.purpose is Purpose.SERVICE and to.pod:
            return [to.pod]
        try:
            return [str(parse_address(to.host))]
        except ValueError:
            return [str(each) for each in self._addresses.get(to.host, ())]

    def _one(self, job: Job, destination: str) -> Simulated:
        to = job.destination
        source = self._endpoints.resolve(job.source.title)
        target = self._endpoints.resolve(destination)
        found = self._reachability.verdict(source, target, *to.connection)
        if doubt := self._unread.doubt(found, source, target):
            return Simulated(verdict.Outcome.UNKNOWN, doubt)
        return Simulated(found.outcome, _reason(found), frozenset(_policies(found)))

    def run(self, source: LivePod, jobs: Sequence[Job]) -> tuple[Observation, ...]:
        """See ``Runner``: a cluster that does exactly what the policies say."""
        del source
        return tuple(self._observation(job) for job in jobs)

    def _observation(self, job: Job) -> Observation:
        found = self.verdict(job)
        outcomes = {
            verdict.Outcome.ALLOW: Symptom.OPEN,
            verdict.Outcome.DENY: Symptom.TIMEOUT,
            verdict.Outcome.UNKNOWN: Symptom.EXEC_ERROR,
        }
        return Observation(job.id, outcomes[found.outcome], found.reason, "simulator")

    def stop(self) -> None:
        """See ``Runner``: nothing runs."""


def _reason(found: verdict.Verdict) -> str:
    if found.why:
        return found.why
    sides: tuple[DirectionVerdict, ...] = (found.egress, found.ingress)
    if found.outcome is not verdict.Outcome.ALLOW:
        sides = tuple(side for side in sides if side.outcome is found.outcome)
    return "; ".join(text for side in sides if (text := _side(side)))


def _side(side: DirectionVerdict) -> str:
    word = side.direction.word
    if side.rules:
        verb = "allowed" if side.outcome is verdict.Outcome.ALLOW else "decided"
        return f"{word} {verb} by {_place(side.rules[0])}"
    if side.policies and side.outcome is verdict.Outcome.DENY:
        names = ", ".join(map(_place, side.policies))
        return f"{word} isolated by {names}, and no rule allows it"
    return f"{word}: {side.why}" if side.why else f"{word} not restricted"


def _place(found: Policy | Rule) -> str:
    """With its place, which in the cluster is none."""
    live = found.location.file == CLUSTER
    return f"{found.title} ({CLUSTER if live else found.location})"


def _policies(found: verdict.Verdict) -> Iterator[str]:
    for side in (found.egress, found.ingress):
        yield from (policy.title for policy in side.policies)
        yield from (rule.policy.title for rule in side.rules)


def world(live: Resources, written: Resources, policies: Iterable[Policy]) -> Resources:
    """The pods of a cluster under some policies.

    The manifests say what labels a namespace has where the cluster could not be asked.
    """
    spaces = {space.name: space for space in (*live.namespaces, *written.namespaces)}
    spaces |= {s.name: s for s in written.namespaces if s.origin is Origin.READ}
    spaces |= {s.name: s for s in live.namespaces if s.origin is Origin.READ}
    nodes = live.nodes or written.nodes
    return replace(
        apply_policies(live, policies), namespaces=tuple(spaces.values()), nodes=nodes
    )


def written_policies(live: Resources, written: Resources, home: str) -> tuple[Policy, ...]:
    """The policies of the manifests, and of the cluster where the manifests do not speak.

    They speak for the namespaces they have policies in, and for ``home``.
    """
    spoken = {policy.namespace for policy in written.policies} | {"", home}
    others = (policy for policy in live.policies if policy.namespace not in spoken)
    return (*written.policies, *others)
