"""Runs the rules of ``check`` over one set of resources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from netsim.checks.interface import BoundDocumentation, Check, Context, Extent
from netsim.checks.judge import judge
from netsim.checks.judgement import Party
from netsim.checks.parties import parties
from netsim.checks.population import populated
from netsim.engine.reachability import Reachability
from netsim.intent.bind import bind
from netsim.intent.diagram import Diagram
from netsim.intent.scenario import Scenario
from netsim.intent.statements import Statements
from netsim.model.bundle import Bundle
from netsim.model.conventions import Conventions
from netsim.model.endpoint import ExternalEndpoint, PodEndpoint
from netsim.model.finding import Finding, Severity
from netsim.model.flow import DocumentedFlow
from netsim.model.resources import Resources

_ORDER = {severity: place for place, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Documentation:
    """A scenario and its diagram, with the flows that both state."""

    scenario: Scenario
    diagram: Diagram
    flows: tuple[DocumentedFlow, ...]


def within(
    context: Context,
    bundle: Bundle,
    statements: tuple[Statements, ...] = (),
    extent: Extent = Extent.PART,
) -> Context:
    """A context that knows what stands beside the network, and what documents say of it."""
    return replace(context, bundle=bundle, statements=statements, extent=extent)


def undocumented(resources: Resources, conventions: Conventions) -> Context:
    """A context for rules that need no documentation."""
    return Context(resources, Reachability.of(resources, conventions))


def documented(
    resources: Resources, conventions: Conventions, documentation: Documentation
) -> Context:
    """A context with every pair of documented endpoints judged."""
    scenario = documentation.scenario
    modelled = [
        bound.endpoint
        for bound in bind(scenario, resources)
        if isinstance(bound.endpoint, PodEndpoint)
    ]
    everyone = populated(resources, modelled, scenario.namespace)
    # Bound once more, as an endpoint can also stand for pods that were added.
    endpoints = bind(scenario, everyone)
    cuts = [e.endpoint.addresses for e in endpoints if isinstance(e.endpoint, ExternalEndpoint)]
    groups = [e.endpoint for e in endpoints if isinstance(e.endpoint, PodEndpoint)]
    reachability = Reachability.of(everyone, conventions, cuts, groups)
    judgements = judge(reachability, endpoints, documentation.flows, scenario.namespace)
    intent = BoundDocumentation(scenario, documentation.diagram, endpoints, documentation.flows)
    return Context(resources, reachability, intent, judgements)


def findings(context: Context, checks: Iterable[Check]) -> tuple[Finding, ...]:
    """All findings: errors first, then by place."""
    found = [finding for check in checks for finding in check.run(context)]
    return tuple(
        sorted(found, key=lambda f: (_ORDER[f.severity], f.location.file, f.location.line))
    )


def shown_parties(context: Context) -> tuple[Party, ...]:
    """The parties of the matrix: those that some judgement is about."""
    if context.intent is None:
        return ()
    namespace = context.intent.scenario.namespace
    everyone = parties(context.reachability, context.intent.endpoints, namespace)
    judged = {
        party
        for judgement in context.judgements
        for party in (judgement.source, judgement.destination)
    }
    return tuple(party for party in everyone if party in judged)
