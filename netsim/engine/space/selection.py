"""Selectors and blocks answered with sets of classes, each distinct one evaluated once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from copy import copy
from typing import TypeVar

from msgspec import Struct

from netsim.engine.space import bits
from netsim.engine.space.universe import Universe
from netsim.engine.space.vocabulary import PortName, Trait
from netsim.model.addresses import AddressSet, Family
from netsim.model.conventions import Conventions, IpBlockPods
from netsim.model.generated_labels import GeneratedLabel
from netsim.model.labels import Labels, Operator, Requirement, Selector
from netsim.model.other_systems import UnevaluatedPolicy
from netsim.model.peers import Match, Peer
from netsim.model.placeholders import compare, has_placeholder
from netsim.model.policies import Policy, Rule
from netsim.model.ports import PortSet
from netsim.model.truth import Truth


class LabelIndex(Struct, frozen=True):
    """Label key to the classes that have it, and (key, value) to those with that value.

    What is open is compared one by one: ``distinct`` holds the labels that there are,
    ``undecided`` those of them that are not all known, which are in neither of the two others.
    """

    present: dict[str, int]
    valued: dict[Trait, int]
    distinct: dict[tuple[Trait, ...], int]
    undecided: dict[Labels, int]

    @classmethod
    def of_pods(cls, universe: Universe) -> LabelIndex:
        """The index of a universe's classes by the labels of their pods."""
        numbers: dict[tuple[Trait, ...], list[int]] = defaultdict(list)
        for number, key in enumerate(universe.keys):
            numbers[key.traits].append(number)
        return cls.of({traits: bits.of(own) for traits, own in numbers.items()})

    @classmethod
    def of(cls, distinct: dict[tuple[Trait, ...], int]) -> LabelIndex:
        """The index of classes by labels of which each that occurs is given once."""
        present: dict[str, int] = defaultdict(int)
        valued: dict[Trait, int] = defaultdict(int)
        undecided: dict[Labels, int] = defaultdict(int)
        for traits, classes in distinct.items():
            labels = _labels_of(traits)
            if labels.is_open:
                undecided[labels] |= classes
                continue
            for name, value in traits:
                present[name] |= classes
                valued[name, value] |= classes
        return cls(dict(present), dict(valued), distinct, dict(undecided))

    def matching(self, requirement: Requirement, among: int) -> Match:
        """The classes among these that meet a requirement."""
        if requirement.is_open:
            known: dict[Labels, int] = defaultdict(int)
            for traits, classes in self.distinct.items():
                known[_labels_of(traits)] |= classes
            return _compare_all(requirement, known, among)
        found = self._look_up(requirement)
        if not self.undecided:
            return Match(among & found)
        others = bits.union(self.undecided.values())
        sure, maybe = _compare_all(requirement, self.undecided, among)
        return Match(among & found & ~others | sure, maybe)

    def _look_up(self, requirement: Requirement) -> int:
        key = requirement.key
        match requirement.operator:
            case Operator.EXISTS:
                return self.present.get(key, 0)
            case Operator.DOES_NOT_EXIST:
                return ~self.present.get(key, 0)
        named = 0
        for value in requirement.values:
            named |= self.valued.get((key, value), 0)
        return named if requirement.operator is Operator.IN else ~named


def _labels_of(traits: tuple[Trait, ...]) -> Labels:
    """The labels that a class is known by; values that nothing asks for are all alike."""
    return Labels(
        tuple((k, v or "") for k, v in traits if not isinstance(v, GeneratedLabel)),
        generated=tuple(v for _, v in traits if isinstance(v, GeneratedLabel)),
    )


def _compare_all(requirement: Requirement, known: dict[Labels, int], among: int) -> Match:
    sure = maybe = 0
    for labels, classes in known.items():
        match requirement.test(labels):
            case Truth.YES:
                sure |= classes
            case Truth.MAYBE:
                maybe |= classes
    return Match(sure & among, maybe & among)


