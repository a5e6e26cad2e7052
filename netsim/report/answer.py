"""The answer to a query as a table, which every format can write."""

from __future__ import annotations

from dataclasses import dataclass

from netsim.engine.listing import Pair
from netsim.engine.query.blast_radius import Reached
from netsim.engine.query.idle import Idle
from netsim.engine.query.isolation import Unisolated
from netsim.engine.query.paths import Way
from netsim.engine.rectangle import Certainty
from netsim.model.resources import PodNetwork

_SURELY = {Certainty.SURE: "yes", Certainty.POSSIBLE: "possibly"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked, in words, and the rows of the answer; cells are plain text."""

    says: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def of_pairs(says: str, pairs: tuple[Pair, ...]) -> Answer:
    """Connections."""
    rows = tuple((p.source, p.destination, str(p.ports), str(p.unknown)) for p in pairs)
    return Answer(says, ("src", "dst", "allowed", "unknown"), rows)


def of_way(says: str, way: Way | None) -> Answer:
    """A way, hop by hop."""
    rows = tuple(
        (str(number), hop.source, hop.destination, str(hop.ports), _SURELY[hop.certainty])
        for number, hop in enumerate(way.hops if way else (), 1)
    )
    return Answer(says, ("hop", "src", "dst", "ports", "reached"), rows)


def of_reached(says: str, reached: tuple[Reached, ...]) -> Answer:
    """What a compromised workload reaches, the nearest first."""
    rows = tuple(
        (
            str(each.distance),
            each.title,
            str(each.way[-1].ports),
            _SURELY[each.certainty],
            " > ".join(hop.source for hop in each.way),
        )
        for each in reached
    )
    return Answer(says, ("hops", "reached", "ports", "surely", "by way of"), rows)


def of_unisolated(says: str, found: tuple[Unisolated, ...]) -> Answer:
    """Workloads without a NetworkPolicy in a direction."""
    rows = tuple(
        (each.workload, each.direction.word, _others(each), str(each.location or ""))
        for each in found
    )
    return Answer(says, ("workload", "direction", "instead", "place"), rows)


def _others(each: Unisolated) -> str:
    if each.network is PodNetwork.HOST:
        return "none can: it is on the host's network"
    return ", ".join(each.admin) or "nothing"


def of_idle(says: str, found: tuple[Idle, ...]) -> Answer:
    """Policies and rules without effect."""
    rows = tuple((each.title, _why(each), str(each.location)) for each in found)
    return Answer(says, ("policy or rule", "why", "place"), rows)


def _why(each: Idle) -> str:
    if each.by is None:
        return each.reason.value
    return f"{each.reason.value} by {each.by.title} ({each.by.location})"
