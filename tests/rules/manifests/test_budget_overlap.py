from __future__ import annotations

import pytest

from netsim.rules.manifests.budget_overlap import CHECK
from tests.rules.manifests.workloads import budget, workload
from tests.rules.samples import Sample, documents, ids, run, scenario_context, verify

WEB = workload("Deployment", "web", "replicas: 2", "app: web, tier: front")
FRONT = "selector: {matchLabels: {tier: front}}"
ONE = "minAvailable: 1"

SAMPLES = (
    Sample("one", documents(WEB, budget("web", ONE))),
    Sample(
        "two of one pod",
        documents(WEB, budget("web", ONE), budget("front", ONE, f"{FRONT}  # here")),
        says="refuses to evict shop/web[Deployment]",
    ),
    Sample(
        "three",
        documents(
            WEB,
            budget("web", ONE),
            budget("front", ONE, f"{FRONT}  # here"),
            budget("all", ONE, "selector: {}  # here"),
        ),
        says="shop/all and PodDisruptionBudget shop/web and PodDisruptionBudget shop/front",
    ),
    # Each takes another workload, though one pod could have both labels.
    Sample(
        "other pods",
        documents(
            workload("Deployment", "web"),
            workload("Deployment", "db", labels="tier: front"),
            budget("web", ONE),
            budget("front", ONE, FRONT),
        ),
    ),
    Sample("other namespace", documents(WEB, budget("web", ONE), budget("web", ONE, "", "x"))),
    # Whatever pods there are: one asks for less than the other.
    Sample(
        "contained",
        documents(
            budget("web", ONE),
            budget("both", ONE, "selector: {matchLabels: {app: web, x: y}}  # here"),
        ),
        says="the pods that both select",
    ),
    # Without a selector it selects nothing, so that nothing is selected twice.
    Sample(
        "no selector",
        documents(WEB, budget("web", ONE), budget("none", ONE, "unhealthyPodEvictionPolicy:")),
    ),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


def test_modelled_pods_count() -> None:
    text = documents(budget("web", ONE), budget("front", ONE, FRONT))
    endpoints = {"web": "{labels: {app: web, tier: front}}"}
    (finding,) = run(CHECK, scenario_context(text, endpoints))
    assert "shop/web[Scenario]" in finding.message
    assert [related.location.line for related in finding.related] == [6]
