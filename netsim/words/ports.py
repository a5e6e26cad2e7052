"""Ports and flows in words: ``TCP 4000``, ``web -> api TCP 4000``."""

from __future__ import annotations

from collections.abc import Iterable

from netsim.model.addresses import Family
from netsim.model.ports import PortSet, Protocol


def describe_ports(ports: PortSet) -> str:
    """``TCP 4000``, ``UDP every port``, ``every port``."""
    if ports == PortSet.full():
        return "every port"
    parts = []
    for protocol in Protocol:
        if ports.ports(protocol):
            part = ports.restricted(protocol)
            is_whole = part == PortSet.all_of(protocol)
            parts.append(f"{protocol} every port" if is_whole else str(part))
    return ", ".join(parts)


def describe_unknown(
    unknown: PortSet, by_family: Iterable[tuple[Family, PortSet]], word: str = ""
) -> str:
    """``IPv4 allowed, IPv6 denied: TCP 80``, and other ports that cannot be told.

    ``word`` comes before these.
    """
    parts = []
    for family, ports in by_family:
        other = Family.IPV6 if family is Family.IPV4 else Family.IPV4
        parts.append(f"{family} allowed, {other} denied: {ports}")
        unknown -= ports
    return "; ".join((*parts, f"{word}{unknown}") if unknown else parts)


def describe_flow(source: str, destination: str, ports: PortSet) -> str:
    """``web -> api TCP 4000``."""
    return f"{source} -> {destination} {describe_ports(ports)}"
