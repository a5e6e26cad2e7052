"""The parties of the documentation: a partition of all endpoint classes by who names them."""

from __future__ import annotations

from collections import defaultdict

from netsim.engine.reachability import Reachability
from netsim.engine.space.population import is_representative, title
from netsim.engine.space.universe import Universe
from netsim.intent.scenario.bind import BoundEndpoint
from netsim.intent.scenario.endpoints import LabelledEndpoint
from netsim.judge.judgement import Ground, Party

OTHER_ADDRESSES = "any other address"


def parties(
    reachability: Reachability, endpoints: tuple[BoundEndpoint, ...], namespace: str
) -> tuple[Party, ...]:
    """Every class in exactly one party: named endpoints first, then the rest by title."""
    universe = reachability.universe
    own = reachability.selection.namespace(namespace)
    named = [(bound.name, universe.of(bound.endpoint)) for bound in endpoints]
    wide = {bound.name for bound in endpoints if is_wide(bound)}
    # An endpoint can lie within a wider one: its own name says most.
    named.sort(key=lambda item: item[1].bit_count())
    grouped: dict[tuple[tuple[str, ...], str], int] = defaultdict(int)
    for bit in range(universe.size):
        names = tuple(name for name, members in named if members >> bit & 1)
        grouped[names, _title(universe, bit, [name for name in names if name not in wide])] |= (
            1 << bit
        )
    order = {bound.name: place for place, bound in enumerate(endpoints)}
    return tuple(
        Party(text, names, members, Ground.GOVERNED if members & own else Ground.ELSEWHERE)
        for (names, text), members in sorted(
            grouped.items(), key=lambda item: (_place(item[0], order), item[0][1])
        )
    )


def _place(key: tuple[tuple[str, ...], str], order: dict[str, int]) -> int:
    return order.get(key[1], len(order))


def is_wide(bound: BoundEndpoint) -> bool:
    """Whether an endpoint stands for every pod of a namespace, and so names none."""
    return isinstance(bound.declared, LabelledEndpoint) and not bound.declared.labels.pairs


def _title(universe: Universe, bit: int, names: list[str]) -> str:
    if bit >= len(universe.pods):
        return names[0] if names else OTHER_ADDRESSES
    pods = universe.pods[bit]
    stand_in = next((pod for pod in pods if is_representative(pod)), None)
    if stand_in:
        return title(stand_in)
    return names[0] if names else ", ".join(sorted({title(pod) for pod in pods}))
