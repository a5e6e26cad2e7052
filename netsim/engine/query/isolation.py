"""Workloads that no policy isolates in a direction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.listing import Pods, title_of
from netsim.engine.policy.chain import TIERS
from netsim.engine.space import bits
from netsim.model.location import Location
from netsim.model.policies import Direction
from netsim.model.resources import Origin, PodNetwork


class Unisolated(Struct, frozen=True):
    """A workload, some pod of which no NetworkPolicy isolates in a direction.

    ``possible`` are the titles of those that may, ``admin`` of the admin-tier policies with
    rules about it; ``network`` says whether policies could select it at all.  ``pods`` are
    those that are meant, None where all of its pods are.
    """

    workload: str
    direction: Direction
    possible: tuple[str, ...]
    admin: tuple[str, ...]
    network: PodNetwork
    location: Location | None
    pods: Pods | None = None

    def split(self) -> Iterator[Unisolated]:
        """The same for each pod, where it is about some of them."""
        for title in self.pods.titles if self.pods else (self.workload,):
            yield replace(self, workload=title, pods=None)


def list_unisolated(evaluator: Evaluator) -> tuple[Unisolated, ...]:
    """All of them, sorted by workload and direction."""
    found: dict[tuple[str, str], Unisolated] = {}
    pods: dict[tuple[str, str], set[str]] = defaultdict(set)
    totals = Counter(str(pod.workload) for pod in evaluator.universe.resources.pods)
    for direction in Direction:
        open_ = evaluator.universe.everything & ~evaluator.chains[direction].isolated
        for bit in bits.members(open_):
            for title, each in _of_class(evaluator, direction, bit):
                key = each.workload, direction.value
                found.setdefault(key, each)
                pods[key].add(title)
    return tuple(
        each
        if len(pods[key]) == totals[each.workload]
        else replace(each, pods=Pods(tuple(sorted(pods[key])), totals[each.workload]))
        for key, each in sorted(found.items(), key=lambda item: item[0])
    )


def _of_class(
    evaluator: Evaluator, direction: Direction, bit: int
) -> tuple[tuple[str, Unisolated], ...]:
    universe = evaluator.universe
    if bit >= len(universe.pods):
        return ()
    policies = dict.fromkeys(
        policy for tier in TIERS for policy in evaluator.selecting(tier, direction, bit)
    )
    possible = tuple(policy.title for policy in policies if direction in policy.isolates)
    admin = tuple(policy.title for policy in policies if direction not in policy.isolates)
    return tuple(
        (
            title_of(pod),
            Unisolated(
                str(pod.workload), direction, possible, admin, pod.network, pod.location
            ),
        )
        for pod in universe.pods[bit]
        if pod.origin is Origin.READ
    )
