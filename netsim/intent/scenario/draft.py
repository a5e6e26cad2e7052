"""A scenario that nobody has reviewed yet, as the text of its file.

``Draft(namespaces=("shop",), endpoints=(...)).text()`` is YAML that ``read_scenario`` reads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from netsim.intent.diagram.drawing import fold
from netsim.intent.document.recognition import RecognisedHeadings
from netsim.model.addresses import AddressSet
from netsim.model.labels import Labels
from netsim.model.ports import PortSet, Protocol
from netsim.words.ports import describe_ports
from netsim.words.printable import printable
from netsim.words.yaml import scalar

LONGEST_LIST = 16
"""Address blocks that still are one entry: with more, the complement may be shorter."""
_EVERYTHING = AddressSet.full()


class DraftEndpoint(Struct, frozen=True):
    """An endpoint: a workload of the input, pods with labels, or addresses.

    ``remark`` is a comment above it.
    """

    name: str
    namespace: str = ""
    workload: str = ""
    labels: Labels | None = None
    addresses: AddressSet | None = None
    aliases: tuple[str, ...] = ()
    remark: str = ""

    def lines(self) -> Iterator[str]:
        """Its lines in the file."""
        if self.remark:
            yield f"  # {printable(self.remark)}"
        yield f"  {scalar(self.name)}:"
        if self.aliases:
            yield f"    aliases: [{', '.join(map(scalar, self.aliases))}]"
        if self.namespace:
            yield f"    namespace: {scalar(self.namespace)}"
        if self.workload:
            yield f"    workload: {scalar(self.workload)}"
        if self.labels is not None:
            pairs = ", ".join(f"{scalar(k)}: {scalar(v)}" for k, v in self.labels.pairs)
            yield f"    labels: {{{pairs}}}"
        if self.addresses is not None:
            yield from _write_addresses(self.addresses)


class DraftFlow(Struct, frozen=True):
    """A connection to document, with the reason that the file gives."""

    source: str
    destination: str
    ports: PortSet
    because: str


class DraftDocument(Struct, frozen=True):
    """A document, its path relative to the scenario, and the headings of its statements."""

    file: str
    headings: RecognisedHeadings


class Draft(Struct, frozen=True):
    """The scenario; ``diagram`` is a file and a heading, ``open_points`` are comments.

    ``pool`` is the Deployment of a warm pool, and the endpoint whose policies it needs.
    """

    namespaces: tuple[str, ...]
    endpoints: tuple[DraftEndpoint, ...]
    flows: tuple[DraftFlow, ...] = ()
    documents: tuple[DraftDocument, ...] = ()
    diagram: tuple[str, str] | None = None
    open_points: tuple[str, ...] = ()
    pod_ranges: tuple[str, ...] = ()
    pool: tuple[str, str] | None = None

    def text(self) -> str:
        """The file."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield "# Written by netsim init: review it, then keep it beside the manifests."
        yield from self._write_open_points()
        if self.flows and self.diagram is None:
            yield "#"
            yield from self._draw()
        yield from self._write_scope()
        yield ""
        yield "endpoints:"
        for endpoint in self.endpoints:
            yield from endpoint.lines()
        yield from self._write_flows()
        if self.documents:
            yield ""
            yield "documents:"
            for document in self.documents:
                yield from _write_document(document)
        if self.pool:
            yield ""
            name, covered = map(scalar, self.pool)
            yield f"warmPool: {{deployment: {name}, endpoint: {covered}}}"

    def _write_open_points(self) -> Iterator[str]:
        if self.open_points:
            yield "#"
            yield "# Still open:"
            for point in self.open_points:
                yield f"#  - {printable(point)}"

    def _write_scope(self) -> Iterator[str]:
        yield ""
        if self.diagram:
            file, heading = self.diagram
            yield "diagram:"
            yield f"  file: {scalar(file)}"
            yield f"  heading: {scalar(heading)}"
        if len(self.namespaces) == 1:
            yield f"namespace: {scalar(self.namespaces[0])}"
        else:
            yield f"namespaces: [{', '.join(map(scalar, self.namespaces))}]"
        if self.pod_ranges:
            yield ""
            yield "# Assumed: the single addresses that policies name belong to no pod."
            yield f"podRanges: [{', '.join(map(scalar, self.pod_ranges))}]"

    def _write_flows(self) -> Iterator[str]:
        if not (self.flows or self.diagram):
            yield ""
            yield "# Nothing is allowed."
            yield "flows: []"
        if self.flows:
            yield ""
            yield "flows:"
        for sources, destinations, ports, because in _group(self.flows):
            yield f"  - from: {_write_names(sources)}"
            yield f"    to: {_write_names(destinations)}"
            if ports != PortSet.full():
                yield f"    ports: [{', '.join(_write_ports(ports))}]"
            yield f"    because: {scalar(because)}"

    def _draw(self) -> Iterator[str]:
        """A flowchart in comments, to paste into a document."""
        yield "# What is allowed today, to be reviewed, as a diagram for your README:"
        yield "#"
        yield "#   ```mermaid"
        yield "#   flowchart LR"
        ids = {endpoint.name: f"n{number}" for number, endpoint in enumerate(self.endpoints)}
        drawn = {end for flow in self.flows for end in (flow.source, flow.destination)}
        for name, node in ids.items():
            if name in drawn:
                yield f'#     {node}["{printable(name)}"]'
        for flow in self.flows:
            label = describe_ports(flow.ports).replace("every port", "all ports")
            ends = ids[flow.source], ids[flow.destination]
            yield f"#     {ends[0]} -->|{label}| {ends[1]}"
        yield "#   ```"


