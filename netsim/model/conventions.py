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
    ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")
)
"""Where a pod of unknown address is taken to be: the private ranges of RFC 1918, RFC 6598."""


def page_of(name: str) -> str:
    """Where the page speaks of a convention."""
    return f"{PAGE}#{name}"


class Conventions(Struct, frozen=True):
    """The choices in force; ``pod_ranges`` bounds the addresses of pods without a known one."""

    ipblock_pods: IpBlockPods = IpBlockPods.MATCH
    pod_ranges: AddressSet = DEFAULT_POD_RANGES


TEXTS: tuple[tuple[str, str], ...] = (
    (
        "ipblock-pods",
        (
            "An ipBlock matches pods by their address. A pod of unknown address lies in the "
            "cluster's pod ranges: a block that covers them all matches it, a disjoint one "
            "does not, anything between is unknown. So is a block that holds only some of "
            "the addresses of a pod."
        ),
    ),
    (
        "host-network",
        (
            "Pods on the host's network are never selected by a policy and count as their "
            "node's address."
        ),
    ),
    ("own-node", "A pod and the node it runs on always reach each other."),
    ("self", "A pod always reaches itself."),
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
        "external-policy",
        "An address outside the cluster has no policy of its own, in either direction.",
    ),
)
