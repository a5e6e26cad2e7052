"""Pictures in the language of Graphviz; ``write_dot(picture)`` is the text of one.

Every text of the input is a quoted string; labels with markup are never used, and nothing
has a link.  Source: https://graphviz.org/doc/info/lang.html.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.picture import Node, Picture, Shape, Status
from netsim.report.graph.drawn import Drawn, Heads, list_lines, picture_of
from netsim.report.graph.words import (
    describe_picture,
    label_edge,
    list_legend,
    list_omissions,
    name_frame,
    name_node,
)
from netsim.report.style import Terminal

_SHAPES = {
    Shape.WORKLOAD: "shape=box",
    Shape.OTHERS: 'shape=box style="dashed,rounded"',
    Shape.ADDRESSES: 'shape=hexagon style=filled fillcolor="#eef1f4"',
    Shape.CONTROLLER: "shape=cds",
    Shape.REST: "shape=box3d",
    Shape.NAMESPACE: "shape=box3d",
}
_PLAIN = 'color="#57606a"'
_BAD = 'penwidth=3 color="#cf222e" fontcolor="#cf222e"'
_CUT = 'style=dotted penwidth=2 arrowhead=tee arrowtail=tee color="#bf5b00" fontcolor="#953800"'
_OPEN = 'style=dashed arrowhead=empty arrowtail=empty color="#8250df" fontcolor="#8250df"'
_STYLES = {
    Status.FORBIDDEN: f"style=dashed {_BAD}",
    Status.EXPOSED: _BAD,
    Status.BROKEN: _CUT,
    Status.OPENED: 'penwidth=3 color="#0969da" fontcolor="#0969da"',
    Status.CLOSED: _CUT,
    Status.UNDECIDED: _OPEN,
    Status.DOCUMENTED: _PLAIN,
    Status.ALLOWED: _PLAIN,
    Status.KEPT: _PLAIN,
}
_FONT = 'fontname="Helvetica,Arial,sans-serif"'


def render(result: Drawn, _: Terminal) -> str:
    """The graph, with its legend."""
    return write_dot(picture_of(result))


def write_dot(picture: Picture) -> str:
    """A picture with its headline and its legend, which ends with a line break."""
    legend = (text for _, text in list_legend(picture))
    lines = (describe_picture(picture), *list_omissions(picture), *legend)
    return "\n".join((*_lines(picture, "".join(f"{quote(each)}\\l" for each in lines)), ""))


def write_bare_dot(picture: Picture) -> str:
    """A picture alone, where the page around it has the rest."""
    return "\n".join((*_lines(picture, ""), ""))


def _lines(picture: Picture, label: str) -> Iterator[str]:
    yield "digraph netsim {"
    # Without newrank, dot loses its way in every fifth picture with frames and labels.
    yield "  graph [rankdir=LR newrank=true labelloc=t labeljust=l fontsize=12"
    yield f'    {_FONT} label="{label}"]'
    yield f"  node [{_FONT} fontsize=12 margin=0.12 height=0.4]"
    yield f"  edge [{_FONT} fontsize=10]"
    for number, frame in enumerate(picture.frames):
        yield f"  subgraph cluster_{number} {{"
        yield f'    label="{quote(name_frame(frame))}" style=rounded color="#8c959f"'
        yield from (f"    {each}" for each in _list_nodes(picture, frame))
        yield "  }"
    yield from (f"  {each}" for each in _list_nodes(picture, ""))
    for line in list_lines(picture):
        place, edge = line.place, line.edge
        back = " dir=both" if line.heads is Heads.BOTH else ""
        style = f"id=e{place} class={edge.status.value} {_STYLES[edge.status]}{back}"
        label = f'label=" {quote(label_edge(edge))} "'
        yield f"  n{edge.source} -> n{edge.destination} [{label} {style}]"
    yield "}"


def _list_nodes(picture: Picture, frame: str) -> Iterator[str]:
    for place, node in enumerate(picture.nodes):
        if node.frame == frame:
            yield _write_node(place, node)


def _write_node(place: int, node: Node) -> str:
    shape = f"class={node.shape.value} {_SHAPES[node.shape]}"
    return f'n{place} [label="{quote(name_node(node))}" {shape}]'


def quote(text: str) -> str:
    """A text within a quoted string, where Graphviz knows escapes and entities of HTML."""
    return text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
