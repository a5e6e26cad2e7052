from __future__ import annotations

import pytest

from netsim.rules.manifests.budget_selects_nothing import CHECK
from tests.rules.manifests.workloads import budget, workload
from tests.rules.samples import (
    Sample,
    documents,
    ids,
    pod,
    run,
    scenario_context,
    verify,
)

WEB = workload("Deployment", "web", "replicas: 2", "app: plue-web, tier: front")

SAMPLES = (
    Sample(
        "selected",
        documents(
            WEB, budget("web", "minAvailable: 1", "selector: {matchLabels: {tier: front}}")
        ),
    ),
    Sample(
        "typing error",
        documents(
            WEB,
            budget("b", "minAvailable: 1", "selector: {matchLabels: {app: plue-wep}}  # here"),
        ),
        says="no pod of namespace shop has app=plue-wep; the nearest is shop/web[Deployment], "
        "which has app=plue-web",
        patch="selector:\n  matchLabels:\n    app: plue-web",
    ),
    # A budget never reaches beyond its namespace.
    Sample(
        "wrong namespace",
        documents(
            WEB,
            pod("db", namespace="data"),
            budget(
                "b",
                "minAvailable: 1",
                "selector: {matchLabels: {app: plue-web}}  # here",
                "data",
            ),
        ),
        says="shop/web[Deployment] would match in another namespace",
    ),
    Sample(
        "nothing alike",
        documents(
            WEB, budget("b", "minAvailable: 1", "selector: {matchLabels: {role: x}}  # here")
        ),
        says="the pods there are shop/web[Deployment]",
    ),
    # The pods may be deployed by other means.
    Sample(
        "namespace without pods",
        documents(WEB, budget("b", "minAvailable: 1", "", "data")),
    ),
    Sample("empty selector", documents(WEB, budget("b", "minAvailable: 1", "selector: {}"))),
    # Unlike an empty one, none selects nothing (policy/v1).
    Sample(
        "no selector",
        documents(
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\n"
            "metadata: {name: b, namespace: data}  # here\nspec: {minAvailable: 1}"
        ),
        says="it has no selector",
    ),
    # A budget selects pods whatever their network.
    Sample(
        "host network",
        documents(pod("web", spec="hostNetwork: true"), budget("web", "minAvailable: 1")),
    ),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


def test_modelled_pods_count() -> None:
    text = budget("web", "minAvailable: 1")
    assert run(CHECK, scenario_context(text, {"web": "{labels: {app: web}}"})) == []


def test_modelled_pods_are_known() -> None:
    text = budget("wep", "minAvailable: 1")
    (finding,) = run(CHECK, scenario_context(text, {"web": "{labels: {app: web}}"}))
    assert "the nearest is shop/web[Scenario], which has app=web" in finding.message


def test_an_endpoint_that_is_every_pod_is_none() -> None:
    text = budget("web", "minAvailable: 1")
    assert run(CHECK, scenario_context(text, {"any": "{labels: {}}"})) == []
