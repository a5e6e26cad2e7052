"""``check`` as a Code Quality report of GitLab: a list of issues, each with its place."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from itertools import chain
from typing import Any

from netsim.app.check import CheckResult
from netsim.model.finding import Severity
from netsim.model.location import Location
from netsim.report.check.words import describe_open
from netsim.report.repository import Repository
from netsim.report.style import Terminal

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "info"}
_REJECTED = "blocker"


def render(result: CheckResult, _: Terminal) -> str:
    """The list, and a line break."""
    issues = list(_list_issues(result, Repository.find()))
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def _list_issues(result: CheckResult, repository: Repository) -> Iterator[dict[str, Any]]:
    """Each issue, with a fingerprint that no other has."""
    seen: Counter[str] = Counter()
    for name, severity, text, location, fingerprint in _list_entries(result):
        path = repository.path(location.file)
        yield {
            "description": text,
            "check_name": name,
            "fingerprint": _number(fingerprint, seen),
            "severity": severity,
            "location": {"path": path, "lines": {"begin": location.line or 1}},
        }


def _list_entries(result: CheckResult) -> Iterator[tuple[str, str, str, Location, str]]:
    """Input that was rejected, what is open, and the findings, by their fingerprints."""
    for error in result.errors:
        fingerprint = _digest(f"{error.location.file}\0{error.message}")
        yield "bad-input", _REJECTED, error.message, error.location, fingerprint
    if reasons := describe_open(result):
        text = f"The result is inconclusive: {reasons}"
        severity = _SEVERITIES[Severity.WARNING]
        yield "inconclusive", severity, text, _find_open(result), _digest(reasons)
    for each in result.findings:
        severity = _SEVERITIES[each.severity]
        yield each.rule, severity, each.message, each.location, each.fingerprint


def _find_open(result: CheckResult) -> Location:
    """A place for what is open, as no issue is without: what a warning is about, if one is."""
    undecided = (f.location for each in result.withheld_undecided for f in each.findings)
    warned = (d.location for d in result.diagnostics if d.severity is Severity.WARNING)
    return next(chain(undecided, warned), Location(result.coverage.scenario or ".", 0))


def _number(fingerprint: str, seen: Counter[str]) -> str:
    """The fingerprint, another one for each further issue that has it."""
    seen[fingerprint] += 1
    number = seen[fingerprint]
    return fingerprint if number == 1 else _digest(f"{fingerprint}\0{number}")


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
