"""What a question is about: an endpoint, the classes it stands for and the ports that count."""

from __future__ import annotations

from msgspec import Struct

from netsim.engine.space.bits import ClassSet
from netsim.engine.space.universe import Universe
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.ports import PortSet
from netsim.model.resources import Pod, Resources


class Subject(Struct, frozen=True):
    """``names`` are the workloads of its pods; none for addresses.

    ``classes`` are those of a universe; ``ports`` count where connections arrive.
    """

    title: str
    endpoint: Endpoint
    names: frozenset[str]
    classes: ClassSet
    ports: PortSet

    @classmethod
    def of(
        cls, universe: Universe, endpoint: Endpoint, ports: PortSet | None = None
    ) -> Subject:
        """The subject of an endpoint whose pods are of the input; see :func:`of_input`."""
        counted = PortSet.full() if ports is None else ports
        pods = endpoint.pods if isinstance(endpoint, PodEndpoint) else ()
        names = frozenset(str(pod.workload) for pod in pods)
        return cls(endpoint.title, endpoint, names, universe.of(endpoint), counted)

    def is_called(self, title: str) -> bool:
        """Whether a row of a list about its classes is about itself.

        A class of pods can hold those of other workloads.
        """
        return isinstance(self.endpoint, ExternalEndpoint) or title in self.names

    @property
    def pods(self) -> tuple[Pod, ...]:
        """Its pods; none for addresses."""
        return self.endpoint.pods if isinstance(self.endpoint, PodEndpoint) else ()

    def has(self, pod: Pod) -> bool:
        """Whether a pod is one of its own."""
        return pod in self.pods


def of_input(resources: Resources, endpoint: Endpoint) -> Endpoint:
    """The endpoint with its pods as the input has them, not at one of their addresses.

    What is asked of an address of a pod is answered for the pod, and says so in its title.
    """
    if isinstance(endpoint, ExternalEndpoint):
        return endpoint
    asked = {(pod.workload, pod.name) for pod in endpoint.pods}
    pods = tuple(pod for pod in resources.pods if (pod.workload, pod.name) in asked)
    if all(pod in endpoint.pods for pod in pods):
        return PodEndpoint(endpoint.title, pods)
    owners = " and ".join(dict.fromkeys(pod.title for pod in pods))
    return PodEndpoint(f"{owners} ({endpoint.title})", pods)
