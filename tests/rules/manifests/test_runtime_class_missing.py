from __future__ import annotations

import pytest

from netsim.rules.manifests.runtime_class_missing import CHECK
from tests.rules.manifests.workloads import pod_template, workload
from tests.rules.samples import (
    Sample,
    case,
    documents,
    ids,
    pod,
    run,
    scenario_context,
    verify,
    write_patch,
)

UNTRUSTED = "{labels: {app: runner}, untrusted: true, runtimeClass: gvisor}"
CLASS = "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: kata}\nhandler: kata"


def runner(line: str, mark: str = "") -> str:
    head = "apiVersion: v1\nkind: PodTemplate\nmetadata: {name: runner, namespace: shop}"
    labels = "metadata: {labels: {app: runner}}"
    return f"{head}\ntemplate:\n  {labels}\n  spec:{mark}\n    {line}\n"


SAMPLES = (
    Sample("sandboxed", runner("runtimeClassName: gvisor")),
    Sample(
        "another class",
        runner("runtimeClassName: kata  # here"),
        says="under the RuntimeClass kata, where the scenario asks for gvisor",
        patch="runtimeClassName: gvisor",
    ),
    Sample(
        "none",
        runner("containers: []", "  # here"),
        says="shop/runner[PodTemplate] runs untrusted code on the node's kernel",
        patch="runtimeClassName: gvisor",
    ),
    # As if it were not there.
    Sample(
        "empty", runner('runtimeClassName: ""', "  # here"), says="it names no RuntimeClass"
    ),
    Sample("trusted", documents(pod("web"), workload("Deployment", "api"))),
    Sample("other namespace", pod("runner", namespace="tools")),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample, scenario_context(sample.text, {"runner": UNTRUSTED}))


def test_a_workload_by_name() -> None:
    endpoints = {"runner": "{workload: 'runner[Deployment]', untrusted: true}"}
    subject = scenario_context(workload("Deployment", "runner"), endpoints)
    assert len(run(CHECK, subject)) == 1


def test_any_class_where_the_scenario_names_none() -> None:
    endpoints = {"runner": "{labels: {app: runner}, untrusted: true}"}
    assert run(CHECK, scenario_context(runner("runtimeClassName: kata"), endpoints)) == []
    (finding,) = run(
        CHECK, scenario_context(documents(pod_template("runner"), CLASS), endpoints)
    )
    assert write_patch(finding) == "runtimeClassName: kata"
    assert [related.message for related in finding.related] == [
        "the scenario marks runner as untrusted"
    ]


def test_running_pods_count_once_by_their_owner() -> None:
    owner = "{apiVersion: apps/v1, kind: Deployment, name: runner, controller: true}"
    running = (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: runner-1\n  namespace: shop\n"
        f"  labels: {{app: runner}}\n  ownerReferences: [{owner}]"
    )
    both = documents(workload("Deployment", "runner"), running)
    assert len(run(CHECK, scenario_context(both, {"runner": UNTRUSTED}))) == 1
    # Without its owner a pod speaks for itself.
    assert len(run(CHECK, scenario_context(running, {"runner": UNTRUSTED}))) == 1


def test_nothing_without_a_scenario() -> None:
    assert run(CHECK, case(pod("runner"))) == []
