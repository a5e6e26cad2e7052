"""A region: pods by namespace and labels, and addresses, as one side of a rule can name them.

``shop app=web`` is a :class:`Place`.  A :class:`Region` is what any of its places and its
addresses hold.  Without ``app=runner``, the region of every pod in ``shop`` is the place
``shop app notin (runner)``: regions are closed under :meth:`Region.meet` and
:meth:`Region.minus`, though a place may become several.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from netsim.intent.scenario.endpoints import ANY_NAMESPACE
from netsim.model.addresses import AddressSet
from netsim.model.labels import Operator, Requirement, Selector


class Place(Struct, frozen=True):
    """Pods with some labels in a namespace, or in every one but those ``without``."""

    namespace: str
    requirements: tuple[Requirement, ...] = ()
    without: tuple[str, ...] = ()

    @classmethod
    def of(cls, namespace: str, labels: Iterable[tuple[str, str]]) -> Place:
        """The pods of a namespace with these labels."""
        return cls(namespace, Selector.of(dict(labels)).requirements)

    def meet(self, other: Place) -> Place | None:
        """What is in both; None where nothing can be."""
        mine, its = self.namespace, other.namespace
        if ANY_NAMESPACE in (mine, its):
            namespace = its if mine == ANY_NAMESPACE else mine
        elif mine == its:
            namespace = mine
        else:
            return None
        without = tuple(sorted({*self.without, *other.without}))
        if namespace in without:
            return None
        requirements = _join((*self.requirements, *other.requirements))
        if requirements is None:
            return None
        return Place(namespace, requirements, without if namespace == ANY_NAMESPACE else ())

    def minus(self, other: Place) -> Iterator[Place]:
        """What is not in the other, which has labels that are asked for one by one."""
        both = self.meet(other)
        if both is None:
            yield self
            return
        if self.namespace == ANY_NAMESPACE and other.namespace != ANY_NAMESPACE:
            yield replace(self, without=tuple(sorted({*self.without, other.namespace})))
        own = replace(self, namespace=both.namespace, without=both.without)
        for requirement in other.requirements:
            if requirement in self.requirements:
                continue
            opposite = Requirement(
                requirement.key, _OPPOSITE[requirement.operator], requirement.values
            )
            rest = _join((*self.requirements, opposite))
            if rest is not None:
                yield replace(own, requirements=rest)


_OPPOSITE = {
    Operator.IN: Operator.NOT_IN,
    Operator.NOT_IN: Operator.IN,
    Operator.EXISTS: Operator.DOES_NOT_EXIST,
    Operator.DOES_NOT_EXIST: Operator.EXISTS,
}


def _join(requirements: Iterable[Requirement]) -> tuple[Requirement, ...] | None:
    """All of them at once, the values that are left out in one; None where no pod has all."""
    wanted: dict[str, set[str]] = {}
    unwanted: dict[str, set[str]] = {}
    others: set[Requirement] = set()
    for each in requirements:
        match each.operator:
            case Operator.IN:
                known = wanted.setdefault(each.key, set(each.values))
                known.intersection_update(each.values)
            case Operator.NOT_IN:
                unwanted.setdefault(each.key, set()).update(each.values)
            case _:
                others.add(each)
    for key, values in wanted.items():
        values.difference_update(unwanted.pop(key, ()))
        if not values:
            return None
    found = {
        *others,
        *(Requirement(k, Operator.IN, tuple(sorted(v))) for k, v in wanted.items()),
        *(Requirement(k, Operator.NOT_IN, tuple(sorted(v))) for k, v in unwanted.items()),
    }
    return Selector.of(match_expressions=found).requirements


class Region(Struct, frozen=True):
    """What any of these places, or the addresses, hold."""

    places: tuple[Place, ...] = ()
    addresses: AddressSet = AddressSet()

    def meet(self, other: Region) -> Region:
        """What is in both; O(places of the one × of the other)."""
        found = (mine.meet(its) for mine in self.places for its in other.places)
        return Region(
            tuple(dict.fromkeys(filter(None, found))), self.addresses & other.addresses
        )

    def minus(self, other: Region) -> Region:
        """What is not in the other."""
        places = self.places
        for its in other.places:
            places = tuple(dict.fromkeys(part for mine in places for part in mine.minus(its)))
        return Region(places, self.addresses - other.addresses)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it."""
        return not (self.places or self.addresses)
