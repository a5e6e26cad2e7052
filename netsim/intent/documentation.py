"""The documentation: a scenario and its diagram, with the flows of both under one set of names.

The diagram draws ``Web App -> API``, the scenario says that both are aliases of ``web`` and
``api``, so the flow is ``web -> api``.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from netsim.intent.diagram.drawing import fold
from netsim.intent.diagram.reading import Diagram
from netsim.intent.errors import IntentErrors
from netsim.intent.scenario.scenario import ANY, Scenario
from netsim.model.finding import Diagnostic, Severity
from netsim.model.flow import DocumentedFlow
from netsim.model.location import Location
from netsim.words.nearness import suggest


class Documentation(Struct, frozen=True):
    """A scenario and its diagram, with the flows of both; by default they say nothing."""

    scenario: Scenario = Scenario()
    diagram: Diagram = Diagram()
    flows: tuple[DocumentedFlow, ...] = ()


def combine_flows(scenario: Scenario, diagram: Diagram) -> tuple[DocumentedFlow, ...]:
    """The flows of diagram and scenario with the scenario's endpoint names, ``*`` expanded.

    Raises ``IntentErrors`` with each name of the diagram that the scenario does not bind.
    """
    if unbound := list(_report_unbound(scenario, diagram)):
        raise IntentErrors(unbound)
    flows = (*diagram.flows, *scenario.flows, *scenario.deny)
    return tuple(renamed for flow in flows for renamed in _expand_flow(scenario, flow))


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


def _expand_flow(scenario: Scenario, flow: DocumentedFlow) -> Iterator[DocumentedFlow]:
    for source in _resolve_name(scenario, flow.source):
        for destination in _resolve_name(scenario, flow.destination):
            if source != destination:
                yield replace(flow, source=source, destination=destination)


def _resolve_name(scenario: Scenario, name: str) -> tuple[str, ...]:
    if name == ANY:
        return tuple(endpoint.name for endpoint in scenario.endpoints)
    found = scenario.find(name)
    return (found.name,) if found else (name,)