class Selection:
    """Answers what a subject, a peer or a port name stands for in one universe.

    ``families`` are those of the packets in question: of several, what it says holds for
    each.
    """

    def __init__(self, universe: Universe, conventions: Conventions) -> None:
        self._universe = universe
        self._conventions = conventions
        self.families = tuple(Family)
        self._labels = LabelIndex.of_pods(universe)
        by_namespace: dict[str, list[int]] = defaultdict(list)
        by_atom: dict[int, list[int]] = defaultdict(list)
        for number, key in enumerate(universe.keys):
            by_namespace[key.namespace].append(number)
            if key.atoms is not None:
                by_atom[key.atoms].append(number)
        self._by_namespace = {name: bits.of(own) for name, own in by_namespace.items()}
        self._by_atom = {atoms: bits.of(own) for atoms, own in by_atom.items()}
        self._open_spaces = tuple(filter(has_placeholder, self._by_namespace))
        labels = universe.resources.possible_labels(self._by_namespace)
        self._space_labels = self._index_spaces(labels)
        self._ambiguous_spaces = {name: own for name, own in labels.items() if len(own) > 1}
        self._selected: dict[Selector, Match] = {}
        self._spaces: dict[Selector, Match] = {}
        self._blocks: dict[tuple[tuple[Family, ...], AddressSet], Match] = {}
        self._numbers = _port_numbers(universe, int)
        self._possible_numbers = _port_numbers(universe, PortSet)

    def over(self, family: Family) -> Selection:
        """What the same names stand for in packets of one family."""
        found = copy(self)
        found.families = (family,)
        return found

    def _index_spaces(self, labels: Mapping[str, tuple[Labels, ...]]) -> LabelIndex:
        """The pods by the labels of their namespaces, where there is no doubt about which."""
        distinct: dict[tuple[Trait, ...], int] = defaultdict(int)
        for name, possible in labels.items():
            if len(possible) == 1:
                distinct[possible[0].pairs] |= self._by_namespace[name]
        return LabelIndex.of(distinct)

    @property
    def conventions(self) -> Conventions:
        """The choices under which it answers."""
        return self._conventions

    def namespace(self, name: str) -> Match:
        """All pods of a namespace; where a name is open, pods of another may be of it."""
        own = self._by_namespace.get(name, 0)
        others = self._by_namespace if has_placeholder(name) else self._open_spaces
        maybe = 0
        for other in others:
            if compare(other, name) is Truth.MAYBE:
                maybe |= self._by_namespace[other]
        return Match(own, maybe)

    def pods(self, selector: Selector) -> Match:
        """Pods of any namespace that a selector chooses."""
        if selector not in self._selected:
            found = Match(self._universe.selectable)
            for requirement in selector.requirements:
                found = found.meet(self._labels.matching(requirement, found.possible))
            self._selected[selector] = found
        return self._selected[selector]

    def namespaces(self, selector: Selector) -> Match:
        """All pods of the namespaces that a selector chooses."""
        if selector not in self._spaces:
            found = Match(bits.union(self._space_labels.distinct.values()))
            for requirement in selector.requirements:
                found = found.meet(self._space_labels.matching(requirement, found.possible))
            sure, maybe = found
            for name, possible in self._ambiguous_spaces.items():
                chosen = [selector.test(labels) for labels in possible]
                if min(chosen) is Truth.YES:
                    sure |= self._by_namespace[name]
                elif max(chosen):
                    maybe |= self._by_namespace[name]
            self._spaces[selector] = Match(sure, maybe)
        return self._spaces[selector]

    def subject(self, policy: Policy) -> Match:
        """The pods a policy applies to, and those it may; of another system's all it may."""
        chosen = policy.subject.match(self, policy.namespace)
        if isinstance(policy, UnevaluatedPolicy) and policy.reaches_nodes:
            nodes = self._universe.hosts | self._universe.node_addresses
            return Match(chosen.sure | nodes, chosen.maybe & ~nodes)
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
            match selector.test(node.labels):
                case Truth.YES:
                    sure |= addresses
                case Truth.MAYBE:
                    maybe |= addresses
        if not selector.requirements:
            sure |= universe.node_addresses | universe.hosts
        for bit in bits.members(universe.hosts):
            found = [nodes.get(name) for name in universe.keys[bit].places] or [None]
            chosen = {selector.test(node.labels) if node else Truth.MAYBE for node in found}
            if chosen == {Truth.YES}:
                sure |= 1 << bit
            elif chosen != {Truth.NO}:
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

    def possible_ports(self, name: PortName) -> dict[PortSet, int]:
        """Ports one of which a port name stands for, or none, to the pods where it does."""
        return self._possible_numbers.get(name, {})

    def block(self, addresses: AddressSet | None) -> Match:
        """The endpoints in a block; None is a block that is not known.

        It surely matches a pod where it does so in every family that the pod has.
        """
        if addresses is None:
            return Match(0, self._placeable)
        key = self.families, addresses
        if key not in self._blocks:
            self._blocks[key] = self._find_block(addresses)
        return self._blocks[key]

    def _find_block(self, addresses: AddressSet) -> Match:
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


_Number = TypeVar("_Number", int, PortSet)


def _port_numbers(
    universe: Universe, kind: type[_Number]
) -> dict[PortName, dict[_Number, int]]:
    found: dict[PortName, dict[_Number, int]] = {}
    for place, name in enumerate(universe.vocabulary.port_names):
        numbers: dict[_Number, list[int]] = defaultdict(list)
        for bit, key in enumerate(universe.keys):
            number = key.ports[place]
            if isinstance(number, kind):
                numbers[number].append(bit)
        found[name] = {number: bits.of(own) for number, own in numbers.items()}
    return found
