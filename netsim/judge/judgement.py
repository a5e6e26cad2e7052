"""A judgement: one ordered pair of parties, what is allowed against what is documented.

``web -> api``: TCP 4000 and TCP 9090 are allowed, TCP 4000 is documented, so TCP 9090 is
exposed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import reduce

from msgspec import Struct

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.columns import Columns
from netsim.engine.policy.decision import ANYTHING, NOTHING, Allowed
from netsim.engine.space import bits
from netsim.intent.scenario.bind import BoundEndpoint
from netsim.judge.parties import Ground, Party, divide_parties
from netsim.model.finding import Related
from netsim.model.flow import DocumentedFlow, Intent
from netsim.model.ports import PortSet
from netsim.words.ports import describe_flow

Places = tuple[int, int]
"""A pair by the places of its parties: to look up whole parties takes longer."""


class Standing(Enum):
    """How a pair stands; the worst of what applies, in this order."""

    FORBIDDEN = "forbidden"
    EXPOSED = "exposed"
    BROKEN = "broken"
    UNDECIDED = "undecided"
    AS_DOCUMENTED = "as documented"


class Judgement(Struct, frozen=True):
    """One ordered pair of parties.

    ``allowed`` may pass between some of their members, ``documented`` is drawn or listed.
    ``exposed`` is allowed but not documented, ``forbidden`` the part of it that is documented
    as denied, ``broken`` is documented but not allowed between all members, ``undecided``
    cannot be decided.  ``flows`` are the documented flows about the pair.
    """

    source: Party
    destination: Party
    allowed: PortSet
    documented: PortSet
    exposed: PortSet
    forbidden: PortSet
    broken: PortSet
    undecided: PortSet
    flows: tuple[DocumentedFlow, ...]

    @property
    def standing(self) -> Standing:
        """The worst that can be said of the pair."""
        for ports, standing in (
            (self.forbidden, Standing.FORBIDDEN),
            (self.exposed, Standing.EXPOSED),
            (self.broken, Standing.BROKEN),
            (self.undecided, Standing.UNDECIDED),
        ):
            if ports:
                return standing
        return Standing.AS_DOCUMENTED

    def describe(self, ports: PortSet) -> str:
        """Some ports of the pair as a flow: ``web -> api TCP 9090``."""
        return describe_flow(self.source.title, self.destination.title, ports)

    def cite(self, intent: Intent, message: str) -> Iterator[Related]:
        """Where the documentation states this of the pair, each place with its reason."""
        for flow in self.flows:
            if flow.intent is intent:
                reason = f": {flow.because}" if flow.because else ""
                yield Related(flow.location, f"{message}{reason}")


def judge_pairs(
    evaluator: Evaluator,
    endpoints: tuple[BoundEndpoint, ...],
    flows: tuple[DocumentedFlow, ...],
    namespace: str,
) -> tuple[Judgement, ...]:
    """A judgement for each pair with something allowed, documented or denied.

    Only pairs with an end in ``namespace`` are judged: the documentation speaks for no other.
    """
    parties = divide_parties(evaluator, endpoints, namespace)
    allowed = _collect_allowed(evaluator, parties)
    stated = _collect_stated(parties, flows)
    judgements = []
    for source, destination in sorted({*allowed, *stated}):
        pair = parties[source], parties[destination]
        if Ground.GOVERNED in (pair[0].ground, pair[1].ground):
            places = source, destination
            some, own = allowed.get(places, NOTHING), tuple(stated.get(places, ()))
            judgements.append(_judge_pair(evaluator, pair, some, own))
    return tuple(judgements)


def _collect_allowed(evaluator: Evaluator, parties: tuple[Party, ...]) -> dict[Places, Allowed]:
    """What policies let pass between some members of each pair.

    That a node reaches its own pods is left out: it says nothing of the next pod alike.
    """
    # Many classes are allowed the same, and to look for what differs is cheap by identity.
    allowed_of: dict[Places, dict[int, Allowed]] = defaultdict(dict)
    universe = evaluator.universe
    columns = Columns(evaluator)
    members = [party.members for party in parties]
    for place, party in enumerate(parties):
        for destination in bits.members(party.members):
            for sources, allowed in columns.by_policies(destination):
                others = _without_itself(evaluator, sources, destination)
                for source, own in enumerate(members):
                    if own & others:
                        allowed_of[source, place][id(allowed)] = allowed
    is_outside = [bool(own & universe.external) for own in members]
    return {
        (source, place): reduce(Allowed.__or__, distinct.values())
        for (source, place), distinct in allowed_of.items()
        if not (is_outside[source] and is_outside[place])
    }


def _without_itself(evaluator: Evaluator, sources: int, destination: int) -> int:
    """A running pod that is alone in its class has nobody there but itself."""
    pods = evaluator.universe.pods
    if destination < len(pods):
        alone = len(pods[destination]) == 1 and pods[destination][0].name is not None
        return sources & ~(1 << destination) if alone else sources
    return sources


def _collect_stated(
    parties: tuple[Party, ...], flows: Iterable[DocumentedFlow]
) -> dict[Places, list[DocumentedFlow]]:
    named: dict[str, list[int]] = defaultdict(list)
    for place, party in enumerate(parties):
        for name in set(party.names):
            named[name].append(place)
    stated: dict[Places, list[DocumentedFlow]] = defaultdict(list)
    for flow in flows:
        for source in named.get(flow.source, ()):
            for destination in named.get(flow.destination, ()):
                stated[source, destination].append(flow)
    return stated


def _judge_pair(
    evaluator: Evaluator,
    pair: tuple[Party, Party],
    some: Allowed,
    flows: tuple[DocumentedFlow, ...],
) -> Judgement:
    denied = _unite_ports(flow for flow in flows if flow.intent is Intent.DENIED)
    # A denial of the scenario holds "even if drawn".
    documented = _unite_ports(flow for flow in flows if flow.intent is Intent.ALLOWED) - denied
    every = NOTHING
    if documented:
        every = ANYTHING
        for source, destination in list_class_pairs(evaluator, *pair):
            every &= evaluator.allowed(source, destination)
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


def _unite_ports(flows: Iterable[DocumentedFlow]) -> PortSet:
    ports = PortSet.empty()
    for flow in flows:
        ports |= flow.ports
    return ports


def list_class_pairs(
    evaluator: Evaluator, source: Party, destination: Party
) -> Iterator[tuple[int, int]]:
    """The class pairs of two parties, but for a pod with itself."""
    for target in bits.members(destination.members):
        origins = _without_itself(evaluator, source.members, target)
        for origin in bits.members(origins):
            yield origin, target
