"""For a denied connection, the rule that came nearest and the field that failed.

A rule fails in one of three parts: whom its policy selects, whom it names as peers, or its
ports.  Where two parts fail it is no near miss.  Of the others the nearest is the one of the
least cost, then the one that names more of the connection rightly, then the first:

====  ============================================================================
cost  what failed
====  ============================================================================
1     the protocol alone; or the policy's ``policyTypes`` leave out the direction
2     the policy selects nobody: a label that the pod lacks, or nearly has, or the
      namespace; the peer's namespace or its host network, where its labels match;
      the port is a Service's, and its pods listen on the one asked for; an address
      in a block that counts for no pods
3     the port of a rule that names the peer
4     the port of a rule for anyone; the namespace of a rule for any pod of it; the
      address of a pod; the direction of a rule that names the peer and the port
5     a label of a peer that matches nobody
6     any other label of a peer, or of a policy that selects nobody
7     a label of a policy that selects others; a pod where the peer is an address
9     a label of a policy for other pods that names the peer
====  ============================================================================

The costs of several labels add up.  O(rules).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from netsim.engine.evaluator import Evaluator
from netsim.engine.explain.admissions import resolve_port
from netsim.engine.explain.ends import Ends, name_addresses, name_end
from netsim.engine.policy.compile import rule_peers, written_ports
from netsim.engine.policy.flow import Flow
from netsim.engine.space.bits import contains
from netsim.model.addresses import AddressSet
from netsim.model.conventions import IpBlockPods
from netsim.model.labels import Operator, Requirement
from netsim.model.location import Location
from netsim.model.peers import BlockPeer, Peer, PodPeer
from netsim.model.policies import Action, NamedPort, Policy, PolicyPort, Rule
from netsim.model.ports import Connection
from netsim.model.resources import Pod, PodNetwork
from netsim.model.truth import Truth
from netsim.model.verdict import NearMiss
from netsim.words.misplaced import describe_misplaced
from netsim.words.nearness import is_near

if TYPE_CHECKING:
    from netsim.engine.naming.services import Services

_ALSO = 2
"""How much more the runner-up may cost to be worth a word."""

_FOR_OTHERS = 9

Candidate = tuple[Policy, Rule]
"""A rule that would have allowed the connection, had it matched, and its policy."""


class _Gap(Struct, frozen=True):
    """What keeps a part of a rule from matching, and what of that part matches."""

    cost: int
    why: str
    matching: int = 0


class _Found(Struct, frozen=True):
    """A rule that nearly allows the connection."""

    cost: int
    matching: int
    miss: NearMiss


Near = tuple[NearMiss | None, NearMiss | None]
"""The nearest rule, and another one that is nearly as near."""


def find_nearest(evaluator: Evaluator, flow: Flow, ends: Ends, connection: Connection) -> Near:
    """Of all rules that count together, also of policies that do not select the subject."""
    search = _Search(evaluator, flow, ends, connection)
    policies = evaluator.universe.resources.policies
    return _pick(found for each in policies if each.isolates for found in search.all_of(each))


def find_nearest_of(
    evaluator: Evaluator,
    flow: Flow,
    ends: Ends,
    connection: Connection,
    candidates: Iterable[Candidate],
) -> Near:
    """Of some rules, of policies that select the subject."""
    search = _Search(evaluator, flow, ends, connection)
    return _pick(found for policy, rule in candidates for found in search.own(policy, rule))


def _pick(candidates: Iterable[_Found]) -> Near:
    found = sorted(candidates, key=lambda each: (each.cost, -each.matching))
    if not found:
        return None, None
    first = found[0]
    others = (each for each in found[1:] if each.miss.rule.policy != first.miss.rule.policy)
    second = next(others, None)
    is_close = second is not None and second.cost <= first.cost + _ALSO
    return first.miss, second.miss if second and is_close else None


class _Search:
    """The near misses of one denied connection between two classes."""

    def __init__(
        self, evaluator: Evaluator, flow: Flow, ends: Ends, connection: Connection
    ) -> None:
        self._evaluator = evaluator
        self._flow = flow
        self._connection = connection
        self._subject = ends.subject(flow.direction)
        self._peer = ends.peer(flow.direction)
        self._destination = ends.destination

    def all_of(self, policy: Policy) -> Iterator[_Found]:
        """Those of a policy, whether or not it selects the subject."""
        direction = self._flow.direction
        selected = self._evaluator.selection.subject(policy).possible
        if not contains(selected, self._flow.subject):
            gap = self._subject_gap(policy, selected)
            if gap:
                for rule in policy.rules_of(direction):
                    yield from self._of_other_subject(policy, rule, gap)
            return
        for rule in policy.rules_of(direction):
            yield from self.own(policy, rule)
        for rule in policy.without_effect:
            if rule.direction is direction:
                yield from self._without_effect(policy, rule)
        for rule in (*policy.rules, *policy.without_effect):
            if rule.direction is not direction and rule.peers and rule.ports:
                yield from self._turned(rule)

    # --- a rule of a policy that selects the subject ---

    def own(self, policy: Policy, rule: Rule) -> Iterator[_Found]:
        """The near misses of one rule: its ports, or each of its peers."""
        closeness = _count_named(policy.subject.pods.requirements)
        if self._admits(rule) and not self._lists(rule):
            ports, location = self._port_gap(rule)
            miss = NearMiss(rule, location, ports.why)
            yield _Found(ports.cost, closeness + ports.matching, miss)
        elif not self._admits(rule) and self._lists(rule):
            for item in rule.peers:
                gap = self._peer_gap(item, rule.namespace)
                if gap:
                    miss = NearMiss(rule, item.location, gap.why)
                    yield _Found(gap.cost, closeness + gap.matching, miss)

    def _admits(self, rule: Rule) -> bool:
        universe, selection = self._evaluator.universe, self._evaluator.selection
        return contains(rule_peers(universe, selection, rule).sure, self._flow.peer)

    def _lists(self, rule: Rule) -> bool:
        return not rule.ports or any(self._is_port(port) for port in rule.ports)

    def _is_port(self, port: PolicyPort) -> bool:
        protocol, number = self._connection
        if not isinstance(port, NamedPort):
            return self._connection in written_ports(port)
        resolved = resolve_port(self._evaluator, port, self._flow.destination)
        return port.protocol is protocol and resolved == number

    # --- a rule that would match, if only its policy were another ---

    def _fits(self, rule: Rule) -> _Gap | None:
        """Whether peers and ports of a rule match; what is named rightly counts."""
        if rule.action is not Action.ALLOW or not self._lists(rule):
            return None
        if not rule.peers:
            return _Gap(0, "", bool(rule.ports))
        for item in rule.peers:
            if self._peer_gap(item, rule.namespace) is None:
                return _Gap(0, "", self._count_matching(item) + bool(rule.ports))
        return None

    def _without_effect(self, policy: Policy, rule: Rule) -> Iterator[_Found]:
        fit = self._fits(rule)
        if fit:
            why = (
                f"would allow it, but has no effect: policyTypes of {policy.title} does not "
                f"list {rule.direction.value}"
            )
            yield _Found(1, fit.matching, NearMiss(rule, rule.location, why))

    def _turned(self, rule: Rule) -> Iterator[_Found]:
        fit = self._fits(rule)
        if fit and fit.matching > 1:
            way = rule.direction.opposite.peer_word
            why = (
                f"is about connections {way} {name_end(self._subject)}; this one needs an "
                f"{self._flow.direction.word} rule"
            )
            yield _Found(4, fit.matching, NearMiss(rule, rule.location, why))

    def _of_other_subject(self, policy: Policy, rule: Rule, gap: _Gap) -> Iterator[_Found]:
        fit = self._fits(rule)
        is_about_it = gap.cost < _FOR_OTHERS or (fit and fit.matching > bool(rule.ports))
        if fit and is_about_it:
            miss = NearMiss(rule, policy.subject.location, gap.why)
            yield _Found(gap.cost, gap.matching + fit.matching, miss)

    def _subject_gap(self, policy: Policy, selected: int) -> _Gap | None:
        """What keeps a policy from selecting the subject, if it is little."""
        pod = self._subject
        if not isinstance(pod, Pod) or policy.subject.namespaces is not None:
            return None
        wanted = policy.subject.pods
        failing = wanted.failing(pod.labels)
        matching = len(wanted.requirements) - len(failing)
        title = f"{policy.title} would allow it, but"
        if pod.namespace != policy.namespace:
            if failing or not matching:
                return None
            why = (
                f"{title} is in namespace {policy.namespace}, and selects pods of its own "
                f"namespace only; {name_end(pod)} is in {pod.namespace}"
            )
            return _Gap(7 if selected else 2, why, matching)
        if not failing or len(failing) > (1 if selected else 2):
            return None
        is_likely = matching or all(is_near(each, pod.labels) for each in failing)
        has = " and ".join(pod.labels.entry(each.key) for each in failing)
        wants = " and ".join(map(str, failing))
        cost = (7 if selected else 2 if is_likely else 6) * len(failing)
        if selected and not is_likely:
            cost = _FOR_OTHERS
        why = f"{title} selects {wants}; {name_end(pod)} has {has}"
        misplaced = describe_misplaced(wanted, (pod,))
        return _Gap(cost, f"{why}; {misplaced}" if misplaced else why, matching)

    # --- ports ---

    def _port_gap(self, rule: Rule) -> tuple[_Gap, Location]:
        protocol, number = self._connection
        listed = ", ".join(str(port) for port in rule.ports)
        why = f"allows {listed}, the connection is {protocol} {number}"
        matching = max((self._count_matching(item) for item in rule.peers), default=0)
        same = self._same_number(rule)
        if same is not None:
            return _Gap(1, why, matching), same.location
        for port in rule.ports:
            service = self._service_port(port)
            if service:
                return _Gap(2, f"{why}; {service}", matching), port.location
        gap = _Gap(3 if matching else 4, why, matching)
        for port in rule.ports:
            if isinstance(port, NamedPort) and port.protocol is protocol:
                return _Gap(gap.cost, f"{why}; {self._say_name(port)}", matching), port.location
        return gap, rule.ports[0].location

    def _same_number(self, rule: Rule) -> PolicyPort | None:
        """The port of a rule that has the number of a connection, in another protocol."""
        _, number = self._connection
        for port in rule.ports:
            if (port.protocol, number) in written_ports(port):
                return port
        return None

    def _service_port(self, port: PolicyPort) -> str:
        """That an entry is the port of a Service whose pods listen on the one asked for."""
        pod, (protocol, number) = self._destination, self._connection
        if not isinstance(pod, Pod) or port.protocol is not protocol:
            return ""
        listed = written_ports(port)
        for service in self._evaluator.universe.resources.services:
            ports = (each for each in service.ports if (each.protocol, each.number) in listed)
            for each in ports if service.namespace == pod.namespace else ():
                arrivals = self._services.targets(service, each)
                if any(to.pod == pod and to.number == number for to in arrivals):
                    return (
                        f"{each.number} is the port of {service.title}, policies see the port "
                        f"of its pods, {number}"
                    )
        return ""

    @cached_property
    def _services(self) -> Services:
        from netsim.engine.naming.services import Services  # only few explanations need it

        return Services(self._evaluator.universe.resources)

    def _say_name(self, port: NamedPort) -> str:
        number = resolve_port(self._evaluator, port, self._flow.destination)
        if number is None:
            return f"the destination has no {port.protocol} port named {port.name}"
        return f"{port.name} is {number} there"

    # --- peers ---

    def _count_matching(self, item: Peer) -> int:
        """How many requirements of a peer on labels its pod or namespace meets."""
        peer = self._peer
        if not isinstance(item, PodPeer) or not isinstance(peer, Pod):
            return 0
        space = self._evaluator.universe.resources.namespace(peer.namespace).labels
        spaces = item.namespaces.requirements if item.namespaces else ()
        met = sum(each.test(peer.labels) is Truth.YES for each in item.pods.requirements)
        return met + sum(each.test(space) is Truth.YES for each in spaces)

    def _peer_gap(self, item: Peer, home: str) -> _Gap | None:
        peer = self._peer
        if not isinstance(peer, Pod):
            return self._address_gap(item)
        if isinstance(item, PodPeer):
            return self._label_gap(item, home, peer)
        if isinstance(item, BlockPeer):
            return self._block_gap(item, peer)
        if contains(item.match(self._evaluator.selection, home).sure, self._flow.peer):
            return None
        return _Gap(7, f"wants {item.describe()}, {name_end(peer)} is a pod outside it")

    def _address_gap(self, item: Peer) -> _Gap | None:
        peer = self._peer
        if isinstance(peer, Pod):
            return None
        if isinstance(item, BlockPeer):
            may_hold = item.addresses is None or bool(peer & item.addresses)
            if may_hold:
                return None
        return _Gap(7, f"wants {item.describe()}, the peer is {name_end(peer)}")

    def _label_gap(self, item: PodPeer, home: str, pod: Pod) -> _Gap | None:
        space = self._evaluator.universe.resources.namespace(pod.namespace).labels
        failing = tuple(item.failing(pod.labels, pod.namespace, space, home))
        matching = self._count_matching(item)
        labels = len(item.pods.failing(pod.labels))
        misplaced = describe_misplaced(item.pods, (pod,))
        told = (*failing, misplaced) if misplaced else failing
        if pod.network is PodNetwork.HOST:
            why = f"{name_end(pod)} is on the host's network, which no selector matches"
            if not failing:
                would = self._say_block(pod)
                said = f"would match its labels, but {why}; {would}"
                return _Gap(2, said, matching)
            return _Gap(6 * len(failing), f"{'; '.join(told)}; {why}", matching)
        if not failing:
            return None
        if not labels and len(failing) == 1:
            return _Gap(2 if item.pods.requirements else 4, failing[0], matching)
        is_nobody = not item.match(self._evaluator.selection, home).sure
        each = 5 if is_nobody else 6
        return _Gap(each * len(failing), "; ".join(told), matching)

    def _say_block(self, pod: Pod) -> str:
        """What would match a pod on the host's network."""
        if self._evaluator.selection.conventions.ipblock_pods is IpBlockPods.IGNORE:
            return "no block does either, as --ipblock-pods ignore applies blocks to no pods"
        if pod.addresses is None:
            return "an ipBlock with the addresses of its nodes would"
        return f"an ipBlock of its node ({', '.join(pod.addresses.cidrs())}) would"

    def _block_gap(self, item: BlockPeer, pod: Pod) -> _Gap | None:
        """Why a block does not hold a pod, under the convention that is in force."""
        wants = f"wants {item.describe()}"
        conventions = self._evaluator.selection.conventions
        if item.addresses is None:
            return None
        if pod.addresses is None:
            return self._unplaced_gap(item.addresses, wants, pod)
        where = f"{name_end(pod)} is at {name_addresses(pod.addresses)}"
        if not pod.addresses & item.addresses:
            return _Gap(4, f"{wants}, {where}")
        if conventions.ipblock_pods is not IpBlockPods.IGNORE:
            return None
        why = f"{wants}, and {where}, but --ipblock-pods ignore applies blocks to no pods"
        return _Gap(2, why)

    def _unplaced_gap(self, block: AddressSet, wants: str, pod: Pod) -> _Gap | None:
        conventions = self._evaluator.selection.conventions
        why = f"{wants}, the address of {name_end(pod)} is not in the input"
        match conventions.ipblock_pods:
            case IpBlockPods.IGNORE:
                return _Gap(4, f"{why}, and --ipblock-pods ignore applies blocks to no pods")
            case IpBlockPods.KNOWN:
                option = "--ipblock-pods known applies blocks to known addresses only"
                return _Gap(4, f"{why}, and {option}")
        if pod.network is PodNetwork.POD and not conventions.pod_ranges & block:
            return _Gap(4, f"{why}, and no pod range (--pod-ranges) is in the block")
        return None


def _count_named(requirements: Iterable[Requirement]) -> int:
    return sum(each.operator is Operator.IN for each in requirements)
