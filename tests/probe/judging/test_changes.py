"""Pods that are not what they were when they were read."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from netsim.model.labels import Labels
from netsim.probe.interface import Observation, Symptom
from netsim.probe.judging.verdicts import change, changes, drop_changed
from netsim.probe.pods import LivePod, PodState
from tests.probe.samples import job, pod

BEFORE = replace(pod("api", "10.0.0.2", app="api"), uid="a", restarts=1)
# As a snapshot has it.
PLAIN = replace(BEFORE, uid="", restarts=0)


@pytest.mark.parametrize(
    ("before", "now", "text"),
    [
        (BEFORE, BEFORE, ""),
        (PLAIN, BEFORE, ""),
        (BEFORE, None, "is gone"),
        (BEFORE, replace(BEFORE, address="10.0.0.3"), "was replaced"),
        (PLAIN, replace(BEFORE, address="10.0.0.3"), "was replaced"),
        # The pod of a StatefulSet may come back with the same name and address.
        (BEFORE, replace(BEFORE, uid="b"), "was replaced"),
        (BEFORE, replace(BEFORE, restarts=2), "restarted"),
        (BEFORE, replace(BEFORE, state=PodState.UNREADY), "is not ready"),
        (replace(BEFORE, state=PodState.UNREADY), BEFORE, "is ready"),
        (BEFORE, replace(BEFORE, labels=Labels.of({"app": "x"})), "has other labels"),
    ],
)
def test_change(before: LivePod, now: LivePod | None, text: str) -> None:
    assert change(before, now) == text


def test_only_pods_that_take_part_matter() -> None:
    pods = [pod("web"), BEFORE, pod("bystander")]
    assert changes(pods, {"shop/web": pods[0]}, [job("1")]) == {"shop/api": "is gone"}


@pytest.mark.parametrize("title", ["shop/web", "shop/api"])
@pytest.mark.parametrize("outcome", Symptom)
def test_nothing_that_was_seen_of_them_counts(title: str, outcome: Symptom) -> None:
    seen = {"1": Observation("1", outcome, "as before")}
    found = drop_changed([job("1")], seen, {title: "is gone"})["1"]
    if outcome in (Symptom.DNS, Symptom.NO_TOOL, Symptom.EXEC_ERROR):
        assert found == seen["1"]
    else:
        assert found.outcome is Symptom.EXEC_ERROR
        assert found.detail == f"meanwhile {title} is gone"
    assert drop_changed([job("1")], seen, {"shop/x": "is gone"}) == seen
