"""The role of the warm pool grants its script what it needs, and nothing else."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from netsim.judge.case import Case
from netsim.model.finding import Finding, Severity
from netsim.rules.interface import Check
from netsim.rules.manifests import rbac_excess_verb, rbac_missing_verb
from tests.project import MANIFESTS
from tests.rules.samples import case, run

MISSING, EXCESS = rbac_missing_verb.CHECK, rbac_excess_verb.CHECK

WARM_POOL = (MANIFESTS / "warm-pool.yaml").read_text("utf-8")


def of_warm_pool(check: Check, text: str = WARM_POOL) -> list[Finding]:
    return run(check, case(text))


def granted(subject: Case) -> list[tuple[int, str]]:
    """Each verb of each rule of the only role, with the number of the rule."""
    (only,) = subject.bundle.roles
    return [(number, verb) for number, each in enumerate(only.rules) for verb in each.verbs]


def changed(subject: Case, number: int, verbs: tuple[str, ...]) -> Case:
    (only,) = subject.bundle.roles
    rules = list(only.rules)
    rules[number] = replace(rules[number], verbs=verbs)
    roles = (replace(only, rules=tuple(rules)),)
    return replace(subject, bundle=replace(subject.bundle, roles=roles))


def test_the_warm_pool_has_what_it_needs_and_no_more() -> None:
    assert of_warm_pool(MISSING) == []
    assert of_warm_pool(EXCESS) == []


def test_each_verb_of_the_warm_pool_is_needed() -> None:
    whole = case(WARM_POOL)
    assert len(granted(whole)) >= 6
    lines = WARM_POOL.splitlines()
    for number, verb in granted(whole):
        rule = whole.bundle.roles[0].rules[number]
        left = tuple(each for each in rule.verbs if each != verb)
        (finding,) = run(MISSING, changed(whole, number, left))
        assert finding.location == rule.location
        assert f" {verb} on " in finding.message
        assert finding.related
        for related in finding.related:
            assert "api " in lines[related.location.line - 1]


@pytest.mark.parametrize(
    "verb", ["get", "list", "watch", "create", "update", "patch", "delete", "*"]
)
def test_each_further_verb_of_the_warm_pool_is_too_much(verb: str) -> None:
    whole = case(WARM_POOL)
    for number, rule in enumerate(whole.bundle.roles[0].rules):
        if verb not in rule.verbs:
            (finding,) = run(EXCESS, changed(whole, number, (*rule.verbs, verb)))
            assert finding.location == rule.location
            assert finding.severity is Severity.WARNING


def test_names_of_the_warm_pool() -> None:
    others = WARM_POOL.replace("resourceNames: [runner]", "resourceNames: [runner, other]")
    (finding,) = of_warm_pool(EXCESS, others)
    assert "grants the name other" in finding.message
    wrong = WARM_POOL.replace("resourceNames: [runner]", "resourceNames: [other]")
    assert len(of_warm_pool(MISSING, wrong)) == 1
    (finding,) = of_warm_pool(EXCESS, WARM_POOL.replace("    resourceNames: [runner]\n", ""))
    assert "other names than runner" in finding.message
