"""The posture in words: a table of namespaces, then statements, as texts show them.

``tabulate_isolation(network)`` is the table, ``describe_network(network)`` what follows it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from netsim.engine.query.survey import Isolation, Open, Reach, Standing, WayIn
from netsim.report.table import Table
from netsim.words.addresses import describe_addresses
from netsim.words.lists import count_noun, join_first
from netsim.words.ports import describe_ports

if TYPE_CHECKING:
    from netsim.app.posture import NamespacePosture, Network

MOST_NAMESPACES = 6
"""Rows of the table; more namespaces are put together by how they fare."""
MOST_WAYS = 6
"""Ways in that are written out."""


class Section(Struct, frozen=True):
    """A statement, and what it is about, a line each."""

    title: str
    lines: tuple[str, ...] = ()


def tabulate_isolation(network: Network) -> Table:
    """A row for each namespace, or for those that fare alike where there are many."""
    rows = [_row(each) for each in network.namespaces]
    if len(rows) > MOST_NAMESPACES:
        rows = _unite_rows(network.namespaces)
    return Table(("namespace", "workloads", "ingress isolated", "egress isolated"), tuple(rows))


def _row(space: NamespacePosture) -> tuple[str, str, str, str]:
    return space.name, str(space.workloads), *_shares(space)


def _shares(space: NamespacePosture) -> tuple[str, str]:
    return (
        _describe_share(dict(space.ingress), space.workloads),
        _describe_share(dict(space.egress), space.workloads),
    )


def _describe_share(counts: dict[Isolation, int], total: int) -> str:
    """``all``, ``none``, ``3``; and what else there is, ``none, 1 on host network``."""
    surely = counts[Isolation.SURELY]
    words = "all" if surely == total else str(surely or "none")
    for standing, text in (
        (Isolation.PARTLY, "in part"),
        (Isolation.MAYBE, "perhaps"),
        (Isolation.RULED, "by admin policies"),
        (Isolation.HOST, "on host network"),
    ):
        if counts[standing]:
            words += f", {counts[standing]} {text}"
    return words


def _unite_rows(spaces: Sequence[NamespacePosture]) -> list[tuple[str, str, str, str]]:
    """Namespaces that are isolated alike as one row, the most workloads first."""
    alike: dict[tuple[str, str], list[NamespacePosture]] = defaultdict(list)
    for space in spaces:
        alike[_rate(space.ingress), _rate(space.egress)].append(space)
    rows = []
    for (ingress, egress), own in alike.items():
        names = join_first([each.name for each in own])
        total = sum(each.workloads for each in own)
        rows.append((total, (names, str(total), ingress, egress)))
    return [row for _, row in sorted(rows, key=lambda each: (-each[0], each[1]))]


def _rate(counts: tuple[tuple[Isolation, int], ...]) -> str:
    known = dict(counts)
    surely, total = known[Isolation.SURELY], sum(known.values())
    if known[Isolation.MAYBE]:
        return "unknown of some"
    own = total - known[Isolation.HOST]
    if surely == own:
        return "all" if own == total else "all but host network"
    if surely or known[Isolation.PARTLY]:
        return "some"
    return "by admin policies" if known[Isolation.RULED] else "none"


def describe_network(network: Network) -> Iterator[Section]:
    """What follows the table."""
    yield _describe_ways(network)
    total = network.workloads
    yield from _join_equal(
        "Open to",
        _count_open(network.from_cluster, total),
        _count_open(network.from_outside, total),
    )
    yield from _join_equal(
        "May connect to",
        _count_named(network.to_cluster, total),
        _count_named(network.to_outside, total),
    )
    yield from _describe_closed(network)
    metadata, api = _count_reach(network.metadata, total), _describe_api_reach(network)
    if metadata == api:
        yield Section(f"{_METADATA}, and {_name_api_server(network)}, reachable from: {api}")
    else:
        yield Section(f"{_METADATA} reachable from: {metadata}")
        yield Section(f"{_name_api_server(network)} reachable from: {api}")


_METADATA = "Metadata server 169.254.169.254 TCP 80"


def _join_equal(what: str, inside: str, outside: str) -> Iterator[Section]:
    """Two statements, or one where they say the same."""
    if inside == outside:
        yield Section(f"{what} any pod of the cluster, and addresses outside: {inside}")
    else:
        yield Section(f"{what} any pod of the cluster: {inside}")
        yield Section(f"{what} addresses outside: {outside}")


def _describe_ways(network: Network) -> Section:
    led = [way for way in network.ways_in if way.standing is not Standing.NOWHERE]
    ways = sorted(led, key=lambda way: _ORDER[way.standing])
    nowhere = [way.via for way in network.ways_in if way.standing is Standing.NOWHERE]
    hosts = network.on_host
    if not (ways or nowhere or hosts):
        what = "none in the input (Ingress, route, NodePort, load balancer)"
        return Section(f"Ways in from outside: {what}")
    lines = [_describe_way(way) for way in ways]
    if len(lines) > MOST_WAYS:
        lines = _unite_ways(ways)
    if nowhere:
        lines.append(f"to no workload of the input: {join_first(nowhere)}")
    if hosts:
        lines.append(f"on the network of their nodes, no policy applies: {_join(hosts)}")
    return Section("Ways in from outside:", tuple(lines))


_ORDER = {each: number for number, each in enumerate(Standing)}
_SHORT = {
    Standing.OPEN: "open",
    Standing.RESTRICTED: "open to some addresses",
    Standing.UNKNOWN: "unknown",
    Standing.DENIED: "denied by policies",
    Standing.NOWHERE: "to no workload of the input",
}


def _unite_ways(ways: Sequence[WayIn]) -> list[str]:
    """A line for each kind of way and what policies make of it."""
    alike: dict[str, dict[str, None]] = defaultdict(dict)
    for way in ways:
        kind, _, name = way.via.rpartition(" ")
        alike[f"{kind}, {_SHORT[way.standing]}"][name] = None
    return [f"{len(names)} {what}: {join_first(list(names))}" for what, names in alike.items()]


def _describe_way(way: WayIn) -> str:
    what = f"{way.via} -> {_name(way.workload)}"
    if way.ports:
        what += f" {describe_ports(way.ports)}"
    match way.standing:
        case Standing.OPEN:
            return what
        case Standing.RESTRICTED:
            return f"{what}, only from {describe_addresses(way.sources)}"
        case Standing.UNKNOWN:
            return f"{what}: unknown{f', {way.why}' if way.why else ''}"
        case Standing.DENIED:
            return f"{what}: policies deny it"
        case Standing.NOWHERE:
            return f"{what}, which is no workload of the input"


def _count_open(found: Sequence[Open], total: int) -> str:
    """``2 of 5 workloads (a/web TCP 80, a/api every port), 1 more to some, perhaps 1 more``."""
    surely = [each for each in found if each.allowed.sure and not each.limits]
    some = sum(bool(each.limits) for each in found)
    ports = {describe_ports(each.allowed.sure) for each in surely}
    if len(surely) == total and len(ports) == 1:
        listed = f" on {ports.pop()}"
    else:
        named = [
            f"{_name(each.workload)} {describe_ports(each.allowed.sure)}" for each in surely
        ]
        listed = f" ({join_first(named)})" if named else ""
    listed += f", {some} more to some of them" if some else ""
    return _count(len(surely), total, listed, len(found) - len(surely) - some)


def _count_named(found: Sequence[Open], total: int) -> str:
    surely = [each.workload for each in found if each.allowed.sure]
    return _count_names(surely, total, len(found) - len(surely))


def _count_reach(reach: Reach, total: int) -> str:
    return _count_names(reach.surely, total, len(reach.maybe))


def _count_names(surely: Sequence[str], total: int, maybe: int) -> str:
    return _count(len(surely), total, _list_names(surely, total), maybe)


def _name(workload: str) -> str:
    """``shop/web`` of ``shop/web[Deployment]``, as a screen has little room."""
    return workload.partition("[")[0]


def _join(workloads: Sequence[str]) -> str:
    return join_first([_name(each) for each in workloads])


def _list_names(names: Sequence[str], total: int) -> str:
    return f" ({_join(names)})" if names and len(names) < total else ""


def _count(surely: int, total: int, listed: str, maybe: int) -> str:
    doubt = f", perhaps {maybe} more" if maybe else ""
    if surely == total:
        return f"all {count_noun(total, 'workload')}{listed}"
    return f"{surely or 'none'} of {count_noun(total, 'workload')}{listed}{doubt}"


def _describe_closed(network: Network) -> Iterator[Section]:
    if not network.services:
        return
    number, closed = count_noun(network.services, "Service"), network.closed_services
    title = f"Closed to every client by policies: {len(closed) or 'none'} of {number}"
    for_good = [each.title.partition(" ")[2] for each in closed if not each.awaits]
    awaiting = [each.title.partition(" ")[2] for each in closed if each.awaits]
    lines = []
    if for_good:
        lines.append(f"no rule lets anybody in: {join_first(for_good)}")
    if awaiting:
        lines.append(f"rules only let in pods that the input lacks: {join_first(awaiting)}")
    yield Section(f"{title}{':' if lines else ''}", tuple(lines))


def _name_api_server(network: Network) -> str:
    known = [each.removesuffix("/32") for each in network.api_addresses]
    where = join_first(known) if known else "wherever it is"
    return f"API server ({where})"


def _describe_api_reach(network: Network) -> str:
    """Of an address that is not known, only what reaches every address surely reaches it."""
    reach, total = network.api_server, network.workloads
    if network.api_addresses:
        return _count_reach(reach, total)
    surely = _count_names(reach.surely, total, 0)
    doubt = f", {len(reach.maybe)} more depending on its address" if reach.maybe else ""
    return f"{surely}{doubt}"
