from __future__ import annotations

import pytest
from msgspec.structs import replace

from netsim.bundle.provision import Extent
from netsim.judge.case import Case
from netsim.model.finding import Severity
from netsim.rules.network import workload_not_isolated
from netsim.rules.network.namespace_not_isolated import CHECK
from tests.rules.samples import (
    MARK,
    Sample,
    case,
    documents,
    ids,
    namespace,
    pod,
    policy,
    run,
    scenario_context,
    verify,
    write_patch,
)

SPACE = f"""
apiVersion: v1
kind: Namespace
metadata:
  name: shop {MARK}
"""
CALICO = """
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: x}
"""
BASELINE = """
apiVersion: policy.networking.k8s.io/v1alpha1
kind: BaselineAdminNetworkPolicy
metadata: {name: default}
spec:
  subject: {namespaces: {}}
  ingress: [{action: Deny, from: [{namespaces: {}}]}]
"""
WEB = f"""
apiVersion: v1
kind: Pod
metadata:
  name: web {MARK}
  namespace: shop
"""

SAMPLES = (
    Sample(
        "one for all pods",
        documents(SPACE, pod("api"), pod("web")),
        None,
        "no policy selects a pod of namespace shop, so all connections to and from "
        "shop/api[Pod], shop/web[Pod] are allowed",
    ),
    Sample("at a pod where the namespace was not read", WEB),
    Sample(
        "a policy for one pod",
        documents(
            pod("api"), pod("web"), policy("api", "podSelector: {matchLabels: {app: api}}")
        ),
    ),
    Sample(
        "a policy that selects none",
        documents(WEB, policy("x", "podSelector: {matchLabels: {app: none}}")),
    ),
    Sample(
        "a policy of another namespace",
        documents(WEB, policy("x", "podSelector: {}").replace("shop", "lab")),
    ),
    Sample("the baseline tier", documents(pod("api"), BASELINE)),
    Sample("not evaluated", documents(pod("api"), CALICO)),
    Sample(
        "namespaces of the system",
        documents(pod("a", namespace="kube-system"), pod("a", namespace="openshift-dns")),
    ),
    Sample("host network", pod("agent", spec="hostNetwork: true")),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


def test_nothing_is_said_where_policies_may_be_missing() -> None:
    assert run(CHECK, replace(case(pod("api")), policies=Extent.PART)) == []


def test_the_namespace_of_the_scenario_is_reported_by_workload() -> None:
    subject = scenario_context(pod("api"), {"api": "{labels: {app: api}}"})
    assert run(CHECK, subject) == []
    assert len(run(workload_not_isolated.CHECK, subject)) == 1


SERVER = "containers: [{name: main, image: api:1, ports: [{containerPort: 80}]}]"


def space(name: str, *, spec: str = "") -> str:
    return pod(f"{name}-api", namespace=name, spec=spec)


def test_without_a_scenario_all_namespaces_are_one() -> None:
    text = documents(space("one", spec=SERVER), space("two", spec=SERVER))
    (finding,) = run(CHECK, case(text))
    assert finding.severity is Severity.WARNING
    assert "namespaces one, two" in finding.message
    assert [each.message for each in finding.related] == ["namespace two: two/two-api[Pod]"]
    assert not finding.patches


def test_a_namespace_that_serves_nothing_is_a_note() -> None:
    text = documents(space("one", spec=SERVER), space("two"))
    first, second = run(CHECK, case(text))
    assert (first.severity, "namespace one," in first.message) == (Severity.WARNING, True)
    assert (second.severity, "namespace two," in second.message) == (Severity.NOTE, True)
    assert "they serve nothing" in second.message


def test_where_nobody_declares_a_port_none_is_missed() -> None:
    (finding,) = run(CHECK, case(documents(space("one"), space("two"))))
    assert finding.severity is Severity.WARNING


def test_manifests_without_a_namespace_may_be_examples() -> None:
    """Unless the input has nothing else, or their namespace."""
    text = documents(space("one", spec=SERVER), space("default", spec=SERVER))
    first, second = sorted(run(CHECK, case(text)), key=lambda each: each.severity.value)
    assert (first.severity, second.severity) == (Severity.NOTE, Severity.WARNING)
    assert "namespace default" in first.message
    (alone,) = run(CHECK, case(space("default", spec=SERVER)))
    assert alone.severity is Severity.WARNING
    (both,) = run(CHECK, case(documents(text, namespace("default"))))
    assert both.severity is Severity.WARNING


def test_the_patch_fixes_it() -> None:
    """Without a scenario, nothing says what a deny of everything would break."""
    (finding,) = run(CHECK, case(pod("api")))
    assert not finding.patches
    (finding,) = run(CHECK, judge_two_namespaces(pod("api")))
    assert run(CHECK, judge_two_namespaces(pod("api"), write_patch(finding))) == []


def judge_two_namespaces(*texts: str) -> Case:
    case = scenario_context(documents(*texts), {"api": "{labels: {app: api}}"})
    documentation = case.documentation
    scenario = replace(documentation.scenario, namespaces=("shop", "data"))
    return replace(case, documentation=replace(documentation, scenario=scenario))
