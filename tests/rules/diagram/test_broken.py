"""The fix of a documented flow opens that flow, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_

import pytest
import yaml
from msgspec.structs import replace

from netsim.fix.text import Uneditable, rewrite
from netsim.fix.wording import describe_patches
from netsim.judge.case import Case, build_case
from netsim.model.conventions import Conventions
from netsim.model.finding import Finding
from netsim.rules.diagram.broken import CHECK
from netsim.rules.diagram.exposed import CHECK as EXPOSED
from tests.rules.samples import documents, pod, policy, resources, run, scenario_context

ENDPOINTS = {
    "web": "{labels: {app: web}}",
    "api": "{labels: {app: api}}",
    "job": "{labels: {app: job}, namespace: lab}",
    "all": "{labels: {}}",
    "world": "{addresses: ['0.0.0.0/0'], except: [10.0.0.0/8, 172.16.0.0/12]}",
    "world6": "{addresses: ['::/0']}",
}
SHUT = policy("shut", "podSelector: {}\npolicyTypes: [Ingress, Egress]")
SHUT_IN = policy("shut", "podSelector: {}\npolicyTypes: [Ingress]")
API = policy("api", "podSelector: {matchLabels: {app: api}}\npolicyTypes: [Ingress]")
TIERS = policy("tiers", "podSelector: {matchExpressions: [{key: app, operator: Exists}]}")
PODS = (pod("web"), pod("api"), pod("side"))


def judge(text: str, source: str, to: str, endpoints: Mapping[str, str] = ENDPOINTS) -> Case:
    flows = f"flows: [{{from: {source}, to: {to}, ports: [TCP 80], because: it is}}]"
    used = {name: endpoints[name] for name in (source, to)}
    documentation = scenario_context(text, used, sections=flows).documentation
    documentation = replace(documentation, flows=documentation.scenario.flows)
    return build_case(resources(text), Conventions(), documentation)


def find(text: str, source: str, to: str) -> list[Finding]:
    return run(CHECK, judge(text, source, to))


def show(finding: Finding) -> tuple[str, str]:
    """Where the first of its patches belongs, and the YAML."""
    return describe_patches(finding.patches[:1])


def paste(text: str, findings: list[Finding]) -> str:
    """The input with the first patch of each finding."""
    joint = reduce(or_, (finding.patches[0] for finding in findings))
    changed = rewrite({"<stdin>": text}, joint)
    assert not isinstance(changed, Uneditable)
    return changed[0].after


def exposed(case: Case) -> set[str]:
    return {flow for finding in run(EXPOSED, case) for flow in finding.flows}


@pytest.mark.parametrize(
    ("text", "source", "to", "fixes"),
    [
        (documents(*PODS, SHUT), "web", "api", ["web-egress", "api-ingress"]),
        (documents(SHUT), "web", "api", ["web-egress", "api-ingress"]),
        (
            documents(*PODS, SHUT, API),
            "web",
            "api",
            ["web-egress", "spec.ingress of NetworkPolicy shop/api"],
        ),
        (documents(*PODS, SHUT), "job", "api", ["api-ingress"]),
        (documents(*PODS, SHUT), "world", "api", ["api-ingress"]),
        (documents(*PODS, SHUT), "world6", "api", ["api-ingress"]),
        # Here every pod is meant.
        (
            documents(*PODS, SHUT),
            "all",
            "api",
            ["spec.egress of NetworkPolicy shop/shut", "api-ingress"],
        ),
        (documents(*PODS, SHUT), "world", "all", ["spec.ingress of NetworkPolicy shop/shut"]),
    ],
)
def test_what_is_pasted_opens_the_flow_alone(
    text: str, source: str, to: str, fixes: list[str]
) -> None:
    before = judge(text, source, to)
    findings = run(CHECK, before)
    said = "\n".join("\n".join(show(each)) for each in findings)
    assert all(name in said for name in fixes), said
    assert len(findings) == len(fixes)
    after = judge(paste(text, findings), source, to)
    assert run(CHECK, after) == []
    assert exposed(after) == exposed(before)


def test_a_selector_of_several_workloads_is_no_place_either() -> None:
    (finding,) = find(documents(*PODS, TIERS), "web", "api")
    assert yaml.safe_load(show(finding)[1])["metadata"]["name"] == "api-ingress"


def test_a_name_that_is_taken_gets_a_number() -> None:
    taken = policy("api-ingress", "podSelector: {matchLabels: {app: other}}")
    (finding,) = find(documents(*PODS, SHUT_IN, taken), "web", "api")
    assert yaml.safe_load(show(finding)[1])["metadata"]["name"] == "api-ingress-2"


def test_addresses_with_exceptions_are_one_block() -> None:
    (finding,) = find(documents(*PODS, API), "world", "api")
    (rule,) = yaml.safe_load(show(finding)[1])
    assert rule["from"] == [
        {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8", "172.16.0.0/12"]}}
    ]


def test_a_peer_of_another_namespace_is_named_with_it() -> None:
    (finding,) = find(documents(*PODS, API), "job", "api")
    (rule,) = yaml.safe_load(show(finding)[1])
    assert rule["from"][0]["namespaceSelector"] == {
        "matchLabels": {"kubernetes.io/metadata.name": "lab"}
    }


def test_pods_that_no_label_tells_are_not_opened_with_their_neighbours() -> None:
    bare = "apiVersion: v1\nkind: Pod\nmetadata: {name: api, namespace: shop}\nspec: {}\n"
    endpoints = ENDPOINTS | {"api": "{workload: api}"}
    case = judge(documents(bare, pod("web"), SHUT_IN), "web", "api", endpoints)
    (finding,) = run(CHECK, case)
    assert not finding.patches
    assert finding.fix.startswith(
        "Give the pods labels by which a policy can select them alone"
    )
