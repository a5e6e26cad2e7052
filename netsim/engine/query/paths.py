"""Whether one endpoint can reach another over hops."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

from netsim.engine.evaluator import Evaluator
from netsim.engine.policy.decision import NOTHING, Allowed
from netsim.engine.policy.rectangle import Certainty
from netsim.engine.query.hops import CONTROLLER, Hop, Hops, between, hop
from netsim.engine.query.subject import Subject
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet, contains, single

SOME = " (some of its pods)"


class ShortestPath(Struct, frozen=True):
    """The hops from one endpoint to another; only possible where one of them is."""

    hops: tuple[Hop, ...]
    certainty: Certainty


def find_shortest_path(
    hops: Hops, source: Subject, destination: Subject, most: int | None = None
) -> ShortestPath | None:
    """The shortest path of at most ``most`` hops, a sure one before one that is possible.

    An attacker in a pod can open any connection that is allowed to it, so every port makes a
    hop; the last one is on the destination's ports.  Paths lead through pods, and from an
    address also through the ingress controller.
    """
    from netsim.engine.query.graph import graph_of, shortest

    for certainty in (Certainty.SURE, Certainty.POSSIBLE):
        classes = shortest(graph_of(hops, source, destination, certainty))
        if classes and (most is None or len(classes) - 1 <= most):
            found = tuple(_hops(hops, source, destination, classes))
            return ShortestPath(found, certainty)
    return None


def _hops(
    hops: Hops, source: Subject, destination: Subject, classes: tuple[int | str, ...]
) -> Iterator[Hop]:
    """The hops of a path; at its ends any pod of the source and of the destination does.

    Where those pods differ in a hop, it says that not all of them do.
    """
    last = len(classes) - 1
    for number, (start, end) in enumerate(pairwise(classes)):
        before = source.title if number == 0 else _title(hops, start)
        after = destination.title if number + 1 == last else _title(hops, end)
        starts = source.classes if number == 0 else _classes(start)
        ends = destination.classes if number + 1 == last else _classes(end)
        allowed = _allowed(hops, start, end, starts, ends)
        if not _are_alike(hops.evaluator, starts, ends, allowed):
            before += SOME if starts.bit_count() > 1 else ""
            after += SOME if ends.bit_count() > 1 else ""
        if number + 1 == last:
            allowed = allowed.on(destination.ports)
        yield hop(before, after, allowed)


def _allowed(
    hops: Hops, start: int | str, end: int | str, starts: ClassSet, ends: ClassSet
) -> Allowed:
    if end == CONTROLLER:
        return NOTHING
    if start == CONTROLLER:
        found = NOTHING
        for number, allowed in hops.led.items():
            found |= allowed if contains(ends, number) else NOTHING
        return found
    return between(hops.evaluator, starts, ends)


def _are_alike(
    evaluator: Evaluator, starts: ClassSet, ends: ClassSet, allowed: Allowed
) -> bool:
    """Whether all of some pods may send the same to all of others; addresses are no pods."""
    pods = bits.span(0, len(evaluator.universe.pods))
    if starts & ~pods or ends & ~pods or starts.bit_count() * ends.bit_count() < 2:
        return True
    return all(
        evaluator.allowed(source, destination) == allowed
        for source in bits.members(starts)
        for destination in bits.members(ends)
    )


def _title(hops: Hops, end: int | str) -> str:
    return end if isinstance(end, str) else hops.titles.of(end)


def _classes(end: int | str) -> ClassSet:
    return 0 if isinstance(end, str) else single(end)
