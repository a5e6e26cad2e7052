"""Selectors and blocks answered with sets of classes, each distinct one evaluated once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from copy import copy

from msgspec import Struct

from netsim.engine.space import bits
from netsim.engine.space.universe import Universe
from netsim.engine.space.vocabulary import PortName
from netsim.model.addresses import AddressSet, Family
from netsim.model.conventions import Conventions, IpBlockPods
from netsim.model.labels import Operator, Requirement, Selector
from netsim.model.other_systems import UnevaluatedPolicy
from netsim.model.peers import Match, Peer
from netsim.model.policies import Policy, Rule


class LabelIndex(Struct, frozen=True):
    """Label key to the classes that have it, and (key, value) to those with that value."""

    present: dict[str, int]
    valued: dict[tuple[str, str | None], int]

    @classmethod
    def of(cls, universe: Universe) -> LabelIndex:
        """The index of a universe's classes."""
        present: dict[str, int] = defaultdict(int)
        valued: dict[tuple[str, str | None], int] = defaultdict(int)
        for bit, key in enumerate(universe.keys):
            for name, value in key.traits:
                present[name] |= 1 << bit
                valued[name, value] |= 1 << bit
        return cls(dict(present), dict(valued))

    def matching(self, requirement: Requirement, among: int) -> int:
        """The classes among these that meet a requirement."""
        key = requirement.key
        match requirement.operator:
            case Operator.EXISTS:
                return among & self.present.get(key, 0)
            case Operator.DOES_NOT_EXIST:
                return among & ~self.present.get(key, 0)
        named = 0
        for value in requirement.values:
            named |= self.valued.get((key, value), 0)
        return among & (named if requirement.operator is Operator.IN else ~named)


