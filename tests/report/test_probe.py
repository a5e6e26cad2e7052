"""A probe's result in every format."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from netsim.model.labels import Labels
from netsim.probe.interface import Symptom
from netsim.probe.judging.compare import Agreement
from netsim.probe.judging.labels import LabelDrift
from netsim.probe.judging.mutual_tls import TlsComparison
from netsim.probe.planning.mutual_tls import TlsJob
from netsim.probe.planning.targets import LeftOut
from netsim.probe.result import ProbeConclusion, ProbeResult
from netsim.probe.ways.tls import Handshake, TlsOutcome
from netsim.report.probe import json as probe_json
from netsim.report.probe import junit as probe_junit
from netsim.report.probe import markdown as probe_markdown
from netsim.report.probe import text as probe_text
from netsim.report.render import Format, render
from netsim.report.style import Colour, Terminal
from tests.probe.samples import (
    OPEN_ALL,
    POLICIES,
    SCENARIO,
    documented,
    live,
    pod,
    raw_pod,
    shop,
)
from tests.probe.test_session import Case, without

PLAIN = Terminal()


@pytest.fixture
def agreeing(tmp_path: Path) -> ProbeResult:
    found = Case(tmp_path, live()).result()
    return replace(found, extent=replace(found.extent, seconds=0.1))


@pytest.fixture
def differing(tmp_path: Path) -> ProbeResult:
    """A policy is missing, another is extra, a label drifted, and one pod has no tool."""
    pods = [*shop(), raw_pod("dbx-0", "10.1.0.4", 5432, app="dbx")]
    cluster = live(pods, f"{without('db')}---\n{OPEN_ALL}")
    case = Case(tmp_path, cluster, instead={"db -> api TCP 4000": Symptom.NO_TOOL})
    return case.result()


def text(found: ProbeResult, width: int = 100) -> str:
    return probe_text.render(found, Terminal(width))


def test_the_verdict_comes_first(agreeing: ProbeResult, differing: ProbeResult) -> None:
    for found, word in ((agreeing, "agrees: "), (differing, "differs: ")):
        assert text(found).startswith(word)
        assert probe_markdown.render(found, PLAIN).startswith(f"**netsim probe {word}")
        assert json.loads(probe_json.render(found, PLAIN))["conclusion"] == word.removesuffix(
            ": "
        )


def test_what_was_skipped_does_not_agree(agreeing: ProbeResult) -> None:
    some = replace(agreeing, skipped=(LeftOut("x", "no pod matches"),))
    head = (
        "agrees: what was tried does what manifests and documentation say; 1 target skipped\n"
    )
    assert text(some).startswith(head)


def test_a_table_of_three_columns(agreeing: ProbeResult) -> None:
    assert text(agreeing) == (
        "agrees: the cluster does what manifests and documentation say\n"
        "\n"
        "   from  to   port      documented  simulated  observed\n"
        "✓  web   api  TCP 4000  allowed     allowed    open\n"
        "✓  api   db   TCP 5432  allowed     allowed    open\n"
        "4 more connections denied, as it should be; 1 of them must never be.\n"
        "\n"
        "tried 6 connections from 3 pods in 0.1 s (--via simulator), with 3 controls; "
        "3 policies in the\nmanifests, 3 in the cluster; 0 targets skipped\n"
    )


def test_what_differs_has_a_cause_and_what_speaks_for_it(differing: ProbeResult) -> None:
    found = text(differing, 1000)
    place = r"\(\S+/policies\.yaml:{}\)"
    deny, db = (place.format(line) for line in (3, 16))
    for pattern in (
        "differs, extra live policy: shop/debug is in the cluster but not in the manifests\n",
        f"manifests: ingress isolated by shop/deny {deny}, shop/db {db}, and no rule allows it",
        f"policies\n  shop/db {db} is in the manifests but not in the cluster: apply it\n",
        "shop/debug is in the cluster but not in the manifests: delete it, or add it to",
        "✗  web",
    ):
        assert re.search(pattern, found), pattern
    assert found.index("✗") < found.index("✓")


def test_labels_that_differ_say_what_to_do(agreeing: ProbeResult) -> None:
    drift = LabelDrift("shop/db-0", "the scenario's endpoint 'db'", labels(app="db"), labels())
    found = replace(agreeing, labels=(drift,))
    for form in (
        text(found),
        probe_markdown.render(found, PLAIN),
        probe_junit.render(found, PLAIN),
    ):
        assert "fix its template, or the model" in " ".join(form.split())


def test_what_is_unclear_says_why(differing: ProbeResult) -> None:
    assert "inconclusive\n  db -> api TCP 4000: " in text(differing)
    assert "unclear (no-tool)" in text(differing)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_width(differing: ProbeResult, agreeing: ProbeResult, width: int) -> None:
    for found in (differing, agreeing):
        for line in text(found, width).splitlines():
            # A name that is longer than the line stays in one piece.
            assert len(line) <= width or " " not in line.strip()
    assert ("from" in text(agreeing, width).splitlines()[2]) is (width > 40)


def test_colour_only_adds(differing: ProbeResult) -> None:
    painted = render(differing, Format.TEXT, Terminal(100, Colour.ALWAYS))
    assert "\x1b[" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == text(differing)


def test_many_alike_are_counted(tmp_path: Path) -> None:
    pods = [raw_pod(f"x-{n}", f"10.2.0.{n}", 80, app=f"x-{n}") for n in range(9)]
    found = Case(tmp_path, live([*shop(), *pods]), enforced="").result()
    assert "more\n" in text(found)
    assert len(text(found).splitlines()) < 3 * len(found.comparisons)


def test_large_clusters_have_small_reports(tmp_path: Path) -> None:
    """A comment on GitHub has at most 65,536 characters."""
    name = f"{'long-' * 10}x"
    pods = [raw_pod(f"{name}-{n}", f"10.2.0.{n}", 80, app=f"x-{n}") for n in range(1, 40)]
    cluster = live([*shop(), *pods])
    opened = Case(tmp_path, cluster, enforced="").result()
    unclear = replace(
        opened,
        comparisons=tuple(
            replace(each, agreement=Agreement.INCONCLUSIVE) for each in opened.comparisons
        ),
        skipped=tuple(LeftOut(f"{name}-{n}", "no pod matches") for n in range(500)),
    )
    for found in (opened, unclear):
        assert len(found.comparisons) > 1600
        assert len(probe_markdown.render(found, PLAIN)) < 60_000
        assert "more rows left out: --format json has all" in text(found)
        assert len(text(found, 80).splitlines()) < 400
    # What must never be comes before all else that differs.
    assert "never" in text(opened, 200).splitlines()[3]


def labels(**pairs: str) -> Labels:
    return Labels.of(pairs)


ODD = "d|b <img src=x> @org `c`\r\n# e\x1b[31m\u202e\ufffe]]></failure>&amp; \"f\" 'g'"


@pytest.fixture(params=["open", "nothing listens"])
def odd(tmp_path: Path, request: pytest.FixtureRequest) -> ProbeResult:
    """An endpoint with a name that is markup, in every section of a report."""
    name = json.dumps(ODD)
    scenario = SCENARIO.replace("  db:", f"  {name}:").replace("to: db", f"to: {name}")
    said = documented(f"{scenario}  - {{from: web, to: {name}, because: x}}\n")
    silent = [f"api -> {ODD} TCP 5432", f"{ODD} -> {ODD} TCP 5432 (control)"]
    instead = dict.fromkeys(silent, Symptom.REFUSED)
    pods = [*shop()[:2], raw_pod("db-0", "10.1.0.3", 5432, app="db", **{"x-y": "1"})]
    if request.param == "open":
        return Case(tmp_path, live(pods), enforced="", said=said).result()
    found = Case(tmp_path, live(pods), said=said, instead=instead).result()
    assert any(each.diagnosis for each in found.comparisons)
    return replace(found, skipped=(LeftOut(ODD, ODD),))


def test_markdown_escapes_names(odd: ProbeResult) -> None:
    found = probe_markdown.render(odd, PLAIN)
    assert "&lt;img" in found
    assert not re.search(r"<|@(?!&#8203;)|(?<!\\)`", found)
    assert all(char.isprintable() or char == "\n" for char in found)
    rows = [line for line in found.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {8}
    assert not [line for line in found.splitlines() if line.startswith("# e")]


def test_a_terminal_cannot_be_steered(odd: ProbeResult) -> None:
    assert "<img" in text(odd)
    assert all(char.isprintable() or char == "\n" for char in text(odd))


def test_other_programs_can_read_any_name(odd: ProbeResult) -> None:
    suite = ET.fromstring(probe_junit.render(odd, PLAIN))  # noqa: S314 - our own
    assert any("<img" in case.attrib["name"] for case in suite.iter("testcase"))
    found = json.loads(probe_json.render(odd, PLAIN))
    assert ODD in {each["destination"] for each in found["connections"]}


def test_json(differing: ProbeResult) -> None:
    found = json.loads(probe_json.render(differing, PLAIN))
    assert found["version"] == 1
    flow = next(
        each
        for each in found["connections"]
        if (each["source"], each["destination"]) == ("web", "db")
    )
    assert flow["documented"] == "never"
    assert (flow["simulated"], flow["observed"], flow["outcome"]) == ("deny", "allow", "open")
    assert flow["agreement"] == "differ"
    assert flow["diagnosis"]["cause"] == "extra live policy"
    assert (flow["source_pod"], flow["host"], flow["port"]) == ("shop/web-0", "10.1.0.3", 5432)
    assert {each["difference"] for each in found["policies"]} == {"missing", "extra"}
    assert found["extent"]["connections"] == len(found["connections"])


def test_junit(differing: ProbeResult) -> None:
    root = ET.fromstring(probe_junit.render(differing, PLAIN))  # noqa: S314 - our own
    cases = list(root.iter("testcase"))
    numbers = {name: int(root.attrib[name]) for name in ("tests", "failures", "errors")}
    assert numbers["tests"] == len(cases)
    assert numbers["failures"] == len(list(root.iter("failure"))) > 0
    assert numbers["errors"] == len(list(root.iter("error"))) == 1
    names = {case.attrib["name"] for case in cases}
    assert {"web -> db TCP 5432", "shop/db"} <= names


def test_an_interrupted_probe_says_so(agreeing: ProbeResult) -> None:
    cut = replace(agreeing, extent=replace(agreeing.extent, interrupted=True))
    assert cut.conclusion is ProbeConclusion.INCONCLUSIVE
    assert text(cut).startswith("inconclusive: interrupted\n")


def test_nothing_tried(tmp_path: Path) -> None:
    found = Case(tmp_path, live([raw_pod("web-0", "10.1.0.1", app="web")]), POLICIES).result()
    assert text(found).startswith("inconclusive: no connection could be tried")
    suite = ET.fromstring(probe_junit.render(found, PLAIN))  # noqa: S314 - our own
    assert suite.attrib["errors"] == "1"


def test_what_is_left_behind_is_named(agreeing: ProbeResult) -> None:
    left = replace(agreeing, extent=replace(agreeing.extent, left_behind=("shop/web-0",)))
    assert "left\n  shop/web-0: an ephemeral container of the probe stays" in text(left)
    assert "shop/web-0: an ephemeral container" in probe_markdown.render(left, PLAIN)


@pytest.fixture
def shaken(agreeing: ProbeResult) -> ProbeResult:
    """One server that demands certificates, one that does not, and one that is silent."""
    outcomes = (TlsOutcome.DEMANDED, TlsOutcome.NOT_DEMANDED, TlsOutcome.SILENT)
    found = (
        TlsComparison(
            TlsJob(pod("api-0"), "api", 4000 + number, ("web -> api",)),
            Handshake(outcome, "said so", "TLSv1.3" if number < 2 else ""),
        )
        for number, outcome in enumerate(outcomes)
    )
    return replace(agreeing, handshakes=tuple(found))


def test_handshakes_have_a_section(shaken: ProbeResult) -> None:
    lines = (
        "✓ api TCP 4000 demands a client certificate: yes, TLSv1.3 (said so)",
        "✗ api TCP 4001 demands a client certificate: no, TLSv1.3 (said so)",
        "? api TCP 4002 demands a client certificate: unclear (said so)",
    )
    assert "\nmutual TLS\n" + "".join(f"  {line}\n" for line in lines) in text(shaken)
    for line in lines:
        assert f"- {line}\n" in probe_markdown.render(shaken, PLAIN)
    verdict = "differs: 1 of 3 TLS handshakes differ, 1 of 3 TLS handshakes inconclusive\n"
    assert text(shaken).startswith(verdict)


def test_handshakes_in_json_and_junit(shaken: ProbeResult) -> None:
    found = json.loads(probe_json.render(shaken, PLAIN))["handshakes"]
    assert [each["agreement"] for each in found] == ["agree", "differ", "inconclusive"]
    assert [each["outcome"] for each in found] == ["demanded", "not-demanded", "silent"]
    assert found[1]["diagnosis"] == {
        "cause": "server accepts clients without certificate",
        "text": "api TCP 4001 said so",
    }
    root = ET.fromstring(probe_junit.render(shaken, PLAIN))  # noqa: S314 - our own
    cases = [each for each in root.iter("testcase") if "mtls" in each.attrib["classname"]]
    assert [[inner.tag for inner in case] for case in cases] == [[], ["failure"], ["error"]]
