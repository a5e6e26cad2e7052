"""What ``check`` shows as a fix: a change that is proven, or words."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsim.app.check import CheckRequest, check
from netsim.app.judge import Judge
from netsim.fix.proof import State
from netsim.fix.workspace import Workspace
from netsim.model.finding import Finding, Severity
from tests.rules.samples import documents, pod

SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: {selector: {app: apj}, ports: [{port: 80}]}
"""
REJECTED = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec: {podSelector: everything}
"""


@pytest.fixture(autouse=True)
def _work_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def find(rule: str, *texts: str) -> list[Finding]:
    Path("all.yaml").write_text(documents(*texts), encoding="utf-8")
    found = check(CheckRequest(("all.yaml",))).findings
    return [each for each in found if each.rule == rule]


def test_what_is_shown_is_proven() -> None:
    (finding,) = find("service-without-endpoints", pod("api"), SERVICE)
    assert finding.patch == "selector:\n  app: api"
    assert finding.diff.startswith("--- a/all.yaml\n+++ b/all.yaml\n")


def test_where_input_is_rejected_there_are_words_alone() -> None:
    (finding,) = find("service-without-endpoints", pod("api"), SERVICE, REJECTED)
    assert (finding.patch, finding.diff) == ("", "")
    assert finding.fix == (
        "Make its selector match the labels of the pods it is for. No change is shown, as none "
        "can be proven before all of the input is read."
    )


def test_a_note_has_advice_alone() -> None:
    idle = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress], egress: []}
"""
    (finding,) = find("rules-without-effect", pod("api"), idle)
    assert finding.severity is Severity.NOTE
    assert (bool(finding.patches), finding.patch) == (True, "")


SCENARIO = """
diagram: {file: ../README.md, heading: Flows}
namespace: shop
endpoints:
  web: {labels: {app: web}}
  api: {labels: {app: api}}
flows: [{from: web, to: api, ports: [TCP 80], because: orders}]
"""
MISSPELT = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  egress: [{to: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 80}]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress: [{from: [{podSelector: {matchLabels: {app: wbe}}}], ports: [{port: 80}]}]
"""


def write_scenario() -> None:
    Path("README.md").write_text("# Flows\n\n```mermaid\ngraph LR\n  web\n```\n", "utf-8")
    Path("scenarios").mkdir()
    Path("scenarios/shop.yaml").write_text(SCENARIO, "utf-8")


def test_what_a_slip_breaks_is_fixed_with_it() -> None:
    write_scenario()
    Path("all.yaml").write_text(documents(pod("web"), pod("api"), MISSPELT), "utf-8")
    found = {each.rule: each for each in check(CheckRequest(("all.yaml",))).findings}
    broken, slip = found["broken"], found["peer-matches-nothing"]
    assert broken.patch == "podSelector:\n  matchLabels:\n    app: web"
    assert (slip.patch, slip.diff) == (broken.patch, broken.diff)


def test_one_change_is_proven_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many findings there are: here, that each of many pods is open."""
    write_scenario()
    judged = []

    def judge(self: Judge, workspace: Workspace) -> State:
        judged.append(workspace)
        return called(self, workspace)

    called = Judge.__call__
    monkeypatch.setattr(Judge, "__call__", judge)
    found = find("workload-not-isolated", *(pod(f"p{number}") for number in range(20)))
    assert len(found) == 20
    assert len({each.diff for each in found}) == 1
    assert len(judged) <= 5
