"""Which comment suppresses a finding, and which suppresses none."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from random import Random

import pytest

from netsim.app.check import CheckRequest, check
from netsim.app.suppression import suppress, warn_of_idle_comments
from netsim.loader.suppressions import Suppression
from netsim.model.finding import Finding, Severity
from netsim.model.location import Location

RULES = frozenset("ab")


def comment(rules: str, first: int, last: int) -> Suppression:
    location = Location("f", first)
    return Suppression(tuple(rules), f"{rules} {first}-{last}", location, first, last)


def finding(rule: str, line: int, file: str = "f") -> Finding:
    return Finding(rule, Severity.ERROR, "", Location(file, line))


@pytest.mark.parametrize("seed", range(20))
def test_the_first_comment_that_covers_a_finding_counts(seed: int) -> None:
    random = Random(seed)  # noqa: S311
    comments = tuple(
        comment(random.choice(["a", "b", "ab"]), first, first + random.randrange(9))
        for first in random.sample(range(40), 12)
    )
    findings = tuple(
        finding(random.choice("abc"), random.randrange(45), random.choice("ffg"))
        for _ in range(40)
    )
    standing, suppressed = suppress(findings, comments)
    expected = [
        next((c.reason for c in comments if c.covers(each.rule, each.location)), None)
        for each in findings
    ]
    assert standing == tuple(
        f for f, reason in zip(findings, expected, strict=True) if reason is None
    )
    assert [each.reason for each in suppressed] == [r for r in expected if r is not None]
    warnings = warn_of_idle_comments(comments, RULES, RULES, suppressed)
    assert [warning.location for warning in warnings] == [
        each.location
        for each in comments
        if not any(each.covers(s.finding.rule, s.finding.location) for s in suppressed)
    ]


TEXT = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: main, image: "registry.internal/web:1"}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
# netsim: ignore[RULES] agreed
spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress, Egress]}
"""

COMMENTS: list[tuple[str, list[int]]] = [
    ("subject-selects-nothing", [9]),  # it selects a pod
    ("dns-blocked", []),  # suppresses what it names
    ("exposed", []),  # only a scenario can say
    ("exposed, subject-selects-nothing", []),
    ("secret-not-provided", []),  # only a scenario says that the input is whole
]


@pytest.mark.parametrize(("rules", "lines"), COMMENTS)
def test_a_comment_that_suppresses_nothing_is_reported_without_a_scenario(
    rules: str, lines: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = check(CheckRequest(("-",), stdin=StringIO(TEXT.replace("RULES", rules))))
    warnings = [each for each in result.diagnostics if "suppresses no finding" in each.message]
    assert [each.location.line for each in warnings] == lines
