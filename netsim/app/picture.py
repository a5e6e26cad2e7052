"""A picture: workloads in frames, and what connects them; how, its renderers decide.

``Canvas`` collects nodes and edges, ``fold`` makes what is too large to be read smaller::

    all of it  →  the ends of what is wrong or changed, the rest of each namespace folded
               →  one end of each such connection, the rest folded
               →  a node for each namespace  →  only the first of their connections
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from netsim.model.addresses import AddressSet
from netsim.model.ports import PortSet

MOST_NODES = 60
MOST_EDGES = 150
"""What fits on a screen; far below what GitHub draws of Mermaid (500 edges)."""
MOST_FOLDED = 300
"""How many connections of namespaces are drawn at all."""
MOST_RANGES = 6
"""How many ranges of addresses stay apart where namespaces are folded."""


class Basis(Enum):
    """What a picture compares: nothing, a documentation, or two inputs."""

    ALLOWED = "allowed"
    DOCUMENTED = "documented"
    CHANGE = "change"


class Status(Enum):
    """How a connection stands; what is read first comes first.

    FORBIDDEN to KEPT are against a documentation or an older input; ALLOWED is against nothing.
    """

    FORBIDDEN = "forbidden"
    EXPOSED = "exposed"
    BROKEN = "broken"
    OPENED = "opened"
    CLOSED = "closed"
    UNDECIDED = "undecided"
    DOCUMENTED = "documented"
    ALLOWED = "allowed"
    KEPT = "kept"

    @property
    def is_calm(self) -> bool:
        """Whether there is nothing to be done about it."""
        return self in (Status.DOCUMENTED, Status.ALLOWED, Status.KEPT)


class Shape(Enum):
    """What a node is.

    OTHERS are pods that nobody has written yet, REST the folded workloads of a namespace of
    which some are drawn, and NAMESPACE all of one.
    """

    WORKLOAD = "workload"
    OTHERS = "others"
    ADDRESSES = "addresses"
    CONTROLLER = "controller"
    REST = "rest"
    NAMESPACE = "namespace"


class Presence(Enum):
    """On which side of a comparison a workload is."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


class Node(Struct, frozen=True):
    """A node; ``frame`` is its namespace, empty where it has none or is one itself.

    ``detail`` says more of it, where there is room.  ``members`` counts the workloads, or the
    ranges, that are folded in it.  ``names`` are titles of what it stands for, and
    ``addresses`` those it stands for.
    """

    title: str
    shape: Shape
    frame: str = ""
    detail: str = ""
    presence: Presence = Presence.KEPT
    members: int = 1
    names: tuple[str, ...] = ()
    addresses: AddressSet | None = None


class Edge(Struct, frozen=True):
    """Connections from one node to another, by their places among the nodes.

    ``note`` limits what is said: ``in part``.  ``connections`` counts what is folded in it.
    """

    source: int
    destination: int
    status: Status
    ports: PortSet
    note: str = ""
    connections: int = 1


