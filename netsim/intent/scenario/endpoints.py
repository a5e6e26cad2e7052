"""What the names of a diagram stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from msgspec import Struct

from netsim.intent.diagram.drawing import fold
from netsim.loader.objects.fields import Field, Fields
from netsim.loader.objects.labels import read_labels
from netsim.loader.objects.validation import dns_label, parse_cidr, port_name, port_number
from netsim.model.addresses import AddressSet
from netsim.model.labels import Labels
from netsim.model.location import Location
from netsim.model.ports import Protocol
from netsim.model.resources import ContainerPort


class Trust(Enum):
    """Whether an endpoint runs code that nobody vouches for."""

    TRUSTED = "trusted"
    UNTRUSTED = "untrusted"


class LabelledEndpoint(Struct, frozen=True):
    """Pods of a namespace with these labels; ``ports`` model them where none was read.

    ``runtime_class`` is the RuntimeClass they have to name, where the scenario says one.
    """

    name: str
    aliases: tuple[str, ...]
    trust: Trust
    location: Location
    namespace: str
    labels: Labels
    ports: tuple[ContainerPort, ...]
    runtime_class: str | None = None


class WorkloadEndpoint(Struct, frozen=True):
    """A workload of the input: ``name``, ``name[Kind]``, or with ``namespace/`` before it."""

    name: str
    aliases: tuple[str, ...]
    trust: Trust
    location: Location
    namespace: str
    workload: str


class AddressEndpoint(Struct, frozen=True):
    """Addresses outside the cluster, the exceptions already taken away."""

    name: str
    aliases: tuple[str, ...]
    trust: Trust
    location: Location
    addresses: AddressSet


ScenarioEndpoint = LabelledEndpoint | WorkloadEndpoint | AddressEndpoint

_KINDS = ("labels", "workload", "addresses")
_ALSO = {
    "labels": ("namespace", "ports", "runtimeClass"),
    "workload": ("namespace",),
    "addresses": ("except",),
}
_WORKLOAD = re.compile(r"(?:[a-z0-9.-]+/)?[a-z0-9](?:[a-z0-9.-]*)(?:\[[A-Za-z]+\])?")


def read_endpoints(root: Fields, namespace: str) -> tuple[ScenarioEndpoint, ...]:
    """The valid endpoints; what is wrong with others is noted."""
    declared = root.get("endpoints")
    fields = declared.fields() if declared else None
    if not declared or (fields and not fields.entries):
        root.missing("endpoints", "say what each name of the diagram stands for")
    if fields is None:
        return ()
    found = [_endpoint(key.text, value, namespace) for key, value in fields.all()]
    endpoints = tuple(endpoint for endpoint in found if endpoint)
    _refuse_duplicates(endpoints, fields)
    return endpoints


def _refuse_duplicates(endpoints: tuple[ScenarioEndpoint, ...], fields: Fields) -> None:
    owners: dict[str, str] = {}
    for endpoint in endpoints:
        for name in (endpoint.name, *endpoint.aliases):
            first = owners.setdefault(fold(name), endpoint.name)
            if first != endpoint.name:
                line = fields.entries[endpoint.name].line
                message = f"{name!r} also names the endpoint {first!r}; use different names"
                fields.report.error(line, f"endpoints.{endpoint.name}", message)


def _endpoint(name: str, value: Field, namespace: str) -> ScenarioEndpoint | None:
    if name.strip() in ("", "*"):
        value.refuse(f"{name!r} cannot name an endpoint; use a name of the diagram")
    fields = value.fields()
    if fields is None:
        return None
    kinds = [kind for kind in _KINDS if fields.get(kind)]
    if len(kinds) != 1:
        fields.only(
            "aliases", "untrusted", "namespace", "ports", "runtimeClass", "except", *_KINDS
        )
        written = " and ".join(kinds) or "none of labels, workload and addresses"
        value.refuse(f"{written} given; use exactly one of labels, workload and addresses")
        return None
    fields.only("aliases", "untrusted", kinds[0], *_ALSO[kinds[0]])
    return _variant(name, fields, kinds[0], value.location, _own_namespace(fields, namespace))


def _own_namespace(fields: Fields, namespace: str) -> str:
    own = fields.get("namespace")
    text = own.text("namespace") if own else None
    if own and text is not None and (wrong := dns_label(text)):
        own.refuse(wrong)
    return text or namespace


def _variant(
    name: str, fields: Fields, kind: str, where: Location, namespace: str
) -> ScenarioEndpoint:
    aliases, trust = _aliases(fields), _trust(fields)
    match kind:
        case "labels":
            labels, ports = _labels(fields), _ports(fields)
            runtime = fields.text("runtimeClass")
            return LabelledEndpoint(
                name, aliases, trust, where, namespace, labels, ports, runtime
            )
        case "workload":
            workload = _workload(fields)
            return WorkloadEndpoint(name, aliases, trust, where, namespace, workload)
    addresses = _blocks(fields, "addresses") - _blocks(fields, "except")
    if not addresses and not fields.report.failed:
        fields.report.error(fields.line, fields.path, "no address is left; remove exceptions")
    return AddressEndpoint(name, aliases, trust, where, addresses)


def _aliases(fields: Fields) -> tuple[str, ...]:
    texts = [(item, item.text("alias")) for item in fields.items("aliases")]
    for item, text in texts:
        if text is not None and text.strip() in ("", "*"):
            item.refuse(f"{text!r} cannot be an alias; use a name of the diagram")
    return tuple(text for _, text in texts if text)


def _trust(fields: Fields) -> Trust:
    found = fields.get("untrusted")
    return Trust.UNTRUSTED if found and found.boolean() else Trust.TRUSTED


def _labels(fields: Fields) -> Labels:
    """The labels; ``{}``, like an empty selector, is every pod of the namespace."""
    field = fields.get("labels")
    if not field and not fields.report.failed:
        message = "empty; name labels, or write {} for every pod of the namespace"
        fields.report.error(fields.line, f"{fields.path}.labels", message)
    return Labels.of(read_labels(field))


def _workload(fields: Fields) -> str:
    found = fields.get("workload")
    text = (found.text("workload") if found else None) or ""
    if found and not _WORKLOAD.fullmatch(text):
        found.refuse(f"{text!r} is not a workload; write name, name[Kind] or ns/name[Kind]")
    return text


def _blocks(fields: Fields, name: str) -> AddressSet:
    found = fields.get(name)
    items = found.items() if found else ()
    if found and not items and name == "addresses":
        found.refuse("empty; name at least one address range")
    return read_ranges(items)


def read_ranges(items: Iterable[Field]) -> AddressSet:
    """The union of address ranges; what is wrong with one is noted."""
    total = AddressSet.empty()
    for item in items:
        if (text := item.text("address range")) is None:
            continue
        try:
            total |= AddressSet.parse(str(parse_cidr(text)))
        except ValueError as error:
            item.refuse(str(error))
    return total


def _ports(fields: Fields) -> tuple[ContainerPort, ...]:
    found = [_port(item) for item in fields.items("ports")]
    return tuple(port for port in found if port)


def _port(item: Field) -> ContainerPort | None:
    fields = item.fields()
    if fields is None:
        return None
    fields.only("name", "port", "protocol")
    number = fields.get("port")
    if not number:
        fields.missing("port", "give its number")
        return None
    value = number.integer()
    if value is not None and (wrong := port_number(value)):
        number.refuse(wrong)
    name = fields.get("name")
    text = name.text("port name") if name else None
    if name and text is not None and (wrong := port_name(text)):
        name.refuse(wrong)
    return ContainerPort(value or 0, read_protocol(fields), text)


def read_protocol(fields: Fields) -> Protocol:
    """The protocol field; TCP where it is missing, as in the API."""
    found = fields.get("protocol")
    if not found:
        return Protocol.TCP
    try:
        return Protocol(found.scalar_text)
    except ValueError:
        found.refuse(f"{found.scalar_text!r} is not a protocol; use TCP, UDP or SCTP")
        return Protocol.TCP
