"""Who can resolve names: the queries of pods to the cluster's DNS, over all tiers.

A query passes where the egress of the pod and the ingress of some DNS pod may let it. ::

    queries = DnsQueries(known, Dns.of(known))
    queries.pods & ~queries.resolving(Protocol.UDP)     # those that cannot resolve names
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.explain.verdicts import direction_verdict
from netsim.engine.policy.chain import Chain
from netsim.engine.policy.compile import may_allow_port
from netsim.engine.policy.flow import Flow
from netsim.engine.policy.rectangle import Certainty, Rectangle
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet
from netsim.judge.dns import (
    OPENSHIFT_NAMESPACE,
    OPENSHIFT_PORT,
    PORT,
    USUAL_LABELS,
    Dns,
    DnsTarget,
)
from netsim.judge.knowledge import SYSTEM_NAMESPACE, Knowledge
from netsim.model.addresses import Family
from netsim.model.labels import Operator
from netsim.model.peers import BlockPeer, Peer, PodPeer, UnevaluatedPeer
from netsim.model.policies import Action, Direction, Policy, Rule, Tier
from netsim.model.ports import Protocol
from netsim.model.resources import NAME_LABEL, Origin, Pod, Resolver, WorkloadName


class _Facet(Struct, frozen=True):
    """What decides about packets of one family, or of any where families make no difference.

    ``kept`` are its chains with what is about the pods of DNS.
    """

    family: Family | None
    evaluator: Evaluator
    kept: dict[Direction, Chain]

    def meeting(self, number: int) -> ClassSet:
        """Who can exchange such packets with a class."""
        if self.family is None:
            return self.evaluator.meeting(number)
        return self.evaluator.universe.partners(number, self.family)


class DnsQueries:
    """Which pods can send queries, and whose queries the DNS pods accept."""

    def __init__(self, known: Knowledge, dns: Dns) -> None:
        self.known = known
        self.dns = dns
        self.evaluator = known.evaluator
        self.pods = self._find_asking()
        kept = (lambda _: True) if dns.caches else _is_no_single_address
        families: tuple[tuple[Family | None, Evaluator], ...]
        families = (*self.evaluator.by_family().items(),) or ((None, self.evaluator),)
        self._facets = tuple(
            _Facet(family, each, {way: chain.kept(kept) for way, chain in each.chains.items()})
            for family, each in families
        )
        self._passed: dict[tuple[Family | None, Direction, DnsTarget], int] = {}

    def _find_asking(self) -> int:
        universe = self.evaluator.universe
        asking = self._list_asking(self.known.pods & universe.selectable)
        return bits.union(1 << universe.bit(pod) for pod in asking)

    def _list_asking(self, classes: int) -> Iterator[Pod]:
        """The pods that ask the cluster's DNS, but for its own, which ask others."""
        own = {*self.dns.servers, *self.dns.caches}
        for pod in self.known.members(classes):
            if pod.resolver is Resolver.CLUSTER and pod not in own:
                yield pod

    def titles(self, pods: int) -> list[str]:
        """The workloads of some classes that ask the cluster's DNS."""
        return sorted({str(pod.workload) for pod in self._list_asking(pods)})

    def sending(self, protocol: Protocol) -> int:
        """The pods whose policies let their queries go to some server."""
        targets = self._targets(protocol)
        found = bits.union(
            self._passing(facet, Direction.EGRESS, t) for facet in self._facets for t in targets
        )
        return found if self.dns.servers else found | self._sending_elsewhere(protocol)

    def resolving(self, protocol: Protocol) -> int:
        """Those of them whose queries that server accepts."""
        if not self.dns.servers:
            return self.sending(protocol)
        return bits.union(
            self._passing(facet, Direction.EGRESS, t)
            & self._passing(facet, Direction.INGRESS, t)
            for facet in self._facets
            for t in self._targets(protocol)
        )

    def _targets(self, protocol: Protocol) -> list[DnsTarget]:
        return [target for target in self.dns.targets if target.protocol is protocol]

    def targets_of(self, protocol: Protocol, pod: int) -> list[DnsTarget]:
        """The servers to which a pod may send."""
        return [
            target
            for target in self._targets(protocol)
            if any(
                bits.contains(self._passing(facet, Direction.EGRESS, target), pod)
                for facet in self._facets
            )
        ]

    def _passing(self, facet: _Facet, direction: Direction, target: DnsTarget) -> int:
        """The pods whose queries one end may let through to a server; kept, as asked often."""
        asked = (facet.family, direction, target)
        if asked not in self._passed:
            found = self._ask(facet, direction, target)
            self._passed[asked] = found & facet.meeting(target.number)
        return self._passed[asked]

    def _ask(self, facet: _Facet, direction: Direction, target: DnsTarget) -> int:
        chain = facet.kept[direction]
        connection = target.protocol, target.port
        is_sent = direction is Direction.EGRESS
        subjects = self.pods if is_sent else 1 << target.number
        whole = facet.evaluator.chains[direction]
        ruled = whole.ruled & subjects
        judged = (whole.ruled | whole.isolated) & subjects
        found = self.pods & ~judged if is_sent else 0 if judged else self.pods
        allowing = bits.union(
            each.sources
            for each in chain[Tier.NETWORK_POLICY].rectangles
            if bits.contains(each.destinations, target.number) and connection in each.ports
        )
        found |= self.pods & allowing
        asked = ruled if is_sent else self.pods if ruled else 0
        if asked:
            found &= ~asked
            found |= self._ask_each(chain, asked, target)
        return found | self._find_neighbours(whole, self.pods & ~found, target)

    def _ask_each(self, chain: Chain, pods: int, target: DnsTarget) -> int:
        """The pods of these whose queries the tiers of one end, in their order, may pass."""
        connection = target.protocol, target.port
        return bits.union(
            1 << pod
            for pod in bits.members(pods)
            if connection in chain.allowed(Flow(chain.direction, pod, target.number)).possible
        )

    def _find_neighbours(self, chain: Chain, pods: int, target: DnsTarget) -> int:
        """The pods of these that no NetworkPolicy keeps from the server, by their node."""
        connection = target.protocol, target.port
        surely, perhaps = self.evaluator.universe.near(target.number)
        return bits.union(
            1 << pod
            for pod in bits.members(pods & (surely | perhaps))
            for flow in (Flow(chain.direction, pod, target.number),)
            for vicinity in (self.evaluator.universe.vicinity(pod, target.number),)
            if connection in chain.allowed(flow, vicinity).possible
        )

    def _sending_elsewhere(self, protocol: Protocol) -> int:
        """The pods that may send to servers which the input does not have."""
        chain = self.evaluator.chains[Direction.EGRESS]
        found = self.pods & ~(chain.ruled | chain.isolated)
        for policy in (*self._policies, *self.evaluator.universe.resources.unevaluated):
            rules = [r for r in policy.rules_of(Direction.EGRESS) if r.action is Action.ALLOW]
            if any(_leads_to_dns(rule, protocol) for rule in rules):
                found |= self.evaluator.selection.subject(policy).possible & self.pods
        for pod in bits.members(chain.ruled & self.pods):
            tier, allows = self._ask_stand_in(pod, protocol)
            if allows:
                found |= 1 << pod
            elif tier is not Tier.NETWORK_POLICY:
                found &= ~(1 << pod)
        return found

    def _ask_stand_in(self, pod: int, protocol: Protocol) -> tuple[Tier, bool]:
        """Which tier decides whether a pod may ask the usual servers, and whether it may."""
        evaluator, server = self._stand_in
        number = evaluator.universe.bit(self.evaluator.universe.pods[pod][0])
        flow = Flow(Direction.EGRESS, number, server)
        connection = protocol, PORT
        if connection in evaluator.allowed_by(flow).possible:
            return Tier.DEFAULT, True
        return direction_verdict(evaluator, flow, connection).tier, False

    @cached_property
    def _stand_in(self) -> tuple[Evaluator, int]:
        """The input with a DNS pod as clusters have it."""
        resources = self.evaluator.universe.resources
        name = WorkloadName(SYSTEM_NAMESPACE, "coredns", "Any")
        pod = Pod(name, USUAL_LABELS, origin=Origin.MODELLED)
        whole = replace(resources, pods=(*resources.pods, pod))
        evaluator = Evaluator.of(whole, self.evaluator.selection.conventions)
        return evaluator, evaluator.universe.bit(pod)

    @property
    def _policies(self) -> tuple[Policy, ...]:
        return self.evaluator.universe.resources.policies

    def active(self, pods: int) -> int:
        """Those of some pods that may connect to something, known or not."""
        found = 0
        for policy in self._policies:
            rules = policy.rules_of(Direction.EGRESS)
            if any(rule.action is not Action.DENY for rule in rules):
                found |= self.known.subject(policy)
        # Where rules have an order, a rule that allows may never be asked.
        ruled = self.evaluator.chains[Direction.EGRESS].ruled & pods
        ends = range(self.evaluator.universe.size)
        for pod in bits.members(ruled & ~found):
            flows = (Flow(Direction.EGRESS, pod, end) for end in ends if end != pod)
            if any(self.evaluator.allowed_by(flow).possible for flow in flows):
                found |= 1 << pod
        return found & pods

    def denying(self, pods: int, protocol: Protocol) -> Iterator[tuple[Rule, int]]:
        """The rules of admin tiers that deny queries of pods, with those that send them."""
        found: dict[Rule, int] = defaultdict(int)
        ruled = self.evaluator.chains[Direction.EGRESS].ruled
        targets = self._targets(protocol)
        for pod in bits.members(pods & ruled):
            evaluator, source = self.evaluator, pod
            if self.dns.servers:
                server, port = targets[0].number, targets[0].port
            else:
                evaluator, server = self._stand_in
                source = evaluator.universe.bit(self.evaluator.universe.pods[pod][0])
                port = PORT
            flow = Flow(Direction.EGRESS, source, server)
            verdict = direction_verdict(evaluator, flow, (protocol, port))
            if verdict.tier.is_ordered and verdict.rules:
                found[verdict.rules[0]] |= 1 << pod
        yield from found.items()


