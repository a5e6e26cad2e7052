"""Judges every pair of parties: what the policies allow against what is documented."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import reduce

from netsim.engine.matrix.columns import Columns
from netsim.engine.policy.decision import ANYTHING, NOTHING, Allowed
from netsim.engine.reachability import Reachability
from netsim.engine.space import bits
from netsim.intent.scenario.bind import BoundEndpoint
from netsim.judge.judgement import Ground, Judgement, Party
from netsim.judge.parties import parties
from netsim.model.flow import DocumentedFlow, Intent
from netsim.model.ports import PortSet

Pair = tuple[Party, Party]
Places = tuple[int, int]
"""A pair by the places of its parties: to look up whole parties takes longer."""


def judge(
    reachability: Reachability,
    endpoints: tuple[BoundEndpoint, ...],
    flows: tuple[DocumentedFlow, ...],
    namespace: str,
) -> tuple[Judgement, ...]:
    """A judgement for each pair with something allowed, documented or denied.

    Only pairs with an end in ``namespace`` are judged: the documentation speaks for no other.
    """
    everyone = parties(reachability, endpoints, namespace)
    some = _allowed(reachability, everyone)
    stated = _stated(everyone, flows)
    found = []
    for places in sorted({*some, *stated}):
        pair = everyone[places[0]], everyone[places[1]]
        if Ground.GOVERNED in (pair[0].ground, pair[1].ground):
            allowed, own = some.get(places, NOTHING), tuple(stated.get(places, ()))
            found.append(_judgement(reachability, pair, allowed, own))
    return tuple(found)


def _allowed(reachability: Reachability, everyone: tuple[Party, ...]) -> dict[Places, Allowed]:
    """What policies let pass between some members of each pair.

    That a node reaches its own pods is left out: it says nothing of the next pod alike.
    """
    # Many classes are allowed the same, and to look for what differs is cheap by identity.
    found: dict[Places, dict[int, Allowed]] = defaultdict(dict)
    universe = reachability.universe
    columns = Columns(reachability.evaluator)
    members = [party.members for party in everyone]
    for place, party in enumerate(everyone):
        for destination in bits.members(party.members):
            for sources, allowed in columns.by_policies(destination):
                others = _without_itself(reachability, sources, destination)
                for source, own in enumerate(members):
                    if own & others:
                        found[source, place][id(allowed)] = allowed
    is_outside = [bool(own & universe.external) for own in members]
    return {
        (source, place): reduce(Allowed.__or__, held.values())
        for (source, place), held in found.items()
        if not (is_outside[source] and is_outside[place])
    }


def _without_itself(reachability: Reachability, sources: int, destination: int) -> int:
    """A running pod that is alone in its class has nobody there but itself."""
    pods = reachability.universe.pods
    if destination < len(pods):
        alone = len(pods[destination]) == 1 and pods[destination][0].name is not None
        return sources & ~(1 << destination) if alone else sources
    return sources


def _stated(
    everyone: tuple[Party, ...], flows: Iterable[DocumentedFlow]
) -> dict[Places, list[DocumentedFlow]]:
    named: dict[str, list[int]] = defaultdict(list)
    for place, party in enumerate(everyone):
        for name in set(party.names):
            named[name].append(place)
    found: dict[Places, list[DocumentedFlow]] = defaultdict(list)
    for flow in flows:
        for source in named.get(flow.source, ()):
            for destination in named.get(flow.destination, ()):
                found[source, destination].append(flow)
    return found


def _judgement(
    reachability: Reachability,
    pair: Pair,
    some: Allowed,
    flows: tuple[DocumentedFlow, ...],
) -> Judgement:
    denied = _union(flow for flow in flows if flow.intent is Intent.DENIED)
    # A denial of the scenario holds "even if drawn".
    documented = _union(flow for flow in flows if flow.intent is Intent.ALLOWED) - denied
    every = _every(reachability, pair) if documented else NOTHING
    surplus = some.sure - documented
    doubtful = (some.possible - some.sure - documented) | (
        documented & (every.possible - every.sure)
    )
    return Judgement(
        source=pair[0],
        destination=pair[1],
        allowed=some.sure,
        documented=documented,
        exposed=surplus - denied,
        forbidden=surplus & denied,
        broken=documented - every.possible,
        undecided=doubtful,
        flows=flows,
    )


def _union(flows: Iterable[DocumentedFlow]) -> PortSet:
    found = PortSet.empty()
    for flow in flows:
        found |= flow.ports
    return found


def _every(reachability: Reachability, pair: Pair) -> Allowed:
    """What passes between all members."""
    found = ANYTHING
    for source, destination in members(reachability, *pair):
        found &= reachability.evaluator.allowed(source, destination)
    return found


def members(
    reachability: Reachability, source: Party, destination: Party
) -> Iterator[tuple[int, int]]:
    """The class pairs of two parties, but for a pod with itself."""
    for target in bits.members(destination.members):
        origins = _without_itself(reachability, source.members, target)
        for origin in bits.members(origins):
            yield origin, target
