"""A case: everything that a rule of ``check`` may look at.

``build_case(resources, conventions)`` is the case of manifests alone: it has no judgements, and
its documentation says nothing.  With a documentation, every pair of parties is judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from netsim.bundle.makers import Makers
from netsim.bundle.provision import Extent, Provision
from netsim.engine.evaluator import Evaluator
from netsim.engine.space.stand_ins import add_stand_ins
from netsim.intent.document.statements import Statements
from netsim.intent.documentation import Documentation
from netsim.intent.scenario.bind import BoundEndpoint, bind
from netsim.intent.scenario.scenario import ANY, Scenario
from netsim.judge.judgement import Judgement, judge_pairs
from netsim.judge.parties import Party, divide_parties, unite_namespaces
from netsim.model.addresses import AddressSet
from netsim.model.bundle import Bundle
from netsim.model.conventions import Conventions
from netsim.model.endpoint import ExternalEndpoint, PodEndpoint
from netsim.model.flow import DocumentedFlow
from netsim.model.policies import Policy
from netsim.model.resources import Resources

if TYPE_CHECKING:
    from netsim.engine.naming.controller import Controller


class Case(Struct, frozen=True):
    """Everything that a rule may look at.

    ``resources`` are those that were read; the ``evaluator`` also has the pods that the
    scenario models.  Without documentation the scenario is an empty one, and ``endpoints``,
    ``judgements`` and ``statements`` are empty.  ``endpoints`` are those of the scenario with
    what they stand for; ``statements`` are those of the documents whose folders were read.
    ``policies`` says whether all policies were read and are evaluated.  ``controller`` is the
    ingress controller, where somebody says where it runs.  ``makers`` know who could make what
    the input does not have.
    """

    resources: Resources
    evaluator: Evaluator
    documentation: Documentation = Documentation()
    endpoints: tuple[BoundEndpoint, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    bundle: Bundle = field(default_factory=Bundle)
    statements: tuple[Statements, ...] = ()
    extent: Extent = Extent.PART
    policies: Extent = Extent.WHOLE
    controller: Controller | None = None
    makers: Makers = field(default_factory=lambda: Makers(Bundle()))

    @property
    def is_documented(self) -> bool:
        """Whether a scenario says what should be allowed."""
        return bool(self.namespaces)

    @property
    def scenario(self) -> Scenario:
        """What the names of the diagram stand for; empty without documentation."""
        return self.documentation.scenario

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces that the documentation speaks for; none without one."""
        return self.scenario.namespaces

    @property
    def namespace(self) -> str:
        """The namespace of what documents name without one; empty where there are several."""
        return self.scenario.namespace

    @property
    def governed(self) -> int:
        """The classes of pods that the documentation speaks for, as bits."""
        return unite_namespaces(self.evaluator, self.namespaces)

    @property
    def unjudged(self) -> tuple[DocumentedFlow, ...]:
        """Documented flows without a judgement: no two pods or addresses are their ends.

        Some pairs of an entry with ``*`` may have none, as long as another has one.
        """
        judged = {flow for judgement in self.judgements for flow in judgement.flows}
        listed = (*self.scenario.flows, *self.scenario.deny)
        wide = {flow.location for flow in listed if ANY in (flow.source, flow.destination)}
        covered = {flow.location for flow in judged} & wide
        return tuple(
            flow
            for flow in self.documentation.flows
            if flow not in judged and flow.location not in covered
        )

    @property
    def known_resources(self) -> Resources:
        """What was read, with the pods that the scenario models and the stand-ins."""
        return self.evaluator.universe.resources

    @property
    def provision(self) -> Provision:
        """What the bundle provides, and what it therefore lacks."""
        return Provision.of(self.bundle, self.scenario, self.extent)


def build_case(
    resources: Resources,
    conventions: Conventions,
    documentation: Documentation | None = None,
    bundle: Bundle | None = None,
    statements: tuple[Statements, ...] = (),
    extent: Extent = Extent.PART,
) -> Case:
    """The case of what was read, with every pair of documented endpoints judged.

    Raises ``IntentErrors`` where an endpoint of the scenario is not in the input.
    """
    bundle = bundle or Bundle()
    if documentation is None:
        evaluator = Evaluator.of(resources, conventions)
        return Case(resources, evaluator, bundle=bundle, extent=extent, makers=Makers(bundle))
    case = bind_case(resources, conventions, documentation)
    return replace(
        case,
        judgements=judge_pairs(case.evaluator, case.endpoints, documentation),
        bundle=bundle,
        statements=statements,
        extent=extent,
        makers=Makers(bundle),
    )


def bind_case(
    resources: Resources, conventions: Conventions, documentation: Documentation
) -> Case:
    """The case of what was read and what its names stand for, with nothing judged yet.

    Raises ``IntentErrors`` where an endpoint of the scenario is not in the input.
    """
    scenario = documentation.scenario
    modelled = [
        bound.endpoint
        for bound in bind(scenario, resources)
        if isinstance(bound.endpoint, PodEndpoint)
    ]
    everyone = add_stand_ins(resources, modelled, scenario.namespaces)
    # Bound once more, as an endpoint can also stand for pods that were added.
    endpoints = bind(scenario, everyone)
    cuts = [e.endpoint.addresses for e in endpoints if isinstance(e.endpoint, ExternalEndpoint)]
    groups = [e.endpoint for e in endpoints if isinstance(e.endpoint, PodEndpoint)]
    evaluator = Evaluator.of(everyone, conventions, cuts, groups)
    return Case(resources, evaluator, documentation, endpoints)


def refine_case(case: Case, asking: Iterable[Policy], cuts: Iterable[AddressSet] = ()) -> Case:
    """The case, judged anew, that can also tell apart what other policies would.

    Pods that the peers of ``asking`` are about stand in where nobody has written any;
    ``cuts`` are addresses to be told apart.
    """
    known, scenario = case.evaluator.universe, case.scenario
    modelled = [e.endpoint for e in case.endpoints if isinstance(e.endpoint, PodEndpoint)]
    policies = case.resources.policies
    extended = replace(case.resources, policies=(*policies, *asking))
    everyone = add_stand_ins(extended, modelled, scenario.namespaces)
    everyone = replace(everyone, policies=policies)
    endpoints = bind(scenario, everyone)
    groups = [e.endpoint for e in endpoints if isinstance(e.endpoint, PodEndpoint)]
    conventions = case.evaluator.selection.conventions
    evaluator = Evaluator.of(everyone, conventions, (*known.cuts, *cuts), groups)
    judgements = judge_pairs(evaluator, endpoints, case.documentation)
    return replace(case, evaluator=evaluator, endpoints=endpoints, judgements=judgements)


def list_judged_parties(case: Case) -> tuple[Party, ...]:
    """The parties of the matrix: those that some judgement is about, in order."""
    if not case.judgements:
        return ()
    judged = {
        party
        for judgement in case.judgements
        for party in (judgement.source, judgement.destination)
    }
    parties = divide_parties(case.evaluator, case.endpoints, case.namespaces)
    return tuple(party for party in parties if party in judged)
