"""Each module of a room is a rule, listed with what it is about, and loaded only then."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from netsim.judge.case import Case
from netsim.rules.interface import Check
from netsim.rules.registry import RULE_IDS, RULES, RuleEntry, conclude, run_rules
from tests.cli.command import environment
from tests.project import ROOT
from tests.report.test_rules_page import CHECKS, DOCUMENT_RULES, MANIFEST_RULES, example, stated
from tests.rules.samples import pod

ROOMS = ROOT / "netsim" / "rules"


def name(entry: RuleEntry) -> str:
    return entry.id


@pytest.mark.parametrize("entry", RULES, ids=name)
def test_an_entry_says_what_the_module_says(entry: RuleEntry) -> None:
    check = import_module(entry.module).CHECK
    assert isinstance(check, Check)
    assert (check.id, check.severity) == (entry.id, entry.severity)
    assert check.title
    assert check.run.__module__ == entry.module


def test_every_module_is_a_rule() -> None:
    """Beside the registry and the interface; what rules share is in the rooms below."""
    modules = {
        f"netsim.rules.{file.parent.name}.{file.stem}"
        for file in ROOMS.glob("*/*.py")
        if file.stem != "__init__"
    }
    assert modules == {entry.module for entry in RULES}
    assert {file.stem for file in ROOMS.glob("*.py")} == {
        *(
            "__init__",
            "absence",
            "closings",
            "interface",
            "labellings",
            "openings",
            "overrides",
            "patches",
            "registry",
        ),
    }


def test_entries_are_sorted_by_id() -> None:
    ids = [entry.id for entry in RULES]
    assert ids == sorted(set(ids))
    assert set(ids) == RULE_IDS


def all_findings(subject: Case) -> list[str]:
    found = (each for check in CHECKS for each in check.run(subject))
    return sorted(map(str, conclude(found)))


@pytest.mark.parametrize("check", MANIFEST_RULES, ids=lambda check: check.id)
def test_no_rule_is_left_out_that_finds_something(check: Check) -> None:
    for word in ("PASS", "FAIL"):
        subject = example(check, word)
        assert sorted(map(str, run_rules(subject))) == all_findings(subject)


@pytest.mark.parametrize("check", DOCUMENT_RULES, ids=lambda check: check.id)
def test_no_rule_about_documents_is_left_out(tmp_path: Path, check: Check) -> None:
    subject = stated(tmp_path, check, "FAIL")
    assert sorted(map(str, run_rules(subject))) == all_findings(subject)


LOADED = """\
import sys
from netsim.app.check import CheckRequest, check
check(CheckRequest((sys.argv[1],)))
print(*sorted(m for m in sys.modules if m.startswith("netsim.rules.") and m.count(".") == 3))
"""


def test_of_a_pod_alone_two_rules_are_loaded(tmp_path: Path) -> None:
    """In a process of its own, as here every rule is loaded already."""
    file = tmp_path / "pod.yaml"
    file.write_text(pod("web"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", LOADED, str(file)],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
        cwd=tmp_path,
    )
    assert done.stdout.split() == [
        "netsim.rules.network.namespace_not_isolated",
        "netsim.rules.network.workload_not_isolated",
    ]
