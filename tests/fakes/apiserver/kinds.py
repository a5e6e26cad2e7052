"""The kinds that the server knows, one a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

Object: TypeAlias = dict[str, Any]
"""An API object as JSON has it."""

STORED = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
_CREATED_ONLY = ("create",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """How the API server's strategy for a kind differs from the usual.

    ``blind_update``: a PUT without resourceVersion overwrites (``AllowUnconditionalUpdate``).
    ``create_on_update``: a PUT of what does not exist creates it (``AllowCreateOnUpdate``).
    ``returns_deleted``: a deletion is answered with the object (``ReturnDeletedObject``).
    """

    namespaced: bool = True
    blind_update: bool = True
    create_on_update: bool = False
    returns_deleted: bool = False
    verbs: tuple[str, ...] = STORED


_CLUSTER = Traits(namespaced=False)
_EVENT = Traits(create_on_update=True)
_LEASE = Traits(blind_update=False, create_on_update=True)
_RETURNED = Traits(returns_deleted=True)
_NOT_BLIND = Traits(blind_update=False)
_NOT_BLIND_CLUSTER = Traits(namespaced=False, blind_update=False)
_REVIEW = Traits(namespaced=False, verbs=_CREATED_ONLY)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind; ``fields`` are those at its top besides apiVersion, kind and metadata."""

    group: str
    version: str
    plural: str
    name: str
    fields: tuple[str, ...]
    short: tuple[str, ...] = ()
    traits: Traits = Traits()

    @property
    def singular(self) -> str:
        return self.name.lower()

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> str:
        """As error messages name the resource: ``leases.coordination.k8s.io``."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified_name(self) -> str:
        """As error messages name the kind: ``Lease.coordination.k8s.io``."""
        return f"{self.name}.{self.group}" if self.group else self.name

    @property
    def subresources(self) -> tuple[str, ...]:
        """Those that every kind of its sort has."""
        return ("status",) if "status" in self.fields and self.is_stored else ()

    @property
    def is_stored(self) -> bool:
        """Whether objects of it are kept; reviews are only answered."""
        return "get" in self.traits.verbs


_AUTHORIZATION = "authorization.k8s.io"
_RBAC = "rbac.authorization.k8s.io"
_SPEC = ("spec",)
_SPEC_STATUS = ("spec", "status")
_SECRET = ("data", "stringData", "type", "immutable")
_SERVICE_ACCOUNT = ("secrets", "imagePullSecrets", "automountServiceAccountToken")
_EVENT_FIELDS = (
    *("involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp"),
    *("count", "type", "eventTime", "series", "action", "related"),
    *("reportingComponent", "reportingInstance"),
)
_CLUSTER_ROLE = ("rules", "aggregationRule")
_BINDING = ("subjects", "roleRef")
_RUNTIME = ("handler", "overhead", "scheduling")

KINDS: tuple[Kind, ...] = (
    Kind("", "v1", "pods", "Pod", _SPEC_STATUS, ("po",), _RETURNED),
    Kind("", "v1", "configmaps", "ConfigMap", ("data", "binaryData", "immutable"), ("cm",)),
    Kind("", "v1", "secrets", "Secret", _SECRET),
    Kind("", "v1", "serviceaccounts", "ServiceAccount", _SERVICE_ACCOUNT, ("sa",), _RETURNED),
    Kind("", "v1", "podtemplates", "PodTemplate", ("template",), (), _RETURNED),
    Kind("", "v1", "namespaces", "Namespace", _SPEC_STATUS, ("ns",), _CLUSTER),
    Kind("", "v1", "nodes", "Node", _SPEC_STATUS, ("no",), _CLUSTER),
    Kind("", "v1", "events", "Event", _EVENT_FIELDS, ("ev",), _EVENT),
    Kind("", "v1", "services", "Service", _SPEC_STATUS, ("svc",), _RETURNED),
    Kind("apps", "v1", "deployments", "Deployment", _SPEC_STATUS, ("deploy",)),
    Kind("apps", "v1", "replicasets", "ReplicaSet", _SPEC_STATUS, ("rs",)),
    Kind("apps", "v1", "daemonsets", "DaemonSet", _SPEC_STATUS, ("ds",)),
    Kind("batch", "v1", "jobs", "Job", _SPEC_STATUS),
    Kind("batch", "v1", "cronjobs", "CronJob", _SPEC_STATUS, ("cj",)),
    Kind("coordination.k8s.io", "v1", "leases", "Lease", _SPEC, (), _LEASE),
    Kind(
        *("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget"),
        *(_SPEC_STATUS, ("pdb",), _NOT_BLIND),
    ),
    Kind("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", _SPEC, ("netpol",)),
    Kind(
        "node.k8s.io", "v1", "runtimeclasses", "RuntimeClass", _RUNTIME, (), _NOT_BLIND_CLUSTER
    ),
    Kind(_RBAC, "v1", "roles", "Role", ("rules",)),
    Kind(_RBAC, "v1", "rolebindings", "RoleBinding", _BINDING),
    Kind(_RBAC, "v1", "clusterroles", "ClusterRole", _CLUSTER_ROLE, (), _CLUSTER),
    Kind(_RBAC, "v1", "clusterrolebindings", "ClusterRoleBinding", _BINDING, (), _CLUSTER),
    Kind(
        *(_AUTHORIZATION, "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview"),
        *(_SPEC_STATUS, (), _REVIEW),
    ),
    Kind(
        *(_AUTHORIZATION, "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview"),
        *(_SPEC_STATUS, (), _REVIEW),
    ),
    Kind(
        *("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview"),
        *(("status",), (), _REVIEW),
    ),
)

_BY_PATH = {(kind.group, kind.version, kind.plural): kind for kind in KINDS}
_BY_API = {(kind.api_version, kind.name): kind for kind in KINDS}
_BY_NAME = {kind.name: kind for kind in KINDS}


def at(group: str, version: str, plural: str) -> Kind | None:
    """The kind that a path names."""
    return _BY_PATH.get((group, version, plural))


def of(found: Object) -> Kind:
    """The kind of an object; raises KeyError for one that the server does not know."""
    return _BY_API[str(found.get("apiVersion")), str(found.get("kind"))]


def named(name: str) -> Kind:
    """The kind called this; raises KeyError if there is none."""
    return _BY_NAME[name]


def groups() -> dict[str, dict[str, list[Kind]]]:
    """Kinds by version by group."""
    found: dict[str, dict[str, list[Kind]]] = {}
    for kind in KINDS:
        found.setdefault(kind.group, {}).setdefault(kind.version, []).append(kind)
    return found
