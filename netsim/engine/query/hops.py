"""Single connections, class by class: what ways are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

from msgspec import Struct

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.columns import Columns
from netsim.engine.matrix.listing import Workloads, title_of
from netsim.engine.naming.controller import TITLE, Controller
from netsim.engine.naming.ways_in import judged_ways
from netsim.engine.policy.decision import NOTHING, Allowed
from netsim.engine.policy.rectangle import Certainty
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet
from netsim.engine.space.universe import Universe
from netsim.model.conventions import Conventions
from netsim.model.ports import PortSet
from netsim.model.resources import Pod

CONTROLLER = TITLE


class Hop(Struct, frozen=True):
    """One connection of a way; ``unknown`` are ports on which it may or may not pass.

    The hop from an address to the ingress controller has no ports: where the controller
    listens, the input does not say.
    """

    source: str
    destination: str
    ports: PortSet
    unknown: PortSet


class Cell(Struct, frozen=True):
    """All classes that may send the same to one class."""

    sources: ClassSet
    destination: int
    allowed: Allowed


class Hops:
    """All connections of one input, each group of equal ones worked out once.

    Classes, not workloads, are what ways lead through: of two pods of a workload one may
    be open to the source and another to the destination, and then there is no way.
    """

    def __init__(self, evaluator: Evaluator, controller: Controller) -> None:
        self.evaluator = evaluator
        self.titles = ClassTitles(evaluator.universe)
        self._controller = controller

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All of them; sources that are addresses only send to pods."""
        columns = Columns(self.evaluator)
        universe = self.evaluator.universe
        return tuple(
            Cell(sources & ~outside, destination, allowed)
            for destination in range(universe.size)
            for outside in (universe.external if destination >= len(universe.pods) else 0,)
            for sources, allowed in columns.of(destination)
            if sources & ~outside
        )

    @cached_property
    def led(self) -> dict[int, Allowed]:
        """What the ingress controller may send to the classes that entries lead to."""
        found: dict[int, Allowed] = {}
        universe, conventions = self._of
        for way, allowed in judged_ways(universe.resources, conventions, self._controller):
            number = universe.bit(way.target.pod)
            found[number] = found.get(number, NOTHING) | allowed
        return {number: allowed for number, allowed in found.items() if allowed.possible}

    @cached_property
    def _divided(self) -> frozenset[str]:
        return frozenset(Workloads(self.evaluator.universe).divided)

    def title_of(self, pod: Pod) -> str:
        """The workload of a pod, or the pod where policies tell pods of the workload apart."""
        owner = str(pod.workload)
        return title_of(pod) if owner in self._divided else owner

    @property
    def _of(self) -> tuple[Universe, Conventions]:
        return self.evaluator.universe, self.evaluator.selection.conventions

    def along(self, classes: list[int]) -> Iterator[Hop]:
        """The hops of a way through classes of pods."""
        for source, destination in pairwise(classes):
            ends = (self.titles.of(source), self.titles.of(destination))
            yield hop(*ends, self.evaluator.allowed(source, destination))


class ClassTitles:
    """Names single classes of pods, as precisely as a way needs it."""

    def __init__(self, universe: Universe) -> None:
        self._universe = universe
        self._sizes = Counter(pod.workload for pod in universe.resources.pods)

    def of(self, number: int) -> str:
        """The first workload of a class; one of its pods where the others are elsewhere."""
        pods = self._universe.pods[number]
        first = min(pod.workload for pod in pods)
        own = [pod for pod in pods if pod.workload == first]
        return str(first) if len(own) == self._sizes[first] else own[0].title


def between(evaluator: Evaluator, sources: ClassSet, destinations: ClassSet) -> Allowed:
    """What any of some classes may send to any of others."""
    found = NOTHING
    for source in bits.members(sources):
        for destination in bits.members(destinations):
            found |= evaluator.allowed(source, destination)
    return found


def hop(source: str, destination: str, allowed: Allowed) -> Hop:
    """A hop of what may pass."""
    return Hop(source, destination, allowed.sure, allowed.unknown)


def counted(allowed: Allowed, certainty: Certainty) -> PortSet:
    """The ports that count for a sure way, or for a possible one."""
    return allowed.sure if certainty is Certainty.SURE else allowed.possible
