"""Policies as the readers make them."""

from __future__ import annotations

from collections.abc import Iterable

from netsim.model.labels import Selector
from netsim.model.location import Location
from netsim.model.peers import PodPeer
from netsim.model.policies import Direction, Policy, PolicyId, Rule, Tier


def network_policy_id(namespace: str, name: str) -> PolicyId:
    return PolicyId("networking.k8s.io", "NetworkPolicy", namespace, name)


def admin_policy_id(name: str) -> PolicyId:
    return PolicyId("policy.networking.k8s.io", "AdminNetworkPolicy", "", name)


def network_policy(
    identity: PolicyId,
    subject: Selector,
    isolates: tuple[Direction, ...],
    rules: Iterable[Rule],
    location: Location,
) -> Policy:
    peer = PodPeer(None, subject, location)
    return Policy(identity, Tier.NETWORK_POLICY, peer, tuple(rules), location, isolates)
