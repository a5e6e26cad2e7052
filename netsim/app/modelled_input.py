"""Pods that a scenario describes and the input lacks, so that they can be asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from netsim.errors import UnanswerableError

if TYPE_CHECKING:
    from netsim.intent.scenario.bind import BoundEndpoint
    from netsim.intent.scenario.scenario import Scenario
    from netsim.model.endpoint import Endpoint
    from netsim.model.resources import Resources


NOT_IN_INPUT = "the scenario's endpoints are not all in the input"


class ModelledInput(Struct, frozen=True):
    """The resources with the scenario's pods, and its endpoints by name, folded."""

    resources: Resources
    named: dict[str, Endpoint] = field(default_factory=dict)


def add_modelled(resources: Resources, scenario: Scenario | None) -> ModelledInput:
    """Resources with what a scenario adds; its pods are workloads of the kind Scenario."""
    from netsim.intent.diagram.drawing import fold
    from netsim.model.endpoint import PodEndpoint
    from netsim.model.resources import Origin

    if scenario is None:
        return ModelledInput(resources)
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
