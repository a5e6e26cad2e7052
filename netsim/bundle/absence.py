"""What is absent: objects and keys that pods need and nothing provides.

``Deployment shop/web needs the key uri of Secret shop/database, which has only url``.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from netsim.bundle.provision import Demand, Provision, list_keys
from netsim.model.bundle import Bundle
from netsim.model.finding import Related
from netsim.model.location import Location
from netsim.model.references import ObjectName
from netsim.words.nearness import closest, did_you_mean, find_slip


class Lack(Enum):
    """What of an object is not there."""

    OBJECT = "object"
    KEY = "key"


KEYED = frozenset(("Secret", "ConfigMap"))


class Absence(Struct, frozen=True):
    """Something that is needed and not there, the place that needs it, and what to do.

    ``meant`` is the name or key that is there and of which this one is a slip, or None.
    """

    lack: Lack
    target: ObjectName
    message: str
    location: Location
    related: tuple[Related, ...]
    fix: str
    meant: str | None


def find_absences(
    demand: Demand, bundle: Bundle, provision: Provision, fix: str
) -> Iterator[Absence]:
    """The object that is demanded where it is not there, else each key that it does not have.

    ``fix`` says what to do about a missing object.
    """
    if provision.has(demand.target):
        yield from _find_missing_keys(demand, bundle, provision)
    elif provision.lacks(demand.target):
        first, *others = _list_places(demand)
        yield Absence(
            Lack.OBJECT,
            demand.target,
            f"{demand.workload} needs {demand.target}, which nothing provides"
            f"{did_you_mean(provision.nearest(demand.target))}",
            first,
            tuple(Related(each, "also named here") for each in others),
            fix,
            provision.find_slip(demand.target),
        )


def _list_places(demand: Demand) -> list[Location]:
    """The first reference of each line."""
    places: dict[tuple[str, int], Location] = {}
    for reference in demand.references:
        place = reference.location
        places.setdefault((place.file, place.line), place)
    return list(places.values())


def _find_missing_keys(
    demand: Demand, bundle: Bundle, provision: Provision
) -> Iterator[Absence]:
    target = demand.target
    if target.kind not in KEYED or provision.is_provided_elsewhere(target):
        return
    known = list_keys(bundle, target)
    origins = tuple(
        Related(each.location, f"{target.kind} {target.name} comes from here")
        for each in bundle.manifests
        if each.name == target or target in each.provides
    )
    for reference in demand.references:
        if known is None or reference.key is None or reference.key in known:
            continue
        has = f"has only {', '.join(sorted(known))}" if known else "has no keys"
        yield Absence(
            Lack.KEY,
            target,
            f"{demand.workload} needs the key {reference.key} of {target}, which {has}"
            f"{did_you_mean(closest(reference.key, known))}",
            reference.location,
            origins,
            f"Add the key to the {target.kind}, or correct the reference.",
            find_slip(reference.key, known),
        )
