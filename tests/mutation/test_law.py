"""The law of trials: a mutant is noticed exactly if all, judged anew with it, shows it."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.intent.documentation import Documentation
from netsim.intent.scenario.bind import BoundEndpoint
from netsim.intent.scenario.endpoints import (
    AddressEndpoint,
    LabelledEndpoint,
    ScenarioEndpoint,
    Trust,
)
from netsim.intent.scenario.scenario import Scenario
from netsim.judge.case import Case, build_case
from netsim.judge.judgement import Judgement, judge_pairs
from netsim.model.addresses import AddressSet
from netsim.model.conventions import Conventions
from netsim.model.endpoint import ExternalEndpoint, PodEndpoint
from netsim.model.flow import DocumentedFlow, Intent
from netsim.model.labels import Labels
from netsim.model.policies import Direction, Policy
from netsim.model.ports import PortSet, Protocol
from netsim.model.resources import Resources
from netsim.mutation.mutants import Mutant, list_mutants
from netsim.mutation.trial import Fate, Trials, prepare
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters
from tests.strategies.parts import NAMESPACE_NAMES, NOWHERE

_PORTS = (PortSet.of(Protocol.TCP, 80), PortSet.of(Protocol.UDP, 53), PortSet.full())
_LABELS = (Labels(), Labels.of({"a": "x"}), Labels.of({"b": "x"}))
_ADDRESSES = ("10.0.0.0/8", "10.0.0.0/16", "192.168.0.0/16", "fd00::/8")


@st.composite
def _endpoints(draw: st.DrawFn, number: int) -> ScenarioEndpoint:
    name = f"e{number}"
    if draw(st.sampled_from((False, False, True))):
        addresses = AddressSet.parse(draw(st.sampled_from(_ADDRESSES)))
        return AddressEndpoint(name, (), Trust.TRUSTED, NOWHERE, addresses)
    namespace = draw(st.sampled_from((*NAMESPACE_NAMES[:2], "*")))
    labels = draw(st.sampled_from(_LABELS))
    return LabelledEndpoint(name, (), Trust.TRUSTED, NOWHERE, namespace, labels, ())


@st.composite
def _documentation(draw: st.DrawFn) -> Documentation:
    endpoints = tuple(draw(_endpoints(n)) for n in range(draw(st.integers(0, 4))))
    names = [each.name for each in endpoints]
    flows = []
    for number in range(draw(st.integers(0, 5)) if names else 0):
        source, destination = (draw(st.sampled_from(names)) for _ in range(2))
        directions = draw(st.sampled_from((tuple(Direction), (Direction.INGRESS,))))
        intent = draw(st.sampled_from((Intent.ALLOWED, Intent.ALLOWED, Intent.DENIED)))
        flows.append(
            DocumentedFlow(
                source,
                destination,
                draw(st.sampled_from(_PORTS)),
                intent,
                replace(NOWHERE, line=number),
                directions=directions,
            )
        )
    scenario = Scenario(
        namespaces=NAMESPACE_NAMES[: draw(st.sampled_from((1, 1, 2)))],
        directions=draw(st.sampled_from((tuple(Direction), (Direction.INGRESS,)))),
        endpoints=endpoints,
    )
    return Documentation(scenario, flows=tuple(flows))


def _judge(
    resources: Resources,
    conventions: Conventions,
    documentation: Documentation,
    endpoints: tuple[BoundEndpoint, ...],
) -> tuple[Evaluator, tuple[Judgement, ...]]:
    """Everything judged anew; each pod is a party of its own, however many policies differ."""
    cuts = [e.endpoint.addresses for e in endpoints if isinstance(e.endpoint, ExternalEndpoint)]
    groups = [e.endpoint for e in endpoints if isinstance(e.endpoint, PodEndpoint)]
    groups += [PodEndpoint(pod.title, (pod,)) for pod in resources.pods]
    evaluator = Evaluator.of(resources, conventions, cuts, groups)
    return evaluator, judge_pairs(evaluator, endpoints, documentation)


def _mutate(resources: Resources, mutant: Mutant) -> Resources:
    policies: list[Policy] = []
    for policy in resources.policies:
        if policy is not mutant.policy:
            policies.append(policy)
        elif mutant.changed:
            policies.append(mutant.changed)
    return replace(resources, policies=tuple(policies))


Faults = dict[tuple[str, str], Judgement]


def _faults(judgements: tuple[Judgement, ...]) -> Faults:
    return {(each.source.title, each.destination.title): each for each in judgements}


def _adds(before: Faults, after: Faults) -> bool:
    return any(_is_worse(before.get(pair), each) for pair, each in after.items())


def _is_worse(before: Judgement | None, after: Judgement) -> bool:
    open_, closed = after.exposed | after.forbidden, after.broken
    if before is None:
        return bool(open_ or closed or after.undecided)
    surplus = before.exposed | before.forbidden | before.undecided
    lacking = before.broken | before.undecided
    return bool(open_ - surplus or closed - lacking or after.undecided - surplus - lacking)


def _differs(one: Evaluator, other: Evaluator) -> bool:
    """Whether any pair of pods has another verdict."""
    pods = one.universe.resources.pods
    return any(
        one.allowed(one.universe.bit(a), one.universe.bit(b))
        != other.allowed(other.universe.bit(a), other.universe.bit(b))
        for a in pods
        for b in pods
        if a is not b
    )


def _fit(documentation: Documentation, judgements: tuple[Judgement, ...]) -> Documentation:
    """The documentation without what is broken, so that less of it is a fault."""
    broken = {
        flow for each in judgements if each.broken or each.forbidden for flow in each.flows
    }
    flows = tuple(flow for flow in documentation.flows if flow not in broken)
    return replace(documentation, flows=flows)


def _sample(trials: Trials, drawn: int) -> Iterator[Mutant]:
    policies = trials.case.evaluator.universe.resources.policies
    every = [m for policy in policies for m in list_mutants(policy, trials.families)]
    for place in range(min(6, len(every))):
        yield every[(drawn + place * 7) % len(every)]


@thorough(100)
@given(
    clusters(), _documentation(), st.integers(0, 1000), st.sampled_from(("as drawn", "fitted"))
)
def test_a_mutant_is_noticed_exactly_if_all_judged_anew_shows_it(
    cluster: Cluster, documentation: Documentation, drawn: int, form: str
) -> None:
    case = build_case(cluster.resources, cluster.conventions, documentation)
    prepared = prepare(case)
    everyone, endpoints = prepared.evaluator.universe.resources, prepared.endpoints
    conventions = cluster.conventions
    whole, judgements = _judge(everyone, conventions, documentation, endpoints)
    if form == "fitted":
        documentation = _fit(documentation, judgements)
        whole, judgements = _judge(everyone, conventions, documentation, endpoints)
    trials = Trials(Case(cluster.resources, whole, documentation, endpoints, judgements))
    # Of a pair that is both open and closed where it should not, one hides the other.
    is_mixed = any(each.undecided or each.exposed & each.broken for each in judgements)
    before = _faults(judgements)
    for mutant in _sample(trials, drawn):
        trial = trials.hold(mutant)
        changed = _mutate(everyone, mutant)
        other, found = _judge(changed, conventions, documentation, endpoints)
        is_noticed = _adds(before, _faults(found))
        if not is_mixed:
            assert (trial.fate is Fate.NOTICED) == is_noticed, mutant
        elif is_noticed:
            assert trial.fate is not Fate.REDUNDANT, mutant
        if trial.fate is Fate.REDUNDANT:
            assert not _differs(whole, other), mutant
        assert (trial.evidence is None) == (trial.fate is Fate.REDUNDANT)
