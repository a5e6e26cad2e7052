"""Pictures of hostile names: text in every format, and nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from random import Random
from xml.etree import ElementTree as ET

import pytest

from netsim.app.graph import GraphRequest, arrange, graph
from netsim.app.picture import Basis, Canvas, Collapse, Node, Picture, Shape, Status
from netsim.intent.diagram.drawing import Drawing, DrawingSource
from netsim.intent.diagram.mermaid import read_mermaid
from netsim.intent.diagram.reading import read_diagram
from netsim.intent.errors import IntentError
from netsim.model.ports import PortSet, Protocol
from netsim.report.graph import svg
from netsim.report.graph.dot import write_dot
from netsim.report.graph.html import write_html
from netsim.report.graph.mermaid import LONGEST_TEXT, exceeds_limits, write_mermaid
from netsim.report.graph.svg import LayoutError, draw_svg
from netsim.words.printable import printable
from tests.project import ROOT

TCP = PortSet.of(Protocol.TCP, 80)
HOSTILE = (
    'a"] --> b["x',
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "end",
    '%%{init: {"theme": "dark"}}%%',
    'click n0 "javascript:alert(1)"',
    "two\nlines",
    "`**bold**`",
    "$$x^2$$ fa:fa-car",
    "style: #35; #quot; a:b#;",
    "&lt;b&gt; &amp; \\N \\",
    "[l](http://x.example) www.x.example",
    "left\u202eright",
    "}} | ::: ---",
)
needs_dot = pytest.mark.skipif(not shutil.which("dot"), reason="needs Graphviz")


def draw_hostile(statuses: tuple[Status, ...] = tuple(Status)) -> Picture:
    """A chain through every hostile name, as nodes of every shape, frames and notes."""
    canvas = Canvas()
    shapes = tuple(Shape)[:4]
    places = [
        canvas.place(name, Node(name, shapes[n % 4], HOSTILE[-n] if n % 3 else "", name))
        for n, name in enumerate(HOSTILE)
    ]
    for n, (source, destination) in enumerate(pairwise(places)):
        note = HOSTILE[n] if len(statuses) > 1 else ""
        canvas.connect(source, destination, statuses[n % len(statuses)], TCP, note)
    return arrange(canvas.picture(Basis.CHANGE), Collapse.NEVER, HOSTILE[0].upper())


def draw_chain(statuses: tuple[Status, ...]) -> Picture:
    canvas = Canvas()
    places = [canvas.place(n, Node(n, Shape.WORKLOAD)) for n in HOSTILE]
    for n, (source, destination) in enumerate(pairwise(places)):
        canvas.connect(source, destination, statuses[n % len(statuses)], TCP)
    return canvas.picture(Basis.DOCUMENTED)


def read_back(text: str) -> Drawing:
    return read_mermaid(DrawingSource(tuple(text.splitlines()), "picture.mmd", 1))


def test_mermaid_reads_hostile_names_back() -> None:
    drawing = read_back(write_mermaid(draw_chain((Status.DOCUMENTED,))))
    shown = [" ".join(printable(name).split()) for name in HOSTILE]
    assert [flow.source for flow in drawing.flows] == shown[:-1]
    assert [flow.destination for flow in drawing.flows] == shown[1:]
    assert {flow.ports for flow in drawing.flows} == {TCP}


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (Status.EXPOSED, "an arrow stands for an allowed flow, but its label says '!'"),
        (Status.FORBIDDEN, "an arrow stands for an allowed flow, but its label says '!'"),
        (Status.BROKEN, "a drawing states what is meant, but a label says 'broken'"),
        (Status.OPENED, "a drawing states what is meant, but a label says 'opened'"),
        (Status.UNDECIDED, r"a drawing states what is meant, but a label says '\?'"),
    ],
)
def test_what_was_found_is_never_read_as_documentation(status: Status, message: str) -> None:
    with pytest.raises(IntentError, match=message):
        read_back(write_mermaid(draw_chain((status,))))


def test_a_picture_of_what_is_documented_is_its_diagram() -> None:
    """As far as flows are drawn: the scenario of the repository adds some."""
    result = graph(GraphRequest((str(ROOT / "manifests"),), scenario=str(SCENARIO)))
    assert result.picture.statuses == (Status.DOCUMENTED,)
    found = read_back(write_mermaid(result.picture)).flows
    document = ROOT / "manifests" / "README.md"
    drawn = read_diagram(document.read_text("utf-8"), str(document), "Network Policies").flows
    names = {"Runner Pool": "runner", "PostgreSQL": "postgres"}
    for flow in drawn:
        ends = [names.get(end, end).casefold() for end in (flow.source, flow.destination)]
        same = [f for f in found if [f.source.casefold(), f.destination.casefold()] == ends]
        if flow.intent.value == "allowed":
            assert [(f.ports, f.claims) for f in same] == [(flow.ports, flow.claims)]


SCENARIO = ROOT / "scenarios" / "production.yaml"


def draw_many(nodes: int, frames: int, every: int) -> Picture:
    """Each node connected to the next ones, names as long as Kubernetes and escapes allow."""
    canvas = Canvas()
    places = [
        canvas.place(n, Node(str(n) + 300 * '"', Shape.WORKLOAD, str(n % frames) + 60 * "#"))
        for n in range(nodes)
    ]
    for n in places:
        for step in range(1, every + 1):
            status = Status.EXPOSED if n % 2 else Status.DOCUMENTED
            canvas.connect(n, (n + step) % nodes, status, TCP)
    return canvas.picture(Basis.DOCUMENTED)


@pytest.mark.parametrize("frames", [1, 12, 100])
def test_a_folded_picture_is_drawn_by_github(frames: int) -> None:
    whole = draw_many(200, frames, 40)
    assert exceeds_limits(whole)
    folded = arrange(whole, Collapse.AUTO)
    assert not exceeds_limits(folded)
    assert len(write_mermaid(folded)) < LONGEST_TEXT
    assert "Collapsed: 200 workloads" in write_mermaid(folded)


@needs_dot
def test_dot_draws_hostile_names_as_text() -> None:
    picture = draw_hostile()
    done = subprocess.run(
        ["dot", "-Tplain"],
        input=write_dot(picture).encode(),
        capture_output=True,
        check=True,
        timeout=30,
    )
    assert done.stderr == b""
    root = ET.fromstring(draw_svg(picture))  # noqa: S314 - our own
    tags = {element.tag.partition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "g", "title", "path", "polygon", "polyline", "text", "ellipse"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not [name for name in attributes if "href" in name or name.startswith("on")]
    texts = {(element.text or "").replace("\xa0", " ").strip() for element in root.iter()}
    assert {printable(node.title) for node in picture.nodes} <= texts


class Page(HTMLParser):
    """The tags of a page, and what stands in its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.policy = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if ("http-equiv", "Content-Security-Policy") in attrs:
            self.policy = dict(attrs)["content"] or ""


