from __future__ import annotations

import io
from pathlib import Path

import pytest
from msgspec.structs import replace

from netsim.app.check import CheckRequest, Conclusion, check, examine
from netsim.app.documentation import Discovery
from netsim.app.grid import OUTSIDE, Grid, Opening
from netsim.app.report import ReportRequest, ReportResult, report
from netsim.engine.explain.sides import list_sides
from netsim.judge.judgement import Judgement
from netsim.model.policies import Direction
from netsim.words.ports import describe_ports
from tests.report.page.systems import SHOP, write_shop


def make(folder: Path, monkeypatch: pytest.MonkeyPatch, **more: object) -> ReportResult:
    write_shop(folder)
    monkeypatch.chdir(folder)
    return report(ReportRequest(("k8s",), **more))  # type: ignore[arg-type]


def titles(grid: Grid) -> list[str]:
    return [end.title for end in grid.ends]


def test_it_is_the_check_with_its_reasons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = make(tmp_path, monkeypatch, scenario="net.yaml")
    assert result.check == check(CheckRequest(("k8s",), scenario="net.yaml"))
    (grid,) = result.grids
    assert (grid.name, titles(grid)) == ("net.yaml", ["Web", "Books", "Stock"])
    contents = [cell.content for cell in grid.cells]
    assert contents == list(result.check.judgements)
    books = next(cell for cell in grid.cells if grid.ends[cell.source].title == "Books")
    assert {result.check.findings[n].rule for n in books.findings} == {"broken", "exposed"}


def test_reasons_are_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = make(tmp_path, monkeypatch, scenario="net.yaml")
    (grid,) = result.grids
    stock = grid.ends[2].classes.bit_length() - 1
    allowing = {
        describe_ports(answer.ports): answer.steps[-1].rules[0]
        for side in grid.sides[Direction.INGRESS][stock]
        for answer in side.answers
        if answer.steps[-1].rules
    }
    assert {ports: rule.title for ports, rule in allowing.items()} == {
        "TCP 5433": "shop/stock-ingress ingress[0]"
    }
    quote = result.quotes[allowing["TCP 5433"].location]
    assert [line.strip() for line in quote.lines] == [
        "- from:",
        "- podSelector: {matchLabels: {app: books}}",
        "ports: [{protocol: TCP, port: 5433}]",
    ]


def test_without_documentation_the_ends_are_workloads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = make(tmp_path, monkeypatch, discovery=Discovery.NONE)
    (grid,) = result.grids
    assert not grid.is_documented
    names = titles(grid)
    assert names[-1] == OUTSIDE
    found = {
        (names[cell.source], names[cell.destination]): describe_ports(cell.content.allowed)
        for cell in grid.cells
        if isinstance(cell.content, Opening)
    }
    assert found == {
        ("shop/books[Deployment]", "shop/stock[Deployment]"): "TCP 5433",
        ("shop/web[Deployment]", "shop/books[Deployment]"): "TCP 80",
        ("tools/agent[Deployment]", OUTSIDE): "every port",
        (OUTSIDE, "tools/agent[Deployment]"): "every port",
    }


def test_what_was_not_read_leaves_no_grid_without_documentation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "k8s").mkdir()
    (tmp_path / "k8s" / "a.yaml").write_text(SHOP, encoding="utf-8")
    (tmp_path / "k8s" / "b.yaml").write_text(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\n"
        "spec: {podSelecter: {}}\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    result = report(ReportRequest(("k8s",)))
    assert result.check.conclusion is Conclusion.BAD_INPUT
    assert (result.grids, result.drawings) == ((), ())


def test_standard_input_is_quoted() -> None:
    result = report(ReportRequest(("-",), stdin=io.StringIO(SHOP)))
    assert {quote.file for quote in result.quotes.values()} == {"<stdin>"}


def test_each_system_has_a_grid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = write_shop(tmp_path).read_text(encoding="utf-8")
    (tmp_path / "other.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = report(ReportRequest(("k8s",), scenarios=("net.yaml", "other.yaml")))
    assert [grid.name for grid in result.grids] == ["net.yaml", "other.yaml"]
    assert [each.name for each in result.drawings] == ["net.yaml", "other.yaml"]
    assert all(isinstance(c.content, Judgement) for g in result.grids for c in g.cells)


BLOCKS = """apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: blocks, namespace: shop}
spec:
  podSelector: {}
  ingress: [{from: [{ipBlock: {cidr: 192.0.2.0/24}}, {ipBlock: {cidr: "2001:db8::/32"}}]}]
---
"""


def test_each_class_has_the_sides_that_it_has_alone() -> None:
    """Also an address of the family that is not the first."""
    request = ReportRequest(("-",), stdin=io.StringIO(BLOCKS + SHOP))
    (grid,) = report(request).grids
    evaluator = examine(replace(request, stdin=io.StringIO(BLOCKS + SHOP))).case.evaluator
    for direction in Direction:
        for subject in range(evaluator.universe.size):
            told = [
                (side.peers, [(ports, verdict.outcome) for ports, verdict in side.answers])
                for side in list_sides(evaluator, direction, subject)
            ]
            assert told == [
                (side.peers, [(answer.ports, answer.outcome) for answer in side.answers])
                for side in grid.sides[direction][subject]
            ]
