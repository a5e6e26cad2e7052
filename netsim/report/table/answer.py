"""The answer to a query as a table, which every format can write."""

from __future__ import annotations

from msgspec import Struct

from netsim.engine.matrix.listing import Pair
from netsim.engine.policy.rectangle import Certainty
from netsim.engine.query.blast_radius import Reached
from netsim.engine.query.hops import CONTROLLER, Hop
from netsim.engine.query.idle import Idle, Reason
from netsim.engine.query.isolation import Unisolated
from netsim.engine.query.paths import Way
from netsim.model.resources import PodNetwork
from netsim.report.summary import counted

ENTRIES = "through entries"
SHOWN = 4


class Answer(Struct, frozen=True):
    """What was asked, in words, and the rows of the answer; cells are plain text."""

    says: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def of_pairs(says: str, pairs: tuple[Pair, ...]) -> Answer:
    """Connections."""
    rows = tuple((p.source, p.destination, str(p.ports), str(p.unknown)) for p in pairs)
    return Answer(says, ("src", "dst", "allowed", "unknown"), rows)


def of_way(says: str, way: Way | None, most: int | None = None) -> Answer:
    """A way, hop by hop."""
    header = ("hop", "src", "dst", "allowed", "unknown")
    if way is None:
        limit = f" of at most {counted(most, 'hop')}" if most else ""
        return Answer(f"{says}: there is none{limit}", header, ())
    doubt = "" if way.certainty is Certainty.SURE else ": possible, as a hop is unknown"
    rows = tuple(
        (str(number), hop.source, hop.destination, _through(hop), str(hop.unknown))
        for number, hop in enumerate(way.hops, 1)
    )
    return Answer(f"{says}{doubt}", header, rows)


def _through(hop: Hop) -> str:
    return ENTRIES if hop.destination == CONTROLLER else str(hop.ports)


def of_reached(says: str, reached: tuple[Reached, ...]) -> Answer:
    """What a compromised workload reaches, the nearest first; ports new at a distance."""
    header = ("hops", "reached", "allowed", "unknown", "by way of")
    rows = tuple(
        (str(each.distance), each.title, str(each.ports), str(each.unknown), _by_way(each))
        for each in reached
    )
    return Answer(says, header, rows)


def _by_way(each: Reached) -> str:
    return ", then ".join(f"{hop.destination} {_ports(hop)}" for hop in each.way[:-1])


def _ports(hop: Hop) -> str:
    unknown = f"unknown: {hop.unknown}" if hop.unknown else ""
    return f"({'; '.join(part for part in (str(hop.ports), unknown) if part)})"


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
    by = [f"{other.title} ({other.location})" for other in each.by]
    if not by:
        return each.reason.value
    more = f" and {len(by) - SHOWN} more" if len(by) > SHOWN else ""
    word = "to" if each.reason is Reason.REDUNDANT else "by"
    return f"{each.reason.value} {word} {', '.join(by[:SHOWN])}{more}"
