"""Pods that have other labels than someone thinks."""

from __future__ import annotations

from typing import Any

import pytest

from netsim.model.resources import Resources
from netsim.probe.judging.labels import label_drifts
from tests.probe.samples import documented, live, raw_pod, shop


def drifts(*pods: dict[str, Any]) -> dict[str, str]:
    found = label_drifts(live(list(pods)).pods, documented(), Resources())
    return {drift.pod: drift.missing for drift in found}


WEB, API, DB = shop()


def test_all_as_documented() -> None:
    assert drifts(*shop()) == {}


@pytest.mark.parametrize(
    "pod",
    [
        raw_pod("api-0", "10.1.0.2", app="apo"),  # by its name
        raw_pod("x-0", "10.1.0.2", tier="api"),  # by a value under another key
        raw_pod("x-0", "10.1.0.2", 4000),  # by its port
    ],
)
def test_the_likely_pod_of_an_empty_endpoint(pod: dict[str, Any]) -> None:
    found = drifts(WEB, pod, DB)
    assert list(found) == [f"shop/{pod['metadata']['name']}"]


def test_nothing_like_it_is_nothing_to_report() -> None:
    assert drifts(WEB, DB, raw_pod("x-0", "10.1.0.2", 9, app="x")) == {}
    # Nor is a pod that is another endpoint's.
    assert drifts(WEB, DB) == {}


def test_a_workload_whose_pods_differ() -> None:
    pods = [
        raw_pod(f"api-{n}", f"10.1.1.{n}", 4000, app=app) for n, app in enumerate(("api", "x"))
    ]
    for pod in pods:
        owner = {"kind": "StatefulSet", "name": "api", "controller": True}
        pod["metadata"]["ownerReferences"] = [owner]
    assert drifts(WEB, DB, *pods) == {"shop/api-1": "app=api (has app=x)"}
