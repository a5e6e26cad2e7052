"""Rules to rectangles."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.engine.policy.rectangle import Certainty, Rectangle
from netsim.engine.space.selection import Selection
from netsim.engine.space.universe import Universe
from netsim.model.addresses import AddressSet
from netsim.model.peers import BlockPeer, Match
from netsim.model.policies import (
    Direction,
    EveryPort,
    NamedPort,
    NumberedPorts,
    PolicyPort,
    Rule,
    UnknownPort,
)
from netsim.model.ports import Connection, PortSet


class PortMatch(Struct, frozen=True):
    """Ports that count on these destinations, surely or possibly."""

    ports: PortSet
    destinations: int
    certainty: Certainty


def rule_rectangles(
    universe: Universe, selection: Selection, rule: Rule, subject: Match
) -> Iterator[Rectangle]:
    """What a rule of any tier matches, for the classes that its policy selects, or may."""
    peers = rule_peers(universe, selection, rule)
    for match in _ports(universe, selection, rule):
        for ends, certainty in _ends(peers, match.certainty):
            for subjects, both in _subjects(subject, certainty):
                sources, destinations = _orient(rule.direction, subjects, ends)
                destinations &= match.destinations
                if sources and destinations:
                    yield Rectangle(
                        sources, destinations, match.ports, both, rule, if_selected=certainty
                    )


def rule_peers(universe: Universe, selection: Selection, rule: Rule) -> Match:
    """The union of a rule's peers; no peers at all means any.

    Blocks count together: none of several may hold all of a pod range that all of them do.
    """
    if not rule.peers:
        return Match(universe.everything)
    sure = maybe = 0
    blocks = [peer.addresses for peer in rule.peers if isinstance(peer, BlockPeer)]
    if len(blocks) > 1:
        sure = selection.block(AddressSet.union(block for block in blocks if block)).sure
    for peer in rule.peers:
        found = peer.match(selection, rule.namespace)
        sure |= found.sure
        maybe |= found.maybe
    return Match(sure, maybe & ~sure)


def _ends(peers: Match, ports: Certainty) -> Iterator[tuple[int, Certainty]]:
    if ports is Certainty.POSSIBLE:
        yield peers.possible, Certainty.POSSIBLE
        return
    yield peers.sure, Certainty.SURE
    yield peers.maybe, Certainty.POSSIBLE


def _subjects(subject: Match, rule: Certainty) -> Iterator[tuple[int, Certainty]]:
    """The classes that a policy selects, and how surely a rule of it counts for them."""
    yield subject.sure, rule
    yield subject.maybe, Certainty.POSSIBLE


def _orient(direction: Direction, subject: int, peers: int) -> tuple[int, int]:
    return (peers, subject) if direction is Direction.INGRESS else (subject, peers)


def _ports(universe: Universe, selection: Selection, rule: Rule) -> Iterator[PortMatch]:
    """Ports by number are one set; each number a name stands for has pods of its own."""
    everywhere = universe.everything
    written: list[PortSet] = []
    unknown = PortSet.empty()
    for port in rule.ports:
        match port:
            case NamedPort():
                yield from _match_named(selection, port)
            case NumberedPorts() | EveryPort():
                written.append(written_ports(port))
            case _:
                unknown |= PortSet.all_of(port.protocol)
    numbered = PortSet.union(written) if rule.ports else PortSet.full()
    if numbered:
        yield PortMatch(numbered, everywhere, Certainty.SURE)
    if unknown - numbered:
        yield PortMatch(unknown - numbered, everywhere, Certainty.POSSIBLE)


def _match_named(selection: Selection, port: NamedPort) -> Iterator[PortMatch]:
    for number, pods in selection.port((port.name, port.protocol)).items():
        yield PortMatch(PortSet.of(port.protocol, number), pods, Certainty.SURE)
    for ports, pods in selection.possible_ports((port.name, port.protocol)).items():
        yield PortMatch(ports, pods, Certainty.POSSIBLE)


def may_allow_port(rule: Rule, connection: Connection) -> bool:
    """Whether a rule lists a port, or a name or placeholder that may stand for it."""
    return not rule.ports or any(may_be_port(port, connection) for port in rule.ports)


def may_be_port(port: PolicyPort, connection: Connection) -> bool:
    """Whether an entry lists a port, or is a name or placeholder that may stand for it."""
    if isinstance(port, NamedPort | UnknownPort):
        return port.protocol is connection[0]
    return connection in written_ports(port)


def written_ports(port: PolicyPort) -> PortSet:
    """The ports an entry lists by number; none for names and placeholders."""
    match port:
        case NumberedPorts():
            return PortSet.of(port.protocol, port.first, port.last)
        case EveryPort():
            return PortSet.all_of(port.protocol)
        case _:
            return PortSet.empty()
