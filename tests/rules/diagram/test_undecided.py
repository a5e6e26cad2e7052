"""What a policy of another system leaves open of the documented flows."""

from __future__ import annotations

from netsim.rules.diagram.undecided import CHECK
from netsim.rules.registry import run_rules
from tests.rules.samples import documents, pod, policy, run, scenario_context

ENDPOINTS = {"api": "{labels: {app: api}}", "web": "{labels: {app: web}}"}
CLOSED = policy("deny", "podSelector: {}\npolicyTypes: [Ingress, Egress]")


def other(name: str, kind: str = "NetworkPolicy", namespace: str = "shop") -> str:
    metadata = f"metadata: {{name: {name}, namespace: {namespace}}}"
    return f"apiVersion: projectcalico.org/v3\nkind: {kind}\n{metadata}\n"


def test_one_finding_for_the_flows_that_the_same_policies_may_decide() -> None:
    text = documents(pod("api"), pod("web"), CLOSED, other("x"), other("y"))
    subject = scenario_context(text, ENDPOINTS)
    (finding,) = run(CHECK, subject)
    assert len(finding.flows) > 1
    title = "NetworkPolicy.projectcalico.org shop"
    assert f"{title}/x, {title}/y are not evaluated, and may decide it" in finding.message
    assert {each.rule for each in run_rules(subject)} == {"undecided"}


def test_none_where_it_is_about_other_pods() -> None:
    text = documents(pod("api"), pod("web"), CLOSED, other("x", namespace="lab"))
    assert run(CHECK, scenario_context(text, ENDPOINTS)) == []


def test_none_for_one_that_denies_what_is_denied() -> None:
    istio = other("x", "AuthorizationPolicy").replace(
        "projectcalico.org/v3", "security.istio.io/v1"
    )
    text = documents(pod("api"), pod("web"), CLOSED, istio)
    assert run(CHECK, scenario_context(text, ENDPOINTS)) == []
