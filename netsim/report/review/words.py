"""The words that every format of a review shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from netsim.app.diff import ExplainedDifference
from netsim.app.documented_state import DocumentedState
from netsim.app.review import (
    Arrival,
    Group,
    ReviewResult,
    Verdict,
    Way,
    find_closed,
    find_opened,
    is_documented_here,
    is_undocumented,
)
from netsim.model.endpoint import EXTERNAL
from netsim.model.finding import Finding, Severity
from netsim.model.flow import DocumentedFlow, Intent
from netsim.model.location import Location
from netsim.report.list.words import mark_ends
from netsim.words.addresses import describe_addresses
from netsim.words.lists import count_noun, join_all
from netsim.words.ports import describe_flow, describe_ports

WAYS = {Way.OPENS: "Opens", Way.CLOSES: "Closes", Way.UNSURE: "May open or close"}

_NO_CAUSES = {
    Way.OPENS: "No policy differs",
    Way.CLOSES: "No policy differs",
    Way.UNSURE: "Cannot be told from what was read",
}


def describe_causes(
    group: Group, escape: Callable[[str], str], cite: Callable[[Location], str]
) -> str:
    """What opens or closes all of a group, each policy once."""
    own: dict[str, list[str]] = {}
    for each in group.causes:
        place = f" {cite(each.location)}" if each.location else ""
        title = f"{escape(each.title)} ({each.status.value})"
        own.setdefault(title, []).append(f"{escape(each.says)}{place}")
    told = (f"{title} {', '.join(deeds)}" for title, deeds in own.items())
    return "; ".join(told) or _NO_CAUSES[group.way]


def describe_verdict(result: ReviewResult) -> str:
    """What the change does, in a sentence or two."""
    if result.comparison is None or result.comparison.differs is None:
        faults = count_noun(len(result.errors), "fault")
        return f"What this changes is not known: {faults} in what was read."
    sentences = (
        _count_connections(result),
        *_count_arrivals(result),
        *_count_findings(result),
        *_doubt(result),
    )
    return " ".join(sentences)


def _count_connections(result: ReviewResult) -> str:
    opened, closed = result.count(Way.OPENS), result.count(Way.CLOSES)
    unsure = result.count(Way.UNSURE)
    counts = (("opens", opened), ("closes", closed), ("may open or close", unsure))
    parts = [f"{verb} {number}" for verb, number in counts if number]
    if not parts:
        return "Changes no connection."
    first = opened or closed or unsure
    parts[0] += " connection" if first == 1 else " connections"
    told = f"{', '.join(parts).capitalize()}"
    return f"{told}{_count_undocumented(_list_opened(result))}."


def _list_opened(result: ReviewResult) -> list[ExplainedDifference]:
    return [c for g in result.groups if g.way is Way.OPENS for c in g.changes]


def _count_undocumented(opened: Sequence[ExplainedDifference]) -> str:
    if not opened:
        return ""
    if all(each.opening is None for each in opened):
        return "; nothing is documented to compare with"
    number = sum(map(is_undocumented, opened))
    if not number:
        here = sum(map(is_documented_here, opened))
        return f"; {_tell(here, len(opened))} documented by this very change" if here else ""
    return f"; {_tell(number, len(opened))} not documented"


def _tell(number: int, of: int) -> str:
    if number == of:
        return "it is" if of == 1 else "all of them are"
    return f"{number} of them {'is' if number == 1 else 'are'}"


def _count_arrivals(result: ReviewResult) -> Iterator[str]:
    arrivals = result.arrivals
    if arrivals:
        workloads = count_noun(len(arrivals), "workload")
        yield f"Adds {workloads} with {describe_arrivals(arrivals)}."
    removed = result.comparison.diff.removed if result.comparison else ()
    if removed:
        yield f"Removes {count_noun(len(removed), 'workload')}."


def describe_arrivals(arrivals: Sequence[Arrival]) -> str:
    """How many connections new workloads have."""
    changes = [change for each in arrivals for change in each.changes]
    number = sum(is_undocumented(each) for each in changes if each.opening)
    undocumented = f", {number} not documented" if number else ""
    return f"{count_noun(len(changes), 'connection')}{undocumented}"


def _count_findings(result: ReviewResult) -> Iterator[str]:
    if result.added:
        yield f"Adds {count_severities(result.added)}."
    if result.repaired:
        yield f"Ends {count_noun(len(result.repaired), 'finding')}."
    if result.excused:
        yield f"Suppresses {count_noun(len(result.excused), 'finding')}."
    if result.ends_documentation:
        yield "Nothing is documented any more."
    if result.redefined:
        yield "Changes what the documentation is about."


def count_severities(findings: Sequence[Finding]) -> str:
    """``1 error and 2 warnings``."""
    counts = [
        count_noun(number, severity.value)
        for severity in Severity
        if (number := sum(each.severity is severity for each in findings))
    ]
    return join_all(counts)


def _doubt(result: ReviewResult) -> Iterator[str]:
    if result.comparison and result.comparison.unevaluated:
        names = ", ".join(result.comparison.unevaluated)
        yield f"What else it changes is not known: not evaluated: {names}."
    if result.errors:
        faults = count_noun(len(result.errors), "fault")
        yield f"Not everything was judged: {faults} in what was read."


def describe_standing(result: ReviewResult) -> str:
    """What was wrong before, and still is."""
    if not result.standing:
        return ""
    is_one = len(result.standing) == 1
    stays = "was there before and still is" if is_one else "were there before and still are"
    return f"{count_severities(result.standing)} {stays}."


def describe_ends(change: ExplainedDifference) -> str:
    """``shop/web[Deployment] → shop/db[StatefulSet]``; address ranges as blocks."""
    found = change.difference
    source, destination, note = mark_ends(found.source, found.destination, found.parts)
    if found.area is not None:
        shown = describe_addresses(found.area)
        source, destination = (
            shown if end.endswith(EXTERNAL) else end for end in (source, destination)
        )
    return f"{source} → {destination}{note}"


def describe_change(change: ExplainedDifference, way: Way) -> str:
    """Both ends and the ports that a way is about."""
    found = change.difference
    match way:
        case Way.OPENS:
            ports = find_opened(found)
        case Way.CLOSES:
            ports = find_closed(found)
        case Way.UNSURE:
            ports = found.unknown_now | found.unknown_before
    return f"{describe_ends(change)} {describe_ports(ports)}"


def choose_way(of: Group | Arrival, change: ExplainedDifference) -> Way:
    """What happens to a connection; one of a new workload may be open, or not."""
    if isinstance(of, Group):
        return of.way
    return Way.OPENS if find_opened(change.difference) else Way.UNSURE


def describe_state(change: ExplainedDifference) -> str:
    """What is documented of what a change opens; nothing where there is no documentation."""
    if change.opening is None:
        return ""
    if is_documented_here(change):
        return "documented by this change"
    return change.opening.value


def is_alarming(change: ExplainedDifference) -> bool:
    """Whether what is said of its documentation is to stand out."""
    return change.opening in (
        DocumentedState.UNDOCUMENTED,
        DocumentedState.PARTLY,
        DocumentedState.DENIED,
    )


def count_changes(group: Group) -> str:
    """``3 connections, 1 not documented``."""
    number = count_noun(len(group.changes), "connection")
    if group.way is Way.CLOSES:
        return number
    return f"{number}{_count_undocumented_of(group.changes)}"


def _count_undocumented_of(changes: Sequence[ExplainedDifference]) -> str:
    number = sum(map(is_alarming, changes))
    return f", {number} not documented" if number else ""


def describe_redefined(result: ReviewResult) -> str:
    """What of the scenario says something else by the change; empty where nothing does."""
    if not result.redefined:
        return ""
    return f"Changes {join_all(result.redefined)} in {result.now.coverage.scenario}"


def describe_documented(flow: DocumentedFlow) -> str:
    """A flow as the documentation has it."""
    told = describe_flow(flow.source, flow.destination, flow.ports).replace(" -> ", " → ", 1)
    return f"{told}, denied" if flow.intent is Intent.DENIED else told


def describe_base(result: ReviewResult) -> str:
    """What was compared, and how much of it was read."""
    name = f"compared with {result.base.title}"
    if result.comparison is None:
        return name
    found = result.comparison
    return f"{name}: read {found.old_read} before, {found.new_read} now"


MEANINGS = {
    Verdict.CLEAN: "adds nothing that is undocumented, broken or found",
    Verdict.WORSE: "adds what is undocumented, broken or found",
    Verdict.UNKNOWN: "cannot be told",
}
