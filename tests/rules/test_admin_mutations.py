"""Policies of the admin tiers beside the real manifests: findings blame the right rule."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.command import netsim
from tests.project import ROOT

ADMIN = """\
apiVersion: policy.networking.k8s.io/v1alpha1
kind: {kind}
metadata: {{name: {name}}}
spec:
{priority}  subject:
    namespaces: {{matchLabels: {{kubernetes.io/metadata.name: production}}}}
{rules}"""


def admin(rules: str) -> str:
    return ADMIN.format(
        kind="AdminNetworkPolicy", name="extra", priority="  priority: 1\n", rules=rules
    )


def baseline(rules: str) -> str:
    return ADMIN.format(
        kind="BaselineAdminNetworkPolicy", name="default", priority="", rules=rules
    )


POD = """\
{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: production}}, \
podSelector: {matchLabels: {app.kubernetes.io/name: NAME}}}"""


def pods(name: str) -> str:
    return f"pods: {POD.replace('NAME', name)}"


EVERYONE = "namespaces: {}"


@dataclass(frozen=True)
class Case:
    """A policy, and the findings (rule, policy, line) that must come of it."""

    text: str
    expected: frozenset[tuple[str, str | None, int]]
    flow: str = ""


ONLY_WEB = pods("plue-web")
CASES = {
    # Pass leaves everything to the NetworkPolicies, which do as documented.
    "pass": Case(
        admin(
            f"  ingress:\n  - {{action: Pass, from: [{EVERYONE}]}}\n"
            f"  egress:\n  - {{action: Pass, to: [{EVERYONE}]}}\n"
        ),
        frozenset(),
    ),
    # NetworkPolicies isolate every pod, so that the Baseline tier is never asked.
    "baseline-without-effect": Case(
        baseline(f"  ingress:\n  - {{action: Deny, from: [{EVERYONE}]}}\n"), frozenset()
    ),
    "deny-of-a-documented-flow": Case(
        admin(f"  ingress:\n  - {{action: Deny, from: [{ONLY_WEB}]}}\n"),
        frozenset({("broken", "AdminNetworkPolicy/extra", 9)}),
        "web -> api TCP 4000",
    ),
    "deny-behind-an-allow": Case(
        admin(
            "  ingress:\n"
            f"  - {{action: Pass, from: [{ONLY_WEB}]}}\n"
            f"  - {{action: Deny, from: [{ONLY_WEB}]}}\n"
        ),
        frozenset(),
    ),
}


def findings(tmp_path: Path, text: str) -> tuple[int, list[dict[str, object]]]:
    for folder in ("manifests", "scenarios"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    # Beside the folder, as its README names every file that is in it.
    (tmp_path / "admin.yaml").write_text(text, encoding="utf-8")
    done = netsim("check", "manifests", "admin.yaml", "--format", "json", cwd=tmp_path)
    found = [each for each in json.loads(done.out)["findings"] if each["severity"] != "note"]
    return done.code, found


@pytest.mark.parametrize("name", CASES)
def test_findings(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    code, found = findings(tmp_path, case.text)
    seen = {(f["rule"], f["policy"], f["location"]["line"]) for f in found}  # type: ignore[index]
    assert seen == case.expected
    assert code == (1 if case.expected else 0)
    assert case.flow in json.dumps(found)


def test_an_allow_on_both_ends_blames_the_admin_rule(tmp_path: Path) -> None:
    both = admin(
        f"  ingress:\n  - {{action: Allow, from: [{EVERYONE}]}}\n"
        f"  egress:\n  - {{action: Allow, to: [{EVERYONE}]}}\n"
    )
    code, found = findings(tmp_path, both)
    assert code == 1
    assert {f["rule"] for f in found} <= {"exposed", "forbidden"}
    assert {f["policy"] for f in found} == {"AdminNetworkPolicy/extra"}
    assert any("web -> runner" in str(f["flows"]) for f in found)