def _is_no_single_address(rectangle: Rectangle) -> bool:
    """Whether a rule may open a pod whose address is not known.

    A block of one address is that of the DNS Service, which policies never see.
    """
    if rectangle.certainty is Certainty.SURE:
        return True
    blocks = [peer for peer in rectangle.rule.peers if isinstance(peer, BlockPeer)]
    return not blocks or not all(each.cidr.endswith(("/32", "/128")) for each in blocks)


def _leads_to_dns(rule: Rule, protocol: Protocol) -> bool:
    """Whether a rule may lead to DNS, wherever that is."""
    if not rule.peers:
        ports = (PORT, OPENSHIFT_PORT)
        return any(may_allow_port(rule, (protocol, port)) for port in ports)
    return any(
        may_allow_port(rule, (protocol, OPENSHIFT_PORT if _is_openshift(peer) else PORT))
        and _leads_out(peer, rule)
        for peer in rule.peers
    )


def _is_openshift(peer: Peer) -> bool:
    """Whether a peer names the namespace of OpenShift's DNS, and no other."""
    return (
        isinstance(peer, PodPeer)
        and peer.namespaces is not None
        and any(
            (each.key, each.operator, each.values)
            == (NAME_LABEL, Operator.IN, (OPENSHIFT_NAMESPACE,))
            for each in peer.namespaces.requirements
        )
    )


def _leads_out(peer: Peer, rule: Rule) -> bool:
    return (
        isinstance(peer, BlockPeer | UnevaluatedPeer)
        or (isinstance(peer, PodPeer) and peer.namespaces is not None)
        or rule.namespace in (SYSTEM_NAMESPACE, OPENSHIFT_NAMESPACE)
    )
