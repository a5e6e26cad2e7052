"""Answers of the engine pod by pod, from which those to queries are worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from netsim.engine.evaluator import Evaluator
from netsim.engine.naming.controller import Controller
from netsim.engine.policy.rectangle import Certainty
from netsim.engine.query.hops import Hops
from netsim.engine.query.subject import Subject
from netsim.engine.reachability import Connections, Reachability
from netsim.model.endpoint import PodEndpoint
from netsim.model.ports import PortSet
from netsim.model.resources import Pod
from tests.strategies.clusters import Cluster

CONTROLLER = Controller()
Edges = dict[tuple[int, int], PortSet]


class World(Struct, frozen=True):
    """A cluster with its reachability; pods are told by their place in the input."""

    cluster: Cluster
    reachability: Reachability

    @classmethod
    def of(cls, cluster: Cluster) -> World:
        # As lists and queries have it: addresses are cut only where policies or Nodes do.
        return cls(cluster, Reachability(Evaluator.of(cluster.resources, cluster.conventions)))

    @property
    def pods(self) -> tuple[Pod, ...]:
        return self.cluster.resources.pods

    @property
    def evaluator(self) -> Evaluator:
        return self.reachability.evaluator

    @property
    def hops(self) -> Hops:
        return Hops(self.evaluator, CONTROLLER)

    def subject(self, *pods: Pod, title: str = "") -> Subject:
        found = PodEndpoint(title or pods[0].title, pods)
        return Subject.of(self.reachability.universe, found)

    def between(self, source: Pod, destination: Pod) -> Connections:
        ends = (PodEndpoint(pod.title, (pod,)) for pod in (source, destination))
        return self.reachability.connections(*ends)

    def edges(self, certainty: Certainty) -> Edges:
        """The ports of each pair of different pods between which any passes."""
        take: Callable[[Connections], PortSet] = (
            (lambda c: c.some) if certainty is Certainty.SURE else (lambda c: c.possible)
        )
        found = {
            (a, b): take(self.between(source, destination))
            for a, source in enumerate(self.pods)
            for b, destination in enumerate(self.pods)
            if a != b
        }
        return {pair: ports for pair, ports in found.items() if ports}


def distances(edges: Edges, start: int) -> dict[int, int]:
    """How many hops away each place is; the start is none away."""
    found, frontier = {start: 0}, {start}
    while frontier:
        frontier = {b for a, b in edges if a in frontier and b not in found}
        found |= dict.fromkeys(frontier, max(found.values()) + 1)
    return found
