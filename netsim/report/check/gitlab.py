"""``check`` as a Code Quality report of GitLab: a list of issues, each with its place."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from itertools import chain
from typing import Any

from netsim.app.check import CheckResult
from netsim.model.finding import Diagnostic, Severity
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
    """Input that was rejected, what is open, the findings; each fingerprint is there once."""
    seen: Counter[str] = Counter()
    for error in result.errors:
        fingerprint = _number(_identify(error), seen)
        yield {
            "description": error.message,
            "check_name": "bad-input",
            "fingerprint": fingerprint,
            "severity": _REJECTED,
            "location": _locate(error.location, repository),
        }
    if reasons := describe_open(result):
        yield {
            "description": f"The result is inconclusive: {reasons}",
            "check_name": "inconclusive",
            "fingerprint": _number(_digest(reasons), seen),
            "severity": _SEVERITIES[Severity.WARNING],
            "location": _locate(_find_open(result), repository),
        }
    for each in result.findings:
        yield {
            "description": each.message,
            "check_name": each.rule,
            "fingerprint": _number(each.fingerprint, seen),
            "severity": _SEVERITIES[each.severity],
            "location": _locate(each.location, repository),
        }


def _find_open(result: CheckResult) -> Location:
    """A place for what is open, as no issue is without: what a warning is about, if one is."""
    undecided = (f.location for each in result.withheld_undecided for f in each.findings)
    warned = (d.location for d in result.diagnostics if d.severity is Severity.WARNING)
    return next(chain(undecided, warned), Location(result.coverage.scenario or ".", 0))


def _identify(error: Diagnostic) -> str:
    return _digest(f"{error.location.file}\0{error.message}")


def _number(fingerprint: str, seen: Counter[str]) -> str:
    """The fingerprint, another one for each further issue that has it."""
    seen[fingerprint] += 1
    number = seen[fingerprint]
    return fingerprint if number == 1 else _digest(f"{fingerprint}\0{number}")


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _locate(location: Location, repository: Repository) -> dict[str, Any]:
    return {"path": repository.path(location.file), "lines": {"begin": location.line or 1}}
