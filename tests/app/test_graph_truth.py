"""A picture of random clusters says what their list says, folded or not."""

from __future__ import annotations

from collections import Counter, defaultdict

from hypothesis import given

from netsim.app.graph import draw_allowed
from netsim.app.picture import Collapse, Picture, Status, fold
from netsim.engine.matrix.diff import Side
from netsim.engine.naming.controller import Controller
from netsim.model.addresses import AddressSet
from netsim.model.ports import PortSet
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters
from tests.strategies.questions import interesting_addresses

End = str | AddressSet
Told = dict[tuple[End, End, Status], PortSet]


def read_picture(picture: Picture) -> Told:
    told: Told = defaultdict(PortSet.empty)
    for edge in picture.edges:
        source, destination = (picture.nodes[n] for n in (edge.source, edge.destination))
        ends = [node.addresses or node.names or node.title for node in (source, destination)]
        one, other = (end[0] if isinstance(end, tuple) else end for end in ends)
        told[one, other, edge.status] |= edge.ports
    return told


def list_pairs(side: Side) -> Told:
    told: Told = defaultdict(PortSet.empty)
    listing = side.listing
    parts = [(ends, allowed) for ends, allowed in listing.inner.items()]
    parts += [(e, cell.allowed) for e, cells in listing.divided.items() for cell in cells]
    for ends, allowed in parts:
        told[*ends, Status.ALLOWED] |= allowed.sure
        told[*ends, Status.UNDECIDED] |= allowed.unknown
    return told


@thorough(150)
@given(clusters())
def test_edges_between_workloads_are_those_of_the_list(cluster: Cluster) -> None:
    side = Side.of(cluster.resources, cluster.conventions, Controller())
    told = read_picture(draw_allowed(side))
    drawn = {k: ports for k, ports in told.items() if all(isinstance(e, str) for e in k[:2])}
    assert drawn == {key: ports for key, ports in list_pairs(side).items() if ports}


@thorough(150)
@given(clusters())
def test_addresses_may_connect_where_the_list_says_so(cluster: Cluster) -> None:
    side = Side.of(cluster.resources, cluster.conventions, Controller())
    told = read_picture(draw_allowed(side))
    for address in interesting_addresses(cluster.resources):
        drawn: Told = defaultdict(PortSet.empty)
        for (source, destination, status), ports in told.items():
            if isinstance(source, AddressSet) and address in source:
                drawn["", destination, status] |= ports
            if isinstance(destination, AddressSet) and address in destination:
                drawn[source, "", status] |= ports
        listed: Told = defaultdict(PortSet.empty)
        for is_inward, own in ((True, side.listing.inward), (False, side.listing.outward)):
            for name, areas in own.items():
                ends = ("", name) if is_inward else (name, "")
                for area in areas:
                    if address in area.addresses:
                        listed[*ends, Status.ALLOWED] |= area.allowed.sure
                        listed[*ends, Status.UNDECIDED] |= area.allowed.unknown
        assert drawn == {key: ports for key, ports in listed.items() if ports}


@thorough(150)
@given(clusters())
def test_folding_loses_no_connection(cluster: Cluster) -> None:
    side = Side.of(cluster.resources, cluster.conventions, Controller())
    whole = draw_allowed(side)
    folded = fold(whole, Collapse.ALWAYS)
    kept = Counter(dict(folded.hidden))
    for edge in folded.edges:
        kept[edge.status] += edge.connections
    assert kept == Counter(dict(whole.counts))
    assert folded.counts == whole.counts
