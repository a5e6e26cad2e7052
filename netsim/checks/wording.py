"""How findings put flows and ports into words."""

from __future__ import annotations

from collections.abc import Sequence

from netsim.checks.judgement import Judgement
from netsim.model.ports import PortSet, Protocol

SHOWN = 4


def ports_text(ports: PortSet) -> str:
    """``TCP 4000``, ``UDP every port``, ``every port``."""
    if ports == PortSet.full():
        return "every port"
    return ", ".join(
        _protocol_text(ports, protocol) for protocol in Protocol if ports.ports(protocol)
    )


def _protocol_text(ports: PortSet, protocol: Protocol) -> str:
    if ports.restricted(protocol) == PortSet.all_of(protocol):
        return f"{protocol} every port"
    numbers = (
        str(low) if low == high else f"{low}-{high}" for low, high in ports.ports(protocol)
    )
    return f"{protocol} {','.join(numbers)}"


def flow_text(judgement: Judgement, ports: PortSet) -> str:
    """``web -> api TCP 4000``."""
    ends = f"{judgement.source.title} -> {judgement.destination.title}"
    return f"{ends} {ports_text(ports)}"


def enumerated(texts: Sequence[str]) -> str:
    """The first few texts, and how many more there are."""
    shown = "; ".join(texts[:SHOWN])
    rest = len(texts) - SHOWN
    return f"{shown}; and {rest} more" if rest > 0 else shown
