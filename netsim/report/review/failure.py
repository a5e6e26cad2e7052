"""A review that could not be made: nobody is to take silence, or an older one, for a pass."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.errors import NetsimError
from netsim.model.finding import Severity
from netsim.report.annotations import Annotation, write_annotations
from netsim.report.markdown import inline

_MOST = 20
"""Reasons that a comment has room for."""


def write_failure(error: NetsimError) -> str:
    """What stands in place of the review in Markdown, and why."""
    reasons = list(_list_reasons(error))
    lines = [f"- {inline(each)}" for each in reasons[:_MOST]]
    if len(reasons) > _MOST:
        lines.append(f"- and {len(reasons) - _MOST} more")
    return "\n".join(("### netsim: What this changes is not known.\n", *lines, ""))


def annotate_failure(error: NetsimError) -> str:
    """The reasons as annotations of GitHub, at their places."""
    annotations = [
        Annotation(each.severity, each.location, "bad input", each.message)
        for each in error.diagnostics
    ] or [Annotation(Severity.ERROR, None, "netsim", error.message)]
    return "".join(f"{each}\n" for each in write_annotations(annotations, "see the log"))


def _list_reasons(error: NetsimError) -> Iterator[str]:
    yield from map(str, error.diagnostics)
    if not error.diagnostics:
        yield error.message
