"""What a policy says: two that say the same differ in nothing, whatever their pods are.

``10.0.0.0/8`` and its two halves, rules in another order, ports of one rule or of two and
another name are the same to a NetworkPolicy, as its rules add up.  In the tiers in which the
first rule decides, their order is part of what a policy says.
"""

from __future__ import annotations

from collections.abc import Hashable

from netsim.model.addresses import AddressSet
from netsim.model.meaning import meaning
from netsim.model.peers import BlockPeer, Peer
from netsim.model.policies import Direction, EveryPort, NumberedPorts, Policy, PolicyPort
from netsim.model.ports import PortSet

Ports = tuple[PortSet, frozenset[object]]
"""The numbers, and the ports whose number is not written."""

_ANYONE = None


def state(policy: Policy) -> object:
    """What a policy says; equal for policies that mean the same.  O(peers · ports)."""
    if policy.tier.is_ordered or type(policy) is not Policy:
        return meaning(policy)
    subject = meaning(policy.subject)
    return policy.tier, policy.namespace, subject, policy.isolates, _sum_rules(policy)


def _sum_rules(policy: Policy) -> frozenset[object]:
    """The rules as one set: each other end with all its ports, blocks of the same as one."""
    peers: dict[tuple[Direction, Hashable], Ports] = {}
    for rule in policy.rules:
        ports = _sum_ports(rule.ports)
        for peer in rule.peers or (_ANYONE,):
            key = rule.direction, _name(peer)
            numbers, others = peers.get(key, (PortSet.empty(), frozenset()))
            peers[key] = numbers | ports[0], others | ports[1]
    blocks: dict[tuple[Direction, Ports], AddressSet] = {}
    rest: list[object] = []
    for (direction, named), ports in peers.items():
        if isinstance(named, AddressSet):
            before = blocks.get((direction, ports), AddressSet.empty())
            blocks[direction, ports] = before | named
        else:
            rest.append((direction, named, ports))
    return frozenset((*rest, *blocks.items()))


def _name(peer: Peer | None) -> Hashable:
    if isinstance(peer, BlockPeer) and peer.addresses is not None:
        return peer.addresses
    return meaning(peer)


def _sum_ports(ports: tuple[PolicyPort, ...]) -> Ports:
    if not ports:
        return PortSet.full(), frozenset()
    numbers, others = PortSet.empty(), set()
    for port in ports:
        match port:
            case NumberedPorts():
                numbers |= PortSet.of(port.protocol, port.first, port.last)
            case EveryPort():
                numbers |= PortSet.all_of(port.protocol)
            case _:
                others.add(meaning(port))
    return numbers, frozenset(others)
