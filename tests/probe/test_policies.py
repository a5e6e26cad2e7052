"""How live policies differ from manifests: by meaning, not by text."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsim.probe.policies import Drift, differences
from tests.probe.samples import OPEN_ALL, POLICIES, written

ONE = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: one, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
"""
RULES = """\
  ingress:
    - {from: [{podSelector: {matchLabels: {a: b}}}], ports: [{port: 80}, {port: 81}]}
    - {from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.2.0.0/16]}}]}
"""


def between(folder: Path, mine: str, live: str) -> list[tuple[str, Drift]]:
    ours, theirs = (written(folder, text).policies for text in (mine, live))
    return [(each.title, each.drift) for each in differences(ours, theirs)]


def test_by_name(tmp_path: Path) -> None:
    assert between(tmp_path, POLICIES, POLICIES) == []
    assert between(tmp_path, POLICIES, OPEN_ALL) == [
        ("shop/api", Drift.MISSING),
        ("shop/db", Drift.MISSING),
        ("shop/debug", Drift.EXTRA),
        ("shop/deny", Drift.MISSING),
    ]


@pytest.mark.parametrize(
    "same",
    [
        RULES + "  policyTypes: [Ingress]\n",
        RULES.replace("{port: 80}, {port: 81}", "{port: 81}, {port: 80, protocol: TCP}"),
        RULES.replace("10.1.0.0/16, 10.2.0.0/16", "10.2.0.0/16, 10.1.0.0/16"),
        "\n".join((RULES.splitlines()[0], *reversed(RULES.splitlines()[1:]))),
        RULES.replace(
            "matchLabels: {a: b}", "matchExpressions: [{key: a, operator: In, values: [b]}]"
        ),
    ],
    ids=["defaults", "ports", "exceptions", "rules", "selectors"],
)
def test_another_text_of_the_same(tmp_path: Path, same: str) -> None:
    assert between(tmp_path, ONE + RULES, ONE + same) == []


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("port: 80", "port: 8080", "ingress"),
        ("a: b", "a: c", "ingress"),
        ("10.1.0.0/16, ", "", "ingress"),
        ("app: api", "app: web", "podSelector"),
        ("  ingress:", "  policyTypes: [Ingress, Egress]\n  ingress:", "policyTypes"),
        ("  ingress:", "  egress: [{}]\n  ingress:", "policyTypes and egress"),
        (RULES, "", "ingress"),
    ],
)
def test_another_meaning(tmp_path: Path, old: str, new: str, parts: str) -> None:
    ours, theirs = (
        written(tmp_path, text).policies
        for text in (ONE + RULES, (ONE + RULES).replace(old, new))
    )
    (found,) = differences(ours, theirs)
    assert found.drift is Drift.CHANGED
    place = tmp_path / "policies.yaml"
    assert str(found) == (
        f"shop/one ({place}:3) is in the cluster in another version than in the manifests, in "
        f"its {parts}"
    )
