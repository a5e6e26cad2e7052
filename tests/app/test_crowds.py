"""Notes are joined where there are too many to read."""

from __future__ import annotations

from netsim.app.crowds import MOST_NOTES, join_notes
from netsim.model.finding import Finding, Severity
from netsim.model.location import Location


def finding(rule: str, line: int, severity: Severity = Severity.NOTE) -> Finding:
    return Finding(rule, severity, f"{rule} at {line}", Location("a.yaml", line))


def test_few_notes_stay() -> None:
    found = [finding("a", line) for line in range(MOST_NOTES)]
    assert join_notes(found) == tuple(found)


def test_those_of_the_rule_with_most_are_joined() -> None:
    many = [finding("a", line) for line in range(9)]
    few = [finding("b", line) for line in range(2)]
    error = finding("a", 99, Severity.ERROR)
    joined, *others = join_notes([*many, *few, error])
    assert joined.message == "a at 0; 8 more of these are listed"
    assert [each.location.line for each in joined.related] == list(range(1, 9))
    assert others == [*few, error]


def test_as_many_rules_as_needed() -> None:
    found = [finding(rule, line) for rule in "abc" for line in range(12)]
    assert [each.rule for each in join_notes(found)] == ["a", "b", "c"]


def test_one_note_of_each_rule_is_left() -> None:
    found = [finding(f"rule-{number}", 1) for number in range(12)]
    assert join_notes(found) == tuple(found)
