from __future__ import annotations

import pytest

from netsim.model.finding import Severity
from netsim.rules.network.workload_not_isolated import CHECK
from tests.rules.samples import (
    MARK,
    Sample,
    case,
    documents,
    ids,
    pod,
    policy,
    run,
    scenario_context,
    verify,
    write_patch,
)

API = pod("api")
POLICY = policy("api", "podSelector: {matchLabels: {app: api}}")
WEB = f"""
apiVersion: v1
kind: Pod
metadata:
  name: web {MARK}
  namespace: shop
  labels: {{app: web}}
spec:
  containers:
    - {{name: web, image: registry.internal/web:1.2.3, ports: [{{containerPort: 80}}]}}
"""

SAMPLES = (
    Sample("selected", documents(API, POLICY)),
    Sample(
        "forgotten",
        documents(API, WEB, POLICY),
        None,
        "shop/web[Pod]: no policy selects it, so all connections to and from it are allowed",
    ),
    Sample(
        "serves nothing",
        documents(
            API,
            f"""
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate {MARK}
  namespace: shop
spec:
  template:
    spec:
      containers:
        - {{name: migrate, image: registry.internal/web:1.2.3, ports: [{{containerPort: 80}}]}}
""",
            POLICY,
        ),
        None,
        "no policy selects shop/migrate[Job], which serves nothing, as far as the input "
        "says: all connections from there are allowed",
    ),
    Sample("default deny", documents(API, pod("web"), policy("deny", "podSelector: {}"))),
    # One direction is a decision; both are an oversight.
    Sample(
        "egress only",
        documents(API, policy("api", "podSelector: {}\npolicyTypes: [Egress]")),
    ),
    Sample("namespace without policies", documents(API, POLICY, pod("web", namespace="lab"))),
    Sample("host network", documents(POLICY, pod("agent", spec="hostNetwork: true"))),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


def test_the_namespace_of_the_scenario_needs_no_policy() -> None:
    """Only workloads that were read are reported, not those that the scenario models."""
    endpoints = {"api": "{labels: {app: api}}", "db": "{labels: {app: db}}"}
    (finding,) = run(CHECK, scenario_context(API, endpoints))
    assert finding.message.startswith("shop/api[Pod]: ")


def test_a_workload_is_reported_once() -> None:
    owner = "ownerReferences: [{controller: true, kind: ReplicaSet, name: web, "
    owner += "apiVersion: apps/v1, uid: x}]"
    pods = [pod(name, "app: web").replace("labels:", f"{owner}, labels:") for name in "ab"]
    found = run(CHECK, scenario_context(documents(*pods), {"web": "{labels: {app: web}}"}))
    assert [finding.message.split(":")[0] for finding in found] == ["shop/web[ReplicaSet]"]


def test_those_that_serve_the_cluster_are_one_finding_of_a_namespace() -> None:
    text = documents(API, WEB, WEB.replace("web", "site"), POLICY)
    (finding,) = run(CHECK, case(text))
    assert finding.severity is Severity.WARNING
    assert finding.message.startswith("no policy selects shop/web[Pod], shop/site[Pod], so all")
    assert len(finding.related) == 1
    assert not finding.patches


@pytest.mark.parametrize("kind", ["LoadBalancer", "NodePort"])
def test_one_that_serves_clients_outside_is_a_note_without_a_patch(kind: str) -> None:
    """A default deny would close an ingress controller."""
    service = f"""
apiVersion: v1
kind: Service
metadata: {{name: web, namespace: shop}}
spec: {{type: {kind}, selector: {{app: web}}, ports: [{{port: 80}}]}}
"""
    (finding,) = run(CHECK, case(documents(API, WEB, POLICY, service)))
    assert finding.severity is Severity.NOTE
    assert "shop/web[Pod], which serves clients outside the cluster" in finding.message
    assert not finding.patches


def test_the_patch_mends_it() -> None:
    text = documents(API, WEB, POLICY)
    endpoints = {"web": "{labels: {app: web}}"}
    (finding,) = run(CHECK, scenario_context(text, endpoints))
    patched = documents(text, write_patch(finding))
    assert run(CHECK, scenario_context(patched, endpoints)) == []
