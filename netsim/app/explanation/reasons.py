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
from netsim.engine.explain.ends import End, Ends
from netsim.engine.explain.verdicts import MAYBE_OWN_NODE, OWN_NODE, attribute
from netsim.engine.matrix.listing import Pair
from netsim.engine.naming.controller import TITLE
from netsim.engine.policy.flow import Flow
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet
from netsim.engine.space.places import Vicinity
from netsim.model.addresses import AddressSet, parse_addresses
from netsim.model.endpoint import EXTERNAL, Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.policies import Direction, Rule
from netsim.model.ports import PortSet
from netsim.model.verdict import Outcome


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


class _Group(Struct):
    """The parts of a connection that the same rules let pass: ports, and a sample of each."""

    flow: Flow
    ports: PortSet
    sources: ClassSet = 0
    destinations: ClassSet = 0


_Key = tuple[Outcome, tuple[Rule, ...], str]


def _list_reasons(
    evaluator: Evaluator,
    direction: Direction,
    ends: tuple[tuple[ClassSet, Endpoint], tuple[ClassSet, Endpoint]],
    ports: PortSet,
) -> Iterator[PassReason]:
    (sources, source), (destinations, destination) = ends
    found: dict[_Key, _Group] = {}
    for origin in bits.members(sources):
        for target in bits.members(destinations):
            flow = Flow(direction, origin, target)
            for (outcome, rules, why), part in _list_parts(evaluator, flow, ports):
                group = found.setdefault((outcome, rules, why), _Group(flow, part))
                group.ports |= part
                group.sources |= 1 << origin
                group.destinations |= 1 << target
    for (outcome, rules, why), group in found.items():
        named = Ends(
            _name(evaluator, group.sources, group.flow.source, source),
            _name(evaluator, group.destinations, group.flow.destination, destination),
        )
        first = group.ports.first()
        admitted = (admit(evaluator, rule, group.flow, named, first) for rule in rules)
        cited = (Cited.of_rule(each.rule, (*each.peers, each.port)) for each in admitted)
        yield PassReason(group.ports, outcome, tuple(cited), why)


def _list_parts(
    evaluator: Evaluator, flow: Flow, ports: PortSet
) -> Iterator[tuple[_Key, PortSet]]:
    passing = evaluator.allowed(flow.source, flow.destination).possible & ports
    by_policies = passing & evaluator.allowed_by(flow).possible
    if passing != by_policies:
        is_own = evaluator.universe.vicinity(flow.source, flow.destination) is Vicinity.OWN_NODE
        key = (Outcome.ALLOW, (), OWN_NODE) if is_own else (Outcome.UNKNOWN, (), MAYBE_OWN_NODE)
        yield key, passing - by_policies
    for part, verdict in attribute(evaluator, flow, by_policies):
        is_sure = verdict.rules and verdict.outcome is Outcome.ALLOW
        yield (verdict.outcome, verdict.rules, "" if is_sure else verdict.why), part


def _name(evaluator: Evaluator, classes: ClassSet, one: int, endpoint: Endpoint) -> End:
    """The addresses of some classes, or a pod of one of them."""
    universe = evaluator.universe
    if isinstance(endpoint, PodEndpoint) and len(endpoint.pods) == 1:
        return endpoint.pods[0]
    if isinstance(endpoint, PodEndpoint):
        return next(pod for pod in endpoint.pods if universe.bit(pod) == one)
    atoms = (universe.atoms.all[bit - len(universe.pods)] for bit in bits.members(classes))
    return AddressSet.union(atom.addresses for atom in atoms)


class _Known:
    """The classes and pods that the titles of a list stand for."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._universe = evaluator.universe
        self._pods = defaultdict(list)
        self._found: dict[str, tuple[ClassSet, Endpoint]] = {}
        for pod in self._universe.resources.pods:
            self._pods[TITLE if pod.name == TITLE else str(pod.workload)].append(pod)

    def find(self, title: str) -> tuple[ClassSet, Endpoint]:
        if title not in self._found:
            self._found[title] = self._find(title)
        return self._found[title]

    def _find(self, title: str) -> tuple[ClassSet, Endpoint]:
        endpoint: Endpoint = PodEndpoint(title, tuple(self._pods.get(title, ())))
        if title.endswith(EXTERNAL):
            addresses = parse_addresses(title.removesuffix(EXTERNAL))
            endpoint = ExternalEndpoint(title, addresses)
        return self._universe.of(endpoint), endpoint
