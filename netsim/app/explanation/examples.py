"""Ports that stand for all others where an explanation names none."""

from __future__ import annotations

from netsim.model.endpoint import Endpoint, PodEndpoint
from netsim.model.ports import Connection, PortSet, Protocol

FALLBACK: Connection = (Protocol.TCP, 443)


def examples(destination: Endpoint, allowed: PortSet) -> tuple[Connection, ...]:
    """The declared ports; else the first of each allowed range; else any one."""
    return _declared(destination) or _allowed(allowed) or (FALLBACK,)


def _declared(destination: Endpoint) -> tuple[Connection, ...]:
    pods = destination.pods if isinstance(destination, PodEndpoint) else ()
    ports = ((port.protocol, port.number) for pod in pods for port in pod.ports)
    return tuple(dict.fromkeys(ports))


def _allowed(allowed: PortSet) -> tuple[Connection, ...]:
    if FALLBACK in allowed:
        return (FALLBACK,)
    return tuple((protocol, low) for protocol in Protocol for low, _ in allowed.ports(protocol))
