"""The words that formats of ``explain`` share."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.explanation.cited import Cited
from netsim.app.explanation.explanation import ExplainedDirection, ExplainedStep, Explanation
from netsim.app.explanation.fix import Fix
from netsim.app.explanation.through_service import ExplainedWay, ServiceExplanation
from netsim.model.addresses import AddressSet, parse_addresses
from netsim.model.policies import Tier
from netsim.model.verdict import Outcome, VerdictPart
from netsim.words.addresses import join_blocks, list_blocks
from netsim.words.lists import count_noun

WORDS = {Outcome.ALLOW: "allowed", Outcome.DENY: "denied", Outcome.UNKNOWN: "unknown"}
UNREAD = "Not every document was read, so the answer may differ."
_STRICTEST = (Outcome.DENY, Outcome.UNKNOWN, Outcome.ALLOW)
_MOST_NAMES = 6
_MOST_POLICIES = 6


Section = ExplainedDirection | tuple[str, Fix]


def list_sections(explanation: Explanation) -> Iterator[Section]:
    """What denies, then what would allow it, then the direction in which a policy allows.

    Before a fix stands how it begins: of two both are needed.
    """
    ordered = sorted(explanation.parts, key=_rank)
    denied = [part for part in ordered if part.outcome is Outcome.DENY]
    yield from denied
    fixes = (step.fix for part in denied for step in part.steps if step.fix)
    yield from zip(_LEADS, fixes, strict=False)
    yield from ordered[len(denied) :]


_LEADS = ("To allow it", "And, as both ends have to allow it")


def _rank(part: ExplainedDirection) -> tuple[int, bool]:
    is_open = bool(part.steps) and part.steps[-1].tier is Tier.DEFAULT
    return _STRICTEST.index(part.outcome), is_open


def list_policies(step: ExplainedStep) -> tuple[tuple[Cited, ...], str]:
    """The first few policies that select, and how many more there are."""
    rest = len(step.policies) - _MOST_POLICIES
    if rest <= 0:
        return step.policies, ""
    return step.policies[:_MOST_POLICIES], f"selected by {rest} more, see --format json"


def say_where(fix: Fix) -> str:
    """Where to put what a fix adds."""
    if fix.policy is None:
        return "a policy"
    if fix.field == "spec":
        return f"in the spec of {fix.policy.title} ({fix.policy.location})"
    return f"to {fix.field} of {fix.policy.title} ({fix.policy.location})"


def say_matched(item: Cited) -> Iterator[str]:
    """What of a rule matches, part by part, each at its place; what it leaves out has none."""
    for part in item.matched:
        if part.location == item.location:
            yield f"{part.field} {part.says}"
        else:
            yield f"at {part.location.described}: {part.says}"


def say_part(part: VerdictPart) -> str:
    """Some of the ends with one answer: ``allowed: 10.0.0.0-10.0.0.255 and 2 more``."""
    names = _join_ranges(part.names)
    shown, rest = names[:_MOST_NAMES], len(names) - _MOST_NAMES
    more = f" and {count_noun(rest, 'more', 'more')}" if rest > 0 else ""
    return f"{WORDS[part.outcome]}: {join_blocks(shown)}{more}"


def _join_ranges(names: tuple[str, ...]) -> tuple[str, ...]:
    """Ranges of addresses in as few words as there are; other names as they are."""
    try:
        areas = [parse_addresses(name) for name in names]
    except ValueError:
        return names
    return list_blocks(AddressSet.union(areas))


def title_service(answer: ServiceExplanation) -> str:
    """The connection in one line, as it was asked for."""
    return f"{answer.source} => {answer.destination} : {answer.protocol} {answer.port}"


def describe_way(number: int, way: ExplainedWay) -> str:
    """The heading of one way in which policies may see a connection."""
    says = f" {way.says}" if way.says else ""
    return f"Way {number}{says}: {WORDS[way.outcome]}"
