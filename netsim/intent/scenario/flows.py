"""The flows that a scenario adds to a diagram, or forbids."""

from __future__ import annotations

import re

from netsim.intent.diagram.drawing import fold
from netsim.intent.scenario.endpoints import read_protocol
from netsim.loader.objects.fields import Field, Fields
from netsim.model.flow import DocumentedFlow, Intent
from netsim.model.ports import PortSet, Protocol
from netsim.model.tree import Sequence
from netsim.words.nearness import suggest

_PORTS = re.compile(
    r"(?:(?P<before>tcp|udp|sctp) )?(?P<first>\d+)(?:-(?P<last>\d+))?"
    r"|(?P<low>\d+)(?:-(?P<high>\d+))?/(?P<after>tcp|udp|sctp)",
    re.IGNORECASE | re.ASCII,
)
_FORM = "write 4000, 'TCP 53', '53/udp', '8000-8010' or {port: 53, protocol: UDP}"


def read_flows(
    root: Fields, name: str, intent: Intent, names: dict[str, str]
) -> tuple[DocumentedFlow, ...]:
    """The entries of ``flows`` or ``deny``, one flow for each pair of names.

    ``names`` holds the endpoints' names and aliases, fold, with the name each stands for.
    """
    found: list[DocumentedFlow] = []
    for item in root.items(name):
        if fields := item.fields():
            found += _entry(item, fields, intent, names)
    return tuple(found)


def _entry(
    item: Field, fields: Fields, intent: Intent, names: dict[str, str]
) -> list[DocumentedFlow]:
    fields.only("from", "to", "ports", "because")
    sources, destinations = _ends(fields, "from", names), _ends(fields, "to", names)
    ports, because = _ports(fields), _because(fields)
    pairs = [(s, d) for s in sources for d in destinations if s != d or s == "*"]
    if sources and destinations and not pairs:
        item.refuse("from and to are the same endpoint; name two different ones")
    return [
        DocumentedFlow(s, d, ports, intent, item.location, because=because) for s, d in pairs
    ]


def _because(fields: Fields) -> str:
    found = fields.get("because")
    if not found:
        fields.missing("because", "give the reason for this entry")
        return ""
    text = found.text("reason")
    if text is not None and not text.strip():
        found.refuse("empty; give the reason for this entry")
    return " ".join((text or "").split())


def _ends(fields: Fields, name: str, names: dict[str, str]) -> list[str]:
    found = fields.get(name)
    if not found:
        fields.missing(name, "name an endpoint, a list of them, or '*' for any")
        return []
    several = isinstance(found.tree, Sequence)
    items = found.items() if several else (found,)
    if not items:
        found.refuse("empty; name an endpoint")
    ends: list[str] = []
    for item in items:
        end = _end(item, names)
        if end in ends:
            item.refuse(f"{end!r} is named twice; name it once")
        elif end:
            ends.append(end)
    return ends


def _end(item: Field, names: dict[str, str]) -> str | None:
    text = item.text("endpoint")
    if text is None or text == "*":
        return text
    if fold(text) not in names:
        hint = suggest(text, names.values()) or f"; there are {', '.join(names.values())}"
        item.refuse(f"no endpoint {text!r}{hint}")
        return None
    return names[fold(text)]


def _ports(fields: Fields) -> PortSet:
    declared = fields.get("ports")
    if not declared:
        return PortSet.full()
    found = PortSet.empty()
    items = declared.items()
    if not items and not fields.report.failed:
        declared.refuse("empty; leave it out for every port")
    for item in items:
        found |= _port(item)
    return found


def _port(item: Field) -> PortSet:
    if not item.scalar_text:
        return _port_fields(item)
    match = _PORTS.fullmatch(item.scalar_text)
    if not match:
        item.refuse(f"{item.scalar_text!r} is not a port; {_FORM}")
        return PortSet.empty()
    first = match["first"] or match["low"]
    last = match["last"] or match["high"] or first
    protocol = Protocol((match["before"] or match["after"] or "TCP").upper())
    return _port_set(item, protocol, first, last)


def _port_fields(item: Field) -> PortSet:
    fields = item.fields()
    if fields is None:
        return PortSet.empty()
    fields.only("port", "protocol")
    protocol, port = read_protocol(fields), fields.get("port")
    if not port:
        return PortSet.all_of(protocol)
    number = port.integer()
    return PortSet.empty() if number is None else _port_set(port, protocol, number, number)


def _port_set(item: Field, protocol: Protocol, first: str | int, last: str | int) -> PortSet:
    # Python refuses to convert numbers of thousands of digits; no port has more than five.
    if max(len(str(first)), len(str(last))) <= 9:
        try:
            return PortSet.of(protocol, int(first), int(last))
        except ValueError:
            pass
    item.refuse(f"{item.scalar_text[:20]!r} is not within 1 to 65535")
    return PortSet.empty()
