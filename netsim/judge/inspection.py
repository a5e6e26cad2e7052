"""Runs the rules of ``check`` over one set of resources."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from netsim.engine.reachability import Reachability
from netsim.engine.space.population import populate
from netsim.intent.diagram.reading import Diagram
from netsim.intent.document.statements import Statements
from netsim.intent.scenario.bind import bind
from netsim.intent.scenario.scenario import Scenario
from netsim.judge.case import BoundDocumentation, Case, Extent
from netsim.judge.judgement import Party
from netsim.judge.judging import judge
from netsim.judge.parties import parties
from netsim.model.bundle import Bundle
from netsim.model.conventions import Conventions
from netsim.model.endpoint import ExternalEndpoint, PodEndpoint
from netsim.model.finding import Finding, Severity
from netsim.model.flow import DocumentedFlow
from netsim.model.resources import Resources
from netsim.rules.interface import Check

_ORDER = {severity: place for place, severity in enumerate(Severity)}


class Documentation(Struct, frozen=True):
    """A scenario and its diagram, with the flows that both state."""

    scenario: Scenario
    diagram: Diagram
    flows: tuple[DocumentedFlow, ...]


def within(
    case: Case,
    bundle: Bundle,
    statements: tuple[Statements, ...] = (),
    extent: Extent = Extent.PART,
) -> Case:
    """A case that knows what stands beside the network, and what documents say of it."""
    return replace(case, bundle=bundle, statements=statements, extent=extent)


def undocumented(resources: Resources, conventions: Conventions) -> Case:
    """A case for rules that need no documentation."""
    return Case(resources, Reachability.of(resources, conventions))


def documented(
    resources: Resources, conventions: Conventions, documentation: Documentation
) -> Case:
    """A case with every pair of documented endpoints judged."""
    scenario = documentation.scenario
    modelled = [
        bound.endpoint
        for bound in bind(scenario, resources)
        if isinstance(bound.endpoint, PodEndpoint)
    ]
    everyone = populate(resources, modelled, scenario.namespace)
    # Bound once more, as an endpoint can also stand for pods that were added.
    endpoints = bind(scenario, everyone)
    cuts = [e.endpoint.addresses for e in endpoints if isinstance(e.endpoint, ExternalEndpoint)]
    groups = [e.endpoint for e in endpoints if isinstance(e.endpoint, PodEndpoint)]
    reachability = Reachability.of(everyone, conventions, cuts, groups)
    judgements = judge(reachability, endpoints, documentation.flows, scenario.namespace)
    intent = BoundDocumentation(scenario, documentation.diagram, endpoints, documentation.flows)
    return Case(resources, reachability, intent, judgements)


def findings(case: Case, checks: Iterable[Check]) -> tuple[Finding, ...]:
    """All findings: errors first, then by place."""
    found = [finding for check in checks for finding in check.run(case)]
    return tuple(
        sorted(found, key=lambda f: (_ORDER[f.severity], f.location.file, f.location.line))
    )


def shown_parties(case: Case) -> tuple[Party, ...]:
    """The parties of the matrix: those that some judgement is about."""
    if case.intent is None:
        return ()
    namespace = case.intent.scenario.namespace
    everyone = parties(case.reachability, case.intent.endpoints, namespace)
    judged = {
        party
        for judgement in case.judgements
        for party in (judgement.source, judgement.destination)
    }
    return tuple(party for party in everyone if party in judged)
