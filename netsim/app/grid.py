"""The grid of a report: who may reach whom, with what decides every one of its cells.

With documentation the ends are its parties, and a cell is a :class:`Judgement`.  Without, they
are the workloads and the addresses outside, and a cell is an :class:`Opening`.  What decides is
kept once for each class of pods and the peers that are told the same, as 200 workloads have
40,000 cells and a few hundred reasons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import TypeVar

from msgspec import Struct

from netsim.app.check import CheckResult, Examination
from netsim.app.explanation.explanation import ExplainedStep, list_steps
from netsim.engine.evaluator import Evaluator
from netsim.engine.explain.ends import name_addresses, name_end
from netsim.engine.explain.sides import list_sides
from netsim.engine.matrix.listing import Areas, Workloads, listing
from netsim.engine.policy.decision import Allowed
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet
from netsim.engine.space.stand_ins import is_invented
from netsim.engine.space.universe import Universe
from netsim.judge.judgement import Judgement, list_class_pairs
from netsim.judge.parties import is_closed
from netsim.model.addresses import AddressSet, Family
from netsim.model.finding import Finding, Suppressed
from netsim.model.location import Location
from netsim.model.policies import Direction, Rule
from netsim.model.ports import PortSet
from netsim.model.verdict import DirectionVerdict, Outcome
from netsim.words.lists import join_first

OUTSIDE = "addresses outside"
T = TypeVar("T")


class End(Struct, frozen=True):
    """A row and a column; ``namespaces`` is empty for addresses outside the cluster."""

    title: str
    namespaces: tuple[str, ...]
    classes: ClassSet


class Opening(Struct, frozen=True):
    """What may pass between two ends of which nothing is documented.

    ``is_partial`` says that it is so for some of their pods or addresses only.
    """

    allowed: PortSet
    unknown: PortSet
    is_partial: bool


class GridCell(Struct, frozen=True):
    """A pair by the places of its ends; ``findings`` count in those of the whole result.

    ``content`` None is of a pair that was not judged: the documentation closes neither end, or
    both are one and the same pod.  ``uncounted`` are findings that a comment suppresses, or
    that options leave out.
    """

    source: int
    destination: int
    content: Judgement | Opening | None
    findings: tuple[int, ...] = ()
    uncounted: tuple[Suppressed | Finding, ...] = ()


class ExplainedAnswer(Struct, frozen=True):
    """Some ports at one end, tier by tier."""

    ports: PortSet
    outcome: Outcome
    steps: tuple[ExplainedStep, ...]


class ExplainedSide(Struct, frozen=True):
    """What one class says to some others, for every port."""

    peers: ClassSet
    answers: tuple[ExplainedAnswer, ...]


class NamedPeers(Struct, frozen=True):
    """An entry of the peers of a rule, and the classes that it is, or may be, about."""

    location: Location
    peers: ClassSet


class Grid(Struct, frozen=True):
    """The cells of which anything is to be said; all others are denied as documented.

    ``classes`` names what the bits of the ends stand for, ``sides`` has an entry for each of
    them.  ``named`` are the peers of each rule, by its place.  ``own_nodes`` are the pairs of
    classes of which one surely or maybe is the node of the other, which no NetworkPolicy keeps
    apart.
    """

    name: str
    is_documented: bool
    ends: tuple[End, ...]
    classes: tuple[str, ...]
    cells: tuple[GridCell, ...]
    sides: dict[Direction, tuple[tuple[ExplainedSide, ...], ...]]
    named: dict[Location, tuple[NamedPeers, ...]]
    own_nodes: tuple[tuple[int, int], ...]


def lay_out_documented(
    examination: Examination, findings: dict[Finding, int], name: str
) -> Grid | None:
    """The grid of the judged pairs; None where nothing was judged."""
    result, evaluator = examination.result, examination.case.evaluator
    if not result.parties:
        return None
    places = {party: place for place, party in enumerate(result.parties)}
    by_pair = _assign(result, ((each, findings[each.bare]) for each in result.findings))
    uncounted = _assign(result, _list_uncounted(result))
    ends = (
        End(each.title, _list_namespaces(evaluator.universe, each.members), each.members)
        for each in result.parties
    )
    cells = (
        GridCell(
            places[each.source],
            places[each.destination],
            each,
            tuple(by_pair[each.source.title, each.destination.title]),
            tuple(uncounted[each.source.title, each.destination.title]),
        )
        for each in result.judgements
    )
    judged = {(each.source, each.destination) for each in result.judgements}
    unjudged = (
        GridCell(places[source], places[destination], None)
        for source, destination in product(result.parties, repeat=2)
        if (source, destination) not in judged
        and not (
            is_closed(source, destination)
            and any(list_class_pairs(evaluator, source, destination))
        )
    )
    return _lay_out(evaluator, name, tuple(ends), (*cells, *unjudged))


def lay_out_workloads(evaluator: Evaluator) -> Grid | None:
    """The grid of what was read, without documentation; None where no workload was."""
    classes = Workloads(evaluator.universe).classes
    if not classes:
        return None
    universe = evaluator.universe
    titles = sorted(classes)
    ends = [
        *(End(t, _list_namespaces(universe, classes[t]), classes[t]) for t in titles),
        End(OUTSIDE, (), universe.external),
    ]
    places = {end.title: place for place, end in enumerate(ends)}
    cells = (
        GridCell(places[source], places[destination], opening)
        for (source, destination), opening in _list_openings(evaluator)
    )
    return _lay_out(evaluator, "", tuple(ends), tuple(cells))


def _lay_out(
    evaluator: Evaluator, name: str, ends: tuple[End, ...], cells: tuple[GridCell, ...]
) -> Grid:
    universe = evaluator.universe
    rules = (rule for policy in universe.resources.policies for rule in policy.rules)
    named = (_name_class(universe, number) for number in range(universe.size))
    return Grid(
        name,
        any(isinstance(cell.content, Judgement) for cell in cells),
        ends,
        tuple(named),
        tuple(sorted(cells, key=lambda cell: (cell.source, cell.destination))),
        {direction: tuple(_explain(evaluator, direction)) for direction in Direction},
        {rule.location: tuple(_list_named(evaluator, rule)) for rule in rules},
        tuple(
            (source, destination)
            for destination in range(universe.size)
            for source in bits.members(
                universe.near(destination)[0] | universe.near(destination)[1]
            )
        ),
    )


def _list_named(evaluator: Evaluator, rule: Rule) -> Iterator[NamedPeers]:
    for peer in rule.peers:
        match = peer.match(evaluator.selection, rule.namespace)
        yield NamedPeers(peer.location, match.possible)


def _list_uncounted(result: CheckResult) -> Iterator[tuple[Finding, Suppressed | Finding]]:
    for suppressed in result.suppressed:
        yield suppressed.finding, suppressed
    for withheld in result.withheld:
        for finding in withheld.findings:
            yield finding, finding


def _assign(
    result: CheckResult, things: Iterable[tuple[Finding, T]]
) -> dict[tuple[str, str], list[T]]:
    """What comes of the findings about each pair, by the titles that their flows begin with."""
    known = {
        f"{each.source.title} -> {each.destination.title}": (
            each.source.title,
            each.destination.title,
        )
        for each in result.judgements
    }
    found: dict[tuple[str, str], list[T]] = defaultdict(list)
    for finding, thing in things:
        pairs = (_find_pair(flow, known) for flow in finding.flows)
        for pair in dict.fromkeys(filter(None, pairs)):
            found[pair].append(thing)
    return found


def _find_pair(flow: str, known: dict[str, tuple[str, str]]) -> tuple[str, str] | None:
    """The pair of ``web -> any other pod in shop TCP 80``: its title is the longest known."""
    words = flow.split(" ")
    for length in range(len(words), 0, -1):
        pair = known.get(" ".join(words[:length]))
        if pair:
            return pair
    return None


def _list_openings(evaluator: Evaluator) -> Iterator[tuple[tuple[str, str], Opening]]:
    found = listing(evaluator)
    for ends, allowed in found.inner.items():
        yield ends, Opening(allowed.sure, allowed.unknown, is_partial=False)
    for ends, cells in found.divided.items():
        yield ends, _join([cell.allowed for cell in cells])
    outside = evaluator.universe.addresses(evaluator.universe.external)
    for name, areas in found.inward.items():
        yield (OUTSIDE, name), _join_areas(areas, outside)
    for name, areas in found.outward.items():
        yield (name, OUTSIDE), _join_areas(areas, outside)


def _join(parts: Sequence[Allowed]) -> Opening:
    sure = PortSet.union(each.sure for each in parts)
    unknown = PortSet.union(each.unknown for each in parts) - sure
    return Opening(sure, unknown, is_partial=True)


def _join_areas(areas: Areas, outside: AddressSet) -> Opening:
    """What passes to or from some addresses; the whole, where it is the same for all."""
    is_whole = len(areas) == 1 and areas[0].pods is None and outside <= areas[0].addresses
    if is_whole:
        return Opening(areas[0].allowed.sure, areas[0].allowed.unknown, is_partial=False)
    return _join([area.allowed for area in areas])


def _list_namespaces(universe: Universe, classes: ClassSet) -> tuple[str, ...]:
    pods = classes & ~universe.external
    names = {pod.namespace for number in bits.members(pods) for pod in universe.pods[number]}
    return tuple(sorted(name for name in names if not is_invented(name)))


def _name_class(universe: Universe, number: int) -> str:
    if number >= len(universe.pods):
        return name_addresses(universe.addresses(bits.single(number)))
    return join_first(list(dict.fromkeys(map(name_end, universe.pods[number]))))


def _explain(evaluator: Evaluator, direction: Direction) -> Iterator[tuple[ExplainedSide, ...]]:
    """The sides of every class; verdicts that were put into steps are not put so again."""
    known: dict[DirectionVerdict, tuple[ExplainedStep, ...]] = {}
    universe = evaluator.universe
    outside: dict[tuple[ClassSet, ...], tuple[ExplainedSide, ...]] = {}
    for subject in range(universe.size):
        # No address outside has a policy of its own, so one of a family answers for all.
        family = tuple(universe.partners(subject, each) for each in Family)
        sides = outside.get(family) or tuple(
            ExplainedSide(side.peers, tuple(_put_into_steps(side.answers, known)))
            for side in list_sides(evaluator, direction, subject)
        )
        if subject >= len(universe.pods):
            outside[family] = sides
        yield sides


def _put_into_steps(
    answers: Iterable[tuple[PortSet, DirectionVerdict]],
    known: dict[DirectionVerdict, tuple[ExplainedStep, ...]],
) -> Iterator[ExplainedAnswer]:
    for ports, verdict in answers:
        if verdict not in known:
            known[verdict] = tuple(list_steps(verdict))
        yield ExplainedAnswer(ports, verdict.outcome, known[verdict])
