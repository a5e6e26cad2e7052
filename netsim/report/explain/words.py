"""The words that formats of ``explain`` share."""

from __future__ import annotations

from netsim.app.explanation.through_service import ExplainedWay, ServiceExplanation
from netsim.model.verdict import Outcome

WORDS = {Outcome.ALLOW: "allowed", Outcome.DENY: "denied", Outcome.UNKNOWN: "unknown"}
UNREAD = "Not every document was read, so the answer may differ."


def title_service(answer: ServiceExplanation) -> str:
    """The connection in one line, as it was asked for."""
    return f"{answer.source} => {answer.destination} : {answer.protocol} {answer.port}"


def describe_way(number: int, way: ExplainedWay) -> str:
    """The heading of one way in which policies may see a connection."""
    says = f" {way.says}" if way.says else ""
    return f"Way {number}{says}: {WORDS[way.outcome]}"
