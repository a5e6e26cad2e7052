"""The registry of readers: which kinds of object netsim reads, and what reads them.

A kind is known by its group and its name, as NetworkPolicy is a kind of networking.k8s.io and
another one of projectcalico.org.  What is not registered is reported, and never read as
something else.  To read a further kind, write its reader in ``objects/`` and register it here.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import cache
from importlib import import_module
from typing import Any

from msgspec import Struct

from netsim.model.api_resources import resource_of
from netsim.model.kubernetes_kinds import list_kinds
from netsim.model.other_systems import list_kinds_of, resolve_kind
from netsim.words.nearness import closest


class Scope(Enum):
    """How much of the input is read."""

    NETWORK = "network"
    """What decides who can reach whom; other documents are skipped unparsed."""

    PODS = "pods"
    """What keeps pods up besides, and evicts them: as much as a snapshot holds."""

    BUNDLE = "bundle"
    """Every object, as the manifests of a folder refer to each other."""


class ObjectScope(Enum):
    """Whether objects of a kind belong to a namespace."""

    NAMESPACE = "namespace"
    CLUSTER = "cluster"


class ObjectReader(Struct, frozen=True):
    """How objects of one kind are read.

    The first of ``versions`` is the one to use, the others are still served.  ``former`` are
    groups that served the kind once.  ``network`` reads what an object means for the network,
    and is empty for a kind that means nothing to it; ``bundle`` reads the parts that rules
    about manifests know.  Both name functions, ``module:function`` of ``objects/``: a reader
    is imported when the first object of its kind is met.  ``template`` is where the pod
    template stands in an object that is a workload by its shape, and None for other kinds.
    """

    group: str
    kind: str
    versions: tuple[str, ...]
    scope: ObjectScope
    network: str = ""
    bundle: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    template: tuple[str, ...] | None = None

    @property
    def api_version(self) -> str:
        """What ``apiVersion`` has to be."""
        return self._served_as(self.versions[0])

    @property
    def is_custom(self) -> bool:
        """Whether its objects are checked by a CustomResourceDefinition, not decoded by Go."""
        return self.group not in _BUILT_IN_GROUPS

    def is_served_as(self, api_version: str) -> bool:
        """Whether this is an ``apiVersion`` of it."""
        return any(api_version == self._served_as(version) for version in self.versions)

    def _served_as(self, version: str) -> str:
        return f"{self.group}/{version}" if self.group else version

    @property
    def title(self) -> str:
        """The kind; for a namesake of one that is registered before it, ``Kind.group``."""
        is_first = _BY_KIND.get(self.kind, (self,))[0] is self
        return self.kind if is_first else f"{self.kind}.{self.group}"

    @property
    def is_by_shape(self) -> bool:
        """Whether its objects are workloads by their shape: of no kind that is registered."""
        return self.template is not None

    def read_network(self, found: Any) -> Any:
        """What an object means for the network; None where it is wrong."""
        return _function(self.network)(found)

    def read_bundle(self, found: Any) -> tuple[Any, ...]:
        """The parts of an object that rules about manifests know; None for a wrong one."""
        return tuple(_function(name)(found) for name in self.bundle)

    def may_mean(self, api_version: str) -> bool:
        """Whether an ``apiVersion`` means this kind, well or badly written.

        One of a wholly different group is another project's kind of the same name.
        """
        group, _, version = api_version.rpartition("/")
        if group in (self.group, *self.former) or not version or "." not in group:
            return True
        from difflib import get_close_matches

        own = [name for name in (self.group, *self.former) if name]
        return bool(get_close_matches(group, own, 1, 0.8))


@cache
def _function(name: str) -> Callable[[Any], Any]:
    module, _, function = name.partition(":")
    read: Callable[[Any], Any] = getattr(
        import_module(f"netsim.loader.objects.{module}"), function
    )
    return read


_BUILT_IN_GROUPS = frozenset(
    (
        "",
        "apps",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "batch",
        "discovery.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
    )
)
_V1 = ("v1",)
_V1_BETA = ("v1", "v1beta1")
_EXTENSIONS = ("extensions",)
_GATEWAY = "gateway.networking.k8s.io"
_GATEWAY_ROUTE = "entries:read_gateway_route"
_POLICY = "policy.networking.k8s.io"
_ADMIN_POLICY = "admin_policy:read_admin_policy"
_ACCESS = "rbac.authorization.k8s.io"
_ADMISSION = "admissionregistration.k8s.io"
_WEBHOOKS = ("webhooks:read_webhooks",)
_SECRETS = "external-secrets.io"
_WORKLOAD = "workloads:read_workload"
_BORROWER = "workloads:read_borrower"
_TEMPLATE = ("pod_templates:read_template",)
_CRON_JOB = (*_TEMPLATE, "pod_templates:read_cron_job")
_IN_NAMESPACE, _IN_CLUSTER = ObjectScope.NAMESPACE, ObjectScope.CLUSTER

READERS: tuple[ObjectReader, ...] = (
    ObjectReader("", "Namespace", _V1, _IN_CLUSTER, "cluster_objects:read_namespace"),
    ObjectReader("", "Node", _V1, _IN_CLUSTER, "cluster_objects:read_node"),
    ObjectReader("", "Service", _V1, _IN_NAMESPACE, "services:read_service"),
    ObjectReader("", "Endpoints", _V1, _IN_NAMESPACE, "services:read_endpoints"),
    ObjectReader(
        "discovery.k8s.io",
        "EndpointSlice",
        _V1_BETA,
        _IN_NAMESPACE,
        "services:read_endpoint_slice",
    ),
    ObjectReader("", "Pod", _V1, _IN_NAMESPACE, _WORKLOAD, _TEMPLATE),
    ObjectReader("", "PodTemplate", _V1, _IN_NAMESPACE, _WORKLOAD, _TEMPLATE),
    ObjectReader("", "ReplicationController", _V1, _IN_NAMESPACE, _WORKLOAD, _TEMPLATE),
    ObjectReader("apps", "Deployment", _V1, _IN_NAMESPACE, _WORKLOAD, _TEMPLATE, _EXTENSIONS),
    ObjectReader("apps", "ReplicaSet", _V1, _IN_NAMESPACE, _WORKLOAD, _TEMPLATE, _EXTENSIONS),
    ObjectReader("apps", "DaemonSet", _V1, _IN_NAMESPACE, _WORKLOAD, _TEMPLATE, _EXTENSIONS),
    ObjectReader("apps", "StatefulSet", _V1, _IN_NAMESPACE, _WORKLOAD, _TEMPLATE),
    ObjectReader("batch", "Job", _V1, _IN_NAMESPACE, _WORKLOAD, _TEMPLATE, _EXTENSIONS),
    ObjectReader("batch", "CronJob", _V1, _IN_NAMESPACE, _WORKLOAD, _CRON_JOB),
    ObjectReader(
        "networking.k8s.io",
        "NetworkPolicy",
        _V1,
        _IN_NAMESPACE,
        "network_policy:read_network_policy",
        former=_EXTENSIONS,
    ),
    ObjectReader(
        "networking.k8s.io",
        "Ingress",
        _V1,
        _IN_NAMESPACE,
        "entries:read_ingress",
        former=_EXTENSIONS,
    ),
    ObjectReader(_GATEWAY, "Gateway", ("v1", "v1beta1"), _IN_NAMESPACE, _GATEWAY_ROUTE),
    ObjectReader(_GATEWAY, "HTTPRoute", ("v1", "v1beta1"), _IN_NAMESPACE, _GATEWAY_ROUTE),
    ObjectReader(_GATEWAY, "GRPCRoute", ("v1", "v1alpha2"), _IN_NAMESPACE, _GATEWAY_ROUTE),
    ObjectReader(
        _GATEWAY, "TLSRoute", ("v1", "v1alpha2", "v1alpha3"), _IN_NAMESPACE, _GATEWAY_ROUTE
    ),
    ObjectReader(_GATEWAY, "TCPRoute", ("v1alpha2", "v1"), _IN_NAMESPACE, _GATEWAY_ROUTE),
    ObjectReader(_GATEWAY, "UDPRoute", ("v1alpha2", "v1"), _IN_NAMESPACE, _GATEWAY_ROUTE),
    ObjectReader(
        _GATEWAY,
        "ReferenceGrant",
        ("v1", "v1beta1", "v1alpha2"),
        _IN_NAMESPACE,
        "entries:read_reference_grant",
    ),
    ObjectReader(
        "route.openshift.io", "Route", _V1, _IN_NAMESPACE, "entries:read_openshift_route"
    ),
    ObjectReader(_POLICY, "AdminNetworkPolicy", ("v1alpha1",), _IN_CLUSTER, _ADMIN_POLICY),
    ObjectReader(
        _POLICY, "BaselineAdminNetworkPolicy", ("v1alpha1",), _IN_CLUSTER, _ADMIN_POLICY
    ),
    ObjectReader(_POLICY, "ClusterNetworkPolicy", ("v1alpha2",), _IN_CLUSTER, _ADMIN_POLICY),
    ObjectReader(
        "node.k8s.io",
        "RuntimeClass",
        _V1,
        _IN_CLUSTER,
        bundle=("runtime_classes:read_runtime_class",),
    ),
    ObjectReader(
        _ADMISSION, "ValidatingWebhookConfiguration", _V1_BETA, _IN_CLUSTER, bundle=_WEBHOOKS
    ),
    ObjectReader(
        _ADMISSION, "MutatingWebhookConfiguration", _V1_BETA, _IN_CLUSTER, bundle=_WEBHOOKS
    ),
    ObjectReader(
        "apiextensions.k8s.io",
        "CustomResourceDefinition",
        _V1_BETA,
        _IN_CLUSTER,
        bundle=("webhooks:read_conversion",),
    ),
    ObjectReader(
        "apiregistration.k8s.io",
        "APIService",
        _V1_BETA,
        _IN_CLUSTER,
        bundle=("webhooks:read_api_service",),
    ),
    ObjectReader(
        "policy",
        "PodDisruptionBudget",
        _V1,
        _IN_NAMESPACE,
        bundle=("disruption:read_budget",),
    ),
    ObjectReader("", "Secret", _V1, _IN_NAMESPACE, bundle=("secrets:read_secret",)),
    ObjectReader("", "ConfigMap", _V1, _IN_NAMESPACE, bundle=("secrets:read_config_map",)),
    ObjectReader(
        "", "ServiceAccount", _V1, _IN_NAMESPACE, bundle=("access:read_service_account",)
    ),
    ObjectReader(_ACCESS, "Role", _V1, _IN_NAMESPACE, bundle=("access:read_role",)),
    ObjectReader(_ACCESS, "ClusterRole", _V1, _IN_CLUSTER, bundle=("access:read_role",)),
    ObjectReader(_ACCESS, "RoleBinding", _V1, _IN_NAMESPACE, bundle=("access:read_binding",)),
    ObjectReader(
        _ACCESS, "ClusterRoleBinding", _V1, _IN_CLUSTER, bundle=("access:read_binding",)
    ),
    ObjectReader(
        _SECRETS,
        "SecretStore",
        ("v1", "v1beta1"),
        _IN_NAMESPACE,
        bundle=("external_secrets:read_secret_store",),
    ),
    ObjectReader(
        _SECRETS,
        "ClusterSecretStore",
        ("v1", "v1beta1"),
        _IN_CLUSTER,
        bundle=("external_secrets:read_secret_store",),
    ),
    ObjectReader(
        _SECRETS,
        "ExternalSecret",
        ("v1", "v1beta1"),
        _IN_NAMESPACE,
        bundle=("external_secrets:read_external_secret",),
    ),
)
"""All readers.  Of several of one name the first is the one that is meant by it alone."""

_BY_KIND: dict[str, tuple[ObjectReader, ...]] = {}
for _reader in READERS:
    _BY_KIND[_reader.kind] = (*_BY_KIND.get(_reader.kind, ()), _reader)

NETWORK_KINDS = frozenset(reader.title for reader in READERS if reader.network)
"""The titles of the kinds that mean something to the network."""

BUNDLE_KINDS = frozenset(reader.title for reader in READERS if not reader.network)
"""The titles of the kinds that are read besides when everything is."""

_BY_LOWER_CASE = {
    Scope.NETWORK: {reader.kind.lower(): reader.kind for reader in READERS if reader.network},
    Scope.PODS: {kind.lower(): kind for kind in _BY_KIND},
    Scope.BUNDLE: {kind.lower(): kind for kind in _BY_KIND},
}


def readers_of(kind: str, scope: Scope) -> tuple[ObjectReader, ...]:
    """The readers of this name, of whatever group."""
    found = _BY_KIND.get(kind, ())
    return tuple(each for each in found if _is_read(each, scope))


def _is_read(reader: ObjectReader, scope: Scope) -> bool:
    if scope is Scope.PODS:
        return bool(reader.network) or reader.kind == "PodDisruptionBudget"
    return bool(reader.network) or scope is Scope.BUNDLE


def resolve_reader(readers: tuple[ObjectReader, ...], api_version: str) -> ObjectReader | None:
    """The reader of these that an ``apiVersion`` means; None for another project's kind."""
    group = api_version.rpartition("/")[0]
    for reader in readers:
        if reader.group == group:
            return reader
    return next((reader for reader in readers if reader.may_mean(api_version)), None)


