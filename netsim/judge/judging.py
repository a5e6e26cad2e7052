"""Judges every pair of parties: what the policies allow against what is documented."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from netsim.engine.matrix.columns import Columns
from netsim.engine.policy.decision import ANYTHING, NOTHING, Allowed
from netsim.engine.reachability import Reachability
from netsim.engine.space import bits
from netsim.intent.scenario.bind import BoundEndpoint
from netsim.judge.judgement import Ground, Judgement, Party
from netsim.judge.parties import parties, party_of
from netsim.model.flow import DocumentedFlow, Intent
from netsim.model.ports import PortSet

Pair = tuple[Party, Party]


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
    return tuple(
        _judgement(reachability, pair, some.get(pair, NOTHING), tuple(stated.get(pair, ())))
        for pair in _ordered(everyone, {*some, *stated})
        if Ground.GOVERNED in (pair[0].ground, pair[1].ground)
    )


def _ordered(everyone: tuple[Party, ...], pairs: Iterable[Pair]) -> list[Pair]:
    place = {party: number for number, party in enumerate(everyone)}
    return sorted(pairs, key=lambda pair: (place[pair[0]], place[pair[1]]))


def _allowed(reachability: Reachability, everyone: tuple[Party, ...]) -> dict[Pair, Allowed]:
    """What policies let pass between some members of each pair.

    That a node reaches its own pods is left out: it says nothing of the next pod alike.
    """
    found: dict[Pair, Allowed] = {}
    universe = reachability.universe
    home = party_of(everyone)
    columns = Columns(reachability)
    for destination in range(universe.size):
        for sources, allowed in columns.by_policies(destination):
            others = _without_itself(reachability, sources, destination)
            for source in (party for party in everyone if party.members & others):
                pair = (source, home[destination])
                found[pair] = found.get(pair, NOTHING) | allowed
    return {
        pair: held for pair, held in found.items() if not _is_outside(universe.external, pair)
    }


def _is_outside(external: int, pair: Pair) -> bool:
    return bool(pair[0].members & external and pair[1].members & external)


def _without_itself(reachability: Reachability, sources: int, destination: int) -> int:
    """A running pod that is alone in its class has nobody there but itself."""
    pods = reachability.universe.pods
    if destination < len(pods):
        alone = len(pods[destination]) == 1 and pods[destination][0].name is not None
        return sources & ~(1 << destination) if alone else sources
    return sources


def _stated(
    everyone: tuple[Party, ...], flows: Iterable[DocumentedFlow]
) -> dict[Pair, list[DocumentedFlow]]:
    found: dict[Pair, list[DocumentedFlow]] = defaultdict(list)
    for flow in flows:
        for source in (party for party in everyone if flow.source in party.names):
            for destination in (p for p in everyone if flow.destination in p.names):
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
        found &= reachability.allowed(source, destination)
    return found


def members(
    reachability: Reachability, source: Party, destination: Party
) -> Iterator[tuple[int, int]]:
    """The class pairs of two parties, but for a pod with itself."""
    for target in bits.members(destination.members):
        origins = _without_itself(reachability, source.members, target)
        for origin in bits.members(origins):
            yield origin, target
