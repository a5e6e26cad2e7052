from __future__ import annotations

import pytest

from netsim.loader.objects.fields import Fields, Report
from netsim.loader.tree import yaml as yaml_tree
from netsim.model.location import Location
from netsim.model.tree import Mapping


def fields(text: str, first_line: int = 1) -> Fields:
    (tree,) = yaml_tree.trees(text)
    assert isinstance(tree, Mapping)
    return Fields(tree.entries, tree.line, "spec", Report("a.yaml", first_line))


def problem(found: Fields) -> str:
    (only,) = found.report.diagnostics
    return only.message.removeprefix("spec.a: ")


TEXTS = [
    ("web", "web", None),
    ("'yes'", "yes", None),
    ("1.2.3", "1.2.3", None),
    ("y", "y", "y is a boolean: quote it; netsim reads it as text, kubectl refuses it"),
    ("yes", None, "yes is a boolean: quote it"),
    ("012", None, "012 is a number: quote it"),
    ("1.5", None, "1.5 is a number: quote it"),
    ("[b]", None, "expected text, found a list"),
]


@pytest.mark.parametrize(("written", "value", "message"), TEXTS)
def test_text(written: str, value: str | None, message: str | None) -> None:
    found = fields(f"a: {written}")
    assert found.text("a") == value
    assert [problem(found)] == [message] if message else not found.report.diagnostics


INTEGERS = [
    ("80", 80, None),
    ("0x50", 80, None),
    ("8_0", 80, None),
    ("80.0", 80, None),  # the conversion to JSON writes 80
    ("80.5", None, "80.5 is not a whole number: use one such as 8080"),
    ("true", None, "true is not a whole number: use one such as 8080"),
    ("'80'", None, "'80' is text, not a number: remove the quotes"),
    ("web", None, "'web' is text, not a number"),
    ("{}", None, "expected a number, found a mapping"),
]


@pytest.mark.parametrize(("written", "value", "message"), INTEGERS)
def test_integers(written: str, value: int | None, message: str | None) -> None:
    found = fields(f"a: {written}")
    field = found.get("a")
    assert field is not None
    assert field.integer() == value
    assert [problem(found)] == [message] if message else not found.report.diagnostics


BOOLEANS = [("yes", True), ("Off", False), ("n", False), ("'true'", None), ("1", None)]


@pytest.mark.parametrize(("written", "value"), BOOLEANS)
def test_booleans(written: str, value: bool | None) -> None:  # noqa: FBT001
    field = fields(f"a: {written}").get("a")
    assert field is not None
    assert field.boolean() is value


@pytest.mark.parametrize("text", ["b: 1", "a:", "a: ~", "a: null"])
def test_null_is_as_good_as_absent(text: str) -> None:
    assert fields(text).get("a") is None


def test_paths_and_lines_lead_to_the_field() -> None:
    found = fields("a:\n- b\n-\n  c: 1\n", first_line=10)
    first, second = found.items("a")
    assert first.location == Location("a.yaml", 11, "spec.a[0]")
    inner = second.fields()
    assert inner is not None
    field = inner.get("c")
    assert field is not None
    assert field.location == Location("a.yaml", 13, "spec.a[1].c")


UNKNOWN = [
    ("podSelecter", "did you mean podSelector?"),
    ("podselector", "did you mean podSelector?"),  # case matters
    ("zzz", "use podSelector or ingress"),
]


@pytest.mark.parametrize(("name", "suggestion"), UNKNOWN)
def test_unknown_fields(name: str, suggestion: str) -> None:
    found = fields(f"ingress: []\n{name}: 1\n")
    found.only("podSelector", "ingress")
    (only,) = found.report.diagnostics
    assert only.message == f"spec.{name}: unknown field {name}: {suggestion}"
    assert only.location.line == 2
