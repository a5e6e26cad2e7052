"""Who the two classes of a flow stand for: the pods or addresses that were asked about.

Pods of one class are alike to every policy, not to people: where ``shop/web`` and ``shop/job``
are one class, an explanation of ``shop/web`` speaks of the labels of ``shop/web``.
"""

from __future__ import annotations

from msgspec import Struct

from netsim.engine.space.stand_ins import is_stand_in, name_pod
from netsim.engine.space.universe import Universe
from netsim.model.addresses import AddressSet, range_text
from netsim.model.endpoint import Endpoint, PodEndpoint
from netsim.model.policies import Direction
from netsim.model.resources import Pod

End = Pod | AddressSet
"""A pod, or addresses that no policy of the flow tells apart."""


class Ends(Struct, frozen=True):
    """Both ends of a flow."""

    source: End
    destination: End

    @classmethod
    def of(
        cls,
        universe: Universe,
        source: int,
        destination: int,
        asked: tuple[Endpoint, Endpoint] | None = None,
    ) -> Ends:
        """Those of two classes; of ``asked`` endpoints, where any of their pods is in these."""
        first, second = asked or (None, None)
        return cls(_pick(universe, source, first), _pick(universe, destination, second))

    def subject(self, direction: Direction) -> End:
        """The end that policies of a direction select."""
        return self.destination if direction is Direction.INGRESS else self.source

    def peer(self, direction: Direction) -> End:
        """The end that their rules name."""
        return self.subject(direction.opposite)


def _pick(universe: Universe, number: int, endpoint: Endpoint | None) -> End:
    if number >= len(universe.pods):
        return universe.atoms.all[number - len(universe.pods)].addresses
    if isinstance(endpoint, PodEndpoint):
        for pod in endpoint.pods:
            if universe.bit(pod) == number:
                return pod
    return universe.pods[number][0]


def name_end(end: End) -> str:
    """A pod by its title, or by its labels if nobody has written it; one or more addresses."""
    if isinstance(end, Pod):
        return name_pod(end) if is_stand_in(end) else end.title
    intervals = list(end)
    is_one = len(intervals) == 1 and intervals[0][1][0] == intervals[0][1][1]
    return name_addresses(end) if is_one else f"any of {name_addresses(end)}"


def name_addresses(addresses: AddressSet) -> str:
    """Addresses and ranges: ``10.0.0.1 and 10.0.0.4-10.0.0.9``."""
    return " and ".join(
        str(family.address(low)) if low == high else range_text(family, (low, high))
        for family, (low, high) in addresses
    )
