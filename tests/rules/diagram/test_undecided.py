"""What is open of the documented flows: policies of other systems, families, nodes."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from netsim.engine.explain.verdicts import MAYBE_OWN_NODE
from netsim.judge.case import Case, build_case
from netsim.model.conventions import Conventions
from netsim.report.check.words import describe_pair
from netsim.rules.diagram.broken import CHECK as BROKEN
from netsim.rules.diagram.undecided import CHECK
from netsim.rules.registry import run_rules
from tests.rules.samples import documents, pod, policy, resources, run, scenario_context

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


DUAL = documents(
    *(
        pod(name) + f"\nstatus: {{podIPs: [{{ip: 10.0.0.{n}}}, {{ip: 'fd00::{n}'}}]}}"
        for n, name in enumerate(("api", "web"), 1)
    )
)
WEB_TO_API = "web, to: api"


def documenting(text: str, flow: str, endpoints: Mapping[str, str] = ENDPOINTS) -> Case:
    """A case with one documented flow, on TCP 80."""
    flows = f"flows: [{{from: {flow}, ports: [TCP 80], because: it is}}]"
    subject = scenario_context(text, endpoints, sections=flows)
    scenario = subject.documentation.scenario
    documentation = replace(subject.documentation, flows=scenario.flows)
    return build_case(resources(text), Conventions(), documentation)


def from_block(block: str) -> str:
    spec = "podSelector: {matchLabels: {app: api}}\ningress:\n"
    return policy(
        "api", f"{spec}- {{from: [{{ipBlock: {{cidr: {block}}}}}], ports: [{{port: 80}}]}}"
    )


def test_address_families_that_differ_are_named() -> None:
    subject = documenting(documents(DUAL, CLOSED, from_block("10.0.0.0/24"), OUT), WEB_TO_API)
    finding = next(f for f in run(CHECK, subject) if f.flows == ("web -> api TCP 80",))
    assert finding.message.endswith("shop/api ingress[0]: IPv4 allowed; IPv6 denied")
    assert "both address families" in finding.fix
    (judgement,) = (j for j in subject.judgements if j.flows)
    assert describe_pair(judgement) == ("? TCP 80 IPv4 only",)


def test_families_that_agree_leave_nothing_open() -> None:
    rules = from_block("10.0.0.0/24, fd00::/64").replace(", fd00", "}}, {ipBlock: {cidr: fd00")
    subject = documenting(documents(DUAL, CLOSED, rules, OUT), WEB_TO_API)
    assert not [f for f in run(CHECK, subject) if "web -> api" in f.message]
    assert {describe_pair(j) for j in subject.judgements if j.flows} == {("✓ TCP 80",)}


OUT = policy(
    "out",
    "podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\n"
    "egress: [{to: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 80}]}]",
)
NODES = documents(
    *(
        f"apiVersion: v1\nkind: Node\nmetadata: {{name: n{n}}}\n"
        f"status: {{addresses: [{{type: InternalIP, address: 192.0.2.{n}}}]}}\n"
        for n in (1, 2)
    )
)


def test_a_node_on_which_the_pod_may_run_is_named() -> None:
    subject = documenting(
        documents(pod("api"), pod("web"), CLOSED, NODES),
        "kubelet, to: api",
        {**ENDPOINTS, "kubelet": "{addresses: [192.0.2.1/32]}"},
    )
    (finding,) = run(CHECK, subject)
    assert MAYBE_OWN_NODE in finding.message
    assert finding.policy == "shop/deny"
    assert "nodeName" in finding.fix


def test_documented_ends_without_a_common_family_are_broken() -> None:
    four, six = (pod(name) + f"\nstatus: {{podIP: {ip}}}" for name, ip in ONE_FAMILY)
    subject = documenting(documents(four, six), WEB_TO_API)
    (finding,) = run(BROKEN, subject)
    assert (
        "web -> api TCP 80: documented, but one end has IPv4 addresses only" in finding.message
    )


ONE_FAMILY = (("api", "10.0.0.1"), ("web", "'fd00::2'"))
