"""Workloads that no policy isolates in a direction."""

from __future__ import annotations

from msgspec import Struct

from netsim.engine.evaluator import Evaluator
from netsim.engine.policy.chain import TIERS
from netsim.engine.space import bits
from netsim.model.location import Location
from netsim.model.policies import Direction
from netsim.model.resources import Origin, PodNetwork


class Unisolated(Struct, frozen=True):
    """A workload, some pod of which no NetworkPolicy isolates in a direction.

    ``possible`` are the titles of those that may, ``admin`` of the admin-tier policies with
    rules about it; ``network`` says whether policies could select it at all.
    """

    workload: str
    direction: Direction
    possible: tuple[str, ...]
    admin: tuple[str, ...]
    network: PodNetwork
    location: Location | None


def list_unisolated(evaluator: Evaluator) -> tuple[Unisolated, ...]:
    """All of them, sorted by workload and direction."""
    found: dict[tuple[str, str], Unisolated] = {}
    for direction in Direction:
        open_ = evaluator.universe.everything & ~evaluator.chains[direction].isolated
        for bit in bits.members(open_):
            for each in _of_class(evaluator, direction, bit):
                found.setdefault((each.workload, direction.value), each)
    return tuple(found[key] for key in sorted(found))


def _of_class(evaluator: Evaluator, direction: Direction, bit: int) -> tuple[Unisolated, ...]:
    universe = evaluator.universe
    if bit >= len(universe.pods):
        return ()
    policies = dict.fromkeys(
        policy for tier in TIERS for policy in evaluator.selecting(tier, direction, bit)
    )
    possible = tuple(policy.title for policy in policies if direction in policy.isolates)
    admin = tuple(policy.title for policy in policies if direction not in policy.isolates)
    return tuple(
        Unisolated(str(pod.workload), direction, possible, admin, pod.network, pod.location)
        for pod in universe.pods[bit]
        if pod.origin is Origin.READ
    )
