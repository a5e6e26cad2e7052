"""Which kinds the title of a step consists of."""

from __future__ import annotations

import pytest

from netsim.rollout.named_kinds import name_kinds


@pytest.mark.parametrize(
    ("title", "kinds"),
    [
        ("Namespaces", "namespaces"),
        ("NetworkPolicy", "networkpolicies"),
        ("Network policies", "networkpolicies"),
        ("the Network Policies", "networkpolicies"),
        ("Services and Deployments", "deployments services"),
        ("ConfigMaps, Secrets & service accounts", "configmaps secrets serviceaccounts"),
        ("Disruption budgets", "poddisruptionbudgets"),
        ("RBAC", "clusterrolebindings clusterroles rolebindings roles serviceaccounts"),
        ("External Secrets Operator", ""),
        ("Secrets of the database", ""),
        ("API server", ""),
        ("Front end", ""),
        ("", ""),
        ("and", ""),
    ],
)
def test_kinds(title: str, kinds: str) -> None:
    assert " ".join(sorted(name_kinds(title))) == kinds