def build_shape_reader(
    kind: str, api_version: str, template: tuple[str, ...] | None
) -> ObjectReader:
    """The reader of a workload by its shape; without a template it borrows that of another."""
    group, _, version = api_version.rpartition("/")
    network, bundle = (_BORROWER, ()) if template is None else (_WORKLOAD, _TEMPLATE)
    return ObjectReader(
        group, kind, (version,), _IN_NAMESPACE, network, bundle, template=template or ()
    )


def is_cluster_scoped(kind: str) -> bool:
    """Whether objects of a kind have no namespace; a kind that is not known may have one."""
    if kind in _BY_KIND:
        return _BY_KIND[kind][0].scope is ObjectScope.CLUSTER
    resource = resource_of(kind, None)
    return resource is not None and not resource.is_namespaced


def is_list(kind: str) -> bool:
    """Whether objects of this kind hold others in ``items``."""
    return kind.endswith("List")


def is_skippable(kind: str, api_version: str) -> bool:
    """Whether nothing in a document of this kind can matter to the network."""
    if is_list(kind) or kind.lower() in _BY_LOWER_CASE[Scope.NETWORK]:
        return False
    return not resolve_kind(group_of(api_version), kind) and not find_fault(kind, api_version)


def group_of(api_version: str) -> str:
    """``networking.k8s.io`` of ``networking.k8s.io/v1``; empty for the core group."""
    return api_version.rpartition("/")[0]


