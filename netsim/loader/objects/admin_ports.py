"""Ports of the admin tiers: ``ports`` of v1alpha1 and ``protocols`` of v1alpha2."""

from __future__ import annotations

from netsim.loader.objects import validation
from netsim.loader.objects.admin_peers import Version, only_one
from netsim.loader.objects.fields import Field, Fields
from netsim.model.placeholders import has_placeholder
from netsim.model.policies import NamedPort, NumberedPorts, PolicyPort, UnknownPort
from netsim.model.ports import Protocol

_CHOICES = ("portNumber", "portRange", "namedPort")
_PROTOCOLS = {"tcp": Protocol.TCP, "udp": Protocol.UDP, "sctp": Protocol.SCTP}
_NAMED = "destinationNamedPort"


def read_admin_port(item: Field) -> tuple[PolicyPort, ...]:
    """One AdminNetworkPolicyPort (v1alpha1); a name stands for every protocol."""
    fields = item.fields()
    chosen = only_one(item, fields, _CHOICES) if fields else None
    if chosen is None:
        return ()
    if chosen.path.endswith("namedPort"):
        return _read_named(item, chosen)
    inner = chosen.fields()
    if inner is None:
        return ()
    ends = ("port",) if chosen.path.endswith("portNumber") else ("start", "end")
    inner.only("protocol", *ends)
    field = inner.get("protocol")
    text = field.text() if field else "TCP"
    for protocol in Protocol:
        if protocol.value == text:
            return _read_numbered(item, inner, ends, protocol, Version.V1ALPHA1)
    if field is None or text is None:
        return ()
    field.warn(
        f"unknown protocol '{text}': use TCP, UDP or SCTP; the API server accepts it, "
        "what it selects is unknown"
    )
    return tuple(UnknownPort(protocol, text, item.location) for protocol in Protocol)


def read_admin_protocol(item: Field) -> tuple[PolicyPort, ...]:
    """One ClusterNetworkPolicyProtocol (v1alpha2)."""
    fields = item.fields()
    chosen = only_one(item, fields, (*_PROTOCOLS, _NAMED)) if fields else None
    if chosen is None:
        return ()
    name = chosen.path.rpartition(".")[2]
    if name == _NAMED:
        return _read_named(item, chosen)
    inner = chosen.fields()
    if inner is None:
        return ()
    inner.only("destinationPort")
    port = inner.get("destinationPort")
    if port is None:
        if not inner.report.failed:
            inner.missing("destinationPort", "give number or range")
        return ()
    return _destination(item, port, _PROTOCOLS[name])


def _destination(item: Field, port: Field, protocol: Protocol) -> tuple[PolicyPort, ...]:
    """A number or a range."""
    fields = port.fields()
    chosen = only_one(port, fields, ("number", "range")) if fields else None
    if fields is None or chosen is None:
        return ()
    if chosen.path.endswith("number"):
        return _read_numbered(item, fields, ("number",), protocol, Version.V1ALPHA2)
    inner = chosen.fields()
    if inner is None:
        return ()
    inner.only("start", "end")
    return _read_numbered(item, inner, ("start", "end"), protocol, Version.V1ALPHA2)


def _read_named(item: Field, field: Field) -> tuple[PolicyPort, ...]:
    text = field.text()
    if text is None:
        return ()
    if has_placeholder(text):
        return tuple(UnknownPort(protocol, text, item.location) for protocol in Protocol)
    wrong = validation.port_name(text)
    if wrong:
        field.warn(f"{wrong}; no container port can have this name, so it selects nothing")
    return tuple(NamedPort(protocol, text, item.location) for protocol in Protocol)


def _read_numbered(
    item: Field, fields: Fields, ends: tuple[str, ...], protocol: Protocol, version: Version
) -> tuple[PolicyPort, ...]:
    given = [fields.get(name) for name in ends]
    for name, field in zip(ends, given, strict=True):
        if field is None:
            fields.missing(name, "give the number of a port")
        elif has_placeholder(field.scalar_text):
            return (UnknownPort(protocol, field.scalar_text, item.location),)
    numbers = [_number(field) for field in given if field]
    if None in numbers or len(numbers) < len(ends):
        return ()
    first, last = numbers[0] or 0, numbers[-1] or 0
    end = given[-1]
    if len(ends) > 1 and first >= last and end:
        message = f"{last} is not above start {first}: use a higher one, or a single port"
        if version is Version.V1ALPHA2:
            end.refuse(message)
            return ()
        end.warn(f"{message}; the API server accepts it, what it selects is unknown")
        return (UnknownPort(protocol, f"{first}-{last}", item.location),)
    return (NumberedPorts(protocol, first, last, item.location),)


def _number(field: Field) -> int | None:
    number = field.integer()
    wrong = validation.port_number(number) if number is not None else None
    if wrong:
        field.refuse(wrong)
        return None
    return number
