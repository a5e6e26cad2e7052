"""What one end says to everybody, on every port: a few answers, each for many peers.

``shop/db`` lets TCP 5432 in from ``shop/api``, and denies all else and everybody else: two
:class:`Side` values, however many pods there are::

    for side in list_sides(evaluator, Direction.INGRESS, db):
        side.peers     # the classes that are told so
        side.answers   # ((TCP 5432, allowed by shop/db ingress[0]), (the rest, denied))
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.engine.evaluator import Evaluator
from netsim.engine.explain.verdicts import attribute
from netsim.engine.policy.flow import Flow
from netsim.engine.policy.rectangle import Certainty
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet
from netsim.model.addresses import Family
from netsim.model.policies import Direction
from netsim.model.ports import PortSet
from netsim.model.verdict import DirectionVerdict

Answer = tuple[PortSet, DirectionVerdict]
"""Some ports, and what one end says of them."""


class Side(Struct, frozen=True):
    """What the policies of one end say to some peers; the ports of the answers are all ports.

    No node reaches its own pods by itself here.
    """

    peers: ClassSet
    answers: tuple[Answer, ...]


def list_sides(evaluator: Evaluator, direction: Direction, subject: int) -> Iterator[Side]:
    """All that policies say about one class, its peers divided by what they are told.

    O(rules about the class x what they tell apart), however many peers there are.
    """
    for peers in _divide_peers(evaluator, direction, subject):
        sample = Flow.of(direction, subject, next(bits.members(peers)))
        yield Side(peers, tuple(_merge(attribute(evaluator, sample, PortSet.full()))))


def _divide_peers(
    evaluator: Evaluator, direction: Direction, subject: int
) -> Iterator[ClassSet]:
    """Peers to which the same rules apply in the same families.

    Each by itself where a rule only may match: why it may differs from one to the next.
    """
    universe = evaluator.universe
    cuts = [universe.partners(subject, family) for family in Family]
    doubtful = 0
    for facet in evaluator.by_family().values() or (evaluator,):
        for tier in facet.chains[direction].at(subject):
            for rectangle in tier.rectangles:
                cuts.append(rectangle.peers)
                if rectangle.certainty is Certainty.POSSIBLE:
                    doubtful |= rectangle.peers
    groups = [universe.everything & ~doubtful]
    for cut in dict.fromkeys(cuts):
        halves = ((group & cut, group & ~cut) for group in groups)
        groups = [half for pair in halves for half in pair if half]
    yield from groups
    yield from map(bits.single, bits.members(doubtful & universe.everything))


def _merge(answers: Iterator[Answer]) -> Iterator[Answer]:
    """Ports with one verdict together."""
    known: list[tuple[PortSet, DirectionVerdict]] = []
    for ports, verdict in answers:
        for place, (others, same) in enumerate(known):
            if verdict == same:
                known[place] = (others | ports, same)
                break
        else:
            known.append((ports, verdict))
    yield from known
