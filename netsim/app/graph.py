"""``graph``: a picture of who may connect to whom, against the documentation if there is one.

``graph(GraphRequest(("manifests/",))).picture`` is what the renderers of pictures draw.
:func:`draw_case` and :func:`draw_comparison` make one of what was judged or compared already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from netsim.app.case import assemble_case
from netsim.app.diff import Comparison
from netsim.app.documentation import Discovery, find_documentation, report_foreign
from netsim.app.input import (
    Diagnosed,
    InputRequest,
    InputResult,
    answering,
    count_read,
    list_lacking,
    list_left_open,
)
from netsim.app.picture import (
    Basis,
    Canvas,
    Collapse,
    Node,
    Picture,
    Presence,
    Shape,
    Status,
    fold,
    limit,
)
from netsim.engine.matrix.diff import Side
from netsim.engine.naming.controller import Controller
from netsim.engine.naming.endpoints import EndpointError, hint, near_names
from netsim.engine.policy.decision import Allowed
from netsim.engine.space import bits
from netsim.engine.space.stand_ins import is_invented, is_stand_in, name_pod
from netsim.judge.judgement import Judgement, Standing
from netsim.judge.parties import Ground, Party, divide_parties
from netsim.model.addresses import AddressSet, parse_address
from netsim.model.endpoint import EXTERNAL
from netsim.model.flow import Intent
from netsim.model.policies import Direction
from netsim.model.ports import PortSet
from netsim.model.resources import Origin, Pod
from netsim.words.addresses import describe_addresses

if TYPE_CHECKING:
    from netsim.engine.matrix.diff import Difference
    from netsim.judge.case import Case

IN_PART = "some pods only"


class GraphRequest(InputRequest, frozen=True, kw_only=True):
    """What to draw; ``focus`` is an endpoint that every connection begins or ends at.

    ``scenario`` None is the one file in ``scenarios/``, if there is one and ``discovery`` does
    not forbid to look for it.
    """

    scenario: str | None = None
    discovery: Discovery = Discovery.NEAR
    controller: Controller = Controller()
    focus: str | None = None
    collapse: Collapse = Collapse.AUTO


class GraphResult(InputResult, frozen=True, kw_only=True):
    """A picture of one input."""

    picture: Picture

    @property
    def has_unknown(self) -> bool:
        """Whether a connection may be allowed or not."""
        return Status.UNDECIDED in self.picture.statuses


class DrawnComparison(Diagnosed, frozen=True, kw_only=True):
    """A picture of what a change opens and closes."""

    picture: Picture


def graph(request: GraphRequest) -> GraphResult:
    """Draws the connections that are allowed, against the documentation if there is one.

    Raises :class:`DocumentationError` for a scenario that cannot be read, ``IntentError``
    for one whose endpoints are not in the input, and :class:`UnanswerableError` for a focus
    that nothing in the picture is called.
    """
    described = find_documentation(request.scenario, request.paths, request.discovery)
    scenario = described.scenario if described else None
    loaded = request.load(scenario)
    conventions = request.conventions(scenario)
    with answering(loaded):
        case = assemble_case(loaded, request.paths, conventions, described)
        if case.is_documented:
            whole = draw_case(case, len(loaded.errors))
        else:
            side = Side.of(loaded.resources, conventions, request.controller)
            whole = draw_allowed(side, len(loaded.errors))
        picture = arrange(whole, request.collapse, request.focus)
    return GraphResult(
        (
            *report_foreign(request.scenario, request.paths, request.discovery),
            *loaded.diagnostics,
        ),
        count_read(loaded, case.known_resources if case.is_documented else None),
        list_lacking(loaded),
        list_left_open(loaded.resources),
        picture=picture,
    )


def graph_comparison(
    comparison: Comparison, collapse: Collapse = Collapse.AUTO
) -> DrawnComparison:
    """Draws what a change opens, closes and keeps."""
    picture = fold(draw_comparison(comparison), collapse)
    return DrawnComparison(comparison.diagnostics, picture=picture)


def arrange(picture: Picture, collapse: Collapse, focus: str | None = None) -> Picture:
    """A whole picture limited to what touches an endpoint, and folded as is asked for.

    Raises ``EndpointError`` for an endpoint that nothing in the picture is called.
    """
    if focus is not None:
        picture = limit(picture, focus, _find_focus(picture, focus))
    return fold(picture, collapse)


def _find_focus(picture: Picture, text: str) -> set[int]:
    """A title, ``namespace/name``, a name, or an address; letter case does not count."""
    wanted = text.casefold()
    found = {p for p, node in enumerate(picture.nodes) if wanted in _list_names(node)}
    found |= {p for p, node in enumerate(picture.nodes) if _holds(node, text)}
    if not found:
        names = sorted({node.title for node in picture.nodes})
        near = hint(near_names(text, names))
        raise EndpointError(f"--focus: nothing in the picture is called {text!r}{near}")
    return found


def _list_names(node: Node) -> set[str]:
    titles = {node.title, *node.names}
    titles |= {title.partition("[")[0] for title in titles}
    titles |= {f"{node.frame}/{title}" for title in titles}
    return {title.casefold() for title in titles}


def _holds(node: Node, text: str) -> bool:
    try:
        return node.addresses is not None and parse_address(text) in node.addresses
    except ValueError:
        return False


_STATUSES = {
    Standing.FORBIDDEN: Status.FORBIDDEN,
    Standing.EXPOSED: Status.EXPOSED,
    Standing.BROKEN: Status.BROKEN,
    Standing.UNDECIDED: Status.UNDECIDED,
    Standing.AS_DOCUMENTED: Status.DOCUMENTED,
}


def draw_case(case: Case, unread: int = 0) -> Picture:
    """What is documented against what is allowed, all of it; ``unread`` counts faults.

    The nodes are the parties of the documentation.
    """
    canvas = Canvas()
    for party in divide_parties(case.evaluator, case.endpoints, case.namespaces):
        if party.names and party.ground is Ground.GOVERNED:
            _place_party(canvas, case, party)
    for judgement in case.judgements:
        for share in judgement.divide():
            if share.ports:
                ends = (judgement.source, judgement.destination)
                source, destination = (_place_party(canvas, case, end) for end in ends)
                status = _STATUSES[share.standing]
                claims = _list_claims(judgement) if status is Status.DOCUMENTED else ()
                note = ", ".join(filter(None, (share.limits, *claims)))
                canvas.connect(source, destination, status, share.ports, note)
    return canvas.picture(Basis.DOCUMENTED, unread)


def _list_claims(judgement: Judgement) -> tuple[str, ...]:
    flows = (flow for flow in judgement.flows if flow.intent is Intent.ALLOWED)
    return tuple(sorted({claim.value for flow in flows for claim in flow.claims}))


def _place_party(canvas: Canvas, case: Case, party: Party) -> int:
    universe = case.evaluator.universe
    pods = [
        pod
        for number in bits.members(party.members & ~universe.external)
        for pod in universe.pods[number]
    ]
    if not pods:
        atoms = universe.atoms.all
        first = len(universe.pods)
        addresses = AddressSet.union(
            atoms[number - first].addresses for number in bits.members(party.members)
        )
        detail = describe_addresses(addresses)
        return canvas.place(
            party, Node(party.title, Shape.ADDRESSES, detail=detail, addresses=addresses)
        )
    names = tuple(dict.fromkeys(str(pod.workload) for pod in pods if not is_stand_in(pod)))
    frame = _frame(pods)
    title = party.title
    if frame and not party.names:
        title = ", ".join(each.removeprefix(f"{frame}/") for each in title.split(", "))
    shape = Shape.WORKLOAD if names else Shape.OTHERS
    detail = ", ".join(names)
    return canvas.place(party, Node(title, shape, frame, detail, names=names))


def _frame(pods: Iterable[Pod]) -> str:
    """The namespace of pods; none where they are of several, or of one that nothing names."""
    spaces = {pod.namespace for pod in pods}
    (space,) = spaces if len(spaces) == 1 else ("",)
    return "" if is_invented(space) else space


class _Link(Struct, frozen=True):
    """A row of a list; where one end is ``addresses``, its title is empty."""

    source: str
    destination: str
    allowed: Allowed
    addresses: AddressSet | None = None
    note: str = ""

    @property
    def ends(self) -> tuple[str, str]:
        """The titles of both ends."""
        return self.source, self.destination

    @property
    def subject(self) -> tuple[Direction, str]:
        """Of a link with addresses the workload, and the direction seen from it."""
        if self.source:
            return Direction.EGRESS, self.source
        return Direction.INGRESS, self.destination


def _list_links(side: Side) -> Iterator[_Link]:
    listing = side.listing
    for ends, allowed in listing.inner.items():
        yield _Link(*ends, allowed)
    for ends, cells in listing.divided.items():
        for cell in cells:
            yield _Link(*ends, cell.allowed, note=IN_PART)
    for name, areas in listing.inward.items():
        for area in areas:
            note = IN_PART if area.pods else ""
            yield _Link("", name, area.allowed, area.addresses, note)
    for name, areas in listing.outward.items():
        for area in areas:
            note = IN_PART if area.pods else ""
            yield _Link(name, "", area.allowed, area.addresses, note)


def draw_allowed(side: Side, unread: int = 0) -> Picture:
    """All that is allowed; nothing is certain where there were faults, which are counted."""
    drawing = _Drawing(side)
    drawing.place_all(side.workloads)
    for link in _list_links(side):
        allowed = Allowed(PortSet.empty(), link.allowed.possible) if unread else link.allowed
        drawing.connect(link, Status.ALLOWED, allowed.sure)
        drawing.doubt(link, allowed)
    return drawing.finish(Basis.ALLOWED, unread)


def draw_comparison(comparison: Comparison) -> Picture:
    """What a change opens and closes, and what stays, all of it.

    What cannot be told, as documents were rejected, is left out.
    """
    old, new = comparison.sides
    # Where documents were rejected, what is missing may stand in one of them.
    drawing = _Drawing(new) if comparison.errors else _Drawing(old, new)
    added, removed = (frozenset(e) for e in (comparison.diff.added, comparison.diff.removed))
    workloads = new.workloads if comparison.errors else new.workloads | old.workloads
    drawing.place_all(workloads)
    if not comparison.errors:
        for difference in comparison.diff.differences:
            drawing.differ(difference)
        changes = _Changes(comparison.diff.differences)
        for link in _list_links(new):
            if drawing.is_known(link):
                is_new = not added.isdisjoint(link.ends)
                status = Status.OPENED if is_new else Status.KEPT
                for part in (link,) if is_new else changes.subtract(link):
                    drawing.connect(part, status, part.allowed.sure)
                    drawing.doubt(part, part.allowed)
        for link in _list_links(old):
            if drawing.is_known(link) and not removed.isdisjoint(link.ends):
                drawing.connect(link, Status.CLOSED, link.allowed.sure)
                drawing.doubt(link, link.allowed)
    return drawing.finish(Basis.CHANGE, len(comparison.errors))


class _Changes:
    """What differs between two sides, to be taken from what stays."""

    def __init__(self, differences: Iterable[Difference]) -> None:
        self._inner: dict[tuple[str, str], list[Difference]] = defaultdict(list)
        self._outer: dict[tuple[Direction, str], list[Difference]] = defaultdict(list)
        for each in differences:
            if each.area is None:
                self._inner[each.source, each.destination].append(each)
            else:
                self._outer[_link_of(each).subject].append(each)

    def subtract(self, link: _Link) -> Iterator[_Link]:
        """What of a link is as it was, range by range."""
        if link.addresses is None:
            changed = self._inner.get(link.ends, ())
            yield replace(link, allowed=_subtract(link.allowed, changed))
            return
        rest = link.addresses
        for each in self._outer.get(link.subject, ()):
            hit = rest & (each.area or AddressSet.empty())
            if hit:
                allowed = _subtract(link.allowed, (each,))
                yield replace(link, addresses=hit, allowed=allowed)
                rest -= hit
        if rest:
            yield replace(link, addresses=rest)


def _subtract(allowed: Allowed, changed: Iterable[Difference]) -> Allowed:
    opened, doubtful = PortSet.empty(), PortSet.empty()
    for each in changed:
        opened |= each.opened
        doubtful |= each.unknown_now
    return allowed.on(~(opened | doubtful)) if opened or doubtful else allowed


def _link_of(difference: Difference) -> _Link:
    """A difference as a link of what is allowed now."""
    source, destination = difference.source, difference.destination
    if difference.area is not None:
        is_inward = source.endswith(EXTERNAL)
        source, destination = ("", destination) if is_inward else (source, "")
    note = IN_PART if difference.parts else ""
    return _Link(source, destination, difference.now, difference.area, note)


class _Drawing:
    """A canvas for rows of lists: equal rows of one workload with addresses become one."""

    def __init__(self, *sides: Side) -> None:
        self._canvas = Canvas()
        self._pods = {str(pod.workload): pod for s in sides for pod in s.resources.pods}
        self._workloads = [side.workloads for side in sides]
        self._outer: dict[tuple[Direction, str, Status, PortSet, str], AddressSet] = {}

    def is_known(self, link: _Link) -> bool:
        """Whether both ends were read: stand-ins are drawn only where they show a change."""
        pods = (self._pods.get(end) for end in link.ends)
        return not any(pod and is_stand_in(pod) for pod in pods)

    def place_all(self, titles: Iterable[str]) -> None:
        """Draws workloads, connected or not."""
        for title in sorted(titles):
            self._place(title)

    def _place(self, title: str) -> int:
        pod = self._pods.get(title)
        if pod is None:
            return self._canvas.place(title, Node(title, Shape.CONTROLLER))
        frame = _frame((pod,))
        kind = "" if pod.origin is Origin.MODELLED else f"[{pod.workload.kind}]"
        name = f"{pod.workload.name}{kind}"
        if is_stand_in(pod):
            name = pod.workload.name if frame else name_pod(pod)
            return self._canvas.place(title, Node(name, Shape.OTHERS, frame))
        sides = [title in workloads for workloads in self._workloads]
        presence = Presence.KEPT
        if not all(sides) and any(sides):
            presence = Presence.ADDED if sides[-1] else Presence.REMOVED
        node = Node(name, Shape.WORKLOAD, frame, title, presence, names=(title,))
        return self._canvas.place(title, node)

    def connect(self, link: _Link, status: Status, ports: PortSet, note: str = "") -> None:
        """Draws some ports of a link."""
        said = note or link.note
        if not ports:
            return
        if link.addresses is not None:
            key = (*link.subject, status, ports, said)
            self._outer[key] = self._outer.get(key, AddressSet.empty()) | link.addresses
        else:
            source, destination = self._place(link.source), self._place(link.destination)
            self._canvas.connect(source, destination, status, ports, said)

    def doubt(self, link: _Link, allowed: Allowed) -> None:
        """Draws what cannot be told of a link."""
        rest = allowed.unknown
        for family, ports in allowed.by_family:
            self.connect(link, Status.UNDECIDED, ports, f"{family} only")
            rest -= ports
        self.connect(link, Status.UNDECIDED, rest)

    def differ(self, difference: Difference) -> None:
        """Draws what opens, closes, or can no longer be told."""
        link = _link_of(difference)
        self.connect(link, Status.OPENED, difference.opened)
        self.connect(link, Status.CLOSED, difference.closed)
        self.doubt(link, difference.now.on(difference.unknown_now))

    def finish(self, basis: Basis, unread: int) -> Picture:
        """The picture, addresses last."""
        for (direction, title, status, ports, note), addresses in self._outer.items():
            node = Node(describe_addresses(addresses), Shape.ADDRESSES, addresses=addresses)
            ends = self._canvas.place(addresses, node), self._place(title)
            source, destination = ends if direction is Direction.INGRESS else ends[::-1]
            self._canvas.connect(source, destination, status, ports, note)
        return self._canvas.picture(basis, unread)
