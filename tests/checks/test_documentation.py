from __future__ import annotations

import re
from pathlib import Path

import pytest

from netsim.checks.documentation import docstring, markdown
from netsim.checks.interface import Check, Context
from netsim.checks.registry import CHECKS
from tests.checks.samples import context, scenario_context

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
DOCUMENT_RULES = frozenset(c.id for c in CHECKS if c.id.startswith("documented-"))
MANIFEST_RULES = tuple(c for c in CHECKS if c.id not in DIAGRAM_RULES | DOCUMENT_RULES)
BLOCK = re.compile(r"^(PASS|FAIL):\n\n```yaml\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def examples(check: Check) -> dict[str, str]:
    return dict(BLOCK.findall(docstring(check)))


def example(check: Check, word: str) -> Context:
    text = examples(check)[word]
    endpoints = NEEDS_SCENARIO.get(check.id)
    return scenario_context(text, endpoints) if endpoints else context(text)


def reported(subject: Context) -> list[str]:
    rules = [check for check in CHECKS if check.id not in DIAGRAM_RULES]
    return [finding.rule for check in rules for finding in check.run(subject)]


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
    assert reported(example(check, "PASS")) == []


@pytest.mark.parametrize("check", MANIFEST_RULES, ids=by_id)
def test_the_failing_example_is_reported_by_this_rule_alone(check: Check) -> None:
    assert reported(example(check, "FAIL")) == [check.id]


@pytest.mark.parametrize("check", MANIFEST_RULES, ids=by_id)
def test_findings_have_the_severity_of_the_rule(check: Check) -> None:
    (finding,) = check.run(example(check, "FAIL"))
    assert finding.severity is check.severity
    assert finding.location.line > 0
    assert finding.message
    assert finding.remedy
