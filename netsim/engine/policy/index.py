"""The index of rectangles: which of them hold a class, without a look at all the others.

Of ten thousand policies few are about any one class, and many that are name the same end: all
that let pods call ``shop/api``, or the name server.  So each distinct end is a number, and a
class is looked up as the ends that hold it::

    index = RectangleIndex(rectangles, lambda rectangle: rectangle.destinations)
    index.ends(api)                       # (3, 17): the ends that hold api
    index.rectangles(index.ends(api))     # the rectangles that have one of them

Classes that the same ends hold have the same rectangles, so what is worked out from those is
kept by the ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from netsim.engine.policy.rectangle import Rectangle
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet, contains

Ends = tuple[int, ...]
"""Distinct ends by their numbers, in ascending order."""

SPAN = 1024
"""So many classes are looked at together: rules may share some of their classes and not all."""

WIDE = 256
"""Ends of more classes are asked one by one: to enter them at each class would take longer."""


class RectangleIndex:
    """The rectangles by the classes of one of their ends, span by span.

    A rule that names all pods of ``shop`` and an address block has these pods in common with
    many others, so what an end is within one span counts as an end of its own.  A narrow one is
    entered at each of its classes, a wide one in a list of its span.  To build it takes
    O(rectangles x spans + classes of distinct narrow ends), to look a class up O(ends found +
    distinct wide ends of its span), to turn ends into rectangles O(rectangles found), in order.
    """

    def __init__(
        self, rectangles: Iterable[Rectangle], end: Callable[[Rectangle], ClassSet]
    ) -> None:
        self._rectangles = tuple(rectangles)
        by_end: dict[tuple[int, ClassSet], list[int]] = defaultdict(list)
        for place, rectangle in enumerate(self._rectangles):
            for key in _cut(end(rectangle)):
                by_end[key].append(place)
        self._places = tuple(by_end.values())
        self._wide: dict[int, list[tuple[int, ClassSet]]] = defaultdict(list)
        self._narrow: dict[int, list[int]] = defaultdict(list)
        for number, (first, classes) in enumerate(by_end):
            if classes.bit_count() > WIDE:
                self._wide[first].append((number, classes))
                continue
            for member in bits.members(classes):
                self._narrow[first + member].append(number)

    def ends(self, member: int) -> Ends:
        """The ends that hold a class."""
        place = member % SPAN
        asked = self._wide.get(member - place, ())
        wide = [number for number, classes in asked if contains(classes, place)]
        narrow = self._narrow.get(member, [])
        return tuple(sorted((*narrow, *wide))) if wide and narrow else tuple(narrow or wide)

    def rectangles(self, ends: Ends) -> tuple[Rectangle, ...]:
        """The rectangles that have one of some ends, in the order in which they were given."""
        places = sorted(place for end in ends for place in self._places[end])
        return tuple(self._rectangles[place] for place in places)

    def holding(self, member: int) -> tuple[Rectangle, ...]:
        """The rectangles that hold a class, in the order in which they were given."""
        return self.rectangles(self.ends(member))


_ALL = bits.span(0, SPAN)


def _cut(classes: ClassSet) -> Iterator[tuple[int, ClassSet]]:
    """A set span by span: the first class of each, and those that are in it, counted anew."""
    if not classes:
        return
    first = ((classes & -classes).bit_length() - 1) // SPAN * SPAN
    rest = classes >> first
    while rest:
        if rest & _ALL:
            yield first, rest & _ALL
        first, rest = first + SPAN, rest >> SPAN
