"""What a picture shows, and what is left of one that is too large."""

from __future__ import annotations

from pathlib import Path

import pytest

import netsim
from netsim.app.documentation import Discovery
from netsim.app.graph import GraphRequest, arrange, draw_comparison, graph
from netsim.app.picture import (
    MOST_FOLDED,
    Basis,
    Canvas,
    Collapse,
    Folding,
    Node,
    Picture,
    Presence,
    Shape,
    Status,
    fold,
)
from netsim.engine.naming.endpoints import EndpointError
from netsim.model.ports import PortSet, Protocol
from netsim.report.graph.words import list_omissions
from tests.cli.command import MANIFESTS

TCP = PortSet.of(Protocol.TCP, 80)
HTTPS = PortSet.of(Protocol.TCP, 443)
OPEN = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{ipBlock: {cidr: CIDR}}], ports: [{port: 443}]}]
  egress: []
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: web}]}
"""

Shown = tuple[str, str, Status, str]


def show(picture: Picture) -> set[Shown]:
    titles = [node.title or node.shape.value for node in picture.nodes]
    return {
        (titles[edge.source], titles[edge.destination], edge.status, str(edge.ports))
        for edge in picture.edges
    }


def draw(nodes: int, frames: int, calm: int, worrying: int = 0) -> Picture:
    """Nodes in frames by turns, each connected to the next ones; the last few as exposed."""
    canvas = Canvas()
    places = [
        canvas.place(n, Node(f"w{n}", Shape.WORKLOAD, f"team-{n % frames}"))
        for n in range(nodes)
    ]
    for n in places:
        for step in range(1, calm + 1):
            canvas.connect(n, (n + step) % nodes, Status.DOCUMENTED, TCP)
    for n in places[:worrying]:
        canvas.connect(n, (n + frames) % nodes, Status.EXPOSED, HTTPS)
    return canvas.picture(Basis.DOCUMENTED)


@pytest.mark.parametrize(
    ("picture", "collapse", "folding", "nodes"),
    [
        (draw(10, 3, 2), Collapse.AUTO, Folding.NONE, 10),
        (draw(10, 3, 2), Collapse.ALWAYS, Folding.ALL, 3),
        (draw(200, 12, 2), Collapse.AUTO, Folding.ALL, 12),
        (draw(200, 12, 2), Collapse.NEVER, Folding.NONE, 200),
        (draw(200, 12, 1, 150), Collapse.AUTO, Folding.ALL, 12),
        (draw(200, 1, 3), Collapse.AUTO, Folding.ALL, 1),
    ],
)
def test_folding(picture: Picture, collapse: Collapse, folding: Folding, nodes: int) -> None:
    found = fold(picture, collapse)
    assert (found.folding, len(found.nodes)) == (folding, nodes)
    assert (found.workloads, found.counts) == (picture.workloads, picture.counts)
    assert sum(edge.connections for edge in found.edges) == picture.connections


def test_what_stands_out_is_drawn_with_what_touches_it() -> None:
    """Two workloads of one namespace are exposed, and have neighbours in three others."""
    picture = draw(200, 12, 1, 1)
    found = fold(picture, Collapse.AUTO)
    assert found.folding is Folding.CALM
    assert {(n.title, n.frame, n.shape, n.members) for n in found.nodes} == {
        ("w0", "team-0", Shape.WORKLOAD, 1),
        ("w12", "team-0", Shape.WORKLOAD, 1),
        ("team-1", "", Shape.NAMESPACE, 17),
        ("team-7", "", Shape.NAMESPACE, 17),
        ("team-11", "", Shape.NAMESPACE, 16),
    }
    assert show(found) == {
        ("w0", "w12", Status.EXPOSED, "TCP 443"),
        ("w0", "team-1", Status.DOCUMENTED, "TCP 80"),
        ("w12", "team-1", Status.DOCUMENTED, "TCP 80"),
        ("team-7", "w0", Status.DOCUMENTED, "TCP 80"),
        ("team-11", "w12", Status.DOCUMENTED, "TCP 80"),
    }
    assert (found.counts, found.hidden) == (picture.counts, ((Status.DOCUMENTED, 200 - 4),))


def test_what_stands_out_and_is_not_drawn_is_counted_by_status() -> None:
    canvas = Canvas()
    for n in range(40):
        canvas.place(n, Node(f"w{n}", Shape.WORKLOAD, f"team-{n}"))
    for source in range(40):
        for destination in range(40):
            status = Status.EXPOSED if destination > source else Status.UNDECIDED
            canvas.connect(source, destination, status, TCP)
    found = fold(canvas.picture(Basis.DOCUMENTED), Collapse.AUTO)
    drawn, undecided = MOST_FOLDED, 40 * 41 // 2
    assert found.hidden == ((Status.EXPOSED, 780 - drawn), (Status.UNDECIDED, undecided))
    assert list(list_omissions(found))[-1] == (
        f"Left out: {1600 - drawn} connections, of these 480 exposed, 820 undecided"
    )


def test_where_one_workload_is_open_to_all_only_that_one_stays() -> None:
    canvas = Canvas()
    for n in range(200):
        canvas.place(n, Node(f"w{n}", Shape.WORKLOAD, f"team-{n % 12}"))
        canvas.connect(n, 0, Status.OPENED, TCP if n else PortSet.empty())
    found = fold(canvas.picture(Basis.CHANGE), Collapse.AUTO)
    assert found.folding is Folding.CALM
    assert {(n.shape, n.members) for n in found.nodes if n.frame} == {
        (Shape.WORKLOAD, 1),
        (Shape.REST, 16),
    }
    assert sorted(edge.connections for edge in found.edges) == [16] * 5 + [17] * 7


def test_of_too_many_connections_the_first_are_drawn() -> None:
    """What stands out has an end in every workload, so that none can be left aside."""
    canvas = Canvas()
    for n in range(60):
        canvas.place(n, Node(f"w{n}", Shape.WORKLOAD, f"team-{n}"))
    for source in range(60):
        for destination in range(60):
            status = Status.EXPOSED if destination == source else Status.DOCUMENTED
            canvas.connect(source, destination, status, TCP)
    found = fold(canvas.picture(Basis.DOCUMENTED), Collapse.AUTO)
    assert len(found.edges) == MOST_FOLDED
    assert found.hidden == ((Status.DOCUMENTED, 3600 - MOST_FOLDED),)
    assert sum(edge.status is Status.EXPOSED for edge in found.edges) == 60


@pytest.mark.parametrize(
    ("focus", "around"),
    [
        ("cache", {"web", "cache"}),
        ("shop/cache[Deployment]", {"web", "cache"}),
        ("SHOP/Cache", {"web", "cache"}),
        ("192.0.2.1", {"internet", "web", "any other pod in shop"}),
    ],
)
def test_focus(focus: str, around: set[str]) -> None:
    picture = graph(judged(focus)).picture
    assert {node.title for node in picture.nodes} == around


def test_a_focus_that_is_not_there() -> None:
    with pytest.raises(netsim.UnanswerableError, match=r"'cash'; did you mean cache\?"):
        graph(judged("cash"))
    with pytest.raises(EndpointError):
        arrange(draw(3, 1, 1), Collapse.NEVER, "w3")


def judged(focus: str | None = None) -> GraphRequest:
    folder = MANIFESTS / "graph"
    scenario = str(folder / "shop.yaml")
    return GraphRequest((str(folder / "k8s"),), scenario=scenario, focus=focus)


def test_without_a_scenario_everything_is_merely_allowed() -> None:
    request = GraphRequest((str(MANIFESTS / "graph/k8s"),), discovery=Discovery.NONE)
    picture = graph(request).picture
    assert picture.statuses == (Status.ALLOWED,)
    assert {node.title for node in picture.nodes if node.shape is Shape.WORKLOAD} == {
        f"{name}[Deployment]" for name in ("api", "batch", "cache", "db", "web")
    }


def compare(folder: Path, old: str, new: str) -> Picture:
    for name, cidr in (("old", old), ("new", new)):
        text = OPEN.replace("CIDR", cidr)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    sides = (folder / "old.yaml", folder / "new.yaml")
    return draw_comparison(netsim.diff(*sides, discovery="none"))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("192.0.2.0/24", "192.0.2.0/24", {("192.0.2.0/24", Status.KEPT)}),
        (
            "192.0.2.0/25",
            "192.0.2.0/24",
            {("192.0.2.0/25", Status.KEPT), ("192.0.2.128/25", Status.OPENED)},
        ),
        (
            "192.0.2.0/24",
            "192.0.2.0/25",
            {("192.0.2.0/25", Status.KEPT), ("192.0.2.128/25", Status.CLOSED)},
        ),
    ],
)
def test_of_addresses_each_part_is_what_becomes_of_it(
    old: str, new: str, expected: set[tuple[str, Status]], tmp_path: Path
) -> None:
    picture = compare(tmp_path, old, new)
    assert show(picture) == {(title, "web[Pod]", s, "TCP 443") for title, s in expected}


def test_workloads_of_one_side() -> None:
    compared = netsim.diff(MANIFESTS / "tiers", MANIFESTS / "tiers-new", discovery="none")
    picture = draw_comparison(compared)
    assert {(node.title, node.presence) for node in picture.nodes if node.frame} == {
        ("scraper-v2[Pod]", Presence.ADDED),
        ("scraper[Pod]", Presence.REMOVED),
        ("api[Pod]", Presence.KEPT),
        ("web[Pod]", Presence.KEPT),
    }
    assert ("scraper-v2[Pod]", "api[Pod]", Status.OPENED, "TCP 9090") in show(picture)
    assert ("scraper[Pod]", "api[Pod]", Status.CLOSED, "TCP 8080") in show(picture)


def test_where_documents_were_rejected_nothing_differs() -> None:
    picture = draw_comparison(netsim.diff(MANIFESTS / "tiers", MANIFESTS / "half"))
    assert (picture.edges, picture.unread) == ((), 2)
    assert {node.presence for node in picture.nodes} == {Presence.KEPT}
