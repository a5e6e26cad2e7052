"""``check`` as JUnit XML: a documented connection is a test case, and so is a finding."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.check import CheckResult
from netsim.judge.judgement import Standing
from netsim.model.finding import Finding, Severity
from netsim.report.check.words import describe_coverage, describe_verdict, list_related
from netsim.report.junit import write_case, write_element, write_output, write_suite
from netsim.report.style import Terminal
from netsim.rules.registry import UNDECIDED
from netsim.words.lists import join_first
from netsim.words.ports import describe_flow

_CLASS = "netsim.check"


def render(result: CheckResult, _: Terminal) -> str:
    """The whole document."""
    cases = (
        *_input(result),
        *_connections(result),
        *(_finding(each) for each in result.findings),
        *_passed_over(result),
    )
    return write_suite("netsim check", cases)


def _input(result: CheckResult) -> Iterator[str]:
    """That there was something to look at, and all of it was read: a suite is never empty."""
    group = f"{_CLASS}.input"
    for error in result.errors:
        yield write_case(group, str(error.location), write_element("error", error.message))
    if result.errors:
        return
    verdict = describe_verdict(result)
    unclear = write_element("error", verdict) if result.leaves_open else ""
    read = write_output(describe_coverage(result.coverage))
    yield write_case(group, "what was read", f"{unclear}{read}")


def _connections(result: CheckResult) -> Iterator[str]:
    """What is documented and allowed; whatever else it is, a finding says."""
    for system in result.systems or (result,):
        for pair in system.judgements:
            ports = pair.allowed & pair.documented
            if ports and pair.standing is Standing.AS_DOCUMENTED:
                name = describe_flow(pair.source.title, pair.destination.title, ports)
                yield write_case(f"{_CLASS}.connection", name)


def _finding(finding: Finding) -> str:
    """A case that fails; what is undecided has no answer, and a note fails nothing."""
    text = "\n".join(
        (
            finding.location.described,
            finding.message,
            *(f"see {line}" for line in list_related(finding)),
            *((f"fix: {finding.fix}",) if finding.fix else ()),
            *finding.patch.splitlines(),
        )
    )
    kind = "error" if finding.rule == UNDECIDED else "failure"
    is_note = finding.severity is Severity.NOTE
    inner = "" if is_note else write_element(kind, finding.message, text)
    return write_case(f"{_CLASS}.{finding.rule}", _name(finding), inner)


def _name(finding: Finding) -> str:
    """What it is about: without a line, a case stays the same one from run to run."""
    about = join_first(finding.flows) or finding.message
    return f"{finding.policy}: {about}" if finding.policy else about


def _passed_over(result: CheckResult) -> Iterator[str]:
    reasons = [(each.finding, each.reason) for each in result.suppressed]
    reasons += (
        (finding, f"left out by --{each.sieve.value}")
        for each in result.withheld
        for finding in each.findings
    )
    for finding, reason in reasons:
        inner = write_element("skipped", reason, finding.message)
        yield write_case(f"{_CLASS}.{finding.rule}", _name(finding), inner)
