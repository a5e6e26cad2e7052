"""YAML that mends a finding, ready to paste."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, summarize_address_range

from netsim.intent.bind import BoundEndpoint
from netsim.model.addresses import AddressSet
from netsim.model.endpoint import ExternalEndpoint
from netsim.model.labels import Labels
from netsim.model.policies import Direction
from netsim.model.ports import PortSet, Protocol
from netsim.model.resources import NAME_LABEL


def default_deny(namespace: str) -> str:
    """A policy that isolates every pod of a namespace in both directions."""
    return "\n".join(
        (
            "apiVersion: networking.k8s.io/v1",
            "kind: NetworkPolicy",
            "metadata:",
            "  name: default-deny",
            f"  namespace: {namespace}",
            "spec:",
            "  podSelector: {}",
            "  policyTypes: [Ingress, Egress]",
        )
    )


def rule(direction: Direction, peer: BoundEndpoint, home: str, ports: PortSet) -> str:
    """A rule for ``spec.ingress`` or ``spec.egress`` of a policy in namespace ``home``."""
    word = "from" if direction is Direction.INGRESS else "to"
    lines = [f"- {word}:", *(f"  {line}" for line in _peers(peer, home))]
    if ports != PortSet.full():
        lines += ["  ports:", *(f"  - {entry}" for entry in _entries(ports))]
    return "\n".join(lines)


def _peers(peer: BoundEndpoint, home: str) -> Iterator[str]:
    if isinstance(peer.endpoint, ExternalEndpoint):
        for block in _blocks(peer.endpoint.addresses):
            yield f"- ipBlock: {{cidr: {block}}}"
        return
    pod = peer.endpoint.pods[0]
    if pod.namespace == home:
        yield f"- podSelector: {{matchLabels: {_labels(pod.labels)}}}"
        return
    space = f'{NAME_LABEL}: "{pod.namespace}"'
    yield f"- namespaceSelector: {{matchLabels: {{{space}}}}}"
    yield f"  podSelector: {{matchLabels: {_labels(pod.labels)}}}"


def _labels(labels: Labels) -> str:
    return "{" + ", ".join(f'{key}: "{value}"' for key, value in labels.pairs) + "}"


def _blocks(addresses: AddressSet) -> Iterator[str]:
    """Up to a few blocks; an address space with holes is better written with ``except``."""
    for low, high in addresses.v4:
        for network in summarize_address_range(IPv4Address(low), IPv4Address(high)):
            yield str(network)
    for low, high in addresses.v6:
        for wide in summarize_address_range(IPv6Address(low), IPv6Address(high)):
            yield str(wide)


def _entries(ports: PortSet) -> Iterator[str]:
    for protocol in Protocol:
        if ports.restricted(protocol) == PortSet.all_of(protocol):
            yield f"{{protocol: {protocol}}}"
            continue
        for low, high in ports.ports(protocol):
            end = f", endPort: {high}" if high > low else ""
            yield f"{{protocol: {protocol}, port: {low}{end}}}"
