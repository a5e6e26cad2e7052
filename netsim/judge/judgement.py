"""A judgement: one ordered pair of parties, what is allowed against what is documented.

``web -> api``: TCP 4000 and TCP 9090 are allowed, TCP 4000 is documented, so TCP 9090 is
exposed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from functools import reduce

from msgspec import Struct

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.columns import Columns
from netsim.engine.policy.decision import ANYTHING, NOTHING, Allowed
from netsim.engine.policy.flow import Flow
from netsim.engine.space import bits
from netsim.intent.documentation import Documentation
from netsim.intent.scenario.bind import BoundEndpoint
from netsim.intent.scenario.endpoints import is_anywhere
from netsim.judge.parties import Ground, Party, divide_parties, is_closed
from netsim.model.addresses import Family
from netsim.model.finding import Related
from netsim.model.flow import DocumentedFlow, Intent
from netsim.model.policies import Direction
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


class Share(Struct, frozen=True):
    """Some ports of a pair and how they stand; ``limits`` says for what part of the pair."""

    standing: Standing
    ports: PortSet
    limits: str = ""


class Judgement(Struct, frozen=True):
    """One ordered pair of parties.

    ``allowed`` may pass between some of their members, ``documented`` is drawn or listed.
    ``exposed`` is allowed but not documented, ``forbidden`` the part of it that is documented
    as denied, ``broken`` is documented but not allowed between all members, ``undecided``
    cannot be decided; ``by_family`` says where that is because the two address families
    differ, and which one is allowed.  ``denied_over`` are the broken ports that one family is
    denied between all members and the other is not between any.  ``flows`` are the documented
    flows about the pair.
    ``excused`` are the directions that are not to blame for what is exposed, as they are
    documented so.
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
    excused: tuple[Direction, ...] = ()
    by_family: tuple[tuple[Family, PortSet], ...] = ()
    denied_over: tuple[tuple[Family, PortSet], ...] = ()

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

    @property
    def left_open(self) -> PortSet:
        """What is allowed, and closed by nothing: not in this direction, or at neither end."""
        return self.allowed - self.documented - self.exposed - self.forbidden

    def divide(self) -> Iterator[Share]:
        """All that is to be said of the pair; without ports where nothing is."""
        # Of some pods or addresses of an end allowed, and of others denied.
        over_one = PortSet.union(ports for _, ports in self.denied_over)
        partly = (self.broken & self.allowed) - over_one
        broken, undecided = self.broken, self.undecided
        divided = PortSet.union(ports for _, ports in self.by_family)
        as_documented = self.allowed & self.documented
        yield Share(Standing.AS_DOCUMENTED, as_documented - broken - undecided)
        yield Share(Standing.FORBIDDEN, self.forbidden)
        yield Share(Standing.EXPOSED, self.exposed)
        yield Share(Standing.BROKEN, broken - partly - over_one)
        for denied, ports in self.denied_over:
            allowed = next(family for family in Family if family is not denied)
            yield Share(Standing.AS_DOCUMENTED, ports, f"over {allowed}")
            yield Share(Standing.BROKEN, ports, f"over {denied}")
        yield Share(Standing.AS_DOCUMENTED, partly, "in part")
        yield Share(Standing.BROKEN, partly, "in part")
        for family, ports in self.by_family:
            yield Share(Standing.UNDECIDED, ports, f"{family} only")
        yield Share(Standing.UNDECIDED, undecided - divided)

    def required(self, direction: Direction) -> PortSet:
        """What a direction has to let through."""
        return require_ports(self.flows, direction)

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
    documentation: Documentation,
) -> tuple[Judgement, ...]:
    """A judgement for each pair with something allowed, documented or denied.

    The world is closed for pairs with an end in a namespace of the scenario.  Others are
    judged where a flow is about them, wherever their ends are.
    """
    scenario = documentation.scenario
    parties = divide_parties(evaluator, endpoints, scenario.namespaces)
    allowed = _collect_allowed(evaluator, parties)
    stated = collect_stated(evaluator, parties, endpoints, documentation.flows)
    judgements = []
    for source, destination in sorted({*allowed, *stated}):
        places, pair = (source, destination), (parties[source], parties[destination])
        if places in stated or is_closed(*pair):
            some, own = allowed.get(places, NOTHING), tuple(stated.get(places, ()))
            judgements.append(judge_pair(evaluator, pair, some, own, scenario.directions))
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


def collect_stated(
    evaluator: Evaluator,
    parties: tuple[Party, ...],
    endpoints: tuple[BoundEndpoint, ...],
    flows: Iterable[DocumentedFlow],
) -> dict[Places, list[DocumentedFlow]]:
    """The flows about each pair, by the places of its parties.

    A flow with an end of any namespace says nothing of a pair of two endpoints that have names
    of their own, unless it denies.
    """
    anywhere = frozenset(each.name for each in endpoints if is_anywhere(each.declared))
    has_own_name = [bool(set(party.names) - anywhere) for party in parties]
    named: dict[str, list[int]] = defaultdict(list)
    for place, party in enumerate(parties):
        for name in set(party.names):
            named[name].append(place)
    stated: dict[Places, list[DocumentedFlow]] = defaultdict(list)
    for flow in flows:
        for source in named.get(flow.source, ()):
            for destination in named.get(flow.destination, ()):
                is_about_both = has_own_name[source] and has_own_name[destination]
                is_wide = flow.source in anywhere or flow.destination in anywhere
                if not (is_wide and is_about_both and flow.intent is Intent.ALLOWED):
                    stated[source, destination].append(flow)
    # Where both ends are one and the same pod, there is nothing to judge.
    return {
        (source, destination): about
        for (source, destination), about in stated.items()
        if any(list_class_pairs(evaluator, parties[source], parties[destination]))
    }


