"""What was asked, in words."""

from __future__ import annotations

from netsim.app.query import QueryResult
from netsim.app.question import Question
from netsim.engine.policy.rectangle import Certainty
from netsim.engine.query.paths import ShortestPath
from netsim.words.lists import count_noun


def describe(result: QueryResult) -> str:
    """The question, and for a path whether there is one."""
    request, source, destination = result.request, result.source, result.destination
    on = f" on {request.ports}" if request.ports else ""
    match request.question:
        case Question.SOURCES:
            return f"Who reaches {destination}{on}"
        case Question.DESTINATIONS:
            return f"What {source} reaches{on}"
        case Question.PATH:
            way = f"The shortest path from {source} to {destination}{on}"
            return f"{way}{_doubt(result)}"
        case Question.BLAST_RADIUS:
            return f"What an attacker in {source} can reach"
        case Question.EXPOSED:
            who = "from outside, and by pods that nobody has written yet"
            return f"What is reachable{on} {who}"
        case Question.UNISOLATED:
            return "Workloads that no NetworkPolicy isolates"
        case Question.IDLE:
            return "Policies and rules without effect on the pods of the input, each on its own"


def _doubt(result: QueryResult) -> str:
    way, most = result.answer, result.request.max_hops
    if not isinstance(way, ShortestPath):
        limit = f" of at most {count_noun(most, 'hop')}" if most else ""
        return f": there is none{limit}"
    return "" if way.certainty is Certainty.SURE else ": possible, as a hop is unknown"
