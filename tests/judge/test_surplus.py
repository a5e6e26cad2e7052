"""Exposed flows have a finding for each cause, and none hides behind another."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import ROOT, netsim

POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {name}, namespace: production}}
spec:
  podSelector: {{matchLabels: {{app.kubernetes.io/name: {subject}}}}}
  policyTypes: [{type}]
  {field}:
  - {word}:
{peers}
    ports: [{ports}]
---
"""
WEB = "    - podSelector: {matchLabels: {app.kubernetes.io/name: plue-web}}"
API = "    - podSelector: {matchLabels: {app.kubernetes.io/name: plue-api}}"


def ingress(name: str, subject: str, peers: str, ports: str) -> str:
    return POLICY.format(
        name=name,
        subject=subject,
        type="Ingress",
        field="ingress",
        word="from",
        peers=peers,
        ports=ports,
    )


def egress(name: str, subject: str, peers: str, ports: str) -> str:
    return POLICY.format(
        name=name,
        subject=subject,
        type="Egress",
        field="egress",
        word="to",
        peers=peers,
        ports=ports,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("manifests", "scenarios"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def found(project: Path, text: str, name: str = "extra.yaml") -> list[dict[str, Any]]:
    (project / "manifests" / name).write_text(text, encoding="utf-8")
    done = netsim("check", "manifests", "--format", "json", cwd=project)
    findings: list[dict[str, Any]] = json.loads(done.out)["findings"]
    return [finding for finding in findings if finding["rule"] == "exposed"]


def test_each_rule_answers_for_its_own_ports(project: Path) -> None:
    text = (
        ingress("aaa", "plue-api", WEB, "{port: 22}")
        + ingress("bbb", "plue-api", WEB, "{port: 9999}")
        + egress("ccc", "plue-web", API, "{protocol: TCP}")
    )
    findings = found(project, text)
    assert {each["policy"]: each["flows"] for each in findings} == {
        "production/aaa": ["web -> api TCP 22"],
        "production/bbb": ["web -> api TCP 9999"],
    }


def test_a_comment_silences_one_peer_only(project: Path) -> None:
    peers = (
        "    # netsim: ignore[exposed] the nightly dump\n"
        "    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}\n"
        "    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}"
    )
    findings = found(project, ingress("dump", "plue-postgres", peers, "{port: 5432}"))
    flows = [flow for each in findings for flow in each["flows"]]
    assert "ingress-controller -> postgres TCP 5432" in flows
    assert not any(flow.startswith("dns ->") for flow in flows)


NAME = "kubernetes.io/metadata.name"
OUTSIDE = {
    # A namespace that the input does not have: all of it, and a part.
    f"    - namespaceSelector: {{matchLabels: {{{NAME}: monitoring}}}}": (
        "any other pod in monitoring"
    ),
    f"    - namespaceSelector: {{matchLabels: {{{NAME}: monitoring}}}}\n"
    "      podSelector: {matchLabels: {app: prometheus}}": (
        "any pod with app=prometheus in monitoring"
    ),
    # A label that no namespace has: any that gets it is let in.
    "    - namespaceSelector: {matchLabels: {team: data}}": (
        "any other pod in a namespace with team=data"
    ),
    "    - namespaceSelector: {}\n      podSelector: {matchLabels: {app: prometheus}}": (
        "any pod with app=prometheus in another namespace"
    ),
}


@pytest.mark.parametrize("peers", OUTSIDE)
def test_peers_that_nobody_has_written(project: Path, peers: str) -> None:
    findings = found(project, ingress("scrape", "plue-postgres", peers, "{port: 5432}"))
    flows = [flow for each in findings for flow in each["flows"]]
    assert f"{OUTSIDE[peers]} -> postgres TCP 5432" in flows


def test_destinations_that_nobody_has_written(project: Path) -> None:
    peers = f"    - namespaceSelector: {{matchLabels: {{{NAME}: vault}}}}"
    findings = found(project, egress("vault", "plue-runner", peers, "{port: 8200}"))
    flows = [flow for each in findings for flow in each["flows"]]
    assert flows == ["runner -> any other pod in vault TCP 8200"]


WORKLOADS = """
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: production}}
spec:
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{hostNetwork: {host}, containers: [{{name: c}}]}}
---
"""


def test_workloads_are_called_by_their_names(project: Path) -> None:
    text = (
        WORKLOADS.format(name="redis", host="false")
        + ingress(
            "redis", "plue-api", "    - podSelector: {matchLabels: {app: redis}}", "{port: 1}"
        )
        + POLICY.format(
            name="out",
            subject="plue-api",
            type="Egress",
            field="egress",
            word="to",
            peers="    - podSelector: {matchLabels: {app: redis}}",
            ports="{port: 6379}",
        )
    )
    # Nothing isolates redis but the default deny, so only a rule of its own would open it.
    text += (
        ingress("in", "plue-web", WEB, "{port: 1}")
        .replace(
            "{matchLabels: {app.kubernetes.io/name: plue-web}}\n  policyTypes",
            "{matchLabels: {app: redis}}\n  policyTypes",
        )
        .replace(WEB, API)
        .replace("{port: 1}", "{port: 6379}")
    )
    flows = [flow for each in found(project, text) for flow in each["flows"]]
    assert "api -> production/redis[Deployment] TCP 6379" in flows


def test_a_workload_on_the_host_network(project: Path) -> None:
    findings = found(project, WORKLOADS.format(name="agent", host="true"))
    assert findings
    assert {each["policy"] for each in findings} == {None}
    assert {each["location"]["file"] for each in findings} == {"manifests/extra.yaml"}
    assert "no policy applies" in findings[0]["message"]


def test_denied_and_drawn_by_wider_names(project: Path) -> None:
    scenario = project / "scenarios/production.yaml"
    text = scenario.read_text(encoding="utf-8").replace(
        "deny:\n", "deny:\n  - {from: any-pod, to: postgres, because: moved away}\n"
    )
    scenario.write_text(text, encoding="utf-8")
    done = netsim("check", "manifests", "--format", "json", cwd=project)
    rules = [finding["rule"] for finding in json.loads(done.out)["findings"]]
    assert rules.count("contradiction") == 2  # runner as drawn, api as listed


NODE = """
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: 10.9.0.1}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: runner-1
  namespace: production
  labels: {app.kubernetes.io/name: plue-runner}
spec: {runtimeClassName: gvisor, nodeName: n1, containers: [{name: c}]}
status: {podIP: 10.1.0.7}
"""


def test_a_node_and_its_pods_are_beyond_policies(project: Path) -> None:
    (project / "node.yaml").write_text(NODE, encoding="utf-8")
    done = netsim("check", "manifests", "node.yaml", "--format", "json", cwd=project)
    rules = {each["rule"] for each in json.loads(done.out)["findings"]}
    assert rules.isdisjoint(("exposed", "forbidden", "broken", "undecided")), done


def test_no_selector_is_offered_for_the_host_network(project: Path) -> None:
    text = WORKLOADS.format(name="plue-runner", host="true").replace(
        "{app: plue-runner}", "{app.kubernetes.io/name: plue-runner}"
    )
    (project / "manifests/runner.yaml").write_text(text, encoding="utf-8")
    done = netsim("check", "manifests", "--format", "json", cwd=project)
    broken = [each for each in json.loads(done.out)["findings"] if each["rule"] == "broken"]
    assert [each["patch"] for each in broken] == [""] * len(broken) != []
    assert all("hostNetwork" in each["fix"] for each in broken)


def test_a_pod_on_a_node_excuses_no_rule_about_the_node(project: Path) -> None:
    rule = "    - ipBlock: {cidr: 10.9.0.1/32}"
    text = NODE + "---" + egress("node", "plue-runner", rule, "{port: 10250}")
    (project / "manifests/node.yaml").write_text(text, encoding="utf-8")
    done = netsim("check", "manifests", "--format", "json", cwd=project)
    found = {(f["rule"], flow) for f in json.loads(done.out)["findings"] for flow in f["flows"]}
    assert ("forbidden", "runner -> cluster-network TCP 10250") in found
