"""The parties of the documentation: a partition of all endpoint classes by who names them.

With the endpoints ``web`` and ``api`` the parties are ``web``, ``api``, a stand-in for any
other pod of each namespace, and every address that no endpoint names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from enum import Enum

from msgspec import Struct

from netsim.engine.evaluator import Evaluator
from netsim.engine.space import bits
from netsim.engine.space.stand_ins import is_stand_in, name_pod
from netsim.engine.space.universe import Universe
from netsim.intent.scenario.bind import BoundEndpoint
from netsim.intent.scenario.endpoints import LabelledEndpoint, is_anywhere

OTHER_ADDRESSES = "any other address"
OUTSIDE = "any address"
SEVERAL = "several namespaces"


class Ground(Enum):
    """Whether the documentation speaks for all connections of a party, or only for some."""

    GOVERNED = "governed"
    ELSEWHERE = "elsewhere"


class Party(Struct, frozen=True):
    """Classes of one universe (``members``, as bits) that the documentation treats alike.

    ``names`` are the scenario's endpoints they belong to; empty for what it does not name.
    ``place`` is the namespace of its pods, if that is one; else ``SEVERAL`` or ``OUTSIDE``.
    """

    title: str
    names: tuple[str, ...]
    members: int
    ground: Ground
    place: str = ""


def divide_parties(
    evaluator: Evaluator, endpoints: tuple[BoundEndpoint, ...], namespaces: Iterable[str]
) -> tuple[Party, ...]:
    """Every class in exactly one party: named endpoints first, then the rest by title."""
    universe = evaluator.universe
    own = unite_namespaces(evaluator, namespaces)
    named = [(bound.name, universe.of(bound.endpoint)) for bound in endpoints]
    wide = {bound.name for bound in endpoints if is_wide(bound)}
    # An endpoint can lie within a wider one: its own name says most.
    named.sort(key=lambda item: item[1].bit_count())
    grouped: dict[tuple[tuple[str, ...], str], int] = defaultdict(int)
    for bit in range(universe.size):
        names = tuple(name for name, members in named if members >> bit & 1)
        title = _title(universe, bit, [name for name in names if name not in wide])
        grouped[names, title] |= 1 << bit
    order = {bound.name: place for place, bound in enumerate(endpoints)}
    parties = [
        Party(
            title,
            names,
            members,
            Ground.GOVERNED if members & own else Ground.ELSEWHERE,
            _name_place(universe, members),
        )
        for (names, title), members in grouped.items()
    ]
    return tuple(
        sorted(parties, key=lambda party: (order.get(party.title, len(order)), party.title))
    )


def is_closed(source: Party, destination: Party) -> bool:
    """Whether the documentation speaks for all connections of a pair.

    Of others only those that a flow is about are judged.
    """
    return Ground.GOVERNED in (source.ground, destination.ground)


def unite_namespaces(evaluator: Evaluator, namespaces: Iterable[str]) -> int:
    """The classes of pods in some namespaces, as bits."""
    found = 0
    for namespace in namespaces:
        found |= evaluator.selection.namespace(namespace).sure
    return found


def is_wide(bound: BoundEndpoint) -> bool:
    """Whether an endpoint stands for every pod of a namespace, or of any, and names none."""
    declared = bound.declared
    if not isinstance(declared, LabelledEndpoint):
        return False
    return is_anywhere(declared) or not declared.labels.pairs


def _name_place(universe: Universe, members: int) -> str:
    inside = members & bits.span(0, len(universe.pods))
    spaces = {pod.namespace for number in bits.members(inside) for pod in universe.pods[number]}
    if not spaces:
        return OUTSIDE
    return spaces.pop() if len(spaces) == 1 else SEVERAL


def _title(universe: Universe, bit: int, names: list[str]) -> str:
    if bit >= len(universe.pods):
        return names[0] if names else OTHER_ADDRESSES
    pods = universe.pods[bit]
    stand_in = next((pod for pod in pods if is_stand_in(pod)), None)
    if stand_in:
        return name_pod(stand_in)
    return names[0] if names else ", ".join(sorted({name_pod(pod) for pod in pods}))