def _group(
    flows: Iterable[DraftFlow],
) -> list[tuple[tuple[str, ...], tuple[str, ...], PortSet, str]]:
    """Flows with an end, the ports and the reason in common as one entry, exactly."""
    to: dict[tuple[str, PortSet, str], list[str]] = defaultdict(list)
    for flow in flows:
        to[flow.source, flow.ports, flow.because].append(flow.destination)
    entries: dict[tuple[tuple[str, ...], PortSet, str], list[str]] = defaultdict(list)
    for (source, ports, because), destinations in to.items():
        entries[tuple(sorted(set(destinations))), ports, because].append(source)
    return [
        (tuple(sources), destinations, ports, because)
        for (destinations, ports, because), sources in entries.items()
    ]


def _write_names(names: tuple[str, ...]) -> str:
    written = ", ".join(map(scalar, names))
    return written if len(names) == 1 else f"[{written}]"


def _write_ports(ports: PortSet) -> Iterator[str]:
    for protocol in Protocol:
        for low, high in ports.ports(protocol):
            yield f"{protocol} {low}" if low == high else f"{protocol} {low}-{high}"


def _write_addresses(addresses: AddressSet) -> Iterator[str]:
    blocks, left_out = addresses.cidrs(), (_EVERYTHING - addresses).cidrs()
    if len(blocks) > LONGEST_LIST and len(left_out) < len(blocks):
        whole = [each for each in ("0.0.0.0/0", "::/0") if each not in left_out]
        inner = [each for each in left_out if each not in ("0.0.0.0/0", "::/0")]
        yield f"    addresses: [{', '.join(map(scalar, whole))}]"
        yield f"    except: [{', '.join(map(scalar, inner))}]"
        return
    yield f"    addresses: [{', '.join(map(scalar, blocks))}]"


def _write_document(document: DraftDocument) -> Iterator[str]:
    yield f"  - file: {scalar(document.file)}"
    own = document.headings
    headings = {
        "files": own.files,
        "order": own.order,
        "budgets": own.budgets,
        "warmPool": own.warm_pool,
    }
    for key, heading in headings.items():
        if heading:
            yield f"    {key}: {scalar(heading)}"
    if document.headings.excerpts:
        yield f"    excerpts: [{', '.join(map(scalar, document.headings.excerpts))}]"


def distinguish(name: str, taken: Iterable[str]) -> str:
    """The name, or with a number where another endpoint has it."""
    known = {fold(each) for each in taken}
    chosen, number = name, 1
    while fold(chosen) in known:
        number += 1
        chosen = f"{name}-{number}"
    return chosen
