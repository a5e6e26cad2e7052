"""The kinds that a snapshot holds, and which of their fields.

Fields are listed one by one: what is not named here, such as environment variables, commands,
annotations and the keys of a Route, never gets into a file.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from netsim.errors import LoadError
from netsim.loader.registry import READERS, ObjectReader, ObjectScope
from netsim.model.other_systems import resolve_kind
from netsim.model.pod_template import AUTOSCALERS

MARK = "netsim"
"""The field of a List by which a snapshot says how it was taken."""

Shape = dict[str, "Shape | None"]
"""Which fields to keep: None keeps all of a field; lists keep the shape of their items."""


NAMED_KINDS = AUTOSCALERS
"""Kinds that no reader knows, of which it matters that there is one."""


class ShapeError(LoadError):
    """An object that has not the form of a Kubernetes object."""


class SnapshotKind(Struct, frozen=True):
    """A kind, where the API server lists it, and what to keep of its objects.

    ``former`` are the versions that an older server has in place of ``api_version``.
    """

    kind: str
    api_version: str
    plural: str
    scope: ObjectScope
    shape: Shape
    former: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """Its group; empty for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def versions(self) -> tuple[SnapshotKind, ...]:
        """As the server may have it, the newest version first."""
        older = (replace(self, api_version=version, former=()) for version in self.former)
        return (self, *older)

    def path(self, namespace: str | None = None) -> str:
        """Where objects are listed; in one namespace, where one is given."""
        root = "/apis/" if "/" in self.api_version else "/api/"
        inside = f"/namespaces/{namespace}" if namespace else ""
        return f"{root}{self.api_version}{inside}/{self.plural}"

    def reduced(self, found: dict[str, Any]) -> dict[str, Any]:
        """An object with only the fields that netsim reads.  Raises :class:`ShapeError`."""
        inner: dict[str, Any] = keep(found, self.shape)
        metadata = keep(found.get("metadata") or {}, _METADATA)
        if not isinstance(metadata, dict):
            raise ShapeError(f"{self.kind}: the metadata of an object is no mapping")
        own = {"apiVersion": self.api_version, "kind": self.kind, "metadata": metadata}
        return own | inner


class OtherSnapshotKind(SnapshotKind, frozen=True):
    """A kind of policy of another system.

    Of its objects nothing is kept but what they are called, which pods they select, and a
    digest, so that a change of one is a difference.
    """

    def reduced(self, found: dict[str, Any]) -> dict[str, Any]:
        """An object by name."""
        # Only a snapshot needs them.
        import json
        from hashlib import sha256

        if MARK in found:
            return SnapshotKind.reduced(self, found) | {MARK: found[MARK]}
        said = {key: value for key, value in found.items() if key not in _CHANGING}
        digest = sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
        return SnapshotKind.reduced(self, found) | {MARK: {"digest": digest}}


_CHANGING = frozenset(("apiVersion", "kind", "metadata", "status"))
"""Fields of an object that are no part of what it says, or change by themselves."""


def keep(value: Any, shape: Shape | None) -> Any:
    """The part of a value that a shape names."""
    if shape is None:
        return value
    if isinstance(value, list):
        return [keep(item, shape) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: keep(value[key], inner) for key, inner in shape.items() if key in value}


_METADATA: Shape = {
    "name": None,
    "generateName": None,
    "namespace": None,
    "deletionTimestamp": None,
    "labels": None,
    "ownerReferences": {"apiVersion": None, "kind": None, "name": None, "controller": None},
}
_CONTAINER: Shape = {"name": None, "restartPolicy": None, "ports": None}
_POD_SPEC: Shape = {
    "nodeName": None,
    "nodeSelector": None,
    "hostNetwork": None,
    "dnsPolicy": None,
    "containers": _CONTAINER,
    "initContainers": _CONTAINER,
}
_TEMPLATE: Shape = {"metadata": {"labels": None}, "spec": _POD_SPEC}
_INTERFACES: Shape = {"devices": {"interfaces": {"ports": None}}}
_ANY_TEMPLATE: Shape = {
    "metadata": {"labels": None},
    # A container may have no name, and then is known by its image.
    "spec": {**_POD_SPEC, "containers": {**_CONTAINER, "image": None}, "domain": _INTERFACES},
}
_WORKLOAD: Shape = {"spec": {"replicas": None, "template": _TEMPLATE}}
_STATEFUL_SET: Shape = {
    "spec": {"replicas": None, "ordinals": {"start": None}, "template": _TEMPLATE}
}
_JOB: Shape = {
    **dict.fromkeys(("completions", "completionMode", "manualSelector")),
    "template": _TEMPLATE,
}
_CRON_JOB: Shape = {"spec": {"jobTemplate": {"metadata": {"labels": None}, "spec": _JOB}}}
_POD: Shape = {
    "spec": _POD_SPEC,
    "status": {
        **dict.fromkeys(("phase", "podIP", "podIPs", "hostIP", "hostIPs")),
        "conditions": {"type": None, "status": None},
    },
}
_NODE: Shape = {
    "spec": {"podCIDR": None, "podCIDRs": None},
    "status": {"addresses": None},
}
_SERVICE: Shape = {
    "spec": dict.fromkeys(
        (
            "type",
            "selector",
            "ports",
            "clusterIP",
            "clusterIPs",
            "ipFamilies",
            "externalIPs",
            "externalName",
            "externalTrafficPolicy",
            "internalTrafficPolicy",
            "loadBalancerIP",
            "loadBalancerSourceRanges",
            "publishNotReadyAddresses",
        )
    ),
    "status": {"loadBalancer": {"ingress": {"ip": None, "hostname": None}}},
}
_TARGET: Shape = {"targetRef": {"kind": None, "name": None}, "nodeName": None}
_SLICE: Shape = {
    "addressType": None,
    "ports": None,
    "endpoints": {"addresses": None, "conditions": None, **_TARGET},
}
_ADDRESS: Shape = {"ip": None, **_TARGET}
_ENDPOINTS: Shape = {
    "subsets": {"addresses": _ADDRESS, "notReadyAddresses": _ADDRESS, "ports": None}
}
_POLICY: Shape = {"spec": None}
_INGRESS: Shape = {"spec": {"defaultBackend": None, "rules": None}}
_ROUTE: Shape = {"spec": {"to": None, "alternateBackends": None, "port": None}}
_MIRROR: Shape = {"requestMirror": None}
_GATEWAY_ROUTE: Shape = {"spec": {"rules": {"backendRefs": None, "filters": _MIRROR}}}

