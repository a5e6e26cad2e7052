"""ServiceAccounts, roles and their bindings."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.loader.objects.fields import Field, Fields
from netsim.loader.objects.objects import Object, read_metadata
from netsim.model.access import AccessRule, Binding, Role, ServiceAccount
from netsim.model.references import ObjectName


def read_service_account(obj: Object) -> ServiceAccount | None:
    """A ServiceAccount."""
    metadata = read_metadata(obj)
    if metadata is None:
        return None
    return ServiceAccount(metadata.namespace, metadata.name, metadata.location)


def read_role(obj: Object) -> Role | None:
    """A Role or ClusterRole; rules of nonResourceURLs grant no object and are left out."""
    metadata = read_metadata(obj)
    rules = tuple(rule for item in obj.fields.items("rules") if (rule := _rule(item)))
    if metadata is None:
        return None
    return Role(obj.kind, metadata.namespace, metadata.name, rules, metadata.location)


def _rule(item: Field) -> AccessRule | None:
    fields = item.fields()
    if fields is None:
        return None
    fields.only("verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs")
    if not fields.get("verbs"):
        fields.missing("verbs", "list the allowed verbs, such as get")
    if fields.get("nonResourceURLs"):
        return None
    return AccessRule(
        _texts(fields, "verbs"),
        _texts(fields, "apiGroups"),
        _texts(fields, "resources"),
        _texts(fields, "resourceNames"),
        item.location,
    )


def _texts(fields: Fields, name: str) -> tuple[str, ...]:
    found = (item.text() for item in fields.items(name))
    return tuple(text for text in found if text is not None)


def read_binding(obj: Object) -> Binding | None:
    """A RoleBinding or ClusterRoleBinding."""
    metadata = read_metadata(obj)
    reference = obj.fields.get("roleRef")
    inner = reference.fields() if reference else None
    if reference is None:
        obj.fields.missing("roleRef", "name the role it grants")
    if metadata is None or inner is None:
        return None
    kind = inner.text("kind") or "Role"
    home = metadata.namespace if kind == "Role" else ""
    role = ObjectName(kind, home, inner.text("name") or "")
    accounts = tuple(_accounts(obj.fields, metadata.namespace))
    groups = tuple(_groups(obj.fields))
    return Binding(
        obj.kind, metadata.namespace, metadata.name, role, accounts, metadata.location, groups
    )


_ACCOUNT_USER = "system:serviceaccount:"
"""How a ServiceAccount is called as a user: ``system:serviceaccount:NAMESPACE:NAME``."""


def _accounts(fields: Fields, namespace: str) -> Iterator[ObjectName]:
    for item in fields.items("subjects"):
        subject = item.fields()
        if subject is None:
            continue
        kind, name = subject.text("kind"), subject.text("name") or ""
        if kind == "ServiceAccount":
            home = subject.text("namespace") or namespace
            yield ObjectName("ServiceAccount", home, name)
        elif kind == "User" and name.startswith(_ACCOUNT_USER):
            home, _, account = name.removeprefix(_ACCOUNT_USER).partition(":")
            yield ObjectName("ServiceAccount", home, account)


def _groups(fields: Fields) -> Iterator[str]:
    for item in fields.items("subjects"):
        subject = item.fields()
        if subject and subject.text("kind") == "Group":
            yield subject.text("name") or ""