@cache
def find_fault(kind: str, api_version: str) -> str | None:
    """Why there is no such kind: a group of Kubernetes' own lacks it, or it is misspelt."""
    group = group_of(api_version)
    own = list_kinds(group)
    if own:
        return None if kind in own or is_list(kind) else _describe_unknown(kind, group, own)
    near = _find_misspelt(kind, group)
    return f"unknown kind {kind} of {group}: did you mean {near}?" if near else None


_OWN_POLICIES = ("NetworkPolicy", *list_kinds("policy.networking.k8s.io"))
_NEARLY = 0.85
"""How like a kind of policy a name is that means it, as difflib measures it."""
_MOST_LETTERS = 2
"""How many letters a misspelt name has too many or too few: WorkPolicy is another word."""


def _find_misspelt(kind: str, group: str) -> str | None:
    """The kind of policy that is meant by a name that is none.

    A group with policies has its own.  In any other a name with ``NetworkPolicy`` at its end
    is well spelt.
    """
    known = list_kinds_of(group)
    if kind in known or (not known and kind.endswith("NetworkPolicy")):
        return None
    # Most kinds are nothing like it, and to compare them takes longer than to read them.
    if not known and not any(part in kind.lower() for part in ("net", "work", "pol")):
        return None
    from difflib import get_close_matches

    spelt = {name.lower(): name for name in known or _OWN_POLICIES}
    near = get_close_matches(kind.lower(), spelt, 1, _NEARLY)
    is_misspelt = near and abs(len(near[0]) - len(kind)) <= _MOST_LETTERS
    return spelt[near[0]] if is_misspelt else None


def _describe_unknown(kind: str, group: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches

    spelt = {name.lower(): name for name in known}
    near = get_close_matches(kind.lower(), spelt, 1)
    elsewhere = resource_of(kind, None)
    if elsewhere and elsewhere.group != group:
        hint = f": {kind} is of {elsewhere.group or 'the core group, v1'}"
    else:
        hint = f": did you mean {spelt[near[0]]}?" if near else ""
    return f"unknown kind {kind}: {group or 'the core group, v1,'} has no such kind{hint}"


def correct_case(kind: str, scope: Scope) -> str | None:
    """The kind that is meant, where only the case of letters differs."""
    right = _BY_LOWER_CASE[scope].get(kind.lower())
    return None if right == kind else right


def find_near_kind(kind: str) -> str | None:
    """The policy of which the name of a kind may be a misspelling."""
    known = _BY_LOWER_CASE[Scope.NETWORK]
    near = closest(kind.lower(), [name for name in known if name.endswith("policy")], 0.85)
    return known[near] if near else None


def qualify(kind: str, api_version: str) -> str:
    """``Kind.group``, as kubectl writes it."""
    return f"{kind}.{api_version.rpartition('/')[0]}"
