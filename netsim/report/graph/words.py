"""The words that every format of a picture shares."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.picture import Basis, Edge, Folding, Node, Picture, Presence, Shape, Status
from netsim.words.lists import count_noun
from netsim.words.ports import describe_ports
from netsim.words.printable import printable

LONGEST_NAME = 60
LONGEST_PORTS = 36

_MARKS = {
    Status.FORBIDDEN: "!! forbidden",
    Status.EXPOSED: "! exposed",
    Status.BROKEN: "✗ broken",
    Status.OPENED: "+ opened",
    Status.CLOSED: "- closed",
    Status.UNDECIDED: "? undecided",
}
"""What a label says beside its ports, so that neither colour nor line has to."""

_MEANINGS = {
    Status.FORBIDDEN: "allowed, though documented as denied",
    Status.EXPOSED: "allowed, but not documented",
    Status.BROKEN: "documented, but denied",
    Status.OPENED: "allowed now, and was not before",
    Status.CLOSED: "was allowed before, and is no longer",
    Status.UNDECIDED: "allowed or denied: the input does not tell",
    Status.DOCUMENTED: "allowed as documented",
    Status.ALLOWED: "allowed",
    Status.KEPT: "allowed, before as now",
}

_LINES = {
    Status.FORBIDDEN: "thick dashed line",
    Status.EXPOSED: "thick line",
    Status.BROKEN: "dotted line with a blocked end",
    Status.OPENED: "thick line",
    Status.CLOSED: "dotted line with a blocked end",
    Status.UNDECIDED: "thin dashed line",
    Status.DOCUMENTED: "thin line",
    Status.ALLOWED: "thin line",
    Status.KEPT: "thin line",
}


def describe_picture(picture: Picture) -> str:
    """What there is to see, in a line."""
    number = count_noun(picture.connections, "connection")
    about = f" of {printable(picture.focus)}" if picture.focus else ""
    match picture.basis:
        case Basis.ALLOWED:
            workloads = count_noun(picture.workloads, "workload")
            counts = (
                f": {_count(picture)}" if Status.UNDECIDED in picture.statuses else " allowed"
            )
            return f"{workloads}, {number}{about}{counts}"
        case Basis.DOCUMENTED:
            return f"{number}{about} against the documentation: {_count(picture)}"
        case Basis.CHANGE:
            counts = "unknown" if picture.unread else _count(picture)
            return f"What changes{about}: {counts}"


def _count(picture: Picture) -> str:
    words = {Status.DOCUMENTED: "as documented", Status.KEPT: "as before"}
    counts = [
        f"{number} {words.get(status, status.value)}" for status, number in picture.counts
    ]
    return ", ".join(counts) or "none"


def describe_unread(faults: int) -> str:
    """What makes anything that is drawn or listed doubtful."""
    return f"Incomplete: {count_noun(faults, 'fault')} in what was read"


def list_omissions(picture: Picture, command: str = "") -> Iterator[str]:
    """What the picture does not show, and how to see it: by an option, or by a command."""
    how = f"{f'{command} --collapse never'.lstrip()} draws all of it"
    if picture.unread:
        yield describe_unread(picture.unread)
    match picture.folding:
        case Folding.CALM:
            said = f"of {_size(picture)} what stands out, and what touches it"
            yield f"Collapsed: {said}; {how}"
        case Folding.ALL:
            yield f"Collapsed: {_size(picture)} drawn as namespaces; {how}"
    if picture.hidden:
        number = count_noun(picture.hidden_connections, "connection")
        grave = ", ".join(
            f"{count} {status.value}" for status, count in picture.hidden if not status.is_calm
        )
        yield f"Left out: {number}{f', of these {grave}' if grave else ''}"


def _size(picture: Picture) -> str:
    workloads = count_noun(picture.workloads, "workload")
    return f"{workloads} and {count_noun(picture.connections, 'connection')}"


def list_legend(picture: Picture) -> Iterator[tuple[Status, str]]:
    """How the connections of each status are drawn, and what that means.

    Where they are merely allowed there is nothing to explain.
    """
    if picture.statuses == (Status.ALLOWED,):
        return
    for status in picture.statuses:
        mark = f" '{_MARKS[status]}'" if status in _MARKS else ""
        yield status, f"{_LINES[status]}{mark}: {_MEANINGS[status]}"


def name_node(node: Node) -> str:
    """What a node is called within its frame."""
    match node.shape:
        case Shape.REST:
            return f"{node.members} more"
        case Shape.NAMESPACE:
            count = f" ({count_noun(node.members, 'workload')})" if node.members else ""
            return f"{_cut(node.title)}{count}"
        case Shape.ADDRESSES if node.members > 1:
            return count_noun(node.members, "address range")
    presence = "" if node.presence is Presence.KEPT else f" ({node.presence.value})"
    return f"{_cut(node.title)}{presence}"


def _cut(text: str) -> str:
    shown = printable(text)
    return shown if len(shown) <= LONGEST_NAME else f"{shown[: LONGEST_NAME - 1]}…"


def name_frame(frame: str) -> str:
    """What a frame is called."""
    return _cut(frame)


def label_edge(edge: Edge) -> str:
    """The ports of an edge, after how it stands and before what limits that."""
    ports = _shorten(describe_ports(edge.ports))
    number = f"({edge.connections} connections)" if edge.connections > 1 else ""
    said = " ".join(filter(None, (_MARKS.get(edge.status, ""), ports)))
    said = ", ".join(filter(None, (said, edge.note)))
    return f"{said} {number}".rstrip()


def _shorten(ports: str) -> str:
    """The first ports of many, cut between two."""
    if len(ports) <= LONGEST_PORTS:
        return ports
    pieces = ports.split(",")
    shown = pieces[:1]
    while len(",".join(shown)) + len(pieces[len(shown)]) < LONGEST_PORTS:
        shown.append(pieces[len(shown)])
    return f"{','.join(shown)} and {len(pieces) - len(shown)} more"


def name_end(node: Node) -> str:
    """What a node is called where its frame is not to be seen."""
    return f"{name_frame(node.frame)}/{name_node(node)}" if node.frame else name_node(node)


def describe_node(node: Node) -> str:
    """All that is known of a node, where there is room for it."""
    place = f" in {node.frame}" if node.frame else ""
    detail = f": {node.detail}" if node.detail not in ("", node.title) else ""
    return printable(f"{name_node(node)}{place}{detail}")


def describe_edge(picture: Picture, edge: Edge) -> str:
    """All that is known of an edge, where there is room for it."""
    source, destination = (picture.nodes[end] for end in (edge.source, edge.destination))
    ends = f"{name_end(source)} → {name_end(destination)}"
    ports = describe_ports(edge.ports)
    note = f" ({edge.note})" if edge.note else ""
    return printable(f"{ends}: {ports}{note}, {_MEANINGS[edge.status]}")
