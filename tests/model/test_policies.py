from __future__ import annotations

import pytest

from netsim.model.labels import Labels, Selector
from netsim.model.location import Location
from netsim.model.peers import BlockPeer, DomainPeer, NodePeer, PodPeer
from netsim.model.policies import Direction, Policy, PolicyId, Rule, Tier
from netsim.model.resources import Resources
from netsim.model.truth import Truth
from tests.policies import admin_policy_id, network_policy, network_policy_id

HERE = Location("f", 1)
EVERY = Selector()
SHOP = Labels.of({"team": "x"})


@pytest.mark.parametrize(
    ("identity", "title"),
    [
        (network_policy_id("shop", "web"), "shop/web"),
        (admin_policy_id("guard"), "AdminNetworkPolicy/guard"),
        (
            PolicyId("projectcalico.org", "NetworkPolicy", "shop", "web"),
            "NetworkPolicy.projectcalico.org shop/web",
        ),
    ],
)
def test_titles(identity: PolicyId, title: str) -> None:
    assert identity.title == title
    rule = Rule(identity, Direction.EGRESS, 2, (), (), HERE)
    assert rule.title == f"{title} egress[2]"


def test_directions_are_those_that_are_isolated_or_have_rules() -> None:
    identity = admin_policy_id("guard")
    rule = Rule(identity, Direction.EGRESS, 0, (), (), HERE)
    ruled = Policy(identity, Tier.ADMIN, PodPeer(EVERY, EVERY, HERE), (rule,), HERE)
    assert ruled.directions == (Direction.EGRESS,)
    assert ruled.isolates == ()
    closed = network_policy(network_policy_id("a", "b"), EVERY, (Direction.INGRESS,), (), HERE)
    assert closed.directions == (Direction.INGRESS,)
    resources = Resources(policies=(closed, ruled))
    assert resources.policies_of(Tier.ADMIN) == (ruled,)
    assert resources.policies_of(Tier.BASELINE) == ()


WEB = Selector.of({"app": "web"})
PEER = PodPeer(Selector.of({"team": "y"}), WEB, HERE)


@pytest.mark.parametrize(
    ("peer", "labels", "namespace", "failing"),
    [
        (PodPeer(None, WEB, HERE), {"app": "web"}, "shop", []),
        (PodPeer(EVERY, WEB, HERE), {"app": "web"}, "lab", []),
        (
            PodPeer(None, WEB, HERE),
            {"app": "db"},
            "lab",
            [
                "wants a pod of namespace shop, the peer is in lab",
                "wants pod label app=web, the peer has app=db",
            ],
        ),
        (PEER, {"app": "web"}, "lab", ["wants namespace label team=y, lab has team=x"]),
    ],
)
def test_pods_that_a_peer_selects(
    peer: PodPeer, labels: dict[str, str], namespace: str, failing: list[str]
) -> None:
    pod = Labels.of(labels)
    assert list(peer.failing(pod, namespace, SHOP, "shop")) == failing
    assert peer.selects(pod, namespace, SHOP, "shop") is Truth.of(not failing)


def test_what_peers_want() -> None:
    block = BlockPeer("10.0.0.0/8", ("10.1.0.0/16",), None, HERE)
    assert block.describe() == "an address of 10.0.0.0/8 except 10.1.0.0/16"
    assert NodePeer(EVERY, HERE).describe() == "a node"
    assert NodePeer(Selector.of({"zone": "a"}), HERE).describe() == "a node with zone=a"
    domain = DomainPeer(("a.example",), HERE)
    assert domain.describe() == "an address of a.example"
    assert domain.why_unknown() == "f:1: a.example cannot be resolved offline"
