"""The answer to a query as a table, whatever was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from netsim.app.query import QueryResult
from netsim.app.question import Question
from netsim.engine.matrix.listing import Pair, split_pairs
from netsim.engine.query.blast_radius import Reached
from netsim.engine.query.hops import CONTROLLER, Hop
from netsim.engine.query.idle import Idle, Reason
from netsim.engine.query.isolation import Unisolated
from netsim.engine.query.paths import ShortestPath
from netsim.model.ports import PortSet
from netsim.model.resources import PodNetwork
from netsim.report.list.ranges import join_alike, join_ranges, show_end
from netsim.report.list.words import mark_ends, name_end
from netsim.report.table import Table
from netsim.words.ports import describe_unknown

ENTRIES = "through entries"
SHOWN = 4


def tabulate_pods(result: QueryResult) -> Table:
    """The rows of an answer, pod by pod where the pods of a workload differ."""
    match result.request.question:
        case Question.SOURCES | Question.DESTINATIONS | Question.EXPOSED:
            pairs = split_pairs(cast("tuple[Pair, ...]", result.answer))
            return _of_pairs(pairs)
        case Question.UNISOLATED:
            found = cast("tuple[Unisolated, ...]", result.answer)
            return _of_unisolated([pod for each in found for pod in each.split()])
        case Question.BLAST_RADIUS:
            return _of_reached(cast("tuple[Reached, ...]", result.answer))
        case Question.PATH:
            return _of_way(cast("ShortestPath | None", result.answer))
        case Question.IDLE:
            return _of_idle(cast("tuple[Idle, ...]", result.answer))


def tabulate(result: QueryResult) -> Table:
    """The rows of an answer for people to read; none where nothing was found."""
    answer = result.answer
    match result.request.question:
        case Question.SOURCES | Question.DESTINATIONS | Question.EXPOSED:
            return _of_pairs(join_ranges(cast("tuple[Pair, ...]", answer)))
        case Question.PATH:
            return _of_way(cast("ShortestPath | None", answer), show_end)
        case Question.BLAST_RADIUS:
            return _join_reached(cast("tuple[Reached, ...]", answer))
        case Question.UNISOLATED:
            return _of_unisolated(cast("tuple[Unisolated, ...]", answer))
        case Question.IDLE:
            return _of_idle(cast("tuple[Idle, ...]", answer))


def _of_pairs(pairs: Sequence[Pair]) -> Table:
    marked = ((pair, *mark_ends(pair.source, pair.destination, pair.parts)) for pair in pairs)
    rows = (
        (start, end, str(pair.ports) + note, describe_unknown(pair.unknown, pair.by_family))
        for pair, start, end, note in marked
    )
    return Table(("src", "dst", "allowed", "unknown"), tuple(rows))


def _of_way(way: ShortestPath | None, show: Callable[[str], str] = str) -> Table:
    """A way, hop by hop."""
    rows = (
        (str(number), show(hop.source), show(hop.destination), _through(hop), str(hop.unknown))
        for number, hop in enumerate(way.hops if way else (), 1)
    )
    return Table(("hop", "src", "dst", "allowed", "unknown"), tuple(rows))


def _through(hop: Hop) -> str:
    return ENTRIES if hop.destination == CONTROLLER else str(hop.ports)


def _of_reached(reached: Sequence[Reached]) -> Table:
    """What a compromised workload reaches, the nearest first; ports new at a distance."""
    header = ("hops", "reached", "allowed", "unknown", "by way of")
    rows = (
        (str(each.distance), each.title, str(each.ports), str(each.unknown), _by_way(each))
        for each in reached
    )
    return Table(header, tuple(rows))


def _join_reached(reached: Sequence[Reached]) -> Table:
    """What is reached, address ranges in as few rows as there are words for them."""
    table = _of_reached(reached)
    pairs = (
        (Pair("", row[1], PortSet.empty(), PortSet.empty()), (row[0], row[2:]))
        for row in table.rows
    )
    rows = ((near, pair.destination, *rest) for pair, (near, rest) in join_alike(pairs))
    return Table(table.header, tuple(rows))


def _by_way(each: Reached) -> str:
    return ", then ".join(f"{hop.destination} {_ports(hop)}" for hop in each.way[:-1])


def _ports(hop: Hop) -> str:
    unknown = f"unknown: {hop.unknown}" if hop.unknown else ""
    return f"({'; '.join(part for part in (str(hop.ports), unknown) if part)})"


def _of_unisolated(unisolated: Sequence[Unisolated]) -> Table:
    """Workloads without a NetworkPolicy in a direction."""
    rows = (
        (
            name_end(each.workload, each.pods),
            each.direction.word,
            _others(each),
            str(each.location or ""),
        )
        for each in unisolated
    )
    return Table(("workload", "direction", "instead", "place"), tuple(rows))


def _others(each: Unisolated) -> str:
    if each.network is PodNetwork.HOST:
        return "none can: it is on the host's network"
    if each.possible:
        return f"unknown: {', '.join(each.possible)} may"
    return ", ".join(each.admin) or "nothing"


def _of_idle(idle: Sequence[Idle]) -> Table:
    """Policies and rules without effect."""
    rows = ((each.title, _why(each), str(each.location)) for each in idle)
    return Table(("policy or rule", "why", "place"), tuple(rows))


def _why(each: Idle) -> str:
    by = [f"{other.title} ({other.location})" for other in each.by]
    if not by:
        return each.reason.value
    more = f" and {len(by) - SHOWN} more" if len(by) > SHOWN else ""
    word = "with" if each.reason is Reason.REDUNDANT else "by"
    return f"{each.reason.value} {word} {', '.join(by[:SHOWN])}{more}"
