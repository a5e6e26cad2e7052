"""Endpoints that stand for several pods or addresses with different answers, part by part.

``10.0.0.0/8`` as the destination of a pod that may reach ``10.1.0.0/16`` only is allowed for
``10.1.0.0-10.1.255.255``, and denied for the two ranges beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from netsim.engine.explain.ends import name_addresses, name_end
from netsim.engine.space import bits
from netsim.engine.space.universe import Universe
from netsim.model.addresses import AddressSet
from netsim.model.endpoint import Endpoint, ExternalEndpoint
from netsim.model.verdict import Outcome, VerdictPart

Pair = tuple[int, int]
"""The classes of a source and a destination."""


def name_parts(
    universe: Universe,
    outcomes: Iterable[tuple[Pair, Outcome]],
    source: Endpoint,
    destination: Endpoint,
) -> tuple[VerdictPart, ...]:
    """The parts of two endpoints by outcome; an end that is one class needs no name."""
    grouped: dict[Outcome, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for (origin, target), outcome in outcomes:
        grouped[outcome][origin] |= 1 << target
    has_sources = universe.of(source).bit_count() > 1
    has_destinations = universe.of(destination).bit_count() > 1
    return tuple(
        VerdictPart(
            outcome,
            tuple(
                " => ".join(filter(None, (start if has_sources else "", end)))
                for start, ends in _merge(universe, grouped[outcome], source)
                for end in (_name(universe, ends, destination) if has_destinations else ("",))
            ),
        )
        for outcome in Outcome
        if outcome in grouped
    )


def _merge(
    universe: Universe, targets: dict[int, int], source: Endpoint
) -> Iterator[tuple[str, int]]:
    """The sources that have the same destinations, each by name, with these."""
    together: dict[int, int] = defaultdict(int)
    for origin, ends in targets.items():
        together[ends] |= 1 << origin
    for ends, origins in together.items():
        for name in _name(universe, origins, source):
            yield name, ends


def _name(universe: Universe, classes: int, endpoint: Endpoint) -> Iterator[str]:
    if isinstance(endpoint, ExternalEndpoint):
        atoms = (universe.atoms.all[bit - len(universe.pods)] for bit in bits.members(classes))
        covered = AddressSet.union(atom.addresses for atom in atoms)
        for family, interval in covered & endpoint.addresses:
            yield name_addresses(AddressSet.of_range(family, interval))
        return
    pods = (pod for pod in endpoint.pods if classes >> universe.bit(pod) & 1)
    yield from dict.fromkeys(name_end(pod) for pod in pods)
