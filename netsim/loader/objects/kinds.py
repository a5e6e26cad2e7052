"""The kinds of object that netsim uses, and what their apiVersion must be."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct


class Kind(Struct, frozen=True):
    """A kind that is used.

    ``former`` are API groups that served it once, ``earlier`` versions that are still served.
    """

    name: str
    group: str
    former: tuple[str, ...] = ()
    version: str = "v1"
    earlier: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        """What ``apiVersion`` has to be."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def is_served_as(self, api_version: str) -> bool:
        """Whether this is an ``apiVersion`` of it."""
        earlier = (f"{self.group}/{version}" for version in self.earlier)
        return api_version in (self.api_version, *earlier)


class Scope(Enum):
    """How much of the input is read."""

    NETWORK = "network"
    """What decides who can reach whom; other documents are skipped unparsed."""

    BUNDLE = "bundle"
    """Every object, as the manifests of a folder refer to each other."""


_EXTENSIONS = ("extensions",)
_GATEWAY_API = "gateway.networking.k8s.io"
_POLICY_API = "policy.networking.k8s.io"

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("Namespace", ""),
        Kind("Node", ""),
        Kind("Service", ""),
        Kind("Pod", ""),
        Kind("PodTemplate", ""),
        Kind("ReplicationController", ""),
        Kind("Deployment", "apps", _EXTENSIONS),
        Kind("ReplicaSet", "apps", _EXTENSIONS),
        Kind("DaemonSet", "apps", _EXTENSIONS),
        Kind("StatefulSet", "apps"),
        Kind("Job", "batch", _EXTENSIONS),
        Kind("CronJob", "batch"),
        Kind("NetworkPolicy", "networking.k8s.io", _EXTENSIONS),
        Kind("Ingress", "networking.k8s.io", _EXTENSIONS),
        Kind("Gateway", _GATEWAY_API, earlier=("v1beta1",)),
        Kind("HTTPRoute", _GATEWAY_API, earlier=("v1beta1",)),
        Kind("GRPCRoute", _GATEWAY_API, earlier=("v1alpha2",)),
        Kind("TLSRoute", _GATEWAY_API, earlier=("v1alpha2", "v1alpha3")),
        Kind("TCPRoute", _GATEWAY_API, version="v1alpha2", earlier=("v1",)),
        Kind("UDPRoute", _GATEWAY_API, version="v1alpha2", earlier=("v1",)),
        Kind("Route", "route.openshift.io"),
        Kind("AdminNetworkPolicy", _POLICY_API, version="v1alpha1"),
        Kind("BaselineAdminNetworkPolicy", _POLICY_API, version="v1alpha1"),
        Kind("ClusterNetworkPolicy", _POLICY_API, version="v1alpha2"),
    )
}

_ACCESS = "rbac.authorization.k8s.io"
_EXTERNAL_SECRETS = "external-secrets.io"

_FURTHER = (
    Kind("RuntimeClass", "node.k8s.io"),
    Kind("PodDisruptionBudget", "policy"),
    Kind("Secret", ""),
    Kind("ConfigMap", ""),
    Kind("ServiceAccount", ""),
    Kind("Role", _ACCESS),
    Kind("ClusterRole", _ACCESS),
    Kind("RoleBinding", _ACCESS),
    Kind("ClusterRoleBinding", _ACCESS),
    Kind("SecretStore", _EXTERNAL_SECRETS, earlier=("v1beta1",)),
    Kind("ClusterSecretStore", _EXTERNAL_SECRETS, earlier=("v1beta1",)),
    Kind("ExternalSecret", _EXTERNAL_SECRETS, earlier=("v1beta1",)),
)
BUNDLE_KINDS: dict[str, Kind] = {kind.name: kind for kind in _FURTHER}
"""The kinds that are used besides when everything is read."""

_OF_SCOPE: Mapping[Scope, Mapping[str, Kind]] = {
    Scope.NETWORK: KINDS,
    Scope.BUNDLE: KINDS | BUNDLE_KINDS,
}
_BY_LOWER_CASE = {
    scope: {name.lower(): name for name in kinds} for scope, kinds in _OF_SCOPE.items()
}


def kind_named(name: str, scope: Scope) -> Kind | None:
    """The kind of this name, where it is in use."""
    return _OF_SCOPE[scope].get(name)


def decides(kind: str) -> bool:
    """Whether a kind that is not in use is a network policy, of Kubernetes or of a CNI."""
    return "NetworkPolicy" in kind and not is_list(kind)


def is_list(kind: str) -> bool:
    """Whether objects of this kind hold others in ``items``."""
    return kind.endswith("List")


def is_skippable(kind: str) -> bool:
    """Whether nothing in a document of this kind can matter to the network."""
    return not is_list(kind) and kind.lower() not in _BY_LOWER_CASE[Scope.NETWORK]


def misspelt(kind: str, scope: Scope) -> str | None:
    """The kind that is meant, where only the case of letters differs."""
    right = _BY_LOWER_CASE[scope].get(kind.lower())
    return None if right == kind else right


def is_foreign(kind: Kind, api_version: str) -> bool:
    """Whether this is another project's kind of the same name, such as Calico's."""
    group, _, version = api_version.rpartition("/")
    if group in (kind.group, *kind.former) or not version:
        return False
    own = [group_of for group_of in (kind.group, *kind.former) if group_of]
    from difflib import get_close_matches

    return "." in group and not get_close_matches(group, own, 1, 0.8)


def qualified(kind: str, api_version: str) -> str:
    """``Kind.group``, as kubectl writes it."""
    return f"{kind}.{api_version.rpartition('/')[0]}"
