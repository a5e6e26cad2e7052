"""Pods that a scenario describes and the input lacks, so that they can be asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from netsim.app.documentation import Discovery, find_scenario, report_foreign
from netsim.app.input import InputRequest
from netsim.errors import UnanswerableError
from netsim.model.endpoint import ExternalEndpoint, PodEndpoint
from netsim.model.finding import Diagnostic
from netsim.model.resources import Origin

if TYPE_CHECKING:
    from netsim.intent.scenario.bind import BoundEndpoint
    from netsim.intent.scenario.scenario import Scenario
    from netsim.model.addresses import AddressSet
    from netsim.model.endpoint import Endpoint
    from netsim.model.resources import Resources


NOT_IN_INPUT = (
    "the scenario's endpoints are not all in the input; --no-scenario leaves it aside"
)


class ModelledRequest(InputRequest, frozen=True, kw_only=True):
    """A question about an input and the pods that a scenario adds to it.

    ``scenario`` None is the one file in ``scenarios/``, if there is one and ``discovery`` does
    not forbid to look for it.
    """

    scenario: str | None = None
    discovery: Discovery = Discovery.NEAR

    def find_scenario(self) -> Scenario | None:
        """Raises :class:`UnanswerableError` for a scenario that cannot be read."""
        return find_scenario(self.scenario, self.paths, self.discovery)

    def list_foreign(self) -> tuple[Diagnostic, ...]:
        """Notes on files that were passed over in the search for a scenario."""
        return tuple(report_foreign(self.scenario, self.paths, self.discovery))


class ModelledInput(Struct, frozen=True):
    """The resources with the scenario's pods, and its endpoints by name, folded."""

    resources: Resources
    named: dict[str, Endpoint] = field(default_factory=dict)

    def find(self, name: str) -> Endpoint | None:
        """The endpoint that the scenario calls so, whatever the letter case."""
        if not self.named:
            return None
        from netsim.intent.diagram.drawing import fold

        return self.named.get(fold(name))

    @property
    def cuts(self) -> tuple[AddressSet, ...]:
        """The address ranges that have a name."""
        ends = self.named.values()
        return tuple(end.addresses for end in ends if isinstance(end, ExternalEndpoint))


def add_modelled(resources: Resources, scenario: Scenario | None) -> ModelledInput:
    """Resources with what a scenario adds; its pods are workloads of the kind Scenario."""
    if scenario is None:
        return ModelledInput(resources)
    from netsim.intent.diagram.drawing import fold

    found = {
        id(pod): pod
        for each in _bound(resources, scenario)
        if isinstance(each.endpoint, PodEndpoint)
        for pod in each.endpoint.pods
        if pod.origin is Origin.MODELLED
    }
    everyone = replace(resources, pods=(*resources.pods, *found.values()))
    named = {
        fold(name): each.endpoint
        for each in _bound(everyone, scenario)
        for name in (each.name, *each.declared.aliases)
    }
    return ModelledInput(everyone, named)


def _bound(resources: Resources, scenario: Scenario) -> tuple[BoundEndpoint, ...]:
    from netsim.intent.errors import IntentError
    from netsim.intent.scenario.bind import bind

    try:
        return bind(scenario, resources)
    except IntentError as error:
        raise UnanswerableError(NOT_IN_INPUT, error.diagnostics) from error
