"""Pictures as SVG, laid out by Graphviz, whose ``dot`` has to be there: ``draw_svg(picture)``.

Names become titles, which browsers show and screen readers read.  There is no link, script or
style in it.
"""

from __future__ import annotations

import shutil
import subprocess
from xml.etree import ElementTree as ET

from netsim.app.picture import Picture
from netsim.errors import NetsimError
from netsim.report.graph.dot import write_bare_dot, write_dot
from netsim.report.graph.drawn import Drawn, Heads, list_lines, picture_of
from netsim.report.graph.words import describe_edge, describe_node, describe_picture
from netsim.report.style import Terminal

TIMEOUT = 60.0
"""Seconds that a layout may take."""

_SVG = "http://www.w3.org/2000/svg"


class LayoutError(NetsimError):
    """A picture that cannot be laid out."""


def render(result: Drawn, _: Terminal) -> str:
    """The picture with its headline and legend."""
    return f"{draw_svg(picture_of(result))}\n"


def draw_svg(picture: Picture) -> str:
    """One element, ``<svg>``, with headline and legend.

    Raises :class:`LayoutError` where Graphviz is missing or takes too long.
    """
    return _annotate(_lay_out(write_dot(picture)), picture)


def draw_bare_svg(picture: Picture) -> str:
    """The element without words around it, for a page that has them.

    Raises :class:`LayoutError` where Graphviz is missing or takes too long.
    """
    return _annotate(_lay_out(write_bare_dot(picture)), picture)


def _lay_out(dot: str) -> bytes:
    program = shutil.which("dot")
    if program is None:
        raise LayoutError(
            "dot is not on the PATH: install Graphviz (apt install graphviz, brew install "
            "graphviz), or write --format mermaid or dot, which need nothing"
        )
    try:
        done = subprocess.run(  # noqa: S603 - a program by its path, with fixed arguments
            [program, "-Tsvg"], input=dot.encode(), capture_output=True, timeout=TIMEOUT,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise LayoutError(
            f"dot has found no layout in {TIMEOUT:.0f} s: draw less with --collapse always or "
            "--focus, or write --format mermaid or dot"
        ) from error
    except OSError as error:
        raise LayoutError(f"dot does not start: {error.strerror}") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise LayoutError(f"dot failed{f': {said[-1]}' if said else ''}")
    return done.stdout


def _annotate(svg: bytes, picture: Picture) -> str:
    """Graphviz writes the ids of the graph as titles: texts take their place."""
    ET.register_namespace("", _SVG)
    lines = {f"e{line.place}": line for line in list_lines(picture)}
    try:
        root = ET.fromstring(svg)  # noqa: S314 - from dot, of a text that is ours
    except ET.ParseError as error:
        raise LayoutError(f"dot has written no SVG: {error}") from error
    for group in root.iter(f"{{{_SVG}}}g"):
        title = group.find(f"{{{_SVG}}}title")
        if title is None:
            continue
        match group.get("class", "").partition(" ")[0]:
            case "node":
                place = int((title.text or "")[1:])
                title.text = describe_node(picture.nodes[place])
                group.set("data-node", str(place))
            case "edge":
                line = lines[group.get("id", "")]
                edge = line.edge
                back = ", and back" if line.heads is Heads.BOTH else ""
                title.text = f"{describe_edge(picture, edge)}{back}"
                group.set("data-source", str(edge.source))
                group.set("data-destination", str(edge.destination))
            case _:
                group.remove(title)
        # The page that it stands in may have others.
        group.attrib.pop("id", None)
    root.set("role", "img")
    root.set("aria-label", describe_picture(picture))
    return ET.tostring(root, encoding="unicode")
