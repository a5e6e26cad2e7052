"""Pictures as Mermaid flowcharts, which GitHub and GitLab draw in Markdown.

``write_mermaid(picture)`` is the text of one.  Every text of the input is between quotes, and
all but letters, digits and some harmless signs are entity codes there, so that nothing of it
is syntax, a directive or HTML.  What the flows of a picture say is read back by netsim's own
reader of diagrams.

Sources: https://mermaid.js.org/syntax/flowchart.html; limits: ``maxEdges`` 500 and
``maxTextSize`` 50,000 (https://mermaid.js.org/config/schema-docs/config.html).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator

from netsim.app.picture import Node, Picture, Shape, Status
from netsim.report.graph.drawn import Drawn, Heads, list_lines, picture_of
from netsim.report.graph.words import (
    describe_picture,
    label_edge,
    list_omissions,
    name_frame,
    name_node,
)
from netsim.report.style import Terminal

MOST_EDGES = 500
LONGEST_TEXT = 50_000
"""What Mermaid draws unless its page allows more, which GitHub's does not."""

_SHAPES = {
    Shape.WORKLOAD: ("[", "]"),
    Shape.OTHERS: ("([", "])"),
    Shape.ADDRESSES: ("{{", "}}"),
    Shape.CONTROLLER: ("[/", "/]"),
    Shape.REST: ("[[", "]]"),
    Shape.NAMESPACE: ("[[", "]]"),
}
_LINKS = {
    Status.FORBIDDEN: "==>",
    Status.EXPOSED: "==>",
    Status.BROKEN: "-.-x",
    Status.OPENED: "==>",
    Status.CLOSED: "-.-x",
    Status.UNDECIDED: "-.->",
    Status.DOCUMENTED: "-->",
    Status.ALLOWED: "-->",
    Status.KEPT: "-->",
}
_TAILS = {">": "<", "x": "x"}
_STYLES = {
    Status.FORBIDDEN: "stroke:#cf222e,stroke-dasharray:8 4",
    Status.EXPOSED: "stroke:#cf222e",
    Status.BROKEN: "stroke:#bf5b00",
    Status.OPENED: "stroke:#0969da",
    Status.CLOSED: "stroke:#bf5b00",
    Status.UNDECIDED: "stroke:#8250df",
}
_SPECIAL = re.compile(r"[^\w ,./()\[\]+=!?✗…-]")


def render(result: Drawn, _: Terminal) -> str:
    """The flowchart, without the fence that it has in Markdown."""
    return write_mermaid(picture_of(result))


def write_mermaid(picture: Picture) -> str:
    """A picture as a flowchart, which ends with a line break."""
    return "\n".join((*_lines(picture), ""))


def exceeds_limits(picture: Picture) -> bool:
    """Whether Mermaid refuses it where nobody has raised its limits, as on GitHub."""
    return len(picture.edges) > MOST_EDGES or len(write_mermaid(picture)) > LONGEST_TEXT


def _lines(picture: Picture) -> Iterator[str]:
    title = ". ".join((describe_picture(picture), *list_omissions(picture)))
    # JSON is YAML, in which nothing ends early.
    yield from ("---", f"title: {json.dumps(title, ensure_ascii=False)}", "---")
    yield "flowchart LR"
    for number, frame in enumerate(picture.frames):
        yield f'  subgraph f{number}["{escape(name_frame(frame))}"]'
        yield from (f"    {each}" for each in _list_nodes(picture, frame))
        yield "  end"
    yield from (f"  {each}" for each in _list_nodes(picture, ""))
    styled: dict[Status, list[str]] = defaultdict(list)
    for place, line in enumerate(list_lines(picture)):
        edge, link = line.edge, _LINKS[line.edge.status]
        tail = _TAILS[link[-1]] if line.heads is Heads.BOTH else ""
        label = escape(label_edge(edge))
        yield f'  n{edge.source} {tail}{link}|"{label}"| n{edge.destination}'
        styled[edge.status].append(str(place))
    for status, places in styled.items():
        if status in _STYLES:
            yield f"  linkStyle {','.join(places)} {_STYLES[status]}"


def _list_nodes(picture: Picture, frame: str) -> Iterator[str]:
    for place, node in enumerate(picture.nodes):
        if node.frame == frame:
            yield _write_node(place, node)


def _write_node(place: int, node: Node) -> str:
    opening, closing = _SHAPES[node.shape]
    return f'n{place}{opening}"{escape(name_node(node))}"{closing}'


def escape(text: str) -> str:
    """A text between quotes."""
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", text)
