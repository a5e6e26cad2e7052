"""The mutants of this repository's own policies, each as a whole check would judge it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from netsim.app.coverage import CoverageRequest, coverage
from netsim.app.documentation import read
from netsim.judge.case import build_case
from netsim.judge.judgement import Standing
from netsim.loader.load import load
from netsim.model.addresses import Family
from netsim.model.conventions import Conventions
from netsim.model.resources import Resources
from netsim.mutation.mutants import Mutant, list_mutants
from netsim.mutation.trial import Fate, Trials, prepare
from tests.project import ROOT

SCENARIO = str(ROOT / "scenarios" / "production.yaml")
RESOURCES = load((str(ROOT / "manifests" / "network-policy.yaml"),), "production").resources
DOCUMENTATION = read(SCENARIO).documentation
CONVENTIONS = replace(
    Conventions(), pod_ranges=DOCUMENTATION.scenario.pod_ranges or Conventions().pod_ranges
)
MUTANTS = [
    mutant for policy in RESOURCES.policies for mutant in list_mutants(policy, (Family.IPV4,))
]
TRIALS = Trials(prepare(build_case(RESOURCES, CONVENTIONS, DOCUMENTATION)))


def _mutate(mutant: Mutant) -> Resources:
    kept = (mutant.changed if p is mutant.policy else p for p in RESOURCES.policies)
    return replace(RESOURCES, policies=tuple(policy for policy in kept if policy))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: f"{m.subject} {m.what}")
def test_a_whole_check_agrees(mutant: Mutant) -> None:
    case = build_case(_mutate(mutant), CONVENTIONS, DOCUMENTATION)
    is_noticed = any(j.standing is not Standing.AS_DOCUMENTED for j in case.judgements)
    assert (TRIALS.hold(mutant).fate is Fate.NOTICED) == is_noticed


def test_every_change_of_a_verdict_is_noticed() -> None:
    result = coverage(CoverageRequest((str(ROOT / "manifests"),), scenario=SCENARIO))
    assert not result.survivors
    assert not result.unknown
    assert result.score.counted > 90
