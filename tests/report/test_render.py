"""Every result in every format that it is written in."""

from __future__ import annotations

import csv
import json
import shutil
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

import netsim
from netsim.app.check import CheckRequest, check
from netsim.app.documentation import Discovery
from netsim.app.graph import GraphRequest, graph, graph_comparison
from netsim.app.probe import DryRun, Roles, list_roles, plan_probe
from netsim.app.probe_request import ProbeRequest
from netsim.report.render import RENDERERS, Format, render
from netsim.report.style import Colour, Terminal
from tests.app.test_probe import SNAPSHOT
from tests.cli.command import MANIFESTS
from tests.probe.samples import DIAGRAM, POLICIES, SCENARIO, live
from tests.probe.test_session import Case

if TYPE_CHECKING:
    from netsim.report.render import Result

SHOP = MANIFESTS / "shop"
DOCUMENTED = MANIFESTS / "coverage"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    return {
        type(result).__name__: result
        for result in (
            netsim.check(SHOP),
            netsim.list_connections(SHOP),
            netsim.explain_connections(SHOP),
            netsim.evaluate(SHOP, [("shop/web", "shop/api", 4000)]),
            netsim.explain(SHOP, "shop/web", "shop/api"),
            netsim.diff(MANIFESTS / "tiers", MANIFESTS / "tiers-new"),
            graph(GraphRequest((str(SHOP),))),
            graph_comparison(netsim.diff(MANIFESTS / "tiers", MANIFESTS / "tiers-new")),
            netsim.review(SHOP, base_dir="."),
            netsim.query(SHOP, "exposed"),
            netsim.order(SHOP),
            netsim.drain_node(SHOP),
            netsim.propose_fixes(SHOP),
            netsim.explain_check(SHOP),
            netsim.coverage(DOCUMENTED, scenario=DOCUMENTED / "scenarios" / "shop.yaml"),
            Case(tmp_path_factory.mktemp("probe"), live()).result(),
            *plan_and_roles(tmp_path_factory.mktemp("plan")),
        )
    }


def plan_and_roles(folder: Path) -> tuple[DryRun, Roles]:
    texts = {"policies.yaml": POLICIES, "README.md": DIAGRAM, "shop.yaml": SCENARIO}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    request = ProbeRequest(
        (str(folder / "policies.yaml"),),
        scenario=str(folder / "shop.yaml"),
        stdin=StringIO(SNAPSHOT),
        snapshot="-",
    )
    return plan_probe(request), list_roles(request)


def test_every_result_is_tried(results: dict[str, Result]) -> None:
    assert results.keys() == RENDERERS.keys()


@pytest.mark.parametrize(
    ("name", "form"), [(name, form) for name, forms in RENDERERS.items() for form in forms]
)
def test_formats(results: dict[str, Result], name: str, form: Format) -> None:
    if form in (Format.SVG, Format.HTML) and not shutil.which("dot"):
        pytest.skip("needs Graphviz")
    text = render(results[name], form, Terminal(80, Colour.ALWAYS))
    assert text.endswith("\n")
    match form:
        case Format.JSON | Format.SARIF:
            assert isinstance(json.loads(text), dict)
        case Format.GITLAB:
            assert isinstance(json.loads(text), list)
        case Format.GITHUB:
            # The review is of two states that are the same.
            assert text.startswith("::") is (name == "CheckResult")
        case Format.CSV:
            assert len({len(row) for row in csv.reader(StringIO(text))}) == 1
        case Format.MARKDOWN:
            assert "\x1b" not in text
        case Format.JUNIT:
            assert ET.fromstring(text).tag == "testsuites"  # noqa: S314 - our own
        case Format.SVG:
            assert ET.fromstring(text).tag.endswith("}svg")  # noqa: S314 - our own
        case Format.TEXT | Format.MERMAID | Format.DOT | Format.HTML:
            assert text.strip()


def measure_posture(text: str) -> int:
    """The lines before the first finding."""
    lines = text.splitlines()
    return next(n for n, line in enumerate(lines) if line.startswith(("error ", "warning ")))


def test_the_posture_fits_a_screen() -> None:
    """Twelve workloads, at 80 columns; what is wrong with them comes below."""
    request = CheckRequest((str(MANIFESTS / "posture"),), discovery=Discovery.NONE)
    text = render(check(request), Format.TEXT, Terminal(80))
    assert measure_posture(text) <= 24


def test_the_posture_of_many_namespaces_is_put_together() -> None:
    source = (MANIFESTS / "posture/app.yaml").read_text(encoding="utf-8")
    documents = [
        source.replace("namespace: ", f"namespace: team-{number:02}-") for number in range(17)
    ]
    request = CheckRequest(
        ("-",), stdin=StringIO("\n---\n".join(documents)), discovery=Discovery.NONE
    )
    result = check(request)
    assert result.posture
    network = result.posture.network
    assert network
    assert (network.workloads, len(network.namespaces)) == (
        204,
        51,
    )
    for width in (80, 200):
        text = render(result, Format.TEXT, Terminal(width))
        assert measure_posture(text) <= 36
        assert "team-00-shop, team-01-shop and 15 more" in text
    # Every finding is there for those who look for it.
    markdown = render(result, Format.MARKDOWN, Terminal(80))
    assert markdown.count("dns-blocked") >= 3
    assert markdown.count("- the same at") + markdown.count("### ") == len(result.findings)
