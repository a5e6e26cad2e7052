"""Who can reach whom, as people ask it: between pods, workloads and addresses.

An endpoint stands for one or more classes, of which an :class:`Evaluator` knows the answers::

    reachability = Reachability.of(resources)
    web, api = (resolve(resources, name) for name in ("shop/web[Deployment]", "shop/api"))
    reachability.verdict(web, api, Protocol.TCP, 80).outcome    # Outcome.ALLOW
    reachability.connections(web, api).every                    # TCP 80
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.explain.verdicts import decide, verdict
from netsim.engine.space.places import addresses_of_host
from netsim.engine.space.selection import Selection
from netsim.engine.space.universe import Universe
from netsim.model.addresses import AddressSet
from netsim.model.conventions import Conventions
from netsim.model.endpoint import Endpoint, PodEndpoint, is_same_pod
from netsim.model.ports import PortSet, Protocol
from netsim.model.resources import Pod, Resources
from netsim.model.verdict import Verdict


class Connections(Struct, frozen=True):
    """What may pass between two endpoints, each of which can be several pods or addresses.

    ``every``: surely allowed between all pairs.  ``some``: surely allowed between at least
    one.  ``possible``: allowed between at least one, or unknown there.
    """

    every: PortSet
    some: PortSet
    possible: PortSet


class Reachability:
    """The answers about the endpoints of one set of resources; build it with :meth:`of`."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator

    @classmethod
    def of(
        cls,
        resources: Resources,
        conventions: Conventions | None = None,
        cuts: Iterable[AddressSet] = (),
        groups: Iterable[PodEndpoint] = (),
    ) -> Reachability:
        """Compiles the policies of ``resources``; see :meth:`Evaluator.of`.

        Questions may name the addresses of nodes that only the status of pods shows.
        """
        hosts = frozenset(map(addresses_of_host, resources.pods))
        return cls(Evaluator.of(resources, conventions, (*cuts, *hosts), groups))

    @property
    def universe(self) -> Universe:
        """The classes that endpoints stand for."""
        return self.evaluator.universe

    @property
    def selection(self) -> Selection:
        """What selectors and blocks stand for."""
        return self.evaluator.selection

    def verdict(
        self, source: Endpoint, destination: Endpoint, protocol: Protocol, port: int
    ) -> Verdict:
        """The answer for one connection, with the rules that decide it.

        Where the pods or addresses of an endpoint differ, the outcome is unknown and says so.
        """
        evaluator = self._asked(source, destination)
        return verdict(evaluator, source, destination, (protocol, port))

    def decide(
        self, source: Endpoint, destination: Endpoint, protocol: Protocol, port: int
    ) -> Verdict:
        """The answer for one connection without a search for the rules that nearly decide."""
        evaluator = self._asked(source, destination)
        return decide(evaluator, source, destination, (protocol, port))

    def connections(self, source: Endpoint, destination: Endpoint) -> Connections:
        """What may pass from one endpoint to another."""
        if is_same_pod(source, destination):
            return Connections(PortSet.full(), PortSet.full(), PortSet.full())
        every, some, possible = PortSet.full(), PortSet.empty(), PortSet.empty()
        evaluator = self._asked(source, destination)
        ends = (evaluator.universe.of(source), evaluator.universe.of(destination))
        for origin, target in evaluator.pairs(*ends):
            allowed = evaluator.allowed(origin, target)
            every &= allowed.sure
            some |= allowed.sure
            possible |= allowed.possible
        return Connections(every, some, possible)

    def _asked(self, source: Endpoint, destination: Endpoint) -> Evaluator:
        """What knows both ends, also where one address of a pod is asked for."""
        if self.universe.knows(source) and self.universe.knows(destination):
            return self.evaluator
        return self._by_address

    @cached_property
    def _by_address(self) -> Evaluator:
        """The classes of an input with a further pod for every address of a pod."""
        resources = self.universe.resources
        parts = (part for pod in resources.pods for part in parts_of(pod))
        pods = tuple(dict.fromkeys((*resources.pods, *parts)))
        narrowed = replace(resources, pods=pods)
        return Evaluator.of(narrowed, self.selection.conventions, self.universe.cuts)


def parts_of(pod: Pod) -> Iterator[Pod]:
    """A pod at each of its addresses."""
    for family, (low, high) in pod.addresses or ():
        for number in range(low, high + 1):
            yield replace(pod, addresses=AddressSet.of_range(family, (number, number)))