class Expectation(Struct, frozen=True):
    """What is documented of a pair: the ports that may pass, and those that have to.

    ``permitted`` may pass and ``denied`` must not.  ``whole`` has to pass both ends; of what
    is documented for one end only, ``stated`` has to pass that end.
    """

    permitted: PortSet
    denied: PortSet
    whole: PortSet
    stated: dict[Direction, PortSet]

    def part(self, direction: Direction) -> PortSet:
        """What has to pass the end of this direction only."""
        return self.stated[direction] - self.whole


def expect(
    pair: tuple[Party, Party],
    flows: tuple[DocumentedFlow, ...],
    directions: tuple[Direction, ...],
) -> Expectation:
    """What flows, and the directions in which the world is closed, say of a pair."""
    denied = _unite_ports(flows, Intent.DENIED)
    # A denial of the scenario holds "even if drawn".
    stated = {d: _unite_ports(flows, Intent.ALLOWED, d) - denied for d in Direction}
    whole = _unite_ports((f for f in flows if len(f.directions) > 1), Intent.ALLOWED) - denied
    governed = _find_governed(pair)
    permitted = PortSet.full()
    for direction in directions:
        if governed[direction]:
            permitted &= stated[direction]
    return Expectation(permitted - denied, denied, whole, stated)


def _find_governed(pair: tuple[Party, Party]) -> dict[Direction, bool]:
    """Of each direction whether the documentation speaks for its subject."""
    return {
        direction: party.ground is Ground.GOVERNED
        for direction, party in ((Direction.EGRESS, pair[0]), (Direction.INGRESS, pair[1]))
    }


def judge_pair(
    evaluator: Evaluator,
    pair: tuple[Party, Party],
    some: Allowed,
    flows: tuple[DocumentedFlow, ...],
    directions: tuple[Direction, ...],
) -> Judgement:
    """The judgement of a pair; ``some`` is what may pass between some members."""
    expected = expect(pair, flows, directions)
    permitted, denied, stated = expected.permitted, expected.denied, expected.stated
    governed = _find_governed(pair)
    exposed = some.sure - permitted - denied
    broken, doubtful = PortSet.empty(), some.unknown - permitted
    whole = expected.whole
    every = _allow_between_all(evaluator, pair, None) if whole else NOTHING
    broken |= whole - every.possible
    doubtful |= whole & every.unknown
    for direction in Direction:
        if part := expected.part(direction):
            every = _allow_between_all(evaluator, pair, direction)
            broken |= part - every.possible
            doubtful |= part & every.unknown
    return Judgement(
        source=pair[0],
        destination=pair[1],
        allowed=some.sure,
        documented=permitted & (stated[Direction.EGRESS] | stated[Direction.INGRESS]),
        exposed=exposed,
        forbidden=some.sure & denied,
        broken=broken,
        undecided=doubtful,
        flows=flows,
        excused=tuple(
            direction
            for direction in Direction
            if governed[direction]
            and (direction not in directions or not exposed - stated[direction])
        ),
        by_family=some.on(doubtful).by_family,
        denied_over=_divide_by_family(evaluator, pair, broken & some.sure),
    )


def _divide_by_family(
    evaluator: Evaluator, pair: tuple[Party, Party], ports: PortSet
) -> tuple[tuple[Family, PortSet], ...]:
    """The families that are denied on ports on which the other one is allowed."""
    if not ports:
        return ()
    every, some = dict.fromkeys(Family, ANYTHING), dict.fromkeys(Family, NOTHING)
    for source, destination in list_class_pairs(evaluator, *pair):
        allowed = evaluator.allowed(source, destination)
        for family in evaluator.universe.common(source, destination):
            every[family] &= allowed.over(family)
            some[family] |= allowed.over(family)
    found = (
        (denied, (ports & every[allowed].sure) - some[denied].possible)
        for denied, allowed in ((Family.IPV4, Family.IPV6), (Family.IPV6, Family.IPV4))
    )
    return tuple((family, own) for family, own in found if own)


def _allow_between_all(
    evaluator: Evaluator, pair: tuple[Party, Party], direction: Direction | None
) -> Allowed:
    """What may pass between all members of a pair: at both ends, or in one direction."""
    every = ANYTHING
    for source, destination in list_class_pairs(evaluator, *pair):
        if direction is None:
            every &= evaluator.allowed(source, destination)
        else:
            every &= evaluator.admitted(Flow(direction, source, destination))
    return every


def require_ports(flows: Sequence[DocumentedFlow], direction: Direction) -> PortSet:
    """What flows about a pair want a direction to let through; a denial wins."""
    denied = _unite_ports(flows, Intent.DENIED)
    return _unite_ports(flows, Intent.ALLOWED, direction) - denied


def _unite_ports(
    flows: Iterable[DocumentedFlow], intent: Intent, direction: Direction | None = None
) -> PortSet:
    """The ports of the flows of an intent, of those that are about a direction."""
    ports = PortSet.empty()
    for flow in flows:
        if flow.intent is intent and (direction is None or direction in flow.directions):
            ports |= flow.ports
    return ports


def list_class_pairs(
    evaluator: Evaluator, source: Party, destination: Party
) -> Iterator[tuple[int, int]]:
    """The class pairs of two parties, but for a pod with itself.

    Of those that have an address family in common, if there are any.
    """
    for origin, target in evaluator.pairs(source.members, destination.members):
        if _without_itself(evaluator, 1 << origin, target):
            yield origin, target
