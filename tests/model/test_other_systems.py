"""The table of policies of other systems, by group and kind."""

from __future__ import annotations

import pytest

from netsim.model.kubernetes_kinds import list_kinds
from netsim.model.labels import Selector
from netsim.model.location import Location
from netsim.model.other_systems import (
    KINDS,
    Layer,
    Power,
    Span,
    build_policy,
    list_kinds_of,
    resolve_kind,
)
from netsim.model.policies import Action, Direction, PolicyId

HERE = Location("x.yaml", 1)


@pytest.mark.parametrize(
    ("group", "kind"),
    [
        ("projectcalico.org", "GlobalNetworkPolicy"),
        ("crd.projectcalico.org", "NetworkPolicy"),
        ("cilium.io", "CiliumClusterwideNetworkPolicy"),
        ("crd.antrea.io", "ClusterNetworkPolicy"),
        ("security.istio.io", "AuthorizationPolicy"),
        ("security.istio.io", "PeerAuthentication"),
        ("networking.istio.io", "Sidecar"),
        ("policy.linkerd.io", "Server"),
        ("kuma.io", "MeshTrafficPermission"),
        ("consul.hashicorp.com", "ServiceIntentions"),
        ("k8s.ovn.org", "EgressFirewall"),
        ("k8s.ovn.org", "EgressQoS"),
        ("k8s.ovn.org", "UserDefinedNetwork"),
        ("vpcresources.k8s.aws", "SecurityGroupPolicy"),
        ("k8s.cni.cncf.io", "MultiNetworkPolicy"),
        ("networking.gke.io", "FQDNNetworkPolicy"),
        ("rbac.istio.io", "ClusterRbacConfig"),
        ("authentication.istio.io", "Policy"),
        ("consul.hashicorp.com", "Mesh"),
        ("auth.consul.hashicorp.com", "PartitionTrafficPermissions"),
        ("kuma.io", "OPAPolicy"),
        ("appmesh.k8s.aws", "Mesh"),
        ("ingressnodefirewall.openshift.io", "IngressNodeFirewall"),
        ("networking.mesh.gloo.solo.io", "AccessPolicy"),
        ("kubeovn.io", "Subnet"),
        ("network.alibabacloud.com", "PodNetworking"),
        ("crd.yangtse.cni", "SecurityGroup"),
        ("networking.aviatrix.com", "FirewallPolicy"),
        # Not in the table: the name says it, or the group does.
        ("acme.example", "AcmeNetworkPolicy"),
        ("acme.example", "EgressFirewall"),
        ("cilium.io", "CiliumHostFirewall"),
    ],
)
def test_is_a_policy(group: str, kind: str) -> None:
    known = resolve_kind(group, kind)
    assert known
    assert known.powers


@pytest.mark.parametrize(
    ("group", "kind"),
    [
        ("k8s.ovn.org", "EgressIP"),
        ("networking.istio.io", "VirtualService"),
        ("projectcalico.org", "StagedNetworkPolicy"),
        ("projectcalico.org", "IPPool"),
        ("projectcalico.org", "Tier"),
        ("projectcalico.org", "GlobalNetworkSet"),
        ("projectcalico.org", "EgressGatewayPolicy"),
        ("cilium.io", "CiliumEgressNATPolicy"),
        ("crd.antrea.io", "BGPPolicy"),
        ("crd.antrea.io", "ClusterGroup"),
        ("security.istio.io", "RequestAuthentication"),
        ("networking.gke.io", "EgressNATPolicy"),
        ("neuvector.com", "NvWafSecurityRule"),
        ("policy", "PodDisruptionBudget"),
        ("kyverno.io", "ClusterPolicy"),
        ("", "ConfigMap"),
    ],
)
def test_is_none(group: str, kind: str) -> None:
    assert resolve_kind(group, kind) is None


def test_each_kind_is_listed_once_and_in_no_group_of_kubernetes() -> None:
    names = [(known.group, known.kind) for known in KINDS]
    assert len(names) == len(set(names))
    assert not [name for name in names if list_kinds(name[0])]
    assert list_kinds_of("k8s.ovn.org")


def test_a_mesh_opens_nothing() -> None:
    assert not [k for k in KINDS if k.layer is Layer.MESH and Power.ALLOW in k.powers]


def test_a_policy_that_only_denies_has_no_rule_that_allows() -> None:
    known = resolve_kind("k8s.ovn.org", "EgressFirewall")
    assert known
    name = PolicyId(known.group, known.kind, "shop", "default")
    policy = build_policy(known, name, HERE)
    assert [rule.action for rule in policy.rules] == [Action.DENY]
    assert policy.directions == (Direction.EGRESS,)
    assert policy.subject.namespaces is None


def test_the_root_namespace_of_a_mesh_is_every_one() -> None:
    known = resolve_kind("security.istio.io", "PeerAuthentication")
    assert known
    assert known.span is Span.MESH
    for namespace, everywhere in (("istio-system", Selector()), ("shop", None)):
        policy = build_policy(known, PolicyId(known.group, known.kind, namespace, "x"), HERE)
        assert policy.subject.namespaces == everywhere
