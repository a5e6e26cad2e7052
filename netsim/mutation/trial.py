"""A trial: whether ``check`` would notice a mutant, and if not, why.

``Trials(prepare(case)).hold(mutant)`` judges only the rows and columns of the classes whose
policies the mutant changes: O(changed classes x groups of peers), whatever the size of the
cluster.  The classes and stand-ins are those of the case.  So a mutant is noticed exactly if
the judgements of the same pods, worked out anew with it, have a port exposed, forbidden,
broken or undecided that those of the case have not.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from netsim.engine.matrix.slices import Replacement, Slices
from netsim.engine.policy.decision import Allowed
from netsim.engine.policy.flow import Flow
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet
from netsim.engine.space.stand_ins import is_invented
from netsim.intent.scenario.endpoints import LabelledEndpoint
from netsim.judge.case import Case, refine_case
from netsim.judge.judgement import Standing
from netsim.judge.parties import Party
from netsim.model.addresses import Family
from netsim.model.policies import Direction
from netsim.model.ports import PortSet
from netsim.mutation.expected import Expected
from netsim.mutation.mutants import Mutant, list_asking, list_cuts


class Fate(Enum):
    """What becomes of a mutant.

    NOTICED: ``check`` reports it.  REDUNDANT: it changes no verdict.  UNDOCUMENTED: it changes
    verdicts about which the documentation says nothing.  UNKNOWN: whether it changes any cannot
    be told.
    """

    NOTICED = "noticed"
    REDUNDANT = "redundant"
    UNDOCUMENTED = "undocumented"
    UNKNOWN = "unknown"


class Gap(Enum):
    """Why the documentation says nothing of a change."""

    OUTSIDE = "neither end is in a namespace that the scenario speaks for"
    ONE_WAY = "the scenario closes the other direction only"
    DOCUMENTED = "the documentation allows it"
    NOT_REQUIRED = "nothing says that it has to be allowed"
    FAULTY = "check reports this pair without the change already"


class Redundancy(Enum):
    """Why a mutant changes no verdict."""

    SAME = "other rules and policies say the same, or no pod is concerned"
    OTHER_END = "the policies of the other end deny it anyway"


class Evidence(Struct, frozen=True):
    """A pair of parties that a mutant changes, on which ports, and how.

    ``standing`` is what ``check`` makes of it, ``gap`` why it makes nothing of it.  ``ends`` is
    how a scenario can name the two, ``unnamed`` those of them that need an endpoint for that,
    ``namespaces`` those of the ends that are pods.
    """

    source: str
    destination: str
    ports: PortSet
    standing: Standing = Standing.AS_DOCUMENTED
    is_opened: bool = True
    gap: Gap | None = None
    ends: tuple[str, str] = ("", "")
    unnamed: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()


class Trial(Struct, frozen=True):
    """A mutant and its fate.

    ``evidence`` is a pair that shows it, of all but the redundant; of these ``redundancy`` says
    why they are.
    """

    mutant: Mutant
    fate: Fate
    evidence: Evidence | None = None
    redundancy: Redundancy | None = None


class _Change(Struct, frozen=True):
    """Peers for whom what may pass to or from a subject differs."""

    flow: Flow
    was: Allowed
    now: Allowed

    @property
    def opened(self) -> PortSet:
        return self.now.sure - self.was.possible

    @property
    def closed(self) -> PortSet:
        return self.was.sure - self.now.possible


_Found = Evidence | Redundancy | _Change


class Trials:
    """Holds trials of the mutants of one case, which was prepared."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.expected = Expected(self.case)
        evaluator = case.evaluator
        self._slices: dict[Family | None, Slices] = {
            family: Slices(facet) for family, facet in evaluator.by_family().items()
        } or {None: Slices(evaluator)}

    @property
    def families(self) -> tuple[Family, ...]:
        """The families of which an address may be."""
        return tuple(each for each in Family if each in self.case.evaluator.universe.families)

    def hold(self, mutant: Mutant) -> Trial:
        """The fate of a mutant."""
        definite: list[_Change] = []
        doubtful: list[_Change] = []
        redundancy = Redundancy.SAME
        for found in self._follow(mutant):
            if isinstance(found, Evidence):
                return Trial(mutant, Fate.NOTICED, found)
            if isinstance(found, Redundancy):
                redundancy = found
            else:
                (definite if found.opened or found.closed else doubtful).append(found)
        for fate, changes in ((Fate.UNDOCUMENTED, definite), (Fate.UNKNOWN, doubtful)):
            if changes:
                best = min(changes, key=lambda each: self._rank(each.flow))
                return Trial(mutant, fate, self._show(best))
        return Trial(mutant, Fate.REDUNDANT, redundancy=redundancy)

    def _follow(self, mutant: Mutant) -> Iterator[_Found]:
        for family, slices in self._slices.items():
            replacement = Replacement(slices, mutant.policy, mutant.changed)
            for direction in Direction:
                for subject in bits.members(replacement.subjects(direction)):
                    area = self._find_partners(subject, family)
                    row = _Row(self.expected, slices, replacement, direction, subject, area)
                    yield from row.changes()

    def _find_partners(self, number: int, family: Family | None) -> ClassSet:
        """The other ends that a class has; a running pod alone in its class is not its own."""
        evaluator = self.case.evaluator
        universe = evaluator.universe
        found = universe.partners(number, family) if family else evaluator.meeting(number)
        pods = universe.pods[number]
        is_alone = len(pods) == 1 and pods[0].name is not None
        return found & ~bits.single(number) if is_alone else found

    def _rank(self, flow: Flow) -> tuple[bool, int]:
        """How poor an example a flow is: best is one between two endpoints with names."""
        ends = [self.expected.party(each) for each in (flow.source, flow.destination)]
        return ends[0] is ends[1], sum(not party.names for party in ends)

    def _list_namespaces(self, *classes: int) -> Iterator[str]:
        universe = self.case.evaluator.universe
        for number in classes:
            if number < len(universe.pods):
                name = universe.keys[number].namespace
                if not is_invented(name):
                    yield name

    def _name_end(self, party: Party) -> str:
        """The endpoint that a party belongs to; its title where that is every pod there is."""
        for bound in self.case.endpoints if party.title not in party.names else ():
            declared = bound.declared
            is_own = isinstance(declared, LabelledEndpoint) and declared.labels.pairs
            if is_own and bound.name in party.names:
                return bound.name
        return party.title

    def _show(self, change: _Change) -> Evidence:
        """Why nobody notices a change."""
        flow = change.flow
        source, destination = flow.source, flow.destination
        is_opened = bool(change.opened or not change.closed)
        was, now = change.was, change.now
        doubtful = _differ(was.possible, now.possible) | _differ(was.sure, now.sure)
        ports = change.opened or change.closed or doubtful
        expected = self.expected.about(source, destination)
        faulty = self.expected.faulty(source, destination)
        stated = expected.stated[Direction.EGRESS] | expected.stated[Direction.INGRESS]
        if ports & faulty:
            gap = Gap.FAULTY
        elif not self.expected.is_judged(source, destination):
            gap = Gap.OUTSIDE
        elif not is_opened:
            gap = Gap.NOT_REQUIRED
        else:
            gap = Gap.DOCUMENTED if ports & stated else Gap.ONE_WAY
        parties = self.expected.party(source), self.expected.party(destination)
        ends = self._name_end(parties[0]), self._name_end(parties[1])
        return Evidence(
            parties[0].title,
            parties[1].title,
            ports,
            is_opened=is_opened,
            gap=gap,
            ends=ends,
            unnamed=tuple(
                dict.fromkeys(
                    end
                    for end, party in zip(ends, parties, strict=True)
                    if end not in party.names
                )
            ),
            namespaces=tuple(self._list_namespaces(source, destination)),
        )


