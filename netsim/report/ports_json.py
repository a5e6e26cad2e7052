"""Sets of ports as JSON."""

from __future__ import annotations

from netsim.model.ports import PortSet, Protocol


def by_protocol(ports: PortSet) -> dict[str, list[list[int]]]:
    """Protocol to its ranges ``[first, last]``; protocols without any are left out."""
    return {
        protocol.value: [list(interval) for interval in ports.ports(protocol)]
        for protocol in Protocol
        if ports.ports(protocol)
    }
