"""The table of what tools say is still what they say, where these are the same versions."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.fakes.laboratory import behaviour, requirements
from tests.fakes.laboratory.behaviour import TOOLS, Behaviour, Case
from tests.fakes.laboratory.tools import ToolMissingError

# One command each, all conditions: with a limit of time, and as talkative as there is.
_CHECKED = {
    "nc.openbsd": "nc -zvn -w 3",
    "nc.traditional": "nc -zvn -w 3",
    "ncat": "nc -zvn -w 3",
    "nc.busybox": "nc -w 3 {address} {port} -e true",
    "bash": "timeout 3 bash -c : 3<>/dev/tcp/",
    "dash": "sh -c",
    "python3": "python3 -c",
}


def chosen() -> list[Behaviour]:
    return [
        row
        for row in behaviour.table()
        if " ".join(row.case.command).startswith(_CHECKED[row.case.tool])
    ]


def is_measurable(tool: str) -> bool:
    try:
        TOOLS[tool].commands.programs()
    except ToolMissingError:
        return False
    return True


@pytest.fixture(scope="module")
def measured() -> dict[Case, Behaviour]:
    requirements.require()
    cases = [row.case for row in chosen() if is_measurable(row.case.tool)]
    return {row.case: row for row in behaviour.measure(cases)}


def without_durations(row: Behaviour) -> Behaviour:
    return replace(row, stderr=re.sub(r"in [\d.]+ seconds", "in … seconds", row.stderr))


@pytest.mark.parametrize("tool", TOOLS)
def test_tools_behave_as_in_the_table(tool: str, measured: dict[Case, Behaviour]) -> None:
    package = TOOLS[tool].package
    known, here = behaviour.measured_versions()[package], behaviour.installed_version(package)
    if known != here:
        pytest.skip(f"the table is of {package} {known}, here is {here or 'none'}")
    for row in chosen():
        if row.case.tool == tool:
            assert without_durations(measured[row.case]) == without_durations(row)


def test_the_table_is_complete() -> None:
    assert [row.case for row in behaviour.table()] == list(behaviour.cases())
