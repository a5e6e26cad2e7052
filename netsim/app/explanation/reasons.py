"""Why each connection of a list may pass: the rules of both ends, or that none isolates it.

``shop/web => shop/api : TCP 4000`` leaves by ``shop/web egress[0]``, ``to[0]``, and arrives by
``shop/api ingress[0]``, ``from[1]``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from netsim.app.explanation.cited import Cited
from netsim.engine.evaluator import Evaluator
from netsim.engine.explain.admissions import admit
from netsim.engine.explain.ends import Ends
from netsim.engine.explain.verdicts import OWN_NODE, attribute
from netsim.engine.matrix.listing import Pair
from netsim.engine.naming.controller import TITLE
from netsim.engine.policy.flow import Flow
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet
from netsim.model.addresses import parse_addresses
from netsim.model.endpoint import EXTERNAL, Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.policies import Direction
from netsim.model.ports import PortSet
from netsim.model.verdict import DirectionVerdict, Outcome


class PassReason(Struct, frozen=True):
    """What lets ports of a connection pass at one end; ``why`` is set where no rule does."""

    ports: PortSet
    outcome: Outcome
    rules: tuple[Cited, ...]
    why: str = ""


class ExplainedPair(Struct, frozen=True):
    """A row of a list, with the reasons of both ends."""

    pair: Pair
    egress: tuple[PassReason, ...]
    ingress: tuple[PassReason, ...]


def explain_pairs(evaluator: Evaluator, pairs: Iterable[Pair]) -> Iterator[ExplainedPair]:
    """The reasons of each pair, whose pods are of the evaluator's input.

    O(pairs of classes of each, and the rules about them).
    """
    known = _Known(evaluator)
    for pair in pairs:
        ends = known.find(pair.source), known.find(pair.destination)
        yield ExplainedPair(
            pair,
            *(
                tuple(_list_reasons(evaluator, direction, ends, pair.ports | pair.unknown))
                for direction in (Direction.EGRESS, Direction.INGRESS)
            ),
        )


_Key = tuple[Outcome, tuple[Cited, ...], str]


def _list_reasons(
    evaluator: Evaluator,
    direction: Direction,
    ends: tuple[tuple[ClassSet, Endpoint], tuple[ClassSet, Endpoint]],
    ports: PortSet,
) -> Iterator[PassReason]:
    (sources, source), (destinations, destination) = ends
    found: dict[_Key, PortSet] = defaultdict(PortSet.empty)
    for origin in bits.members(sources):
        for target in bits.members(destinations):
            if evaluator.is_neighbour(origin, target):
                found[Outcome.ALLOW, (), OWN_NODE] |= ports
                continue
            passing = evaluator.allowed(origin, target).possible & ports
            flow = Flow(direction, origin, target)
            named = Ends.of(evaluator.universe, origin, target, (source, destination))
            for part, verdict in attribute(evaluator, flow, passing):
                rules = _cite(evaluator, verdict, flow, named, part)
                why = "" if rules and verdict.outcome is Outcome.ALLOW else verdict.why
                found[verdict.outcome, rules, why] |= part
    for (outcome, rules, why), part in found.items():
        yield PassReason(part, outcome, rules, why)


def _cite(
    evaluator: Evaluator, verdict: DirectionVerdict, flow: Flow, ends: Ends, ports: PortSet
) -> tuple[Cited, ...]:
    admissions = (admit(evaluator, rule, flow, ends, ports.first()) for rule in verdict.rules)
    return tuple(Cited.of_rule(each.rule, (*each.peers, each.port)) for each in admissions)


class _Known:
    """The classes and pods that the titles of a list stand for."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._universe = evaluator.universe
        self._pods = defaultdict(list)
        for pod in self._universe.resources.pods:
            self._pods[TITLE if pod.name == TITLE else str(pod.workload)].append(pod)

    def find(self, title: str) -> tuple[ClassSet, Endpoint]:
        endpoint: Endpoint = PodEndpoint(title, tuple(self._pods.get(title, ())))
        if title.endswith(EXTERNAL):
            addresses = parse_addresses(title.removesuffix(EXTERNAL))
            endpoint = ExternalEndpoint(title, addresses)
        return self._universe.of(endpoint), endpoint
