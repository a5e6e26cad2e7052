"""``check`` as annotations: commands that GitHub Actions reads from the log of a step.

::

    ::error file=k8s/web.yaml,line=7,title=exposed::web -> db TCP 5432: allowed, but ...
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netsim.app.check import CheckResult
from netsim.model.finding import Severity
from netsim.model.location import Location
from netsim.report.check.words import describe_fix, describe_verdict, describe_withheld
from netsim.report.repository import Repository
from netsim.report.style import Terminal
from netsim.words.printable import printable, printable_lines

MOST = 10
"""GitHub shows as many annotations of a kind and step, and drops the others."""
COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(result: CheckResult, _: Terminal) -> str:
    """The annotations, errors first; then the verdict, as the log shows nothing else."""
    repository = Repository.find()
    lines = [
        line
        for severity in Severity
        for line in _limit(COMMANDS[severity], list(_annotate(result, severity, repository)))
    ]
    sentences = (describe_verdict(result), *describe_withheld(result))
    lines += (printable_lines(printable(each)) for each in sentences)
    return "".join(f"{line}\n" for line in lines)


def _annotate(result: CheckResult, severity: Severity, repository: Repository) -> Iterator[str]:
    """What has a severity; input that was rejected comes before the errors in the rest."""
    if severity is Severity.ERROR:
        for error in result.errors:
            yield _command(severity, error.location, "bad input", error.message, repository)
    for each in result.findings:
        if each.severity is severity:
            fix = describe_fix(each)
            text = f"{each.message}\nfix: {fix}" if fix else each.message
            yield _command(severity, each.location, each.rule, text, repository)


def _command(
    severity: Severity, location: Location, title: str, text: str, repository: Repository
) -> str:
    place = f"file={_property(repository.path(location.file))},line={location.line or 1}"
    return f"::{COMMANDS[severity]} {place},title={_property(title)}::{_message(text)}"


def _limit(command: str, annotations: Sequence[str]) -> list[str]:
    """All, or nine and how many there are besides."""
    if len(annotations) <= MOST:
        return list(annotations)
    rest = len(annotations) - MOST + 1
    return [
        *annotations[: MOST - 1],
        f"::{command} title=netsim check::{rest} more, which --format text shows",
    ]


def _message(text: str) -> str:
    """A text as the data of a command; line breaks stay, whatever else steers does not."""
    lines = (printable_lines(printable(line)) for line in text.splitlines())
    return "%0A".join(line.replace("%", "%25") for line in lines)


def _property(text: str) -> str:
    escaped = printable_lines(printable(text)).replace("%", "%25")
    return escaped.replace(":", "%3A").replace(",", "%2C")
