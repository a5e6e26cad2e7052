"""Untrusted workloads: those of endpoints that the scenario marks ``untrusted: true``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from netsim.intent.scenario.bind import BoundEndpoint
from netsim.intent.scenario.endpoints import LabelledEndpoint, ScenarioEndpoint, Trust
from netsim.model.bundle import Bundle
from netsim.model.endpoint import PodEndpoint
from netsim.model.finding import Related
from netsim.model.pod_template import PodTemplate


class Untrusted(Struct, frozen=True):
    """A workload that was read, and the endpoint of the scenario that it belongs to."""

    template: PodTemplate
    endpoint: ScenarioEndpoint

    @property
    def runtime_class(self) -> str | None:
        """The RuntimeClass that the scenario asks for, if it names one."""
        if isinstance(self.endpoint, LabelledEndpoint):
            return self.endpoint.runtime_class
        return None

    @property
    def related(self) -> Related:
        """Where the scenario says so."""
        message = f"the scenario marks {self.endpoint.name} as untrusted"
        return Related(self.endpoint.location, message)


def list_untrusted(endpoints: Iterable[BoundEndpoint], bundle: Bundle) -> Iterator[Untrusted]:
    """The untrusted workloads, each once for each endpoint that it belongs to."""
    for bound in endpoints:
        if bound.declared.trust is Trust.TRUSTED or not isinstance(bound.endpoint, PodEndpoint):
            continue
        pods = bound.endpoint.pods
        workloads = {pod.workload for pod in pods}
        # A pod whose owner was not read goes by that, its template by its own name.
        places = {pod.location for pod in pods}
        for template in bundle.templates:
            if template.workload in workloads or template.location in places:
                yield Untrusted(template, bound.declared)
