"""Choices netsim makes where Kubernetes leaves a behaviour undefined.

Each has a name, under which ``netsim explain`` shows it, and a text for people.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from netsim.model.addresses import AddressSet


class IpBlockPods(Enum):
    """Which pods an ipBlock matches by their address (undefined by NetworkPolicy v1)."""

    MATCH = "match"
    KNOWN = "known"
    IGNORE = "ignore"


AS_GIVEN = {
    IpBlockPods.KNOWN: (
        "--ipblock-pods known, as given: an ipBlock matches only pods whose address is in the "
        "input. A block that holds only some of the addresses of a pod leaves it unknown."
    ),
    IpBlockPods.IGNORE: "--ipblock-pods ignore, as given: an ipBlock matches no pods.",
}
"""The text of the convention ``ipblock-pods`` where it is not the default."""

PAGE = "docs/conventions.md"
"""The page that says of each convention when it matters, and what changes it."""

DEFAULT_POD_RANGES = AddressSet.of(
    ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)
"""Where a pod of unknown address is taken to be: the private ranges of RFC 1918, 6598, 4193.

Most distributions give pods unique local addresses: kind ``fd00:10:244::/56``, OpenShift
``fd01::/48``, Cilium ``fd00::/104``, Calico a range of ``fd00::/8``.  Some clouds (EKS) and the
example of k3s give global ones, which have to be stated.
"""


def page_of(name: str) -> str:
    """Where the page speaks of a convention."""
    return f"{PAGE}#{name}"


class Conventions(Struct, frozen=True):
    """The choices in force; ``pod_ranges`` bounds the addresses of pods without a known one."""

    ipblock_pods: IpBlockPods = IpBlockPods.MATCH
    pod_ranges: AddressSet = DEFAULT_POD_RANGES

    @property
    def has_stated_ranges(self) -> bool:
        """Whether somebody said where pods are, so that these are the families they have."""
        return self.pod_ranges != DEFAULT_POD_RANGES


TEXTS: tuple[tuple[str, str], ...] = (
    (
        "ipblock-pods",
        (
            "An ipBlock matches pods by their address, each address family by itself. A pod "
            "of unknown address lies in the cluster's pod ranges: a block that covers them "
            "all matches it, a disjoint one does not, anything between is unknown. So is a "
            "block that holds only some of the addresses that a pod has in one family."
        ),
    ),
    (
        "address-families",
        (
            "A connection is IPv4 or IPv6, and the answer holds for each family that both "
            "ends have; where these differ, it is unknown. Pods of unknown address have the "
            "families of the pod ranges that are stated, or else those that addresses and "
            "ipBlocks of the input show; IPv4 where no address shows any. Without a family in "
            "common there is no connection."
        ),
    ),
    (
        "host-network",
        (
            "Pods on the host's network are never selected by a policy and count as their "
            "node's address: those of their status, or else those of the nodes they may be on."
        ),
    ),
    (
        "own-node",
        (
            "No NetworkPolicy keeps a pod and the node it runs on apart; the admin tiers may. "
            "nodeName, hostIPs, the nodeSelector and the Nodes of the input tell which node "
            "that is; where several may be, what a NetworkPolicy denies is unknown. Of nodes "
            "that the input does not show, nothing is assumed."
        ),
    ),
    ("self", "A pod always reaches itself by its own address, whatever policies say."),
    ("finished-pods", "Pods that Succeeded or Failed do not take part."),
    (
        "implied-namespace",
        (
            "A namespace that the input uses but does not contain has only the label "
            "kubernetes.io/metadata.name."
        ),
    ),
    (
        "placeholders",
        (
            "A placeholder such as ${APP} may become any text, and the same one becomes the "
            "same text wherever it stands: two equal labels with it are equal."
        ),
    ),
    (
        "generated-labels",
        (
            "The pods of a template have the labels that Kubernetes adds (of Job, CronJob, "
            "StatefulSet, DaemonSet and Deployment, and the topology of their node) with the "
            "value, the values or the unknown value that they can have; labels that others "
            "add, as admission webhooks do, are not known of."
        ),
    ),
    (
        "repeated-port-name",
        (
            "Where several containers of a pod declare the same port name and protocol, the "
            "first declaration counts; restartable init containers come after the containers."
        ),
    ),
    (
        "same-priority",
        (
            "Policies of one tier and priority have no order: where they differ, the answer "
            "is unknown. AdminNetworkPolicies and ClusterNetworkPolicies of tier Admin are "
            "one tier."
        ),
    ),
    (
        "baseline-order",
        (
            "A BaselineAdminNetworkPolicy comes after all ClusterNetworkPolicies of tier "
            "Baseline."
        ),
    ),
    (
        "domain-names",
        (
            "Domain names cannot be resolved offline: any external address may match one, "
            "except those of nodes."
        ),
    ),
    (
        "node-peers",
        (
            "A nodes peer matches the addresses of the nodes in the input and the pods on "
            "their network. Where the input has no node, any external address may be one."
        ),
    ),
    (
        "service-address",
        (
            "The address of a Service stands for its endpoints at their target ports: it is "
            "rewritten before policies are asked. A headless Service rewrites nothing, and the "
            "client's port arrives."
        ),
    ),
    (
        "service-client",
        (
            "A connection through a node port, an external IP or a load balancer may have a "
            "node's address in place of the client's. Only a client outside the cluster keeps "
            "its own, where externalTrafficPolicy is Local. From inside the cluster it may be "
            "rewritten as late as on another node. Where these ways get different answers, the "
            "answer is unknown. So it is for clients outside the cluster at a cluster IP."
        ),
    ),
    (
        "service-port",
        (
            "Nothing listens at the address of a Service on a port that it does not have: at a "
            "cluster IP the connection counts as denied, at any other address as unknown "
            "unless policies deny it."
        ),
    ),
    (
        "local-endpoints",
        (
            "Where a traffic policy is Local, a node drops connections to a Service that has "
            "no endpoint on it."
        ),
    ),
    (
        "load-balancer-sources",
        (
            "Whether the address of a load balancer is closed to clients that are not in its "
            "loadBalancerSourceRanges depends on the platform: an answer that rests on it is "
            "unknown."
        ),
    ),
    (
        "external-name",
        (
            "An ExternalName is an alias in DNS. Policies see the address that it resolves to, "
            "which is unknown offline, unless the name is that of another Service."
        ),
    ),
    (
        "hairpin",
        (
            "A pod that a Service leads back to itself is subject to ClusterNetworkPolicies. "
            "Whether other policies apply is undefined: where they would deny it, the answer "
            "is unknown. By its own address a pod always reaches itself."
        ),
    ),
    (
        "unlisted-nodes",
        (
            "Where the input has no node, any address outside the cluster may be one, which "
            "matters at the node port of a Service."
        ),
    ),
    (
        "external-policy",
        "An address outside the cluster has no policy of its own, in either direction.",
    ),
)
