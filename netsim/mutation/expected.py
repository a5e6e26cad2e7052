"""What the documentation says of the connections of one class, in one direction.

Of ``api``'s ingress: ``web`` has to reach it on TCP 4000 and may do nothing else, and nobody
else may do anything::

    Expected(case).tolerated(Direction.INGRESS, api)    # ((web, TCP 4000), (all others, none))

What ``check`` finds without any mutant counts as tolerated, or as not required: only what a
mutant adds to it can show that it is noticed.
"""

from __future__ import annotations

from collections import defaultdict

from msgspec import Struct

from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet
from netsim.intent.scenario.scenario import Scenario
from netsim.judge.case import Case
from netsim.judge.judgement import Expectation, Judgement, Places, collect_stated, expect
from netsim.judge.parties import Ground, Party, divide_parties
from netsim.model.flow import DocumentedFlow
from netsim.model.policies import Direction
from netsim.model.ports import PortSet


class Required(Struct, frozen=True):
    """What a party at the other end needs to pass, without what is broken anyway."""

    peers: ClassSet
    whole: PortSet
    part: PortSet


class Expected:
    """The documentation of a case, by class; what is asked for is worked out once."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self.parties = divide_parties(case.evaluator, case.endpoints, case.namespaces)
        self.stated: dict[Places, list[DocumentedFlow]] = collect_stated(
            case.evaluator, self.parties, case.endpoints, case.documentation.flows
        )
        self._place = {
            bit: place
            for place, party in enumerate(self.parties)
            for bit in bits.members(party.members)
        }
        self._judged = self._find_judged()
        self._special: dict[tuple[Direction, int], set[int]] = defaultdict(set)
        for source, destination in (*self.stated, *self._judged):
            self._special[Direction.EGRESS, source].add(destination)
            self._special[Direction.INGRESS, destination].add(source)
        self._governed = self._unite(Ground.GOVERNED)
        self._elsewhere = self._unite(Ground.ELSEWHERE)
        self.named: ClassSet = bits.union(p.members for p in self.parties if p.names)
        """The classes that an endpoint of the scenario stands for."""
        self._tolerated: dict[tuple[Direction, int], tuple[tuple[ClassSet, PortSet], ...]] = {}
        self._required: dict[tuple[Direction, int], tuple[Required, ...]] = {}

    def tolerated(
        self, direction: Direction, subject: int
    ) -> tuple[tuple[ClassSet, PortSet], ...]:
        """Disjoint groups of peers, each with the ports that nobody would notice open."""
        key = direction, self._place[subject]
        if key not in self._tolerated:
            self._tolerated[key] = self._list_tolerated(*key)
        return self._tolerated[key]

    def required(self, direction: Direction, subject: int) -> tuple[Required, ...]:
        """The peers with whom something has to pass."""
        key = direction, self._place[subject]
        if key not in self._required:
            found = (self._find_required(*key, other) for other in sorted(self._special[key]))
            self._required[key] = tuple(each for each in found if each.whole or each.part)
        return self._required[key]

    def party(self, number: int) -> Party:
        """The party of a class."""
        return self.parties[self._place[number]]

    def expectation(self, places: Places) -> Expectation:
        """What is documented of a pair."""
        source, destination = places
        pair = self.parties[source], self.parties[destination]
        flows = tuple(self.stated.get(places, ()))
        return expect(pair, flows, self._scenario.directions)

    def about(self, source: int, destination: int) -> Expectation:
        """What is documented of two classes."""
        return self.expectation((self._place[source], self._place[destination]))

    def faulty(self, source: int, destination: int) -> PortSet:
        """The ports that ``check`` reports of two classes without any mutant."""
        judged = self._judged.get((self._place[source], self._place[destination]))
        if judged is None:
            return PortSet.empty()
        return judged.exposed | judged.forbidden | judged.broken | judged.undecided

    def is_judged(self, source: int, destination: int) -> bool:
        """Whether the documentation says anything of two classes."""
        places = self._place[source], self._place[destination]
        return places in self.stated or self.is_governed(places)

    def is_governed(self, places: Places) -> bool:
        """Whether the documentation speaks for all connections of either end."""
        return any(self.parties[place].ground is Ground.GOVERNED for place in places)

    @property
    def _scenario(self) -> Scenario:
        return self._case.scenario

    def _unite(self, ground: Ground) -> ClassSet:
        return bits.union(p.members for p in self.parties if p.ground is ground)

    def _find_judged(self) -> dict[Places, Judgement]:
        """The judgements that are not as documented, by the places of their parties."""
        place = {party.members: place for place, party in enumerate(self.parties)}
        return {
            (place[each.source.members], place[each.destination.members]): each
            for each in self._case.judgements
            if each.exposed or each.forbidden or each.broken or each.undecided
        }

    def _list_tolerated(
        self, direction: Direction, own: int
    ) -> tuple[tuple[ClassSet, PortSet], ...]:
        grouped: dict[PortSet, ClassSet] = defaultdict(int)
        special = 0
        for other in self._special[direction, own]:
            members = self.parties[other].members
            grouped[self._tolerate(direction, own, other)] |= members
            special |= members
        for ground, members in (
            (Ground.GOVERNED, self._governed),
            (Ground.ELSEWHERE, self._elsewhere),
        ):
            if members & ~special:
                ports = self._tolerate_unstated(direction, own, ground)
                grouped[ports] |= members & ~special
        return tuple((members, ports) for ports, members in grouped.items())

    def _tolerate(self, direction: Direction, own: int, other: int) -> PortSet:
        places = _orient(direction, own, other)
        pair = [self.parties[place].ground for place in places]
        if places not in self.stated and Ground.GOVERNED not in pair:
            return PortSet.full()
        ports = self.expectation(places).permitted
        judged = self._judged.get(places)
        if judged:
            ports |= judged.exposed | judged.forbidden | judged.undecided
        return ports

    def _tolerate_unstated(self, direction: Direction, own: int, ground: Ground) -> PortSet:
        """Of a pair of which nothing is stated, nothing may pass where the world is closed."""
        closed = self._scenario.directions
        is_closed = (self.parties[own].ground is Ground.GOVERNED and direction in closed) or (
            ground is Ground.GOVERNED and direction.opposite in closed
        )
        return PortSet.empty() if is_closed else PortSet.full()

    def _find_required(self, direction: Direction, own: int, other: int) -> Required:
        places = _orient(direction, own, other)
        expected, judged = self.expectation(places), self._judged.get(places)
        lacking = judged.broken | judged.undecided if judged else PortSet.empty()
        return Required(
            self.parties[other].members,
            expected.whole - lacking,
            expected.part(direction) - lacking,
        )


def _orient(direction: Direction, subject: int, peer: int) -> Places:
    return (peer, subject) if direction is Direction.INGRESS else (subject, peer)
