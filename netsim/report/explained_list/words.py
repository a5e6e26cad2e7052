"""The words that formats of ``list --explain`` share."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.explanation.cited import Cited
from netsim.app.explanation.reasons import ExplainedPair
from netsim.app.list import ExplainedList
from netsim.model.verdict import Matched, Outcome
from netsim.words.lists import count_noun


def say_reasons(row: ExplainedPair) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A line for each rule, or other reason, of each end, and what of the rule matches.

    The ports are named where the reason is about a part of them.
    """
    every = row.pair.ports | row.pair.unknown
    for word, reasons in (("egress", row.egress), ("ingress", row.ingress)):
        for reason in reasons:
            end = f"{word} {reason.ports}" if reason.ports != every else word
            if not reason.rules or reason.outcome is Outcome.UNKNOWN:
                yield f"{end}: {reason.why}", ()
            by = "may be decided by" if reason.outcome is Outcome.UNKNOWN else "by"
            for rule in reason.rules:
                title = f"{end}: {by} {rule.title} at {rule.location}"
                yield title, tuple(_say_part(rule, part) for part in rule.matched)


def _say_part(rule: Cited, part: Matched) -> str:
    if part.location == rule.location:
        return f"{part.field} {part.says}"
    return f"{part.field} at {part.location}: {part.says}"


def summarise(result: ExplainedList) -> str:
    """How many connections there are, and what was read."""
    return f"{count_noun(len(result.rows), 'connection')}; read {result.read}"
