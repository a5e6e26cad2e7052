"""Documents that every command must survive: the known traps, and whatever the fuzzer finds."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.fuzz.projects import COMMANDS, QUERIES, Project, arguments
from tests.fuzz.test_fuzz import fault

POD = "apiVersion: v1\nkind: Pod\nmetadata: {{name: web, namespace: shop{}}}\nspec: {}\n"
CONTAINERS = "{containers: [{name: c}]}"

CASES = {
    "contains itself": POD.format("", "&a {containers: [*a]}"),
    "labels contain themselves": POD.format(", labels: &a {app: *a}", CONTAINERS),
    "deeper than the stack": POD.format("", "[" * 5000),
    "deep and closed": POD.format("", "[" * 900 + "]" * 900),
    "a number of 5000 digits": POD.format(
        "", f"{{containers: [{{name: c, ports: [{{containerPort: {'9' * 5000}}}]}}]}}"
    ),
    "not a number": POD.format("", "{containers: [{name: c, ports: [{containerPort: .nan}]}]}"),
    "a key that is a mapping": POD.format(", labels: {? {a: b} : c}", CONTAINERS),
    "a key twice": POD.format("", "{containers: [{name: c}], containers: []}"),
    "nothing known as a date": POD.format(", labels: {app: 2020-13-45}", CONTAINERS),
    "unknown anchor": POD.format(", labels: *nowhere", CONTAINERS),
    "python tag": POD.format("", "!!python/object/apply:os.getcwd []"),
    "a list of lists": "apiVersion: v1\nkind: List\nitems: &a [{kind: List, items: *a}]\n",
    "half a surrogate": POD.format(', labels: {app: "\\ud800"}', CONTAINERS),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("case", CASES)
def test_survived(case: str, command: str, tmp_path: Path) -> None:
    (tmp_path / "queries.csv").write_bytes(QUERIES)
    for folder in ("m", "right"):
        (tmp_path / folder).mkdir()
    (tmp_path / "m" / "a.yaml").write_text(CASES[case], encoding="utf-8")
    (tmp_path / "right" / "a.yaml").write_text(POD.format("", CONTAINERS), encoding="utf-8")
    called = arguments(Random(1), command, Project({}), "m/a.yaml")  # noqa: S311
    assert not fault(called, tmp_path)
