from __future__ import annotations

import re
from pathlib import Path

import pytest

from netsim.judge.case import Case
from netsim.report.rules_page import docstring, markdown
from netsim.rules.interface import Check
from netsim.rules.manifests.made_at_run_time import CHECK as MADE
from netsim.rules.registry import conclude, load_checks
from tests.project import DOCS
from tests.rules.manifests.project import Project
from tests.rules.manifests.project import case as project_context
from tests.rules.samples import case, policy, scenario_context

CHECKS = load_checks()
DIAGRAM_RULES = frozenset(
    (
        "broken",
        "contradiction",
        "endpoint-unmatched",
        "exposed",
        "forbidden",
        "not-verifiable",
        "undecided",
        "warm-pool-uncovered",
    )
)
ENDPOINTS = {"runner": "{labels: {app: runner}, untrusted: true}"}
SANDBOXED = {"runner": "{labels: {app: runner}, untrusted: true, runtimeClass: gvisor}"}
NEEDS_SCENARIO = {
    "image-unpinned": SANDBOXED,
    "metadata-reachable": ENDPOINTS,
    "runtime-class-missing": SANDBOXED,
}
DOCUMENT_RULES = tuple(c for c in CHECKS if c.id.startswith("documented-"))
MANIFEST_RULES = tuple(
    c for c in CHECKS if c.id not in DIAGRAM_RULES and c not in DOCUMENT_RULES
)
BLOCK = re.compile(r"^(PASS|FAIL):\n\n```yaml\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# A statement, and the manifests that it is about; inner fences are shorter than the outer one.
STATEMENT = re.compile(
    r"^(PASS|FAIL):\n\n(`{3,4})markdown\n(.*?)^\2$\n((?:\n```yaml\n.*?^```$\n)+)",
    re.DOTALL | re.MULTILINE,
)
MANIFEST = re.compile(r"^```yaml\n(?:# (\S+)\n)?(.*?)^```$", re.DOTALL | re.MULTILINE)
HEADINGS = {
    "Files": "files: Files",
    "Deployment Order": "order: Deployment Order",
    "Pod Disruption Budgets": "budgets: Pod Disruption Budgets",
    "gVisor RuntimeClass": "excerpts: [gVisor RuntimeClass]",
}
"""What the scenario says of a document with these headings."""

DENY = policy("deny", "podSelector: {}\npolicyTypes: [Ingress]")
POOL = (
    "warmPool: {cronJob: runner-warm-pool, endpoint: api, size: WARM_POOL_SIZE, "
    "template: TEMPLATE, labels: LABELS}\n"
)
PAGE = DOCS / "rules.md"


def examples(check: Check) -> dict[str, str]:
    return dict(BLOCK.findall(docstring(check)))


def example(check: Check, word: str) -> Case:
    text = examples(check)[word]
    endpoints = NEEDS_SCENARIO.get(check.id)
    return scenario_context(text, endpoints) if endpoints else case(text)


def statements(check: Check) -> dict[str, tuple[str, dict[str, str]]]:
    """The document and the manifests of each example, which a comment may name."""
    return {
        word: (
            document,
            {name or "manifest.yaml": text for name, text in MANIFEST.findall(manifests)},
        )
        for word, _, document, manifests in STATEMENT.findall(docstring(check))
    }


def stated(folder: Path, check: Check, word: str) -> Case:
    document, manifests = statements(check)[word]
    entries = [entry for title, entry in HEADINGS.items() if f"# {title}\n" in document]
    if "# Warm Pool\n" in document:
        # The pods of a CronJob are a workload, which a policy has to isolate.
        manifests = {**manifests, "../other/deny.yaml": DENY}
        quotes = "```yaml" in document
        entries.append("excerpts: [Warm Pool]" if quotes else "warmPool: Warm Pool")
    headings = ", ".join(entries or ["excerpts: []"])
    return project_context(folder, Project(document, headings, manifests, POOL))


def reported(subject: Case, about: Check | None = None) -> list[str]:
    """Which rules report something; examples of others need no policy for their pods."""
    left_out = {*DIAGRAM_RULES, "namespace-not-isolated"} - {about and about.id}
    rules = [check for check in CHECKS if check.id not in left_out]
    found = (each for check in rules for each in check.run(subject))
    return [finding.rule for finding in conclude(found)]


def by_id(check: Check) -> str:
    return check.id


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown()


def test_ids_are_unique_and_sorted() -> None:
    ids = [check.id for check in CHECKS]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("check", MANIFEST_RULES, ids=by_id)
def test_has_one_example_of_each(check: Check) -> None:
    assert [word for word, _ in BLOCK.findall(docstring(check))] == ["PASS", "FAIL"]


@pytest.mark.parametrize("check", MANIFEST_RULES, ids=by_id)
def test_the_passing_example_is_reported_by_no_rule(check: Check) -> None:
    assert reported(example(check, "PASS"), check) == []


@pytest.mark.parametrize("check", MANIFEST_RULES, ids=by_id)
def test_the_failing_example_is_reported_by_this_rule_alone(check: Check) -> None:
    assert reported(example(check, "FAIL"), check) == [check.id]


@pytest.mark.parametrize("check", MANIFEST_RULES, ids=by_id)
def test_findings_have_the_severity_of_the_rule(check: Check) -> None:
    rules = CHECKS if check is MADE else (check,)
    found = (each for rule in rules for each in rule.run(example(check, "FAIL")))
    (finding,) = conclude(found)
    assert finding.severity is check.severity
    assert finding.location.line > 0
    assert finding.message
    assert finding.fix or check is MADE


@pytest.mark.parametrize("check", DOCUMENT_RULES, ids=by_id)
def test_a_true_statement_is_reported_by_no_rule(tmp_path: Path, check: Check) -> None:
    assert reported(stated(tmp_path, check, "PASS")) == []


@pytest.mark.parametrize("check", DOCUMENT_RULES, ids=by_id)
def test_a_false_statement_is_reported_by_its_rule_alone(tmp_path: Path, check: Check) -> None:
    """At the document, and with the manifest beside it."""
    subject = stated(tmp_path, check, "FAIL")
    assert reported(subject) == [check.id]
    (finding,) = conclude(check.run(subject))
    assert finding.severity is check.severity
    assert finding.location.file == str(tmp_path / "m/README.md")
    assert any(each.location.file.endswith(".yaml") for each in finding.related)
