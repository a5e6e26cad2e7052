"""``check`` as SARIF 2.1.0, for code scanning.

Paths count from the top of the repository, fingerprints know no lines.  A suppressed finding,
and one that a baseline accepts, is a result with its suppression; input that was rejected is a
notification, and the invocation no success.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from netsim import __version__
from netsim.app.check import CheckResult
from netsim.app.selection import Sieve
from netsim.model.finding import Diagnostic, Finding, Severity
from netsim.model.location import Location
from netsim.report.check.words import describe_fix, describe_withheld
from netsim.report.repository import Repository
from netsim.report.rules_page import docstring
from netsim.report.style import Terminal
from netsim.rules.interface import Check
from netsim.rules.registry import RULES
from netsim.words.lists import count_noun
from netsim.words.pages import REPOSITORY, locate_rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
MOST_RESULTS = 25_000
"""GitHub reads as many of a run."""
MOST_RELATED = 100
_ROOT = "SRCROOT"
_FINGERPRINT = "netsim/v1"
_Result = tuple[Finding, list[dict[str, Any]]]
"""A finding and what suppresses it."""

# What a viewer would take for a link, or for the place of an argument.
_LINK = re.compile(r"\[(?=[^\[\]]*\]\()")
_ARGUMENT = re.compile(r"\{(\d+)\}")


def render(result: CheckResult, _: Terminal) -> str:
    """One log with one run, and a line break."""
    locate = partial(_locate, Repository.find())
    results = list(_list_results(result))
    shown = results[:MOST_RESULTS]
    used = {finding.rule for finding, _ in shown}
    checks = [entry.load() for entry in RULES if entry.id in used]
    places = {check.id: place for place, check in enumerate(checks)}
    run = {
        "tool": {
            "driver": {
                "name": "netsim",
                "informationUri": REPOSITORY,
                "semanticVersion": __version__,
                "rules": [_describe_rule(check) for check in checks],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not result.errors,
                "toolExecutionNotifications": [
                    *(_notify(each, locate) for each in result.diagnostics),
                    *_note_left_out(result, len(results) - len(shown)),
                ],
            }
        ],
        "originalUriBaseIds": {
            _ROOT: {"description": {"text": "The top folder of the repository."}}
        },
        "results": [
            _describe_result(finding, suppressions, places[finding.rule], locate)
            for finding, suppressions in shown
        ],
        "columnKind": "unicodeCodePoints",
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _list_results(result: CheckResult) -> Iterator[_Result]:
    """What counts comes first, as it is what is read of too many."""
    yield from ((finding, []) for finding in result.findings)
    for each in result.suppressed:
        yield each.finding, [{"kind": "inSource", "justification": each.reason}]
    for withheld in result.withheld:
        if withheld.sieve is Sieve.BASELINE:
            accepted = {"kind": "external", "justification": "accepted by the baseline"}
            yield from ((finding, [accepted]) for finding in withheld.findings)


def _describe_rule(check: Check) -> dict[str, Any]:
    text = docstring(check)
    # GitHub sorts alerts by it, and takes it of what is tagged so.
    security = (
        {"tags": ["security"], "security-severity": f"{check.risk:.1f}"} if check.risk else {}
    )
    return {
        "id": check.id,
        "name": "".join(word.capitalize() for word in check.id.split("-")),
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": " ".join(text.partition("\n\n")[0].split())},
        "help": {"text": text, "markdown": text},
        "helpUri": locate_rule(check.id),
        "defaultConfiguration": {"level": LEVELS[check.severity]},
        "properties": {"precision": "high", **security},
    }


def _describe_result(
    finding: Finding,
    suppressions: list[dict[str, Any]],
    place: int,
    locate: partial[dict[str, Any]],
) -> dict[str, Any]:
    related = [
        {**locate(each.location), "id": number, "message": _message(each.message)}
        for number, each in enumerate(finding.related[:MOST_RELATED], 1)
    ]
    fix = describe_fix(finding)
    text = f"{finding.message}\n\nFix: {fix}" if fix else finding.message
    return {
        "ruleId": finding.rule,
        "ruleIndex": place,
        "level": LEVELS[finding.severity],
        "message": _message(text),
        "locations": [locate(finding.location)],
        "partialFingerprints": {_FINGERPRINT: finding.fingerprint},
        **({"relatedLocations": related} if related else {}),
        # With none at all, a viewer could not tell that others are suppressed.
        "suppressions": suppressions,
        "properties": {"policy": finding.policy, "flows": list(finding.flows)},
    }


def _locate(repository: Repository, location: Location) -> dict[str, Any]:
    """Code scanning shows nothing without a line: a whole file is shown at its first."""
    uri = repository.uri(location.file)
    base = {} if ":" in uri.partition("/")[0] else {"uriBaseId": _ROOT}
    logical = [{"fullyQualifiedName": location.field}] if location.field else []
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": uri, **base},
            "region": {"startLine": location.line or 1},
        },
        **({"logicalLocations": logical} if logical else {}),
    }


def _notify(diagnostic: Diagnostic, locate: partial[dict[str, Any]]) -> dict[str, Any]:
    return {
        "level": LEVELS[diagnostic.severity],
        "message": _message(diagnostic.message),
        "locations": [locate(diagnostic.location)],
    }


def _note_left_out(result: CheckResult, excess: int) -> Iterable[dict[str, Any]]:
    sentences = list(describe_withheld(result))
    if excess:
        sentences.append(f"{count_noun(excess, 'result')} more, which --format json has")
    return [{"level": "note", "message": _message(sentence)} for sentence in sentences]


def _message(text: str) -> dict[str, str]:
    return {"text": _ARGUMENT.sub(r"{{\1}}", _LINK.sub(r"\\[", text))}
