"""The documentation: a scenario and its diagram, with the flows of both under one set of names.

The diagram draws ``Web App -> API``, the scenario says that both are aliases of ``web`` and
``api``, so the flow is ``web -> api``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from netsim.intent.diagram.drawing import fold
from netsim.intent.diagram.reading import Diagram
from netsim.intent.errors import IntentError, IntentErrors, read_all
from netsim.intent.scenario.endpoints import (
    AddressEndpoint,
    ScenarioEndpoint,
    is_anywhere,
)
from netsim.intent.scenario.scenario import ANY, Scenario
from netsim.model.finding import Diagnostic, Severity
from netsim.model.flow import DocumentedFlow, Intent
from netsim.model.location import Location
from netsim.model.policies import Direction
from netsim.words.nearness import suggest


class Documentation(Struct, frozen=True):
    """A scenario and its diagram, with the flows of both; by default they say nothing."""

    scenario: Scenario = Scenario()
    diagram: Diagram = Diagram()
    flows: tuple[DocumentedFlow, ...] = ()


def combine_flows(scenario: Scenario, diagram: Diagram) -> tuple[DocumentedFlow, ...]:
    """The flows of diagram and scenario with the scenario's endpoint names, ``*`` expanded.

    Raises ``IntentErrors`` with each name of the diagram that the scenario does not bind, or
    with each flow that no policy can be about.
    """
    if unbound := list(_report_unbound(scenario, diagram)):
        raise IntentErrors(unbound)
    flows = (*diagram.flows, *scenario.flows, *scenario.deny)
    return tuple(
        renamed
        for expanded in read_all(partial(_expand_flow, scenario), flows)
        for renamed in expanded
    )


def _report_unbound(scenario: Scenario, diagram: Diagram) -> Iterator[Diagnostic]:
    names = [endpoint.name for endpoint in scenario.endpoints]
    for name in diagram.names:
        if scenario.find(name) is None:
            there = ", ".join(names)
            message = (
                f"{name!r} of the diagram is not an endpoint of the scenario"
                f"{suggest(name, names)}; "
                f"add it to endpoints: or as an alias (there are: {there})"
            )
            yield Diagnostic(Severity.ERROR, message, _find_name(name, diagram))


def _find_name(name: str, diagram: Diagram) -> Location:
    for flow in diagram.flows:
        if fold(name) in (fold(flow.source), fold(flow.destination)):
            return flow.location
    return diagram.location


def _expand_flow(scenario: Scenario, flow: DocumentedFlow) -> tuple[DocumentedFlow, ...]:
    """The flow for each pair of endpoints that it names; ``*`` leaves out what cannot be."""
    expanded: list[DocumentedFlow] = []
    fault = "there is no other endpoint"
    for source in _resolve_name(scenario, flow.source):
        for destination in _resolve_name(scenario, flow.destination):
            if wrong := _explain_unjudgeable(source, destination, flow.intent):
                fault = wrong
                continue
            directions = flow.directions
            if is_anywhere(source):
                directions = (Direction.INGRESS,)
            elif is_anywhere(destination):
                directions = (Direction.EGRESS,)
            names = {"source": source.name, "destination": destination.name}
            expanded.append(replace(flow, **names, directions=directions))
    if not expanded:
        raise IntentError(f"{flow.title} cannot be judged: {fault}", flow.location)
    return tuple(expanded)


def _resolve_name(scenario: Scenario, name: str) -> tuple[ScenarioEndpoint, ...]:
    if name == ANY:
        return scenario.endpoints
    endpoint = scenario.find(name)
    return (endpoint,) if endpoint else ()


def _explain_unjudgeable(
    source: ScenarioEndpoint, destination: ScenarioEndpoint, intent: Intent
) -> str | None:
    """Why no policy can be about a pair; None where one can.

    Where pods of any namespace are allowed something, it is the other end that documents it.
    """
    if source == destination:
        return f"both ends are the endpoint {source.name!r}"
    ends = (source, destination)
    outside = [isinstance(end, AddressEndpoint) for end in ends]
    anywhere = [is_anywhere(end) for end in ends]
    if all(outside):
        return "both ends are addresses, and policies are about pods"
    if intent is Intent.DENIED:
        return None
    if all(anywhere):
        return "both ends are pods of any namespace; name the pods at one end"
    if any(outside) and any(anywhere):
        return "an end of any namespace documents the other end, and no policy is at addresses"
    return None
