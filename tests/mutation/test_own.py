"""The mutants of whole projects, each as a whole check would judge it."""

from __future__ import annotations

from functools import cache

import pytest
from msgspec import Struct
from msgspec.structs import replace

from netsim.app.coverage import CoverageRequest, coverage
from netsim.app.documentation import read
from netsim.intent.documentation import Documentation
from netsim.judge.case import build_case
from netsim.judge.judgement import Judgement, Standing
from netsim.loader.load import load
from netsim.model.addresses import Family
from netsim.model.conventions import Conventions
from netsim.model.resources import Resources
from netsim.mutation.mutants import Mutant, list_mutants
from netsim.mutation.trial import Fate, Trials, prepare
from tests.cli.command import MANIFESTS
from tests.project import ROOT


class Project(Struct, frozen=True):
    """Manifests and what is documented of them."""

    resources: Resources
    conventions: Conventions
    documentation: Documentation

    def judge(self, resources: Resources) -> tuple[Judgement, ...]:
        return build_case(resources, self.conventions, self.documentation).judgements


PLACES = {
    "own": (ROOT / "manifests", ROOT / "scenarios" / "production.yaml"),
    "rollout": (MANIFESTS / "rollout", MANIFESTS / "rollout" / "scenarios" / "shop.yaml"),
    "tiers": (MANIFESTS / "coverage", MANIFESTS / "coverage" / "scenarios" / "shop.yaml"),
}


@cache
def project(name: str) -> Project:
    manifests, scenario = PLACES[name]
    documentation = read(str(scenario)).documentation
    conventions = Conventions()
    if documentation.scenario.pod_ranges:
        conventions = replace(conventions, pod_ranges=documentation.scenario.pod_ranges)
    resources = load((str(manifests),), documentation.scenario.namespace).resources
    return Project(resources, conventions, documentation)


@cache
def trials(name: str) -> Trials:
    own = project(name)
    return Trials(prepare(build_case(own.resources, own.conventions, own.documentation)))


def faults(judgements: tuple[Judgement, ...]) -> set[tuple[str, str, Standing]]:
    return {
        (each.source.title, each.destination.title, each.standing)
        for each in judgements
        if each.standing is not Standing.AS_DOCUMENTED
    }


EVERY = [
    (name, mutant)
    for name in PLACES
    for policy in project(name).resources.policies
    for mutant in list_mutants(policy, (Family.IPV4,))
]


@pytest.mark.parametrize(
    ("name", "mutant"), EVERY, ids=[f"{name} {m.subject} {m.what}" for name, m in EVERY]
)
def test_a_whole_check_agrees(name: str, mutant: Mutant) -> None:
    own = project(name)
    kept = (mutant.changed if p is mutant.policy else p for p in own.resources.policies)
    changed = replace(own.resources, policies=tuple(policy for policy in kept if policy))
    is_noticed = bool(faults(own.judge(changed)) - faults(own.judge(own.resources)))
    assert (trials(name).hold(mutant).fate is Fate.NOTICED) == is_noticed


def test_every_change_of_a_verdict_of_our_own_is_noticed() -> None:
    manifests, scenario = PLACES["own"]
    result = coverage(CoverageRequest((str(manifests),), scenario=str(scenario)))
    assert not result.survivors
    assert not result.unknown
    assert result.score.counted > 90
