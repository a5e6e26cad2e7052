"""``check`` as annotations of GitHub, at the lines that findings are about."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.check import CheckResult
from netsim.model.finding import Severity
from netsim.report.annotations import Annotation, write_annotations
from netsim.report.check.words import describe_fix, describe_verdict, describe_withheld
from netsim.report.style import Terminal
from netsim.words.printable import printable, printable_lines


def render(result: CheckResult, _: Terminal) -> str:
    """The annotations, errors first; then the verdict, as the log shows nothing else."""
    lines = list(write_annotations(list(_annotate(result)), "which --format text shows"))
    sentences = (describe_verdict(result), *describe_withheld(result))
    lines += (printable_lines(printable(each)) for each in sentences)
    return "".join(f"{line}\n" for line in lines)


def _annotate(result: CheckResult) -> Iterator[Annotation]:
    """Input that was rejected comes before the errors in the rest."""
    for error in result.errors:
        yield Annotation(Severity.ERROR, error.location, "bad input", error.message)
    for each in result.findings:
        fix = describe_fix(each)
        text = f"{each.message}\nfix: {fix}" if fix else each.message
        yield Annotation(each.severity, each.location, each.rule, text)