class _Row(Struct, frozen=True):
    """The connections of one class in one direction, before and after."""

    expected: Expected
    slices: Slices
    replacement: Replacement
    direction: Direction
    subject: int
    area: ClassSet

    def changes(self) -> Iterator[_Found]:
        """What ``check`` notices, and what else differs."""
        surely, perhaps = self.slices.evaluator.universe.near(self.subject)
        near = (surely | perhaps) & self.area
        for peer in bits.members(near):
            yield from self._compare_near(peer)
        before = self.slices.of_subject(self.direction, self.subject)
        after = self.replacement.of_subject(self.direction, self.subject)
        if before is after:
            return
        for one, was in before:
            for other, now in after:
                group = one & other & self.area
                if group and was != now:
                    yield from self._find_lacking_here(group & ~near, now)
                    yield from self._join(group, near, was, now)

    def _join(
        self, group: ClassSet, near: ClassSet, was: Allowed, now: Allowed
    ) -> Iterator[_Found]:
        """With what the other end lets pass."""
        opposite = self.direction.opposite
        after = self.replacement.of_peer(opposite, self.subject)
        for one, was_there in self.slices.of_peer(opposite, self.subject):
            for other, there in after if group & one else ():
                part = group & one & other
                if not part:
                    continue
                before, both = was & was_there, now & there
                if before == both:
                    yield Redundancy.OTHER_END
                else:
                    yield from self._find_surplus(part, both)
                    yield from self._find_lacking(part & ~near, both)
                    if part & ~near:
                        yield _Change(self._choose(part & ~near), before, both)

    def _compare_near(self, peer: int) -> Iterator[_Found]:
        """A pod and its node, which NetworkPolicy does not keep apart."""
        flow = Flow.of(self.direction, self.subject, peer)
        vicinity = self.slices.evaluator.universe.vicinity(flow.source, flow.destination)
        chains = self.slices.evaluator.chains
        was, was_there = (
            chains[each.direction].allowed(each, vicinity) for each in (flow, flow.reversed)
        )
        now, there = (
            self.replacement.allowed(each, vicinity) for each in (flow, flow.reversed)
        )
        if was != now:
            yield from self._find_lacking_here(bits.single(peer), now)
        if was & was_there != now & there:
            yield from self._find_lacking(bits.single(peer), now & there)
            yield _Change(flow, was & was_there, now & there)

    def _find_surplus(self, peers: ClassSet, now: Allowed) -> Iterator[Evidence]:
        for group, ports in self.expected.tolerated(self.direction, self.subject):
            surplus = now.possible - ports if group & peers else PortSet.empty()
            if surplus:
                flow = self._flow(group & peers)
                denied = self.expected.about(flow.source, flow.destination).denied
                if forbidden := now.sure & surplus & denied:
                    yield self._report(flow, forbidden, Standing.FORBIDDEN)
                elif exposed := now.sure & surplus:
                    yield self._report(flow, exposed, Standing.EXPOSED)
                else:
                    yield self._report(flow, surplus, Standing.UNDECIDED)

    def _find_lacking(self, peers: ClassSet, now: Allowed) -> Iterator[Evidence]:
        """What has to pass both ends and does not."""
        for need in self.expected.required(self.direction, self.subject):
            yield from self._compare(need.peers & peers, need.whole, now)

    def _find_lacking_here(self, peers: ClassSet, now: Allowed) -> Iterator[Evidence]:
        """What has to pass this end alone and does not."""
        for need in self.expected.required(self.direction, self.subject):
            yield from self._compare(need.peers & peers, need.part, now)

    def _compare(self, peers: ClassSet, needed: PortSet, now: Allowed) -> Iterator[Evidence]:
        if not peers or needed <= now.sure:
            return
        flow = self._flow(peers)
        if broken := needed - now.possible:
            yield self._report(flow, broken, Standing.BROKEN)
        else:
            yield self._report(flow, needed - now.sure, Standing.UNDECIDED)

    def _choose(self, peers: ClassSet) -> Flow:
        """An example: rather with an endpoint of another name than the subject's."""
        others = peers & ~self.expected.party(self.subject).members
        return self._flow(others & self.expected.named or others or peers)

    def _flow(self, peers: ClassSet) -> Flow:
        return Flow.of(self.direction, self.subject, next(bits.members(peers)))

    def _report(self, flow: Flow, ports: PortSet, standing: Standing) -> Evidence:
        source, destination = (
            self.expected.party(each).title for each in (flow.source, flow.destination)
        )
        return Evidence(source, destination, ports, standing, standing is not Standing.BROKEN)


def prepare(case: Case) -> Case:
    """The case in which all mutants can be tried.

    It has stand-ins for the pods that any mutant is about, and tells apart all addresses that
    any does.
    """
    policies = case.resources.policies
    return refine_case(case, list_asking(policies), tuple(list_cuts(policies)))


def _differ(one: PortSet, other: PortSet) -> PortSet:
    return (one - other) | (other - one)