@needs_dot
def test_a_page_loads_and_runs_nothing_of_the_input() -> None:
    text = write_html(draw_hostile())
    page = Page(text)
    assert (page.tags.count("script"), page.tags.count("style")) == (1, 1)
    assert not {"a", "img", "link", "iframe"} & set(page.tags)
    assert not [name for name in page.attributes if name.startswith("on") or "href" in name]
    assert not {"src", "style"} & page.attributes
    assert page.policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in page.policy
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)(?!x\.example)", text)


def test_without_graphviz_it_is_said_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LayoutError, match=r"install Graphviz .* --format mermaid or dot"):
        draw_svg(draw_hostile())


def pretend(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program in the place of dot."""
    program = folder / "dot"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_a_layout_takes_no_longer_than_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(tmp_path, "exec sleep 60", monkeypatch)
    monkeypatch.setattr(svg, "TIMEOUT", 0.2)
    with pytest.raises(LayoutError, match="no layout in 0 s: draw less with --collapse always"):
        draw_svg(draw_hostile())


@pytest.mark.parametrize(
    ("script", "message"),
    [("echo Error: no memory >&2; exit 1", "no memory"), ("echo nonsense", "no SVG")],
)
def test_a_layout_that_fails(
    script: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(tmp_path, script, monkeypatch)
    with pytest.raises(LayoutError, match=message):
        draw_svg(draw_hostile())


@needs_dot
@pytest.mark.parametrize("seed", range(8))
def test_dot_finds_its_way_between_frames(seed: int) -> None:
    """Of pictures such as these it draws some with ``newrank`` only."""
    random = Random(seed)  # noqa: S311 - the same each time
    canvas = Canvas()
    places = [
        canvas.place(n, Node(f"svc-{n}", Shape.WORKLOAD, f"team-{random.randrange(9)}"))
        for n in range(50)
    ]
    for _ in range(90):
        source, destination = random.sample(places, 2)
        canvas.connect(source, destination, random.choice(list(Status)), TCP)
    assert draw_svg(canvas.picture(Basis.CHANGE)).startswith("<svg")
