"""The ports of a NetworkPolicy's rule, and the protocols of ports everywhere."""

from __future__ import annotations

from netsim.loader.objects import validation
from netsim.loader.objects.fields import Field, Fields
from netsim.loader.objects.placeholders import has_placeholder
from netsim.model.policies import EveryPort, NamedPort, NumberedPorts, PolicyPort, UnknownPort
from netsim.model.ports import Protocol


def read_protocol(fields: Fields) -> Protocol | None:
    """The protocol of a port; TCP where there is none (core/v1 and networking/v1 defaults)."""
    field = fields.get("protocol")
    text = field.text() if field else "TCP"
    for protocol in Protocol:
        if protocol.value == text:
            return protocol
    if field and text is not None:
        field.refuse(f"unknown protocol '{text}': use TCP, UDP or SCTP")
    return None


def read_policy_port(item: Field) -> PolicyPort | None:
    """One NetworkPolicyPort; None (and errors) where it is wrong."""
    fields = item.fields()
    if fields is None:
        return None
    fields.only("protocol", "port", "endPort")
    protocol = read_protocol(fields)
    port = fields.get("port")
    if port is None:
        return _portless(item, fields, protocol)
    value = port.number_or_text()
    if protocol is None or value is None:
        return None
    if isinstance(value, str):
        return _text(port, value, fields, protocol)
    return _numbered(item, port, value, fields, protocol)


def _portless(item: Field, fields: Fields, protocol: Protocol | None) -> EveryPort | None:
    end = fields.get("endPort")
    if end:
        end.refuse("endPort without port: add port, the first of the range")
    return EveryPort(protocol, item.location) if protocol else None


def _text(port: Field, text: str, fields: Fields, protocol: Protocol) -> PolicyPort | None:
    location = port.report.location(fields.line, fields.path)
    if has_placeholder(text):
        return UnknownPort(protocol, text, location)
    end = fields.get("endPort")
    if end:
        end.refuse(f"endPort with the port name '{text}': a range needs numbers")
    if text.isascii() and text.isdigit():
        port.refuse(f"port '{text}' is text, not a number: remove the quotes")
        return None
    wrong = validation.port_name(text)
    if wrong:
        port.refuse(wrong)
    return NamedPort(protocol, text, location)


def _numbered(
    item: Field, port: Field, first: int, fields: Fields, protocol: Protocol
) -> PolicyPort | None:
    wrong = validation.port_number(first)
    if wrong:
        port.refuse(wrong)
    end = fields.get("endPort")
    if end is None:
        return NumberedPorts(protocol, first, first, item.location)
    if has_placeholder(end.scalar_text):
        return UnknownPort(protocol, f"{first}-{end.scalar_text}", item.location)
    last = _end(end, first)
    return None if last is None else NumberedPorts(protocol, first, last, item.location)


def _end(field: Field, first: int) -> int | None:
    last = field.integer()
    if last is None:
        return None
    wrong = validation.port_number(last)
    if wrong:
        field.refuse(wrong)
    elif last < first:
        field.refuse(f"endPort {last} is below port {first}: use {first} or more")
    return last
