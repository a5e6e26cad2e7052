"""The words that formats of ``list --explain`` share."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.explanation.cited import Cited
from netsim.app.explanation.reasons import ExplainedPair, PassReason
from netsim.app.list import ExplainedList
from netsim.model.verdict import Outcome
from netsim.words.lists import count_noun


def say_reasons(row: ExplainedPair) -> Iterator[str]:
    """A line for each reason: the end, the ports where they are not all, and the rules."""
    every = row.pair.ports | row.pair.unknown
    for word, reasons in (("egress", row.egress), ("ingress", row.ingress)):
        for reason in reasons:
            ports = f" {reason.ports}" if reason.ports != every else ""
            yield f"{word}{ports}: {_say(reason)}"


def _say(reason: PassReason) -> str:
    if not reason.rules:
        return reason.why
    rules = "; and by ".join(_say_rule(rule) for rule in reason.rules)
    may = "may be decided by" if reason.outcome is Outcome.UNKNOWN else "by"
    return f"{may} {rules}{f' ({reason.why})' if reason.why else ''}"


def _say_rule(rule: Cited) -> str:
    parts = ", ".join(f"{part.field} {part.says}" for part in rule.matched)
    return f"{rule.title} at {rule.location}: {parts}"


def summarise(result: ExplainedList) -> str:
    """How many connections there are, and what was read."""
    return f"{count_noun(len(result.rows), 'connection')}; read {result.read}"
