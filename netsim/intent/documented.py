"""All documented flows, of diagram and scenario, under one set of names."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from netsim.intent.diagram.drawing import folded
from netsim.intent.diagram.reading import Diagram
from netsim.intent.errors import IntentErrors, near
from netsim.intent.scenario.scenario import ANY, Scenario
from netsim.model.finding import Diagnostic, Severity
from netsim.model.flow import DocumentedFlow
from netsim.model.location import Location


def documented_flows(scenario: Scenario, diagram: Diagram) -> tuple[DocumentedFlow, ...]:
    """The flows of diagram and scenario with the scenario's endpoint names, ``*`` expanded.

    Raises ``IntentErrors`` with each name of the diagram that the scenario does not bind.
    """
    if unbound := list(_unbound(scenario, diagram)):
        raise IntentErrors(unbound)
    flows = (*diagram.flows, *scenario.flows, *scenario.deny)
    return tuple(renamed for flow in flows for renamed in _expanded(scenario, flow))


def _unbound(scenario: Scenario, diagram: Diagram) -> Iterator[Diagnostic]:
    names = [endpoint.name for endpoint in scenario.endpoints]
    for name in diagram.names:
        if scenario.find(name) is None:
            there = ", ".join(names)
            message = (
                f"the diagram's {name!r} is no endpoint of the scenario{near(name, names)}; "
                f"add it to endpoints: or as an alias (there are: {there})"
            )
            yield Diagnostic(Severity.ERROR, message, _place(name, diagram))


def _place(name: str, diagram: Diagram) -> Location:
    for flow in diagram.flows:
        if folded(name) in (folded(flow.source), folded(flow.destination)):
            return flow.location
    return diagram.location


def _expanded(scenario: Scenario, flow: DocumentedFlow) -> Iterator[DocumentedFlow]:
    for source in _names(scenario, flow.source):
        for destination in _names(scenario, flow.destination):
            if source != destination:
                yield replace(flow, source=source, destination=destination)


def _names(scenario: Scenario, name: str) -> tuple[str, ...]:
    if name == ANY:
        return tuple(endpoint.name for endpoint in scenario.endpoints)
    found = scenario.find(name)
    return (found.name,) if found else (name,)
