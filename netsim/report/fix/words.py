"""The words that every format of ``fix`` shares."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.fix import FixResult, Left, Verdict
from netsim.model.finding import Finding, Severity
from netsim.words.lists import count_noun


def describe_verdict(result: FixResult) -> str:
    """What comes of the changes, in a sentence."""
    number = count_noun(len(result.fixed), "fix", "fixes")
    if result.verdict is Verdict.BAD_INPUT:
        return "bad input: nothing is fixed where a document was rejected"
    serious = [each for each in result.left if each.finding.severity is not Severity.NOTE]
    if not serious:
        return f"{number}: check passes with them" if result.fixed else "nothing to fix"
    left = f"{count_noun(len(serious), 'finding')} left"
    return f"{number}, {left}" if result.fixed else f"nothing is proven to help: {left}"


def describe_finding(finding: Finding) -> str:
    """``error broken k8s/policies.yaml:44``."""
    return f"{finding.severity.value} {finding.rule} {finding.location}"


def list_serious(result: FixResult) -> Iterator[Left]:
    """What is left, without notes."""
    return (each for each in result.left if each.finding.severity is not Severity.NOTE)


def list_reasons(left: Left) -> Iterator[str]:
    """What stands in the way of each patch."""
    if not left.finding.patches:
        yield "netsim has no change to propose"
        return
    for reason in left.reasons:
        yield f"a change was tried, but {reason}" if reason else "no change was tried"
