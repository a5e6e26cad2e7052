"""What policies can tell apart: the label keys and values, port names and blocks they use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from netsim.model.addresses import AddressSet
from netsim.model.generated_labels import GeneratedLabel
from netsim.model.labels import Labels, Selector
from netsim.model.peers import BlockPeer, PodPeer
from netsim.model.placeholders import compare, has_placeholder
from netsim.model.policies import NamedPort, Policy
from netsim.model.ports import PortSet, Protocol
from netsim.model.resources import Pod

PortName = tuple[str, Protocol]
Trait = tuple[str, str | GeneratedLabel | None]
PortNumber = int | PortSet | None
"""What a port name stands for on a pod: a number, nothing, or one of several numbers."""


class Vocabulary(Struct, frozen=True):
    """Everything pods are compared by.

    ``values`` maps a label key to the values some selector names; a pod's other values of
    that key are alike.  Where a selector holds a placeholder, no two values of the keys in
    ``open_values`` are alike, and those in ``open_keys`` may be any key.
    """

    values: dict[str, frozenset[str]]
    open_values: frozenset[str]
    open_keys: tuple[str, ...]
    port_names: tuple[PortName, ...]
    blocks: frozenset[AddressSet]

    @classmethod
    def of(cls, policies: Iterable[Policy]) -> Vocabulary:
        """The vocabulary of these policies."""
        known = tuple(policies)
        named: dict[str, set[str]] = {}
        open_: dict[str, None] = {}
        for selector in set(_selectors(known)):
            for requirement in selector.requirements:
                named.setdefault(requirement.key, set()).update(requirement.values)
                if requirement.is_open:
                    open_[requirement.key] = None
        values = {key: frozenset(each) for key, each in named.items()}
        names = tuple(sorted(set(_port_names(known)), key=str))
        keys = tuple(sorted(filter(has_placeholder, open_)))
        return cls(values, frozenset(open_), keys, names, _blocks(known))

    def traits(self, labels: Labels) -> tuple[Trait, ...]:
        """The part of the labels that a selector can see."""
        added = [each for each in labels.generated if self._is_seen(each.key)]
        if added or labels.has_placeholder or self.open_values:
            own = self._open_traits(labels, bool(added) or labels.has_placeholder)
            return (*own, *((each.key, each.value or each) for each in added))
        return tuple(
            (key, value if value in self.values[key] else None)
            for key, value in labels.pairs
            if key in self.values
        )

    def _open_traits(self, labels: Labels, is_told_apart: bool) -> Iterator[Trait]:  # noqa: FBT001
        for key, value in labels.pairs:
            if is_told_apart or key in self.open_values or self._may_be_asked(key):
                if self._is_seen(key) or any(compare(key, each) for each in self.values):
                    yield key, value
            elif key in self.values:
                yield key, value if value in self.values[key] else None

    def _is_seen(self, key: str) -> bool:
        """Whether a selector may ask about a key that is known."""
        return key in self.values or self._may_be_asked(key)

    def _may_be_asked(self, key: str) -> bool:
        return any(compare(key, each) for each in self.open_keys)

    def port_numbers(self, pod: Pod) -> tuple[PortNumber, ...]:
        """What each port name stands for on this pod, in the order of ``port_names``."""
        if self.port_names and pod.has_open_names:
            return tuple(_possible_numbers(pod, name) for name in self.port_names)
        return tuple(pod.port_named(name, protocol) for name, protocol in self.port_names)


def _possible_numbers(pod: Pod, name: PortName) -> PortNumber:
    found = pod.ports_named(*name)
    number = pod.port_named(*name)
    is_sure = number is not None and found == PortSet.of(name[1], number)
    return number if is_sure else found or None


def _selectors(policies: Iterable[Policy]) -> Iterator[Selector]:
    for policy in policies:
        yield policy.subject.pods
        for rule in policy.rules:
            yield from (peer.pods for peer in rule.peers if isinstance(peer, PodPeer))


def _port_names(policies: Iterable[Policy]) -> Iterator[PortName]:
    for policy in policies:
        for rule in policy.rules:
            for port in rule.ports:
                if isinstance(port, NamedPort):
                    yield port.name, port.protocol


def _blocks(policies: Iterable[Policy]) -> frozenset[AddressSet]:
    return frozenset(
        peer.addresses
        for policy in policies
        for rule in policy.rules
        for peer in rule.peers
        if isinstance(peer, BlockPeer) and peer.addresses is not None
    )
