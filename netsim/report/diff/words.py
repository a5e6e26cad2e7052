"""The words that every format of ``diff`` shares."""

from __future__ import annotations

from netsim.app.diff import Comparison, ExplainedDifference
from netsim.engine.matrix.diff import Change, Difference
from netsim.engine.matrix.transition import Hazard
from netsim.model.ports import PortSet
from netsim.report.list.ranges import join_alike
from netsim.words.lists import count_noun

MOST_BLOCKS = 4
"""Blocks of addresses that one difference names."""


def describe_verdict(comparison: Comparison) -> str:
    """The answer in a line."""
    if comparison.errors:
        faults = count_noun(len(comparison.errors), "fault")
        return f"unknown: {faults} in what was read, so what differs is not known"
    differences = [each.difference for each in join_differences(comparison)]
    counts = [
        f"{number} {change.value}"
        for change in Change
        if (number := sum(each.change is change for each in differences))
    ]
    parts = [f"connections: {', '.join(counts)}"] if counts else []
    diff = comparison.diff
    for names, word in ((diff.added, "added"), (diff.removed, "removed")):
        if names:
            parts.append(f"{count_noun(len(names), 'workload')} {word}")
    if comparison.unmatched:
        policies = count_noun(len(comparison.unmatched), "policy", "policies")
        parts.append(f"{policies} changed without a known pod")
    rolled = sum(each.hazard is Hazard.ROLLING_UPDATE for each in comparison.cautions)
    if rolled:
        parts.append(f"{count_noun(rolled, 'workload')} cut off or open while it rolls")
    if not parts and comparison.unevaluated:
        parts.append("unknown whether a connection differs")
    if comparison.unevaluated:
        parts.append(f"not evaluated: {', '.join(comparison.unevaluated)}")
    return "; ".join(parts) or "no connection differs"


def join_differences(comparison: Comparison) -> tuple[ExplainedDifference, ...]:
    """The differences, those alike but for a range of addresses as one."""
    rows = ((each.difference, (each.causes, each.stated)) for each in comparison.explained)
    return tuple(
        ExplainedDifference(difference, causes, stated)
        for difference, (causes, stated) in join_alike(rows, MOST_BLOCKS)
    )


def describe_read(comparison: Comparison) -> str:
    """How much was read on either side."""
    old, new = comparison.old, comparison.new
    return f"old {old}: {comparison.old_read}; new {new}: {comparison.new_read}"


def list_changes(difference: Difference) -> tuple[tuple[str, PortSet], ...]:
    """What opened, closed, and is unknown; only what there is."""
    unknown_before, unknown_now = difference.unknown_before, difference.unknown_now
    over_before, over_now = (
        dict(side.by_family) for side in (difference.before, difference.now)
    )
    nothing = PortSet.empty()
    found = [
        ("opened", difference.opened),
        ("closed", difference.closed),
        *((f"now over {f} only", p - over_before.get(f, nothing)) for f, p in over_now.items()),
        *(
            (f"before over {f} only", p - over_now.get(f, nothing))
            for f, p in over_before.items()
        ),
        ("unknown now", (unknown_now - unknown_before) - PortSet.union(over_now.values())),
        (
            "unknown before",
            (unknown_before - unknown_now) - PortSet.union(over_before.values()),
        ),
    ]
    return tuple((word, ports) for word, ports in found if ports)
