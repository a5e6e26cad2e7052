"""``netsim coverage``: whole outputs, and how it ends."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import netsim as api
from tests.cli.command import MANIFESTS, Done, assert_snapshot, netsim
from tests.project import ROOT

NONE_FOUND = "netsim init"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MANIFESTS / "coverage", tmp_path / "shop"))


def coverage(project: Path, *arguments: str, stdin: str = "", **env: str) -> Done:
    return netsim("coverage", *arguments, cwd=project, stdin=stdin, **env)


@pytest.mark.parametrize("columns", ["80", "200"])
def test_width(shop: Path, columns: str) -> None:
    done = coverage(shop, ".", COLUMNS=columns)
    assert max(map(len, done.out.splitlines())) <= int(columns)
    assert_snapshot(f"coverage/at-{columns}", done)


def test_markdown(shop: Path) -> None:
    assert_snapshot("coverage/markdown", coverage(shop, ".", "--format", "markdown"))


def test_json_has_each_mutant(shop: Path) -> None:
    body = json.loads(coverage(shop, ".", "--format", "json").out)
    (tool,) = (each for each in body["policies"] if each["policy"] == "tools/monitor")
    assert tool["score"] == {"noticed": 0, "counted": 8, "percent": 0.0}
    assert [each["line"] for each in tool["lines"]] == [43, 45, 48, 49, 51]
    (port,) = (each for each in tool["mutants"] if each["mutation"] == "port added")
    assert port == {
        "mutation": "port added",
        "subject": "tools/monitor ingress[0]",
        "change": "TCP 3001, too",
        "location": {"file": "policies.yaml", "line": 51, "field": "spec.ingress[0].ports[0]"},
        "fate": "undocumented",
        "redundancy": None,
        "evidence": {
            "src": "any other pod in tools",
            "dst": "monitor",
            "ports": {"TCP": [[3001, 3001]]},
            "change": "opened",
            "standing": "as documented",
            "gap": "outside",
        },
        "why": "neither end is in a namespace that the scenario speaks for",
        "advice": "add {from: any other pod in tools, to: monitor} to deny: of the scenario, "
        "with an endpoint for any other pod in tools; or add tools to namespaces: and document "
        "what may connect there",
    }
    assert [each["reason"] for each in body["idle"]] == ["repeated", "repeated", "open"]
    assert body["idle"][0]["from"] == ["web"]


def test_json_says_the_same_as_the_score(shop: Path) -> None:
    body = json.loads(coverage(shop, ".", "--format", "json").out)
    fates = [each["fate"] for policy in body["policies"] for each in policy["mutants"]]
    counted = [fate for fate in fates if fate != "redundant"]
    assert body["score"]["noticed"] == counted.count("noticed")
    assert body["score"]["counted"] == len(counted)
    assert body["redundant"] == fates.count("redundant")


def test_of_this_repository() -> None:
    done = coverage(ROOT, "manifests", COLUMNS="80")
    assert done.code == 0
    assert "coverage 100%" in done.out
    assert "survived" not in done.out


@pytest.mark.parametrize(
    ("least", "code"),
    [("0", 0), ("50", 0), ("79.5", 1), ("100", 1), ("101", 2), ("x", 2), ("nan", 2)],
)
def test_fail_under(shop: Path, least: str, code: int) -> None:
    assert coverage(shop, ".", "--fail-under", least).code == code


def test_all_of_it_is_enough_for_100() -> None:
    assert coverage(ROOT, "manifests", "--fail-under", "100").code == 0


def test_without_a_scenario_it_says_what_to_do(shop: Path) -> None:
    shutil.rmtree(shop / "scenarios")
    done = coverage(shop, ".")
    assert done.code == 2
    assert not done.out
    assert NONE_FOUND in done.err


def test_without_policies_nothing_is_measured(shop: Path) -> None:
    (shop / "policies.yaml").unlink()
    done = coverage(shop, ".")
    assert done.code == 2
    assert "no policy was read" in done.err


def test_a_document_that_is_rejected(shop: Path) -> None:
    (shop / "wrong.yaml").write_text(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: x}\n"
        "spec: {podSelecter: {}}\n",
        encoding="utf-8",
    )
    done = coverage(shop, ".", "--fail-under", "1")
    assert done.code == 2
    assert done.out.startswith("bad input: 1 fault")
    assert "wrong.yaml:4" in done.err


def test_what_cannot_be_decided_is_inconclusive(shop: Path) -> None:
    file = shop / "policies.yaml"
    text = file.read_text(encoding="utf-8").replace("port: 8080", 'port: "${PORT}"')
    file.write_text(text, encoding="utf-8")
    done = coverage(shop, ".")
    assert done.code == 2
    assert done.out.startswith("inconclusive: ")
    assert coverage(shop, ".", "--allow-inconclusive").code == 0
    assert coverage(shop, ".", "--allow-inconclusive", "--fail-under", "99").code == 1


def test_standard_input(shop: Path) -> None:
    text = "---\n".join(
        (shop / name).read_text(encoding="utf-8")
        for name in ("workloads.yaml", "policies.yaml")
    )
    done = coverage(shop, "-", "--scenario", "scenarios/shop.yaml", stdin=text)
    assert done.code == 0
    assert "<stdin>:" in done.out


def test_output(shop: Path) -> None:
    done = coverage(shop, ".", "--output", "report.txt")
    assert (done.code, done.out) == (0, "")
    assert "survived" in (shop / "report.txt").read_text(encoding="utf-8")
    assert coverage(shop, ".", "--output", "nowhere/report.txt").code == 2


def test_help_fits_80_columns() -> None:
    done = netsim("coverage", "--help", COLUMNS="80")
    assert done.code == 0
    assert max(map(len, done.out.splitlines())) <= 80


def test_the_function_says_the_same(shop: Path) -> None:
    result = api.coverage(shop, scenario=shop / "scenarios" / "shop.yaml")
    assert str(result.score) == "78% (40 of 51)"
    with pytest.raises(api.UnanswerableError):
        api.coverage(shop / "workloads.yaml", scenario=shop / "scenarios" / "shop.yaml")
