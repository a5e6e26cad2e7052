"""Who could make, at run time, what the input does not have.

A selector that matches no pod of the input may be for pods that an operator makes.  Two sorts
of makers show in the input: accounts that may create such objects (RBAC), with the workloads
that use them, and objects of other projects' kinds, of which controllers make what they like::

    monitoring/prometheus-operator[Deployment]: ClusterRole prometheus-operator may create
    statefulsets
    Prometheus monitoring/k8s: what its controller makes of it is not in the input

An absence is an error only where there is no maker.  Objects whose names are known beforehand,
as that of a Certificate's Secret, are not for this module: see ``made_objects``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cached_property

from msgspec import Struct

from netsim.bundle.custom_kinds import Yield, find_destination, judge_yield
from netsim.model.access import ALL, AccessRule, Binding, Role
from netsim.model.bundle import Bundle, Manifest
from netsim.model.location import Location
from netsim.model.pod_template import PodTemplate
from netsim.model.references import ObjectName
from netsim.model.tree import Mapping, Scalar, Sequence

_ANYWHERE = ""


class Sort(Enum):
    """What a maker is."""

    WORKLOAD = "workload"
    CUSTOM = "object of another project's kind"
    UNREAD = "something that was not read"
    ACCOUNT = "account that no workload of the input uses"


class Maker(Struct, frozen=True):
    """Who could make something, and how that is known."""

    sort: Sort
    title: str
    how: str
    location: Location

    def __str__(self) -> str:
        return f"{self.title}: {self.how}"


class Deed(Struct, frozen=True):
    """A request to the API by which something comes to be."""

    verbs: tuple[str, ...]
    group: str
    resources: tuple[str, ...]

    def find_permitted(self, rule: AccessRule) -> str | None:
        """What a rule permits of it, as ``create pods``; None for nothing.

        A rule for some names permits no creation, as a request to create names nothing (RBAC,
        "Referring to resources").
        """
        if rule.resource_names or not {self.group, ALL} & set(rule.api_groups):
            return None
        verb = next((each for each in self.verbs if {each, ALL} & set(rule.verbs)), None)
        if verb is None:
            return None
        if ALL in rule.resources:
            return f"{verb} {self.resources[0]}"
        named = (each for each in self.resources if each in rule.resources)
        return next((f"{verb} {each}" for each in named), None)


_CREATE = ("create",)
_CHANGE = ("create", "patch", "update")
_WORKLOADS = ("deployments", "statefulsets", "daemonsets", "replicasets")

PODS, NAMESPACES = "Pod", "Namespace"

_DEEDS: dict[str, tuple[Deed, ...]] = {
    # Who may patch a pod may put on it the label that a selector asks for.
    PODS: (
        Deed(_CHANGE, "", ("pods",)),
        Deed(_CREATE, "apps", _WORKLOADS),
        Deed(_CREATE, "extensions", _WORKLOADS),
        Deed(_CREATE, "batch", ("jobs", "cronjobs")),
        Deed(_CREATE, "", ("replicationcontrollers",)),
    ),
    NAMESPACES: (Deed(_CHANGE, "", ("namespaces",)),),
    "Secret": (Deed(_CREATE, "", ("secrets",)),),
    "ConfigMap": (Deed(_CREATE, "", ("configmaps",)),),
    "Service": (Deed(_CREATE, "", ("services",)),),
    "ServiceAccount": (Deed(_CREATE, "", ("serviceaccounts",)),),
    "PersistentVolumeClaim": (Deed(_CREATE, "", ("persistentvolumeclaims",)),),
    "PriorityClass": (Deed(_CREATE, "scheduling.k8s.io", ("priorityclasses",)),),
}
_CONTENTS = {
    "Secret": (Deed(_CHANGE, "", ("secrets",)),),
    "ConfigMap": (Deed(_CHANGE, "", ("configmaps",)),),
}
_MADE_OF_CUSTOM_RESOURCES = frozenset(_DEEDS) - {NAMESPACES, "PriorityClass"}

_EVERYTHING = AccessRule((ALL,), (ALL,), (ALL,), (), Location("", 0))
_OF_A_NAMESPACE = AccessRule(
    _CHANGE,
    ("", "apps", "batch", "extensions"),
    (
        *("pods", *_WORKLOADS, "jobs", "cronjobs", "replicationcontrollers", "secrets"),
        *("configmaps", "services", "serviceaccounts", "persistentvolumeclaims"),
    ),
    (),
    Location("", 0),
)
_BUILT_IN = {
    "cluster-admin": (_EVERYTHING,),
    "admin": (_OF_A_NAMESPACE,),
    "edit": (_OF_A_NAMESPACE,),
    "view": (),
}
"""ClusterRoles that each cluster has: kubernetes.io, "User-facing roles"."""

_ALL_ACCOUNTS = frozenset(("system:serviceaccounts", "system:authenticated"))


class Makers:
    """The makers of an input, found when somebody asks.

    ``unread`` could make anything.  A question takes time in the number of bindings and of
    objects of other projects' kinds, the first time it is asked for a kind and namespace.
    """

    def __init__(self, bundle: Bundle, unread: tuple[Maker, ...] = ()) -> None:
        self._bundle = bundle
        self._unread = unread
        self._answers: dict[tuple[str, str], tuple[Maker, ...]] = {}

    def of(self, kind: str, namespace: str) -> tuple[Maker, ...]:
        """Who could make an object of a kind in a namespace, workloads first.

        Of pods that is also who could make workloads, or change the labels of pods.
        """
        question = (kind, namespace)
        if question not in self._answers:
            accounts = self._find_accounts(_DEEDS[kind], namespace)
            found = (*accounts, *self._find_custom(kind, namespace), *self._unread)
            order = list(Sort)
            by_sort = sorted(found, key=lambda maker: order.index(maker.sort))
            self._answers[question] = tuple(dict.fromkeys(by_sort))
        return self._answers[question]

    def of_keys(self, name: ObjectName) -> tuple[Maker, ...]:
        """Who could add a key to a Secret or ConfigMap."""
        found = self._find_accounts(_CONTENTS.get(name.kind, ()), name.namespace)
        return tuple(dict.fromkeys(found))

    def _find_accounts(self, deeds: tuple[Deed, ...], namespace: str) -> Iterator[Maker]:
        bindings = self._bundle.bindings
        local = [each for each in bindings if each.namespace and each.namespace == namespace]
        for binding in (*local, *(each for each in bindings if not each.namespace)):
            may = self._find_permitted(binding, deeds)
            if may:
                yield from self._list_subjects(binding, may)

    def _find_permitted(self, binding: Binding, deeds: tuple[Deed, ...]) -> str | None:
        title = f"{binding.role.kind} {binding.role.name}"
        rules = self._list_rules(binding.role)
        if rules is None:
            return f"{title}, which the input does not have, may let it"
        for deed in deeds:
            for rule in rules:
                may = deed.find_permitted(rule)
                if may:
                    return f"{title} may {may}"
        return None

    def _list_rules(self, name: ObjectName) -> tuple[AccessRule, ...] | None:
        """The rules of a role; None where they are not known."""
        role = self._roles.get(name)
        if role is None:
            is_own = name.kind == "ClusterRole" and name.name.startswith("system:")
            return () if is_own else _BUILT_IN.get(name.name)
        selectors = self._aggregations.get(name)
        if selectors is None:
            return role.rules
        others = (
            each
            for each in self._roles.values()
            if any(
                selector.items() <= self._labels.get(each.object_name, {}).items()
                for selector in selectors
            )
        )
        return (*role.rules, *(rule for each in others for rule in each.rules))

    def _list_subjects(self, binding: Binding, may: str) -> Iterator[Maker]:
        """The workloads that act for a binding, and accounts that no workload uses."""
        for account in self._list_accounts(binding):
            users = self._users.get(account, [])
            for template in users:
                yield Maker(Sort.WORKLOAD, str(template.workload), may, template.location)
            if not users:
                yield Maker(Sort.ACCOUNT, str(account), may, binding.location)

    def _list_accounts(self, binding: Binding) -> Iterable[ObjectName]:
        everybody = not _ALL_ACCOUNTS.isdisjoint(binding.groups)
        spaces = {
            each.removeprefix("system:serviceaccounts:")
            for each in binding.groups
            if each.startswith("system:serviceaccounts:")
        }
        grouped = (each for each in self._users if everybody or each.namespace in spaces)
        return dict.fromkeys((*binding.accounts, *grouped))

    def _find_custom(self, kind: str, namespace: str) -> Iterator[Maker]:
        if kind not in _MADE_OF_CUSTOM_RESOURCES:
            return
        for manifest, place in self._custom:
            if place in (namespace, _ANYWHERE):
                how = "what its controller makes of it is not in the input"
                yield Maker(Sort.CUSTOM, str(manifest.name), how, manifest.location)

    @cached_property
    def _custom(self) -> tuple[tuple[Manifest, str], ...]:
        """The objects of which anything may come, each with the namespace where."""
        own = {each.workload for each in self._bundle.templates}
        workloads = {(each.kind, each.namespace, each.name) for each in own}
        found = []
        for manifest in self._bundle.manifests:
            name = manifest.name
            if judge_yield(manifest.api_group, name.kind) in (Yield.NOTHING, Yield.NAMED):
                continue
            # The pods of a workload of another project, such as a Rollout, are known.
            if (name.kind, name.namespace, name.name) not in workloads:
                found.append((manifest, find_destination(manifest)))
        return tuple(found)

    @cached_property
    def _roles(self) -> dict[ObjectName, Role]:
        return {role.object_name: role for role in self._bundle.roles}

    @cached_property
    def _users(self) -> dict[ObjectName, list[PodTemplate]]:
        found: defaultdict[ObjectName, list[PodTemplate]] = defaultdict(list)
        for each in self._bundle.templates:
            found[each.service_account].append(each)
        return found

    @cached_property
    def _labels(self) -> dict[ObjectName, dict[str, str]]:
        return {
            each.name: _read_texts(_get(each.body.tree, "metadata", "labels"))
            for each in self._bundle.manifests
            if each.name.kind == "ClusterRole"
        }

    @cached_property
    def _aggregations(self) -> dict[ObjectName, list[dict[str, str]]]:
        """The labels by which ClusterRoles take over the rules of others."""
        found = {}
        for each in self._bundle.manifests:
            if each.name.kind != "ClusterRole":
                continue
            selectors = _get(each.body.tree, "aggregationRule", "clusterRoleSelectors")
            if isinstance(selectors, Sequence):
                items = (_read_texts(_get(item, "matchLabels")) for item in selectors.items)
                found[each.name] = [item for item in items if item]
        return found


def _get(tree: object, *path: str) -> object:
    for key in path:
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree


def _read_texts(tree: object) -> dict[str, str]:
    if not isinstance(tree, Mapping):
        return {}
    values = ((key, entry.value) for key, entry in tree.entries.items())
    return {key: value.text for key, value in values if isinstance(value, Scalar)}