class Collapse(Enum):
    """Whether workloads are folded into their namespaces."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Folding(Enum):
    """What of a picture is folded into namespaces: nothing, what is calm, or everything."""

    NONE = "none"
    CALM = "calm"
    ALL = "all"


class Picture(Struct, frozen=True):
    """Nodes, edges between them, and what the picture leaves out.

    ``workloads`` and ``counts``, of connections by status, are those before anything was
    folded; ``hidden`` counts, by status, those that are not drawn at all, and ``unread`` faults
    of the input that the picture lacks.
    """

    basis: Basis
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    focus: str = ""
    folding: Folding = Folding.NONE
    workloads: int = 0
    counts: tuple[tuple[Status, int], ...] = ()
    hidden: tuple[tuple[Status, int], ...] = ()
    unread: int = 0

    @property
    def frames(self) -> tuple[str, ...]:
        """The namespaces that frame nodes, sorted."""
        return tuple(sorted({node.frame for node in self.nodes if node.frame}))

    @property
    def connections(self) -> int:
        """How many connections there are, whatever is folded."""
        return sum(number for _, number in self.counts)

    @property
    def hidden_connections(self) -> int:
        """How many of them are not drawn."""
        return sum(number for _, number in self.hidden)

    @property
    def statuses(self) -> tuple[Status, ...]:
        """Those of its edges, in order: what its legend has to explain."""
        found = {edge.status for edge in self.edges}
        return tuple(status for status in Status if status in found)

    @property
    def fits(self) -> bool:
        """Whether it can be read on a screen."""
        return len(self.nodes) <= MOST_NODES and len(self.edges) <= MOST_EDGES


class Canvas:
    """What is drawn so far: each node once, and edges of one meaning joined."""

    def __init__(self) -> None:
        self._places: dict[object, int] = {}
        self._nodes: list[Node] = []
        self._edges: dict[tuple[int, int, Status, str], PortSet] = {}

    def place(self, key: object, node: Node) -> int:
        """The place of a node, which is added unless its key is known."""
        if key not in self._places:
            self._places[key] = len(self._nodes)
            self._nodes.append(node)
        return self._places[key]

    def connect(
        self, source: int, destination: int, status: Status, ports: PortSet, note: str = ""
    ) -> None:
        """Adds ports to an edge; none change nothing."""
        if ports:
            key = source, destination, status, note
            self._edges[key] = self._edges.get(key, PortSet.empty()) | ports

    def picture(self, basis: Basis, unread: int = 0) -> Picture:
        """All of it, edges in the order in which they are read."""
        edges = [
            Edge(source, destination, status, ports, note)
            for (source, destination, status, note), ports in self._edges.items()
        ]
        order = {status: number for number, status in enumerate(Status)}
        edges.sort(key=lambda e: (order[e.status], e.source, e.destination, e.note))
        return _measure(Picture(basis, tuple(self._nodes), tuple(edges), unread=unread))


def _measure(picture: Picture) -> Picture:
    """A picture that is whole, with its counts."""
    statuses = Counter(edge.status for edge in picture.edges)
    return replace(
        picture,
        workloads=sum(node.shape is Shape.WORKLOAD for node in picture.nodes),
        counts=tuple((status, statuses[status]) for status in picture.statuses),
    )


def limit(picture: Picture, focus: str, wanted: Collection[int]) -> Picture:
    """What touches some nodes, and the nodes at the other ends."""
    edges = [e for e in picture.edges if e.source in wanted or e.destination in wanted]
    kept = {*wanted, *(end for e in edges for end in (e.source, e.destination))}
    return _measure(replace(_rebuild(picture, edges, sorted(kept)), focus=focus))


def _rebuild(picture: Picture, edges: Iterable[Edge], kept: Iterable[int]) -> Picture:
    """A picture of some of its nodes."""
    places = {old: new for new, old in enumerate(kept)}
    return replace(
        picture,
        nodes=tuple(picture.nodes[old] for old in places),
        edges=tuple(
            replace(e, source=places[e.source], destination=places[e.destination])
            for e in edges
        ),
    )


def fold(picture: Picture, collapse: Collapse) -> Picture:
    """A picture as small as is asked for, or as it has to be to be read."""
    if collapse is Collapse.NEVER or (collapse is Collapse.AUTO and picture.fits):
        return picture
    if collapse is Collapse.AUTO:
        for kept in (_list_ends(picture), _list_hubs(picture)):
            found = _leave_out_calm(_fold_except(picture, kept))
            if kept and found.fits:
                return found
    found = replace(_fold_except(picture, ()), folding=Folding.ALL)
    # Edges are in order of what is read first.
    return _hide(found, found.edges[MOST_FOLDED:])


def _list_ends(picture: Picture) -> frozenset[int]:
    """The ends of what stands out, and what is on one side only."""
    apart = (p for p, n in enumerate(picture.nodes) if n.presence is not Presence.KEPT)
    return frozenset((*apart, *(end for edge in picture.edges for end in _stand_out(edge))))


def _stand_out(edge: Edge) -> tuple[int, ...]:
    """The ends of an edge that is not calm."""
    return () if edge.status.is_calm else (edge.source, edge.destination)


def _list_hubs(picture: Picture) -> frozenset[int]:
    """The fewest nodes, about, that all that stands out has an end in.

    Where one policy was removed, that is the workload it selected.
    """
    left = {ends for edge in picture.edges if (ends := _stand_out(edge))}
    hubs: set[int] = set()
    while left and len(hubs) < MOST_NODES:
        counts = Counter(end for ends in left for end in set(ends))
        hub = max(counts, key=lambda end: (counts[end], -end))
        hubs.add(hub)
        left = {ends for ends in left if hub not in ends}
    return frozenset(hubs)


def _leave_out_calm(picture: Picture) -> Picture:
    """What stands out, and of the rest what touches its ends."""
    busy = frozenset(end for edge in picture.edges for end in _stand_out(edge))
    folded = (Shape.REST, Shape.NAMESPACE)
    single = frozenset(end for end in busy if picture.nodes[end].shape not in folded)
    far = [
        edge
        for edge in picture.edges
        if edge.status.is_calm and single.isdisjoint((edge.source, edge.destination))
    ]
    found = _hide(replace(picture, folding=Folding.CALM), far)
    linked = {end for edge in found.edges for end in (edge.source, edge.destination)}
    apart = {p for p, n in enumerate(found.nodes) if n.presence is not Presence.KEPT}
    return _rebuild(found, found.edges, sorted(linked | apart))


def _hide(picture: Picture, edges: Collection[Edge]) -> Picture:
    gone = frozenset(edges)
    hidden: Counter[Status] = Counter()
    for edge in gone:
        hidden[edge.status] += edge.connections
    return replace(
        picture,
        edges=tuple(edge for edge in picture.edges if edge not in gone),
        hidden=tuple((status, hidden[status]) for status in Status if hidden[status]),
    )


def _fold_except(picture: Picture, kept: Collection[int]) -> Picture:
    """All but some workloads folded into their namespaces, and many ranges into one."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, node in enumerate(picture.nodes):
        if place not in kept and node.frame:
            groups[node.frame].append(place)
    ranges = [
        place
        for place, node in enumerate(picture.nodes)
        if node.shape is Shape.ADDRESSES and place not in kept
    ]
    folded: dict[int, Node] = {}
    for frame, places in groups.items():
        shown = any(picture.nodes[place].frame == frame for place in kept)
        if shown and len(places) == 1:
            continue
        members = sum(picture.nodes[place].shape is Shape.WORKLOAD for place in places)
        whole = Node(frame, Shape.NAMESPACE, members=members)
        rest = Node("", Shape.REST, frame, members=members)
        folded |= dict.fromkeys(places, rest if shown else whole)
    if len(ranges) > MOST_RANGES:
        folded |= dict.fromkeys(ranges, Node("", Shape.ADDRESSES, members=len(ranges)))
    canvas: dict[object, int] = {}
    nodes: list[Node] = []
    places_now: list[int] = []
    for place, node in enumerate(picture.nodes):
        key: object = folded.get(place, place)
        if key not in canvas:
            canvas[key] = len(nodes)
            nodes.append(folded.get(place, node))
        places_now.append(canvas[key])
    return replace(
        picture,
        nodes=tuple(nodes),
        edges=_join(
            replace(e, source=places_now[e.source], destination=places_now[e.destination])
            for e in picture.edges
        ),
    )


def _join(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """One edge for all of one status between two nodes; a note stays where all have it."""
    groups: dict[tuple[int, int, Status], list[Edge]] = defaultdict(list)
    for edge in edges:
        groups[edge.source, edge.destination, edge.status].append(edge)
    return tuple(
        replace(
            own[0],
            ports=PortSet.union(edge.ports for edge in own),
            note=own[0].note if len({edge.note for edge in own}) == 1 else "",
            connections=sum(edge.connections for edge in own),
        )
        for own in groups.values()
    )
