from __future__ import annotations

import pytest

from netsim.model.finding import Severity
from netsim.rules.manifests.budget_blocks_drain import CHECK
from tests.rules.manifests.workloads import budget, pod_template, workload
from tests.rules.samples import (
    Sample,
    case,
    documents,
    ids,
    pod,
    run,
    scenario_context,
    verify,
)


def scaled(replicas: int, kind: str = "Deployment") -> str:
    return workload(kind, "web", f"replicas: {replicas}")


def of(replicas: int, amount: str) -> str:
    return documents(scaled(replicas), budget("web", amount))


HPA = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web"

SAMPLES = (
    Sample("one of two", of(2, "minAvailable: 1")),
    Sample(
        "one of one",
        of(1, "minAvailable: 1  # here"),
        says="minAvailable 1 leaves none of the only pod of shop/web[Deployment] to evict",
    ),
    Sample("two of two", of(2, "minAvailable: 2  # here"), says="the 2 pods of shop/web"),
    # More than there are blocks, too.
    Sample("five of two", of(2, "minAvailable: 5  # here")),
    # Nothing runs, so nothing is blocked.
    Sample("none of none", of(0, "minAvailable: 1")),
    Sample("half of two", of(2, "minAvailable: 50%")),
    # A percentage of minAvailable is rounded up ...
    Sample(
        "half of one",
        of(1, "minAvailable: 50%  # here"),
        says="minAvailable 50%, 1 rounded up, leaves none of",
    ),
    Sample("most of ten", of(10, "minAvailable: 91%  # here")),
    Sample("most of ten, one to spare", of(10, "minAvailable: 90%")),
    # ... and so is one of maxUnavailable, which lets one go.
    Sample("a hundredth of one", of(1, "maxUnavailable: 1%")),
    Sample(
        "none unavailable", of(5, "maxUnavailable: 0  # here"), says="allows no unavailable pod"
    ),
    Sample("no share unavailable", of(5, "maxUnavailable: 0%  # here")),
    Sample("all available", of(5, "minAvailable: 100%  # here")),
    Sample("any may go", of(1, "minAvailable: 0")),
    # The default of the API is one replica.
    Sample(
        "no replicas",
        documents(workload("Deployment", "web"), budget("web", "minAvailable: 1  # here")),
    ),
    Sample(
        "autoscaled",
        documents(
            workload("Deployment", "web"),
            budget("web", "minAvailable: 1"),
            f"{HPA}, namespace: shop}}",
        ),
    ),
    # It holds for every number of replicas.
    Sample(
        "autoscaled, none unavailable",
        documents(scaled(1), budget("web", "maxUnavailable: 0  # here"), f"{HPA}}}"),
    ),
    Sample(
        "autoscaler of another namespace",
        documents(
            scaled(1), budget("web", "minAvailable: 1  # here"), f"{HPA}, namespace: data}}"
        ),
    ),
    # Together they have one to spare.
    Sample(
        "two workloads",
        documents(
            scaled(1),
            workload("StatefulSet", "db", "replicas: 1", "app: web"),
            budget("web", "minAvailable: 1"),
        ),
    ),
    Sample(
        "neither field",
        documents(
            scaled(3),
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\n"
            "metadata: {name: web, namespace: shop}  # here\n"
            "spec: {selector: {matchLabels: {app: web}}}",
        ),
        says="it has neither minAvailable nor maxUnavailable",
    ),
    Sample(
        "bare pods, share",
        documents(pod_template("runner"), budget("runner", "maxUnavailable: 50%  # here")),
        says="the pods of shop/runner[PodTemplate] have none",
    ),
    Sample(
        "bare pods, number unavailable",
        documents(pod("runner"), budget("runner", "maxUnavailable: 1  # here")),
    ),
    # A whole number as minAvailable counts the pods themselves.
    Sample(
        "bare pods, number available",
        documents(pod_template("runner"), budget("runner", "minAvailable: 1")),
    ),
    Sample("one bare pod", documents(pod("a"), budget("a", "minAvailable: 1  # here"))),
    # Those with a controller give the scale, and the bare one is to spare.
    Sample(
        "bare pod beside others",
        documents(scaled(2), pod("extra", "app: web"), budget("web", "maxUnavailable: 0")),
    ),
    Sample(
        "job",
        documents(workload("Job", "migrate"), budget("migrate", "maxUnavailable: 1  # here")),
        says="what controls the pods of shop/migrate[Job] has none",
    ),
    Sample(
        "job, number available",
        documents(workload("Job", "migrate"), budget("migrate", "minAvailable: 1")),
    ),
    # One controller without scale is enough to fail.
    Sample(
        "job beside others",
        documents(
            scaled(3),
            workload("Job", "migrate", labels="app: web"),
            budget("web", "maxUnavailable: 1  # here"),
        ),
    ),
    # Whether its owner has a scale is not known.
    Sample(
        "custom controller",
        documents(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web-1\n  namespace: shop\n"
            "  labels: {app: web}\n  ownerReferences:\n"
            "    - {apiVersion: x.io/v1, kind: Rollout, name: web, controller: true}",
            budget("web", "maxUnavailable: 1"),
        ),
    ),
    # No pods are known, and it holds for every pod.
    Sample("no pods, none unavailable", documents(budget("web", "maxUnavailable: 0  # here"))),
    Sample("no pods", documents(budget("web", "minAvailable: 1"))),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


@pytest.mark.parametrize(
    ("amount", "findings"),
    [
        ("minAvailable: 1", 0),
        ("maxUnavailable: 50%", 0),
        # For every number of them.
        ("maxUnavailable: 0", 1),
        ("minAvailable: 100%", 1),
    ],
)
def test_modelled_pods_have_no_known_number(amount: str, findings: int) -> None:
    subject = scenario_context(budget("web", amount), {"web": "{labels: {app: web}}"})
    assert len(run(CHECK, subject)) == findings


def test_a_drain_passes_over_daemon_sets() -> None:
    text = documents(workload("DaemonSet", "log"), budget("log", "maxUnavailable: 1"))
    (finding,) = run(CHECK, case(text))
    assert finding.severity is Severity.NOTE
    assert "a drain skips these pods" in finding.message


def test_running_pods_that_are_about_to_become_more() -> None:
    """One of two replicas is there: not for ever."""
    owner = "{apiVersion: apps/v1, kind: StatefulSet, name: web, controller: true}"
    running = (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web-0\n  namespace: shop\n"
        f"  labels: {{app: web}}\n  ownerReferences: [{owner}]"
    )
    few = documents(scaled(2, "StatefulSet"), running, budget("web", "minAvailable: 1"))
    assert run(CHECK, case(few)) == []
    enough = documents(scaled(1, "StatefulSet"), running, budget("web", "minAvailable: 1"))
    assert len(run(CHECK, case(enough))) == 1


def test_the_workload_is_named_as_related() -> None:
    (finding,) = run(CHECK, case(of(1, "minAvailable: 1")))
    (related,) = finding.related
    assert (related.location.line, related.message) == (
        3,
        "the pods of shop/web[Deployment] (1)",
    )
