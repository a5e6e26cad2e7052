"""Questions worth asking of a cluster."""

from __future__ import annotations

from ipaddress import ip_address

from netsim.model.addresses import Address
from netsim.model.peers import BlockPeer
from netsim.model.policies import NumberedPorts
from netsim.model.ports import HIGHEST_PORT, LOWEST_PORT, Protocol
from netsim.model.resources import PodNetwork, Resources
from tests.strategies.sets import around


def interesting_ports(resources: Resources) -> list[tuple[Protocol, int]]:
    """Ports on both sides of every boundary that a rule or a container draws."""
    found = {(protocol, port) for protocol in Protocol for port in (LOWEST_PORT, HIGHEST_PORT)}
    for policy in resources.policies:
        for rule in policy.rules:
            for port in rule.ports:
                if isinstance(port, NumberedPorts):
                    edges = (port.first - 1, port.first, port.last, port.last + 1)
                    found.update((port.protocol, edge) for edge in edges)
    for pod in resources.pods:
        found.update((port.protocol, port.number) for port in pod.ports)
    return sorted(
        ((p, n) for p, n in found if LOWEST_PORT <= n <= HIGHEST_PORT),
        key=lambda connection: (connection[0].value, connection[1]),
    )


_OUTSIDE = (ip_address("8.8.8.8"), ip_address("2001:db8::1"))


def interesting_addresses(resources: Resources) -> list[Address]:
    """Addresses of no pod: of nodes, on both sides of every block's boundaries, and outside."""
    found = list(_OUTSIDE)
    for node in resources.nodes:
        found.extend(family.address(low) for family, (low, _) in node.addresses)
    for pod in resources.pods:
        found.extend(family.address(low) for family, (low, _) in pod.host_addresses or ())
    for policy in resources.policies:
        for rule in policy.rules:
            for peer in rule.peers:
                if isinstance(peer, BlockPeer) and peer.addresses is not None:
                    for text in (peer.cidr, *peer.exceptions):
                        found.extend(around(text))
    taken = [
        pod.addresses
        for pod in resources.pods
        if pod.addresses is not None and pod.network is PodNetwork.POD
    ]
    return [a for a in dict.fromkeys(found) if not any(a in known for known in taken)]
