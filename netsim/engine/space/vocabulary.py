"""What policies can tell apart: the label keys and values, port names and blocks they use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from netsim.model.addresses import AddressSet
from netsim.model.labels import Labels, Selector
from netsim.model.peers import BlockPeer, PodPeer
from netsim.model.policies import NamedPort, Policy
from netsim.model.ports import Protocol
from netsim.model.resources import Pod

PortName = tuple[str, Protocol]
Trait = tuple[str, str | None]


class Vocabulary(Struct, frozen=True):
    """Everything pods are compared by.

    ``values`` maps a label key to the values some selector names; a pod's other values of
    that key are alike.
    """

    values: dict[str, frozenset[str]]
    port_names: tuple[PortName, ...]
    blocks: frozenset[AddressSet]

    @classmethod
    def of(cls, policies: Iterable[Policy]) -> Vocabulary:
        """The vocabulary of these policies."""
        known = tuple(policies)
        named: dict[str, set[str]] = {}
        for selector in set(_selectors(known)):
            for requirement in selector.requirements:
                named.setdefault(requirement.key, set()).update(requirement.values)
        values = {key: frozenset(each) for key, each in named.items()}
        return cls(values, tuple(sorted(set(_port_names(known)), key=str)), _blocks(known))

    def traits(self, labels: Labels) -> tuple[Trait, ...]:
        """The part of the labels that a selector can see."""
        return tuple(
            (key, value if value in self.values[key] else None)
            for key, value in labels.pairs
            if key in self.values
        )

    def port_numbers(self, pod: Pod) -> tuple[int | None, ...]:
        """What each port name stands for on this pod, in the order of ``port_names``."""
        return tuple(pod.port_named(name, protocol) for name, protocol in self.port_names)


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
