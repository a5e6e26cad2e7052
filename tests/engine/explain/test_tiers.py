"""Which tier is named where rules of the admin tiers only may match."""

from __future__ import annotations

import pytest

from netsim.engine.naming.endpoints import Endpoints
from netsim.engine.reachability import Reachability
from netsim.model.policies import Tier
from netsim.model.ports import Protocol
from netsim.model.verdict import Outcome, Verdict
from tests.rules.samples import resources

PODS = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop}
---
"""
DENY_ALL = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec: {podSelector: {}, policyTypes: [Egress]}
---
"""


def admin(name: str, priority: int, action: str, peer: str) -> str:
    return f"""\
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {{name: {name}}}
spec:
  priority: {priority}
  subject: {{namespaces: {{}}}}
  egress:
  - {{action: {action}, to: [{peer}]}}
---
"""


MAYBE = 'networks: ["${BLOCK}"]'
SURE = "namespaces: {}"
ALLOW, DENY, UNKNOWN = Outcome.ALLOW, Outcome.DENY, Outcome.UNKNOWN

CASES = {
    # Whether or not the first matches, a rule of the Admin tier denies: no NetworkPolicy does.
    "sure-behind-maybe": (
        admin("a", 1, "Deny", MAYBE) + admin("b", 2, "Deny", SURE) + DENY_ALL,
        (DENY, Tier.ADMIN, "AdminNetworkPolicy/b"),
    ),
    "allowed-either-way": (
        admin("a", 1, "Allow", MAYBE) + admin("b", 2, "Allow", SURE),
        (ALLOW, Tier.ADMIN, "AdminNetworkPolicy/b"),
    ),
    "allowed-by-default-either-way": (
        admin("a", 1, "Allow", MAYBE),
        (ALLOW, Tier.DEFAULT, None),
    ),
    "denied-by-network-policy-either-way": (
        admin("a", 1, "Deny", MAYBE) + DENY_ALL,
        (DENY, Tier.NETWORK_POLICY, "shop/deny"),
    ),
    # Of one priority, and of one mind.
    "tied-and-agreed": (
        admin("a", 1, "Deny", MAYBE) + admin("b", 1, "Deny", SURE),
        (DENY, Tier.ADMIN, "AdminNetworkPolicy/a"),
    ),
    "tied-and-at-odds": (
        admin("a", 1, "Allow", SURE) + admin("b", 1, "Deny", SURE),
        (UNKNOWN, Tier.ADMIN, "AdminNetworkPolicy/a"),
    ),
    "maybe-at-odds": (
        admin("a", 1, "Allow", MAYBE) + admin("b", 2, "Deny", SURE),
        (UNKNOWN, Tier.ADMIN, "AdminNetworkPolicy/a"),
    ),
    # Pass may skip the rule that denies, and the NetworkPolicy denies as well.
    "passed-or-not": (
        admin("a", 1, "Pass", MAYBE) + admin("b", 2, "Deny", SURE) + DENY_ALL,
        (DENY, Tier.ADMIN, "AdminNetworkPolicy/b"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_who_decides(name: str) -> None:
    text, (outcome, tier, policy) = CASES[name]
    verdict = asked(text, "shop/api")
    found = verdict.egress
    first = found.policies[0].title if found.policies else None
    assert (found.outcome, found.tier, first) == (outcome, tier, policy)
    assert verdict.outcome is outcome


def test_the_steps_are_those_of_the_admin_tiers() -> None:
    """A NetworkPolicy has no place among them, although it selects the pod as well."""
    elsewhere = 'networks: ["192.0.2.0/24"]'
    found = asked(admin("a", 1, "Deny", elsewhere) + DENY_ALL, "shop/api").egress
    assert [step.policy.title for step in found.steps] == ["AdminNetworkPolicy/a"]
    assert [policy.title for policy in found.policies] == ["shop/deny"]


def test_a_block_that_is_not_known_may_hold_an_address() -> None:
    everywhere = 'networks: ["0.0.0.0/0"]'
    found = asked(
        admin("a", 1, "Allow", MAYBE) + admin("b", 2, "Deny", everywhere), "203.0.113.7"
    ).egress
    assert found.outcome is UNKNOWN
    assert [policy.title for policy in found.policies] == ["AdminNetworkPolicy/a"]


def asked(text: str, destination: str) -> Verdict:
    """About TCP 80 from shop/web."""
    read = resources(PODS + text)
    source, target = (Endpoints(read).resolve(name) for name in ("shop/web", destination))
    return Reachability.of(read).verdict(source, target, Protocol.TCP, 80)
