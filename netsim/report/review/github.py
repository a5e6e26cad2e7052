"""A review as annotations of GitHub, at the lines that are the cause of what is worse."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.review import Group, ReviewResult, Way, is_undocumented
from netsim.model.finding import Severity
from netsim.report.annotations import Annotation, write_annotations
from netsim.report.check.words import describe_fix
from netsim.report.review.words import count_changes, describe_change, describe_verdict
from netsim.report.style import Terminal
from netsim.words.lists import join_phrases
from netsim.words.printable import printable, printable_lines


def render(result: ReviewResult, _: Terminal) -> str:
    """The annotations, errors first; then the verdict, as the log shows nothing else."""
    annotations = [*_annotate_findings(result), *_annotate_causes(result)]
    lines = list(write_annotations(annotations, "which the review lists"))
    lines.append(printable_lines(printable(describe_verdict(result))))
    return "".join(f"{line}\n" for line in lines)


def _annotate_findings(result: ReviewResult) -> Iterator[Annotation]:
    """Input that was rejected comes before the errors in the rest."""
    for error in result.errors:
        yield Annotation(Severity.ERROR, error.location, "bad input", error.message)
    for each in result.added:
        fix = describe_fix(each)
        text = f"{each.message}\nfix: {fix}" if fix else each.message
        yield Annotation(each.severity, each.location, each.rule, text)


def _annotate_causes(result: ReviewResult) -> Iterator[Annotation]:
    """What opens something that is not documented, where no finding says so at its line."""
    if any(each.severity is not Severity.NOTE for each in result.added):
        return
    for group in result.groups:
        if group.way is not Way.OPENS or not any(map(is_undocumented, group.changes)):
            continue
        places = (cause.location for cause in group.causes if cause.location)
        yield Annotation(Severity.ERROR, next(places, None), "opens", _describe(group))


def _describe(group: Group) -> str:
    opened = [describe_change(each, group.way) for each in group.changes]
    return f"{count_changes(group)}: {join_phrases(opened)}"
