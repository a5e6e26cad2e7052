"""What ``check`` shows as a fix: a change that is proven, or words."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsim.app.check import CheckRequest, check
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