_SHAPES: tuple[tuple[str, str, Shape], ...] = (
    ("Namespace", "namespaces", {}),
    ("Node", "nodes", _NODE),
    ("Pod", "pods", _POD),
    ("Service", "services", _SERVICE),
    ("Endpoints", "endpoints", _ENDPOINTS),
    ("EndpointSlice", "endpointslices", _SLICE),
    ("PodTemplate", "podtemplates", {"template": _TEMPLATE}),
    ("ReplicationController", "replicationcontrollers", _WORKLOAD),
    ("Deployment", "deployments", _WORKLOAD),
    ("ReplicaSet", "replicasets", _WORKLOAD),
    ("StatefulSet", "statefulsets", _STATEFUL_SET),
    ("DaemonSet", "daemonsets", _WORKLOAD),
    ("Job", "jobs", {"spec": _JOB}),
    ("CronJob", "cronjobs", _CRON_JOB),
    ("NetworkPolicy", "networkpolicies", _POLICY),
    ("Ingress", "ingresses", _INGRESS),
    ("AdminNetworkPolicy", "adminnetworkpolicies", _POLICY),
    ("BaselineAdminNetworkPolicy", "baselineadminnetworkpolicies", _POLICY),
    ("ClusterNetworkPolicy", "clusternetworkpolicies", _POLICY),
    ("Gateway", "gateways", {}),
    ("HTTPRoute", "httproutes", _GATEWAY_ROUTE),
    ("GRPCRoute", "grpcroutes", _GATEWAY_ROUTE),
    ("TLSRoute", "tlsroutes", _GATEWAY_ROUTE),
    ("TCPRoute", "tcproutes", _GATEWAY_ROUTE),
    ("UDPRoute", "udproutes", _GATEWAY_ROUTE),
    ("ReferenceGrant", "referencegrants", _POLICY),
    ("Route", "routes", _ROUTE),
    ("PodDisruptionBudget", "poddisruptionbudgets", _POLICY),
)
_READERS = {reader.kind: reader for reader in reversed(READERS)}


def _kind(reader: ObjectReader, plural: str, shape: Shape) -> SnapshotKind:
    former = tuple(f"{reader.group}/{version}" for version in reader.versions[1:])
    return SnapshotKind(reader.kind, reader.api_version, plural, reader.scope, shape, former)


SNAPSHOT_KINDS = tuple(_kind(_READERS[kind], plural, shape) for kind, plural, shape in _SHAPES)
"""In the order in which they are read: pods before the owners that they name."""


def build_shape_kind(reader: ObjectReader) -> SnapshotKind:
    """A workload by its shape, with what is read of its template, or of the one it borrows."""
    shape: Shape = _ANY_TEMPLATE
    for field in reversed(reader.template or ()):
        shape = {field: shape}
    spec = {"workloadRef": None, "replicas": None, **(shape["spec"] or {})}
    return SnapshotKind(reader.kind, reader.api_version, "", reader.scope, {"spec": spec})


def identify(found: dict[str, Any]) -> dict[str, Any]:
    """An object that is kept by name."""
    metadata = keep(found.get("metadata"), {"name": None, "namespace": None})
    own = metadata if isinstance(metadata, dict) else {}
    return {**{key: found.get(key) for key in ("apiVersion", "kind")}, "metadata": own}


def kind_of_others(
    api_version: str, kind: str, plural: str = "", scope: ObjectScope = ObjectScope.NAMESPACE
) -> OtherSnapshotKind | None:
    """A kind of policy of another system; None where it is none."""
    known = resolve_kind(api_version.rpartition("/")[0], kind)
    if known is None:
        return None
    shape: Shape | None = None
    for field in reversed(known.selector):
        shape = {field: shape}
    return OtherSnapshotKind(kind, api_version, plural, scope, shape or {})
