"""The answer to a question whose destination may be a Service.

Policies see a packet after kube-proxy has rewritten it, and where that happens is not always
known.  Each way in which policies may see it is a :class:`Passage`::

    client          asks for                passages
    anyone          an endpoint             as it is
    a pod           a name or cluster IP    to the endpoints
    outside         an outside address      to the endpoints, from the client or from a node
    a pod           an outside address      the same, or first to that address

Where they get different answers, the answer is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from netsim.engine.explain.verdicts import NO_FAMILY
from netsim.engine.naming.aims import Aim, Direct, Lead, Led, Nowhere
from netsim.engine.naming.services import Face, Services
from netsim.engine.reachability import Reachability
from netsim.model.addresses import AddressSet, Family
from netsim.model.endpoint import Approach, Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.policies import Tier
from netsim.model.ports import Protocol
from netsim.model.services import TrafficPolicy
from netsim.model.verdict import Outcome, Verdict
from netsim.words.lists import join_all, join_first

_CLUSTER_POLICY = "ClusterNetworkPolicy"


class Passage(Struct, frozen=True):
    """One way in which policies may see the packets of a connection.

    ``says`` is why they would.  ``outcome`` is the verdict's, unless another part of the way
    says more: a client's policy may deny what a node may send.
    """

    source: Endpoint
    aim: Aim
    verdict: Verdict
    outcome: Outcome
    says: str = ""


class Answer(Struct, frozen=True):
    """The outcome of a question, and the ways that lead to it.

    ``leads`` is what a Service makes of the destination; ``why`` is set where the ways differ,
    or where there is none.  ``conventions`` are the names of those that took part.
    """

    outcome: Outcome
    passages: tuple[Passage, ...]
    leads: str = ""
    why: str = ""
    conventions: tuple[str, ...] = ()


def answer(
    reachability: Reachability,
    services: Services,
    source: Endpoint,
    lead: Lead,
    protocol: Protocol,
) -> Answer:
    """The answer for one source."""
    match lead:
        case Direct():
            return _answer_directly(reachability, source, lead, protocol)
        case Nowhere():
            return _answer_nowhere(reachability, source, lead, protocol)
        case Led():
            return _Asking(reachability, services, source, lead, protocol).answer()


def _answer_directly(
    reachability: Reachability, source: Endpoint, lead: Direct, protocol: Protocol
) -> Answer:
    passages = []
    for aim in lead.aims:
        verdict = reachability.verdict(source, aim.endpoint, protocol, aim.port)
        passages.append(Passage(source, aim, verdict, verdict.outcome))
    outcome = _unite(each.outcome for each in passages)
    why = _tell_apart(passages) if len({p.outcome for p in passages}) > 1 else ""
    return Answer(outcome, tuple(passages), why=why)


def _answer_nowhere(
    reachability: Reachability, source: Endpoint, lead: Nowhere, protocol: Protocol
) -> Answer:
    conventions = (lead.convention,) if lead.convention else ()
    outcome, why = lead.outcome, lead.why
    if lead.front:
        front = lead.front
        verdict = reachability.verdict(source, front.endpoint, protocol, front.port)
        if verdict.outcome is Outcome.DENY:
            outcome, why = Outcome.DENY, f"{why}; policies deny it all the same"
    return Answer(outcome, (), why=why, conventions=conventions)


class _Asking:
    """One question about the endpoints of a Service."""

    def __init__(
        self,
        reachability: Reachability,
        services: Services,
        source: Endpoint,
        lead: Led,
        protocol: Protocol,
    ) -> None:
        self._reachability = reachability
        self._services = services
        self._source = source
        self._lead = lead
        self._protocol = protocol
        self._conventions = ["service-address"]

    def answer(self) -> Answer:
        """Every way, and what they come to."""
        dropped = self._find_drop()
        if dropped:
            return Answer(Outcome.DENY, (), self._describe(), dropped, self._used())
        every = [passage for aim in self._aims() for passage in self._list_passages(aim)]
        # A Service has addresses of a client's family for the endpoints of that family only.
        passages = [each for each in every if each.verdict.why != NO_FAMILY] or every
        reasons = [_tell_apart(passages)] if len({p.outcome for p in passages}) > 1 else []
        outcomes = {each.outcome for each in passages}
        for other, why in self._list_doubts():
            reasons += [why] if other not in outcomes or len(outcomes) > 1 else []
            outcomes.add(other)
        outcome = _unite(outcomes)
        why = "; ".join(reasons) if outcome is Outcome.UNKNOWN else ""
        return Answer(outcome, tuple(passages), self._describe(), why, self._used())

    def _used(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._conventions))

    def _describe(self) -> str:
        """``10.96.44.7 is svc/b/store; policies see TCP 5432 of b/store[Deployment]``."""
        lead = self._lead
        seen = (
            f"{self._protocol} {aim.port} of {aim.endpoint.title.partition(' behind ')[0]}"
            for aim in lead.aims
        )
        name = lead.title.partition(" ")[0]
        if lead.face is Face.NODE_PORT and lead.front:
            name = f"{name} port {lead.front.port}"
        is_of = f"{name} is {lead.service.asked_as}"
        if lead.face is Face.NAME:
            what = "is headless" if lead.service.is_headless else "leads to its endpoints"
            is_of = f"{name} {what}"
        return f"{is_of}; policies see {join_all(tuple(seen))}"

    # --- where it ends ---

    def _aims(self) -> tuple[Aim, ...]:
        if self._is_inside or self._lead.local is None:
            return self._lead.aims
        return self._lead.local

    def _find_drop(self) -> str:
        """Why no packet arrives, where a node keeps to its own endpoints and has none."""
        lead, service = self._lead, self._lead.service
        if lead.local == () and not self._is_inside:
            self._conventions.append("local-endpoints")
            return (
                f"externalTrafficPolicy of {service.asked_as} is Local, and none of its "
                "endpoints is on this node"
            )
        if self._has_no_local_endpoint():
            self._conventions.append("local-endpoints")
            return (
                f"internalTrafficPolicy of {service.asked_as} is Local, and none of its "
                "endpoints is on the client's node"
            )
        return ""

    def _has_no_local_endpoint(self) -> bool:
        lead = self._lead
        is_local = lead.service.internal_traffic is TrafficPolicy.LOCAL
        if not is_local or lead.face.is_outside or lead.service.is_headless:
            return False
        if not isinstance(self._source, PodEndpoint):
            return False
        ends = [aim.endpoint for aim in lead.aims]
        pods = [pod for end in ends if isinstance(end, PodEndpoint) for pod in end.pods]
        nodes = {pod.node for pod in pods}
        own = {pod.node for pod in self._source.pods}
        is_known = None not in nodes | own and all(isinstance(e, PodEndpoint) for e in ends)
        return is_known and nodes.isdisjoint(own)

    # --- how policies may see it ---

    @property
    def _is_inside(self) -> bool:
        """Whether the client is a pod, or a node."""
        source = self._source
        if isinstance(source, PodEndpoint):
            return True
        return bool(source.addresses) and source.addresses <= self._services.node_addresses

    @property
    def _may_lose_client(self) -> bool:
        lead = self._lead
        if self._is_inside:
            return lead.face.is_outside
        if lead.service.is_headless:
            return False
        is_kept = lead.service.external_traffic is TrafficPolicy.LOCAL
        return not (is_kept and lead.service.is_open_outside)

    def _list_passages(self, aim: Aim) -> Iterator[Passage]:
        yield from self._keep_client(aim)
        if not self._may_lose_client:
            return
        self._conventions.append("service-client")
        node, protocol = self._node(), self._protocol
        arriving = self._reachability.verdict(node, aim.endpoint, protocol, aim.port)
        leaving: Iterable[Outcome] = (Outcome.ALLOW,)
        front = self._lead.front
        if self._is_inside and front:
            leaving = dict.fromkeys(self._list_leaving(aim))
            end = front.endpoint
            sent = self._reachability.verdict(self._source, end, protocol, front.port)
            both = _join(sent.outcome, arriving.outcome)
            says = "where the address is rewritten on another node"
            yield Passage(self._source, front, sent, both, says)
        says = "where a node's address takes the place of the client's"
        if not self._is_inside and self._lead.service.is_open_outside:
            says = f"{says} (externalTrafficPolicy is Cluster)"
        for outcome in leaving:
            yield Passage(node, aim, arriving, _join(outcome, arriving.outcome), says)

    def _list_leaving(self, aim: Aim) -> Iterator[Outcome]:
        """What the policies of each client say of each endpoint."""
        for source in self._divide(self._source):
            for end in self._divide(aim.endpoint):
                verdict = self._reachability.verdict(source, end, self._protocol, aim.port)
                yield verdict.egress.outcome

    def _divide(self, end: Endpoint) -> Iterator[Endpoint]:
        """The pods of an endpoint one by one; one of those that no policy can tell apart."""
        if isinstance(end, ExternalEndpoint):
            yield end
            return
        universe = self._reachability.universe
        pods = end.pods
        if universe.knows(end):
            pods = tuple({universe.bit(pod): pod for pod in reversed(pods)}.values())
        for pod in pods:
            yield replace(end, pods=(pod,))

    def _node(self) -> ExternalEndpoint:
        """The nodes, of the family that the connection has; any address where none is known."""
        families = [family for family, _ in self._addresses()] or list(Family)
        area = AddressSet.union(
            AddressSet.of_range(family, (0, family.last)) for family in families
        )
        known = self._services.node_sources & area
        title = "the nodes" if known else "any node"
        return ExternalEndpoint(title, known or area)

    def _addresses(self) -> AddressSet:
        front = self._lead.front
        for end in (front.endpoint if front else None, self._source):
            if isinstance(end, ExternalEndpoint):
                return end.addresses
        return AddressSet.empty()

    def _keep_client(self, aim: Aim) -> Iterator[Passage]:
        """From the client itself; a pod that is led back to itself is a case of its own."""
        source, port, protocol = self._source, aim.port, self._protocol
        own = _common(source, aim.endpoint)
        others: Endpoint | None = aim.endpoint
        if own and _is_running(source):
            others = _without(aim.endpoint, own)
        if others:
            verdict = self._reachability.verdict(source, others, protocol, port)
            yield Passage(source, Aim(others, port), verdict, verdict.outcome)
        if own and own.approach is Approach.PROXIED:
            self._conventions.append("hairpin")
            title = " and ".join(dict.fromkeys(pod.title for pod in own.pods))
            origin = PodEndpoint(title, own.pods)
            verdict = self._reachability.verdict(origin, own, protocol, port)
            says = "where the Service leads a pod back to itself"
            yield Passage(origin, Aim(own, port), verdict, _judge_hairpin(verdict), says)
        elif own and _is_running(source):
            verdict = self._reachability.verdict(own, own, protocol, port)
            yield Passage(source, Aim(own, port), verdict, verdict.outcome)

    # --- what else may stand in the way ---

    def _list_doubts(self) -> Iterator[tuple[Outcome, str]]:
        """Further outcomes that are possible, with the reason."""
        service = self._lead.service
        if self._services.may_select_none(service):
            why = f"whether {service.asked_as} ({service.selector}) selects any pod is unknown"
            yield Outcome.UNKNOWN, why
        yield from self._list_sources_refused()
        lead = self._lead
        if lead.local == () and self._is_inside:
            self._conventions.append("local-endpoints")
            why = "no endpoint is on this node, and externalTrafficPolicy is Local"
            yield Outcome.DENY, why
        if lead.face is Face.BALANCER and lead.front is None and self._is_inside:
            yield Outcome.UNKNOWN, "policies may see the load balancer, of unknown address"
        if not lead.is_certain and lead.front:
            self._conventions.append("unlisted-nodes")
            direct = self._reachability.verdict(
                self._source, lead.front.endpoint, self._protocol, lead.front.port
            )
            name = lead.title.partition(" ")[0]
            yield direct.outcome, f"the input has no node, so whether {name} is one is unknown"

    def _list_sources_refused(self) -> Iterator[tuple[Outcome, str]]:
        ranges = self._lead.service.source_ranges
        if ranges is None or self._lead.face not in (Face.BALANCER, Face.NAME):
            return
        if self._lead.face is Face.NAME and self._is_inside:
            return
        if _lies_in(self._source, ranges):
            return
        self._conventions.append("load-balancer-sources")
        blocks = join_first(ranges.cidrs())
        yield (
            Outcome.DENY,
            f"{self._source.title} is not in loadBalancerSourceRanges ({blocks})",
        )


def _lies_in(end: Endpoint, ranges: AddressSet) -> bool:
    if isinstance(end, ExternalEndpoint):
        return end.addresses <= ranges
    return all(pod.addresses is not None and pod.addresses <= ranges for pod in end.pods)


def _judge_hairpin(verdict: Verdict) -> Outcome:
    """ClusterNetworkPolicies deny; what others deny is undefined."""
    if verdict.outcome is not Outcome.DENY:
        return verdict.outcome
    for each in (verdict.egress, verdict.ingress):
        is_ordered = each.tier in (Tier.ADMIN, Tier.BASELINE)
        is_denied = each.outcome is Outcome.DENY and is_ordered
        if is_denied and all(policy.kind == _CLUSTER_POLICY for policy in each.policies):
            return Outcome.DENY
    return Outcome.UNKNOWN


def _common(source: Endpoint, destination: Endpoint) -> PodEndpoint | None:
    """The pods at both ends, which may be led back to themselves."""
    if isinstance(source, ExternalEndpoint) or isinstance(destination, ExternalEndpoint):
        return None
    names = {(pod.workload, pod.name) for pod in source.pods}
    own = tuple(pod for pod in destination.pods if (pod.workload, pod.name) in names)
    return replace(destination, pods=own) if own else None


def _without(end: Endpoint, own: PodEndpoint) -> Endpoint | None:
    """The other pods of an endpoint, if there are any."""
    if isinstance(end, ExternalEndpoint):
        return end
    rest = tuple(pod for pod in end.pods if pod not in own.pods)
    workloads = " and ".join(dict.fromkeys(str(pod.workload) for pod in rest))
    behind = end.title.partition(" behind ")[1:]
    return replace(end, title="".join((workloads, *behind)), pods=rest) if rest else None


def _is_running(end: Endpoint) -> bool:
    """Whether it is one pod: one of the pods of a template may be led to another."""
    return isinstance(end, PodEndpoint) and len(end.pods) == 1 and end.pods[0].name is not None


def _join(first: Outcome, second: Outcome) -> Outcome:
    """Both must allow it."""
    strictest = (Outcome.DENY, Outcome.UNKNOWN, Outcome.ALLOW)
    return next(each for each in strictest if each in (first, second))


def _unite(outcomes: Iterable[Outcome]) -> Outcome:
    """The one outcome that all have; else unknown."""
    found = set(outcomes)
    return found.pop() if len(found) == 1 else Outcome.UNKNOWN


_WORDS = {Outcome.ALLOW: "allowed", Outcome.DENY: "denied", Outcome.UNKNOWN: "unknown"}


def _tell_apart(passages: list[Passage]) -> str:
    """``allowed from 203.0.113.9, denied where a node's address ...``."""
    said: dict[Outcome, dict[str, None]] = {}
    for each in passages:
        said.setdefault(each.outcome, {})[each.says or _describe_ends(each)] = None
    return ", ".join(f"{_WORDS[outcome]} {join_all(tuple(of))}" for outcome, of in said.items())


def _describe_ends(passage: Passage) -> str:
    end = passage.aim.endpoint.title.partition(" behind ")[0]
    return f"from {passage.source.title} to {end} port {passage.aim.port}"
