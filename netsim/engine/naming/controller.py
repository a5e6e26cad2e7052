"""The ingress controller: a pod that stands for those that are rarely in the input."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from netsim.model.endpoint import PodEndpoint
from netsim.model.labels import Labels
from netsim.model.resources import Origin, Pod, Resources, WorkloadName

TITLE = "{ingress-controller}"


class Controller(Struct, frozen=True):
    """Where the ingress controller runs; ``namespace`` None is one that nothing names."""

    namespace: str | None = None
    labels: Labels = field(default_factory=Labels)

    @property
    def pod(self) -> Pod:
        """The pod that stands for it."""
        name = WorkloadName(self.namespace or TITLE, TITLE, "IngressController")
        return Pod(name, self.labels, name=TITLE, origin=Origin.MODELLED)

    @property
    def endpoint(self) -> PodEndpoint:
        """The pod as an end of connections."""
        return PodEndpoint(TITLE, (self.pod,))


def with_controller(resources: Resources, controller: Controller) -> Resources:
    """The resources with the controller's pod added."""
    return replace(resources, pods=(*resources.pods, controller.pod))
