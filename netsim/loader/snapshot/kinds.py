"""The kinds that a snapshot holds, and which of their fields.

Fields are listed one by one: what is not named here, such as environment variables, commands,
annotations and the keys of a Route, never gets into a file.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from msgspec import Struct

Shape = dict[str, "Shape | None"]
"""Which fields to keep: None keeps all of a field; lists keep the shape of their items."""


class Scope(Enum):
    """Whether objects of a kind belong to a namespace."""

    NAMESPACE = "namespace"
    CLUSTER = "cluster"


class SnapshotKind(Struct, frozen=True):
    """A kind, where the API server lists it, and what to keep of its objects."""

    kind: str
    api_version: str
    plural: str
    scope: Scope
    shape: Shape

    def path(self, namespace: str | None = None) -> str:
        """Where objects are listed; in one namespace, where one is given."""
        root = "/apis/" if "/" in self.api_version else "/api/"
        inside = f"/namespaces/{namespace}" if namespace else ""
        return f"{root}{self.api_version}{inside}/{self.plural}"

    def reduced(self, found: dict[str, Any]) -> dict[str, Any]:
        """An object with only the fields that netsim reads."""
        inner: dict[str, Any] = kept(found, self.shape)
        metadata = kept(found.get("metadata") or {}, _METADATA)
        own = {"apiVersion": self.api_version, "kind": self.kind, "metadata": metadata}
        return own | inner


def kept(value: Any, shape: Shape | None) -> Any:
    """The part of a value that a shape names."""
    if shape is None:
        return value
    if isinstance(value, list):
        return [kept(item, shape) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: kept(value[key], inner) for key, inner in shape.items() if key in value}


_METADATA: Shape = {
    "name": None,
    "generateName": None,
    "namespace": None,
    "labels": None,
    "ownerReferences": {"apiVersion": None, "kind": None, "name": None, "controller": None},
}
_CONTAINER: Shape = {"name": None, "restartPolicy": None, "ports": None}
_POD_SPEC: Shape = {
    "nodeName": None,
    "hostNetwork": None,
    "containers": _CONTAINER,
    "initContainers": _CONTAINER,
}
_TEMPLATE: Shape = {"metadata": {"labels": None}, "spec": _POD_SPEC}
_WORKLOAD: Shape = {"spec": {"replicas": None, "template": _TEMPLATE}}
_CRON_JOB: Shape = {"spec": {"jobTemplate": {"spec": {"template": _TEMPLATE}}}}
_POD: Shape = {
    "spec": _POD_SPEC,
    "status": dict.fromkeys(("phase", "podIP", "podIPs", "hostIP", "hostIPs")),
}
_NODE: Shape = {
    "spec": {"podCIDR": None, "podCIDRs": None},
    "status": {"addresses": None},
}
_SERVICE: Shape = {"spec": {"type": None, "selector": None, "ports": None}}
_POLICY: Shape = {"spec": None}
_INGRESS: Shape = {"spec": {"defaultBackend": None, "rules": None}}
_ROUTE: Shape = {"spec": {"to": None, "alternateBackends": None, "port": None}}
_GATEWAY_ROUTE: Shape = {"spec": {"rules": {"backendRefs": None}}}

_POLICY_API = "policy.networking.k8s.io"


def _own(kind: str, api_version: str, plural: str, shape: Shape) -> SnapshotKind:
    return SnapshotKind(kind, api_version, plural, Scope.NAMESPACE, shape)


def _global(kind: str, api_version: str, plural: str, shape: Shape) -> SnapshotKind:
    return SnapshotKind(kind, api_version, plural, Scope.CLUSTER, shape)


SNAPSHOT_KINDS = (
    _global("Namespace", "v1", "namespaces", {}),
    _global("Node", "v1", "nodes", _NODE),
    _own("Pod", "v1", "pods", _POD),
    _own("Service", "v1", "services", _SERVICE),
    _own("ReplicationController", "v1", "replicationcontrollers", _WORKLOAD),
    _own("Deployment", "apps/v1", "deployments", _WORKLOAD),
    _own("ReplicaSet", "apps/v1", "replicasets", _WORKLOAD),
    _own("StatefulSet", "apps/v1", "statefulsets", _WORKLOAD),
    _own("DaemonSet", "apps/v1", "daemonsets", _WORKLOAD),
    _own("Job", "batch/v1", "jobs", _WORKLOAD),
    _own("CronJob", "batch/v1", "cronjobs", _CRON_JOB),
    _own("NetworkPolicy", "networking.k8s.io/v1", "networkpolicies", _POLICY),
    _own("Ingress", "networking.k8s.io/v1", "ingresses", _INGRESS),
    _global("AdminNetworkPolicy", f"{_POLICY_API}/v1alpha1", "adminnetworkpolicies", _POLICY),
    _global(
        "BaselineAdminNetworkPolicy",
        f"{_POLICY_API}/v1alpha1",
        "baselineadminnetworkpolicies",
        _POLICY,
    ),
    _global(
        "ClusterNetworkPolicy", f"{_POLICY_API}/v1alpha2", "clusternetworkpolicies", _POLICY
    ),
    _own("HTTPRoute", "gateway.networking.k8s.io/v1", "httproutes", _GATEWAY_ROUTE),
    _own("GRPCRoute", "gateway.networking.k8s.io/v1", "grpcroutes", _GATEWAY_ROUTE),
    _own("Route", "route.openshift.io/v1", "routes", _ROUTE),
)
"""In the order in which they are read: pods before the owners that they name."""
