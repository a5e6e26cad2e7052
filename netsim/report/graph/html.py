"""Pictures as one page: it loads nothing, and nothing in it runs but its own script.

Without JavaScript the picture scrolls; with it, it can be moved and enlarged, too.  Below it
stand all its connections as a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from netsim.app.picture import Picture
from netsim.report.graph.drawn import Drawn, picture_of
from netsim.report.graph.svg import draw_bare_svg
from netsim.report.graph.words import (
    describe_picture,
    label_edge,
    list_legend,
    list_omissions,
    name_end,
)
from netsim.report.strict import read_sources, write_policy
from netsim.report.style import Terminal

_SAMPLE = (
    '<svg class="sample" viewBox="0 0 56 12" aria-hidden="true"><g class="edge {status}">'
    '<path d="M2 6H46"/>{head}</g></svg>'
)
_ARROW = '<polygon points="44,2 54,6 44,10"/>'
_BAR = '<polygon points="46,1 49,1 49,11 46,11"/>'
_BLOCKED = ("broken", "closed")


def render(result: Drawn, _: Terminal) -> str:
    """The page."""
    return write_html(picture_of(result))


def write_html(picture: Picture) -> str:
    """A picture as a page, which ends with a line break.

    Raises ``LayoutError`` where Graphviz is missing or takes too long.
    """
    style = read_sources("graph/drawing.css", "graph/picture.css")
    script = read_sources("graph/picture.js")
    policy = write_policy(style, script)
    title = escape(describe_picture(picture))
    omissions = "".join(f"<p class=omitted>{escape(e)}</p>\n" for e in list_omissions(picture))
    legend = "".join(_list_legend(picture))
    rows = "".join(_list_rows(picture))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
{omissions}<ul class="legend">
{legend}</ul>
<div class="tools" hidden>
<button type="button" data-zoom="1.25">Enlarge</button>
<button type="button" data-zoom="0.8">Reduce</button>
<button type="button" data-zoom="fit">Fit</button>
<button type="button" data-zoom="1">Actual size</button>
<span>Drag to move; Ctrl and the wheel enlarge; click a workload to see its connections.</span>
</div>
<div class="picture" tabindex="0" role="region" aria-label="Picture, scrollable">
{draw_bare_svg(picture)}
</div>
<details>
<summary>The same as a table</summary>
<table>
<thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col">Connection</th></tr>
</thead>
<tbody>
{rows}</tbody>
</table>
</details>
<script>{script}</script>
</body>
</html>
"""


def _list_legend(picture: Picture) -> Iterator[str]:
    for status, text in list_legend(picture):
        head = _BAR if status.value in _BLOCKED else _ARROW
        sample = _SAMPLE.format(status=status.value, head=head)
        yield f"<li>{sample} {escape(text)}</li>\n"


def _list_rows(picture: Picture) -> Iterator[str]:
    for edge in picture.edges:
        ends = (name_end(picture.nodes[end]) for end in (edge.source, edge.destination))
        cells = (*ends, label_edge(edge))
        yield f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>\n"