class Selection:
    """Answers what a subject, a peer or a port name stands for in one universe.

    ``families`` are those of the packets in question: of several, what it says holds for
    each.
    """

    def __init__(self, universe: Universe, conventions: Conventions) -> None:
        self._universe = universe
        self._conventions = conventions
        self.families = tuple(Family)
        self._labels = LabelIndex.of(universe)
        self._by_namespace: dict[str, int] = defaultdict(int)
        self._by_atom: dict[int, int] = defaultdict(int)
        for bit, key in enumerate(universe.keys):
            self._by_namespace[key.namespace] |= 1 << bit
            if key.atoms is not None:
                self._by_atom[key.atoms] |= 1 << bit
        resources = universe.resources
        read = {space.name: space.labels for space in resources.namespaces}
        self._namespace_labels = {
            name: read.get(name) or resources.namespace(name).labels
            for name in self._by_namespace
        }
        self._selected: dict[Selector, int] = {}
        self._spaces: dict[Selector, int] = {}
        self._numbers = _port_numbers(universe)

    def over(self, family: Family) -> Selection:
        """What the same names stand for in packets of one family."""
        found = copy(self)
        found.families = (family,)
        return found

    @property
    def conventions(self) -> Conventions:
        """The choices under which it answers."""
        return self._conventions

    def namespace(self, name: str) -> int:
        """All pods of a namespace."""
        return self._by_namespace.get(name, 0)

    def pods(self, selector: Selector) -> int:
        """Pods of any namespace that a selector chooses."""
        if selector not in self._selected:
            found = self._universe.selectable
            for requirement in selector.requirements:
                found = self._labels.matching(requirement, found)
            self._selected[selector] = found
        return self._selected[selector]

    def namespaces(self, selector: Selector) -> int:
        """All pods of the namespaces that a selector chooses."""
        if selector not in self._spaces:
            found = 0
            for name, pods in self._by_namespace.items():
                if selector.matches(self._namespace_labels[name]):
                    found |= pods
            self._spaces[selector] = found
        return self._spaces[selector]

    def subject(self, policy: Policy) -> int:
        """The pods a policy applies to; of another system's those it may apply to."""
        chosen = policy.subject.match(self, policy.namespace).sure
        if isinstance(policy, UnevaluatedPolicy) and policy.reaches_nodes:
            chosen |= self._universe.hosts | self._universe.node_addresses
        return chosen

    def unowned_addresses(self) -> int:
        """Addresses that belong to neither a pod nor a node."""
        return self._universe.external & ~self._universe.node_addresses

    def addresses(self) -> int:
        """Addresses that belong to no pod."""
        return self._universe.external

    def everything(self) -> int:
        """All classes."""
        return self._universe.everything

    def nodes(self, selector: Selector) -> Match:
        """Nodes at their addresses, and the pods on their network.

        A node that is not in the input has unknown labels; where none is in the input, any
        external address may be one.
        """
        universe = self._universe
        nodes = {node.name: node for node in universe.resources.nodes}
        sure, maybe = 0, universe.node_addresses if nodes else universe.external
        for node in nodes.values():
            addresses = universe.outside(node.addresses)
            maybe &= ~addresses
            sure |= addresses if selector.matches(node.labels) else 0
        if not selector.requirements:
            sure |= universe.node_addresses | universe.hosts
        for bit in bits.members(universe.hosts):
            found = [nodes.get(name) for name in universe.keys[bit].places] or [None]
            matching = [node is not None and selector.matches(node.labels) for node in found]
            if all(matching):
                sure |= 1 << bit
            elif any(matching) or None in found:
                maybe |= 1 << bit
        return Match(sure, maybe & ~sure)

    def admitting_peers(self, rule: Rule, bit: int) -> Iterator[Peer]:
        """The peers of a rule that may stand for a class."""
        for peer in rule.peers:
            match = peer.match(self, rule.namespace)
            if (match.sure | match.maybe) >> bit & 1:
                yield peer

    def port(self, name: PortName) -> dict[int, int]:
        """What a port name stands for: number to the pods where it does."""
        return self._numbers.get(name, {})

    def block(self, addresses: AddressSet | None) -> Match:
        """The endpoints in a block; None is a block that is not known.

        It surely matches a pod where it does so in every family that the pod has.
        """
        if addresses is None:
            return Match(0, self._placeable)
        sure = self._universe.outside(addresses)
        if self._conventions.ipblock_pods is IpBlockPods.IGNORE:
            return Match(sure)
        pods = bits.span(0, len(self._universe.pods))
        found = {family: self._pods_in(addresses, family) for family in self.families}
        possible = 0
        for family, match in found.items():
            pods &= match.sure | ~self._universe.over(family)
            possible |= match.sure | match.maybe
        pods &= possible
        return Match(sure | pods, possible & ~pods)

    def _pods_in(self, addresses: AddressSet, family: Family) -> Match:
        """The pods that a block holds in packets of one family.

        A packet has one address of each end, so a pod with several surely matches only where
        the block holds them all; where it holds some, it may match.
        """
        if not addresses.ranges(family):
            return Match(0)
        atoms = self._universe.atoms.holding(addresses)
        sure = maybe = 0
        for placed, pods in self._by_atom.items():
            own = placed & self._universe.atoms.of(family)
            if own and not own & ~atoms:
                sure |= pods
            elif own & atoms:
                maybe |= pods
        if self._conventions.ipblock_pods is IpBlockPods.KNOWN:
            return Match(sure, maybe)
        unplaced = self._universe.unplaced & self._universe.over(family)
        ranges = (self._conventions.pod_ranges, self._universe.selectable)
        anywhere = (AddressSet.full(), self._universe.hosts)
        for area, pods in (ranges, anywhere):
            own_area = area.over(family)
            if own_area <= addresses:
                sure |= pods & unplaced
            elif own_area & addresses:
                maybe |= pods & unplaced
        return Match(sure, maybe)

    @property
    def _placeable(self) -> int:
        match self._conventions.ipblock_pods:
            case IpBlockPods.IGNORE:
                return self._universe.external
            case IpBlockPods.KNOWN:
                return self._universe.everything & ~self._universe.unplaced
            case IpBlockPods.MATCH:
                return self._universe.everything


def _port_numbers(universe: Universe) -> dict[PortName, dict[int, int]]:
    found: dict[PortName, dict[int, int]] = {}
    for place, name in enumerate(universe.vocabulary.port_names):
        numbers: dict[int, int] = defaultdict(int)
        for bit, key in enumerate(universe.keys):
            number = key.ports[place]
            if number is not None:
                numbers[number] |= 1 << bit
        found[name] = dict(numbers)
    return found
