"""Policies of other systems: what decides about connections besides what netsim evaluates.

``resolve_kind("k8s.ovn.org", "EgressFirewall")`` is a kind that can deny connections to
addresses outside the cluster.  netsim doesn't read what such a policy says; it knows which
connections it can be about, and what it can do with them, so that their verdicts are unknown.

=============  ===============================================================================
power          what an object can do
=============  ===============================================================================
deny           keep apart what the policies of Kubernetes let through
allow          let through what they deny, as it is asked before them or beside them
disconnect     put pods on a network of their own, where others don't meet them at all
=============  ===============================================================================

A mesh (layer ``mesh``) can't let through what a packet filter (layer ``L3``) drops, so its
policies only deny.  A kind without powers is listed because its name looks like a policy's.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache

from msgspec import Struct

from netsim.model.labels import Selector
from netsim.model.location import Location
from netsim.model.meaning import meaning
from netsim.model.peers import NOT_EVALUATED, FarEnd, PodPeer, Reason, UnevaluatedPeer
from netsim.model.policies import UNRANKED, Action, Direction, Policy, PolicyId, Rule, Tier


class Power(Enum):
    """What objects of a kind can do with connections."""

    DENY = "deny"
    ALLOW = "allow"
    DISCONNECT = "disconnect"


class Layer(Enum):
    """Where a policy is enforced."""

    L3 = "L3"
    MESH = "mesh"


class Span(Enum):
    """Which pods an object can be about."""

    NAMESPACE = "its namespace"
    MESH = "its namespace, or every one where it stands in the root namespace of the mesh"
    CLUSTER = "every namespace"
    CLUSTER_AND_NODES = "every namespace, and the nodes"
    WRITTEN = "the namespace that it names, or else every one and the nodes"


ROOT_NAMESPACE = "istio-system"
"""The root namespace of Istio unless its configuration says otherwise."""


class OtherKind(Struct, frozen=True):
    """A kind of policy of another system, and what it can do.

    ``selector`` is the path of the label selector of its pods, where it has an ordinary one.
    """

    group: str
    kind: str
    system: str
    powers: tuple[Power, ...]
    layer: Layer = Layer.L3
    span: Span = Span.NAMESPACE
    directions: tuple[Direction, ...] = tuple(Direction)
    far_end: FarEnd = FarEnd.ANYONE
    selector: tuple[str, ...] = ()

    @property
    def is_namespaced(self) -> bool:
        """Whether its objects surely belong to a namespace."""
        return self.span in (Span.NAMESPACE, Span.MESH)


_DENY = (Power.DENY,)
_BOTH = (Power.DENY, Power.ALLOW)
_APART = (Power.DISCONNECT,)
_NONE: tuple[Power, ...] = ()
_L3, _MESH = Layer.L3, Layer.MESH
_ROOT = Span.MESH
_CLUSTER, _NODES = Span.CLUSTER, Span.CLUSTER_AND_NODES
_IN, _OUT = (Direction.INGRESS,), (Direction.EGRESS,)
_ADDRESSES = FarEnd.ADDRESSES
_PODS = ("spec", "podSelector")


def _calico(group: str) -> tuple[OtherKind, ...]:
    """Evaluated in an order with those of Kubernetes: docs.tigera.io, "Network policy"."""
    return (
        OtherKind(group, "NetworkPolicy", "Calico", _BOTH),
        OtherKind(group, "GlobalNetworkPolicy", "Calico", _BOTH, _L3, _NODES),
        OtherKind(group, "HostEndpoint", "Calico", _DENY, _L3, _NODES),
        OtherKind(group, "StagedNetworkPolicy", "Calico", _NONE),
        OtherKind(group, "StagedGlobalNetworkPolicy", "Calico", _NONE),
        OtherKind(group, "StagedKubernetesNetworkPolicy", "Calico", _NONE),
        OtherKind(group, "EgressGatewayPolicy", "Calico", _NONE),
    )


KINDS: tuple[OtherKind, ...] = (
    *_calico("projectcalico.org"),
    *_calico("crd.projectcalico.org"),
    # Rules add to those of NetworkPolicies, denials come first: docs.cilium.io, "Overview of
    # Network Policy".
    OtherKind("cilium.io", "CiliumNetworkPolicy", "Cilium", _BOTH),
    OtherKind("cilium.io", "CiliumClusterwideNetworkPolicy", "Cilium", _BOTH, _L3, _NODES),
    OtherKind("cilium.io", "CiliumLocalRedirectPolicy", "Cilium", _DENY, directions=_OUT),
    OtherKind("cilium.io", "CiliumEgressGatewayPolicy", "Cilium", _NONE),
    OtherKind("cilium.io", "CiliumEgressNATPolicy", "Cilium", _NONE),
    OtherKind("cilium.io", "CiliumBGPPeeringPolicy", "Cilium", _NONE),
    OtherKind("cilium.io", "CiliumL2AnnouncementPolicy", "Cilium", _NONE),
    OtherKind("cilium.io", "TracingPolicy", "Tetragon", _NONE),
    OtherKind("cilium.io", "TracingPolicyNamespaced", "Tetragon", _NONE),
    # Tiers before and after NetworkPolicies: antrea.io, "Antrea Network Policy CRDs".
    OtherKind("crd.antrea.io", "NetworkPolicy", "Antrea", _BOTH),
    OtherKind("crd.antrea.io", "ClusterNetworkPolicy", "Antrea", _BOTH, _L3, _NODES),
    OtherKind("crd.antrea.io", "TrafficControl", "Antrea", _DENY, _L3, _CLUSTER),
    OtherKind("crd.antrea.io", "BGPPolicy", "Antrea", _NONE),
    # istio.io, "Security" and "Sidecar".
    OtherKind(
        "security.istio.io",
        "AuthorizationPolicy",
        "Istio",
        _DENY,
        _MESH,
        _ROOT,
        _IN,
        selector=("spec", "selector"),
    ),
    OtherKind(
        "security.istio.io",
        "PeerAuthentication",
        "Istio",
        _DENY,
        _MESH,
        _ROOT,
        _IN,
        selector=("spec", "selector"),
    ),
    OtherKind("security.istio.io", "RequestAuthentication", "Istio", _NONE, _MESH),
    OtherKind(
        "networking.istio.io",
        "Sidecar",
        "Istio",
        _DENY,
        _MESH,
        _ROOT,
        selector=("spec", "workloadSelector"),
    ),
    # Before Istio 1.6; ClusterRbacConfig closes whatever no role opens.
    OtherKind("rbac.istio.io", "ServiceRole", "Istio", _DENY, _MESH, _ROOT, _IN),
    OtherKind("rbac.istio.io", "ServiceRoleBinding", "Istio", _DENY, _MESH, _ROOT, _IN),
    OtherKind("rbac.istio.io", "ClusterRbacConfig", "Istio", _DENY, _MESH, _CLUSTER, _IN),
    OtherKind("rbac.istio.io", "RbacConfig", "Istio", _DENY, _MESH, _CLUSTER, _IN),
    OtherKind("authentication.istio.io", "Policy", "Istio", _DENY, _MESH, _ROOT, _IN),
    OtherKind("authentication.istio.io", "MeshPolicy", "Istio", _DENY, _MESH, _CLUSTER, _IN),
    # linkerd.io, "Authorization Policy": a Server is closed unless something opens it.
    OtherKind(
        "policy.linkerd.io", "Server", "Linkerd", _DENY, _MESH, directions=_IN, selector=_PODS
    ),
    OtherKind(
        "policy.linkerd.io", "ServerAuthorization", "Linkerd", _DENY, _MESH, directions=_IN
    ),
    OtherKind(
        "policy.linkerd.io", "AuthorizationPolicy", "Linkerd", _DENY, _MESH, directions=_IN
    ),
    OtherKind("policy.linkerd.io", "EgressNetwork", "Linkerd", _DENY, _MESH, _CLUSTER, _OUT),
    OtherKind("policy.linkerd.io", "NetworkAuthentication", "Linkerd", _NONE, _MESH),
    OtherKind("policy.linkerd.io", "MeshTLSAuthentication", "Linkerd", _NONE, _MESH),
    OtherKind(
        "policy.linkerd.io", "HTTPLocalRateLimitPolicy", "Linkerd", _NONE, _MESH, directions=_IN
    ),
    # kuma.io, "Policies"; they stand in the control plane's namespace, too.
    OtherKind("kuma.io", "MeshTrafficPermission", "Kuma", _DENY, _MESH, _CLUSTER),
    OtherKind("kuma.io", "TrafficPermission", "Kuma", _DENY, _MESH, _CLUSTER),
    OtherKind("kuma.io", "MeshPassthrough", "Kuma", _DENY, _MESH, _CLUSTER, _OUT),
    OtherKind("kuma.io", "Mesh", "Kuma", _DENY, _MESH, _CLUSTER),
    OtherKind("kuma.io", "MeshTLS", "Kuma", _DENY, _MESH, _CLUSTER),
    OtherKind("kuma.io", "MeshOPA", "Kong Mesh", _DENY, _MESH, _CLUSTER, _IN),
    OtherKind("kuma.io", "OPAPolicy", "Kong Mesh", _DENY, _MESH, _CLUSTER, _IN),
    # developer.hashicorp.com/consul, "Service intentions"; a Mesh can shut off the outside
    # (meshDestinationsOnly).
    OtherKind("consul.hashicorp.com", "ServiceIntentions", "Consul", _DENY, _MESH, _CLUSTER),
    OtherKind("consul.hashicorp.com", "Mesh", "Consul", _DENY, _MESH, _CLUSTER, _OUT),
    OtherKind("consul.hashicorp.com", "GatewayPolicy", "Consul", _NONE, _MESH),
    *(
        OtherKind("auth.consul.hashicorp.com", kind, "Consul", _DENY, _MESH, _CLUSTER)
        for kind in (
            "TrafficPermissions",
            "NamespaceTrafficPermissions",
            "PartitionTrafficPermissions",
        )
    ),
    # docs.aws.amazon.com/app-mesh: by default a Mesh lets nothing out of it (egressFilter).
    OtherKind("appmesh.k8s.aws", "Mesh", "AWS App Mesh", _DENY, _MESH, _CLUSTER, _OUT),
    # smi-spec.io, "Traffic Access Control"; openservicemesh.io.
    OtherKind("access.smi-spec.io", "TrafficTarget", "SMI", _DENY, _MESH, directions=_IN),
    OtherKind("policy.openservicemesh.io", "Egress", "Open Service Mesh", _DENY, _MESH),
    OtherKind("policy.openservicemesh.io", "IngressBackend", "Open Service Mesh", _DENY, _MESH),
    # ovn-kubernetes.io, "API reference".
    OtherKind(
        "k8s.ovn.org",
        "EgressFirewall",
        "OVN-Kubernetes",
        _DENY,
        directions=_OUT,
        far_end=_ADDRESSES,
    ),
    OtherKind(
        "k8s.ovn.org", "EgressQoS", "OVN-Kubernetes", _DENY, directions=_OUT, far_end=_ADDRESSES
    ),
    OtherKind("k8s.ovn.org", "NetworkQoS", "OVN-Kubernetes", _DENY, directions=_OUT),
    OtherKind(
        "k8s.ovn.org",
        "UserDefinedNetwork",
        "OVN-Kubernetes",
        _APART,
        far_end=FarEnd.OTHER_NAMESPACES,
    ),
    OtherKind(
        "k8s.ovn.org", "ClusterUserDefinedNetwork", "OVN-Kubernetes", _APART, _L3, _CLUSTER
    ),
    OtherKind(
        "network.openshift.io",
        "EgressNetworkPolicy",
        "OpenShift SDN",
        _DENY,
        directions=_OUT,
        far_end=_ADDRESSES,
    ),
    OtherKind("network.openshift.io", "NetNamespace", "OpenShift SDN", _APART, _L3, _CLUSTER),
    # At the interfaces of nodes, before a packet is anybody's.
    OtherKind(
        "ingressnodefirewall.openshift.io",
        "IngressNodeFirewall",
        "OpenShift",
        _DENY,
        _L3,
        _NODES,
        _IN,
    ),
    OtherKind(
        "k8s.cni.cncf.io",
        "MultiNetworkPolicy",
        "Multus",
        _DENY,
        selector=_PODS,
    ),
    # docs.aws.amazon.com/eks, "Security groups for Pods" and "Network policies".
    OtherKind("vpcresources.k8s.aws", "SecurityGroupPolicy", "AWS", _DENY, selector=_PODS),
    OtherKind("networking.k8s.aws", "ApplicationNetworkPolicy", "AWS", _BOTH, selector=_PODS),
    OtherKind("networking.k8s.aws", "ClusterNetworkPolicy", "AWS", _BOTH, _L3, _CLUSTER),
    OtherKind("networking.k8s.aws", "PolicyEndpoint", "AWS", _NONE),
    # cloud.google.com/kubernetes-engine, "Control Pod egress traffic using FQDN network
    # policies"; rules add to those of NetworkPolicies.
    OtherKind(
        "networking.gke.io",
        "FQDNNetworkPolicy",
        "GKE",
        _BOTH,
        directions=_OUT,
        selector=_PODS,
    ),
    OtherKind("networking.gke.io", "GCPBackendPolicy", "GKE", _NONE),
    OtherKind("networking.gke.io", "GCPGatewayPolicy", "GKE", _NONE),
    OtherKind("networking.gke.io", "HealthCheckPolicy", "GKE", _NONE),
    OtherKind("networking.gke.io", "GCPSessionAffinityPolicy", "GKE", _NONE),
    OtherKind("networking.gke.io", "GCPTrafficDistributionPolicy", "GKE", _NONE),
    OtherKind("networking.gke.io", "LBPolicy", "GKE", _NONE),
    OtherKind("networking.gke.io", "EgressNATPolicy", "GKE", _NONE),
    OtherKind("crd.nsx.vmware.com", "SecurityPolicy", "NSX", _BOTH),
    OtherKind("nsx.vmware.com", "SecurityPolicy", "NSX", _BOTH),
    OtherKind("vmware.com", "NSXServiceAccount", "NSX", _NONE),
    # docs.otterize.com: an operator makes NetworkPolicies of them.
    OtherKind("k8s.otterize.com", "ClientIntents", "Otterize", _BOTH, _L3, _CLUSTER),
    OtherKind("k8s.otterize.com", "ProtectedService", "Otterize", _DENY),
    *(
        OtherKind(group, "AccessPolicy", "Gloo", _DENY, _MESH, _CLUSTER, _IN)
        for group in (
            "security.policy.gloo.solo.io",
            "networking.mesh.gloo.solo.io",
            "networking.enterprise.mesh.gloo.solo.io",
        )
    ),
    OtherKind("kubeovn.io", "SecurityGroup", "Kube-OVN", _DENY, _L3, _CLUSTER),
    OtherKind("kubeovn.io", "Vpc", "Kube-OVN", _APART, _L3, _CLUSTER),
    # May be private, or have rules of its own (acls).
    OtherKind("kubeovn.io", "Subnet", "Kube-OVN", _DENY, _L3, _CLUSTER),
    OtherKind("kubeovn.io", "QoSPolicy", "Kube-OVN", _NONE),
    OtherKind("neuvector.com", "NvSecurityRule", "NeuVector", _DENY),
    OtherKind("neuvector.com", "NvClusterSecurityRule", "NeuVector", _DENY, _L3, _CLUSTER),
    # Sensors, which a rule of the two kinds above puts to use.
    OtherKind("neuvector.com", "NvDlpSecurityRule", "NeuVector", _NONE),
    OtherKind("neuvector.com", "NvWafSecurityRule", "NeuVector", _NONE),
    # Security groups of a cloud: Huawei's CCE, Alibaba's Terway.
    OtherKind("crd.yangtse.cni", "SecurityGroup", "CCE", _DENY),
    OtherKind("network.alibabacloud.com", "PodNetworking", "Terway", _DENY, _L3, _CLUSTER),
    OtherKind("networking.aviatrix.com", "FirewallPolicy", "Aviatrix", _DENY, _L3, _CLUSTER),
    # egressgateway.spidernet.io: which address leaves the cluster, not what may.
    OtherKind("egressgateway.spidernet.io", "EgressPolicy", "EgressGateway", _NONE),
    OtherKind("security.kubearmor.com", "KubeArmorPolicy", "KubeArmor", _DENY),
    OtherKind("security.kubearmor.com", "KubeArmorHostPolicy", "KubeArmor", _DENY, _L3, _NODES),
    OtherKind(
        "security.kubearmor.com", "KubeArmorClusterPolicy", "KubeArmor", _DENY, _L3, _CLUSTER
    ),
)
"""Every kind that is known, by group."""

_MAY_BE_POLICY = re.compile("NetworkPolic|(Egress|Ingress)(Firewall|Policy)$")
"""The names of kinds that are policies in whatever group."""

_MAY_BE_POLICY_OF_A_SYSTEM = re.compile(
    "(Polic(y|ies)|Firewalls?|Permissions?|Intentions?|Authori[sz]ations?)$"
)
"""The names of further kinds that are policies in a group of the table."""


@cache
def _by_name() -> dict[tuple[str, str], OtherKind]:
    return {(known.group, known.kind): known for known in KINDS}


@cache
def list_kinds_of(group: str) -> tuple[str, ...]:
    """The kinds of a group that are known."""
    return tuple(known.kind for known in KINDS if known.group == group)


def resolve_kind(group: str, kind: str) -> OtherKind | None:
    """What is known of a kind, or what its name says; None where it is no policy.

    A kind that is not in the table can do whatever a policy can.
    """
    known = _by_name().get((group, kind))
    if known is not None:
        return known if known.powers else None
    systems = [each for each in KINDS if each.group == group]
    is_of_system = systems and _MAY_BE_POLICY_OF_A_SYSTEM.search(kind)
    if not is_of_system and not _MAY_BE_POLICY.search(kind):
        return None
    system = systems[0].system if systems else group
    return OtherKind(group, kind, system, _BOTH, span=Span.WRITTEN)


class UnevaluatedPolicy(Policy, frozen=True):
    """A policy all of whose rules may match: of another system, or one whose text is open.

    ``digest`` tells two that say something else apart, ``reaches_nodes`` those that are about
    nodes and the pods on their network, too.  ``reason`` follows its title.
    """

    system: str = ""
    digest: str = ""
    reaches_nodes: bool = False
    reason: Reason = NOT_EVALUATED


def build_policy(
    known: OtherKind,
    name: PolicyId,
    location: Location,
    pods: Selector | None = None,
    digest: str = "",
) -> UnevaluatedPolicy:
    """What an object may do; ``pods`` None are all of them."""
    is_everywhere = not name.namespace or known.span in (
        Span.CLUSTER,
        Span.CLUSTER_AND_NODES,
    )
    if known.span is Span.MESH and name.namespace == ROOT_NAMESPACE:
        is_everywhere = True
    spaces = Selector() if is_everywhere else None
    peer = UnevaluatedPeer(known.far_end, f"{name.kind} {name.name}", location)
    actions = [Action.DENY]
    if Power.ALLOW in known.powers:
        actions.append(Action.ALLOW)
    return UnevaluatedPolicy(
        id=name,
        tier=Tier.OTHER_SYSTEMS,
        subject=PodPeer(spaces, pods or Selector(), location),
        rules=tuple(
            Rule(name, direction, index, (peer,), (), location, action)
            for direction in known.directions
            for index, action in enumerate(actions)
        ),
        location=location,
        priority=UNRANKED,
        system=known.system,
        digest=digest,
        reaches_nodes=known.span in (Span.CLUSTER_AND_NODES, Span.WRITTEN) and is_everywhere,
    )


def build_dispute(
    first: Policy, second: Policy, location: Location
) -> tuple[UnevaluatedPolicy, ...]:
    """What stands for a policy that two files define differently.

    Either copy may apply, so verdicts of the pods that one of them selects are unknown, in the
    directions that one of them affects.  ``location`` is that of the second copy.
    """
    reason = Reason("is defined differently at", (first.location, location))
    digest = repr(meaning((first, second)))
    subjects = {meaning(each.subject): each.subject for each in (first, second)}
    directions = [
        each for each in Direction if each in first.directions or each in second.directions
    ]
    return tuple(
        _build_open(first, subject, directions, location, reason, digest)
        for subject in subjects.values()
    )


def build_rejected(first: Policy, location: Location) -> UnevaluatedPolicy:
    """What stands for a policy of which another copy is rejected.

    The other one may select any pod of the namespace, or of the cluster.
    """
    spaces = None if first.namespace else Selector()
    subject = PodPeer(spaces, Selector(), location)
    reason = Reason("is defined again, and rejected, at", (location,))
    return _build_open(first, subject, list(Direction), location, reason, "rejected")


def build_unread(location: Location) -> UnevaluatedPolicy:
    """What stands for a document that was rejected: it may be a policy about anyone."""
    subject = PodPeer(Selector(), Selector(), location)
    document = Policy(
        PolicyId("", "Document", "", str(location)),
        Tier.OTHER_SYSTEMS,
        subject,
        (),
        location,
    )
    reason = Reason("is rejected, and may be a policy")
    return _build_open(document, subject, list(Direction), location, reason, "unread")


def _build_open(
    policy: Policy,
    subject: PodPeer,
    directions: list[Direction],
    location: Location,
    reason: Reason,
    digest: str,
) -> UnevaluatedPolicy:
    peer = UnevaluatedPeer(FarEnd.ANYONE, f"{policy.kind} {policy.name}", location, reason)
    return UnevaluatedPolicy(
        id=policy.id,
        tier=Tier.OTHER_SYSTEMS,
        subject=subject,
        rules=tuple(
            Rule(policy.id, direction, index, (peer,), (), location, action)
            for direction in directions
            for index, action in enumerate((Action.DENY, Action.ALLOW))
        ),
        location=location,
        priority=UNRANKED,
        system="Kubernetes",
        digest=digest,
        reason=reason,
    )
