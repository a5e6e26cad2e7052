"""Authorization: everything allowed, or what roles and their bindings allow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from tests.fakes.apiserver.errors import ApiError
from tests.fakes.apiserver.kinds import Object
from tests.fakes.apiserver.storage import Store
from tests.fakes.apiserver.users import User


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a request does, to which resource; ``resource`` includes the subresource."""

    verb: str
    group: str
    resource: str
    namespace: str = ""
    name: str = ""


class Authorizer(Protocol):
    """Who decides what a user may do."""

    def allows(self, user: User, action: Attributes) -> bool: ...

    def rules(self, user: User, namespace: str) -> list[Object]:
        """The rules that apply to a user in a namespace."""
        ...


class AllowAll:
    """Every user may do everything."""

    def allows(self, user: User, action: Attributes) -> bool:
        del user, action
        return True

    def rules(self, user: User, namespace: str) -> list[Object]:
        del user, namespace
        return [_EVERYTHING]


_KINDS = ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding")
_EVERYTHING: Object = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}


class Rbac:
    """What Roles, ClusterRoles and their bindings allow, and nothing else.

    ``objects`` gives them whenever a request is authorized, so it may read the store.
    """

    def __init__(self, objects: Callable[[], Iterable[Object]]) -> None:
        self._objects = objects

    @classmethod
    def of(cls, objects: Iterable[Object]) -> Rbac:
        """The rules of a fixed set of objects; those of other kinds are passed over."""
        kept = tuple(objects)
        return cls(lambda: kept)

    @classmethod
    def in_store(cls, store: Store) -> Rbac:
        """The rules that the cluster itself holds."""
        return cls(lambda: [found for kind in _KINDS for found in store.all(kind)])

    def allows(self, user: User, action: Attributes) -> bool:
        if user.is_master:
            return True
        return any(permits(rule, action) for rule in self.rules(user, action.namespace))

    def rules(self, user: User, namespace: str) -> list[Object]:
        if user.is_master:
            return [_EVERYTHING]
        return list(_rules(list(self._objects()), user, namespace))


def _rules(objects: list[Object], user: User, namespace: str) -> Iterator[Object]:
    for binding in objects:
        if _applies(binding, user, namespace):
            home = binding["metadata"].get("namespace", "")
            for role in objects:
                if _is_named(role, binding["roleRef"], home):
                    yield from role.get("rules") or ()


def _applies(binding: Object, user: User, namespace: str) -> bool:
    if binding.get("kind") == "RoleBinding":
        # A RoleBinding says nothing about requests that concern the whole cluster.
        if not namespace or binding["metadata"].get("namespace", "") != namespace:
            return False
    elif binding.get("kind") != "ClusterRoleBinding":
        return False
    return any(_is_subject(one, user) for one in binding.get("subjects") or ())


def _is_subject(subject: Object, user: User) -> bool:
    if subject["kind"] == "ServiceAccount":
        owner = f"system:serviceaccount:{subject.get('namespace', '')}:{subject['name']}"
        return user.name == owner
    if subject["kind"] == "Group":
        return subject["name"] in user.groups
    return subject["kind"] == "User" and bool(subject["name"] == user.name)


def _is_named(role: Object, reference: Object, namespace: str) -> bool:
    if role.get("kind") != reference["kind"] or role["metadata"]["name"] != reference["name"]:
        return False
    home = role["metadata"].get("namespace", "")
    return reference["kind"] == "ClusterRole" or bool(home == namespace)


def permits(rule: Object, action: Attributes) -> bool:
    """Whether one rule allows it (``RuleAllows`` of the RBAC authorizer)."""
    names = rule.get("resourceNames") or ()
    return (
        _has(rule.get("verbs"), action.verb)
        and _has(rule.get("apiGroups"), action.group)
        and _has_resource(rule.get("resources") or (), action.resource)
        and (not names or action.name in names)
    )


def _has(values: list[str] | None, wanted: str) -> bool:
    return "*" in (values or ()) or wanted in (values or ())


def _has_resource(resources: Iterable[str], wanted: str) -> bool:
    _, slash, subresource = wanted.partition("/")
    # "*/exec" stands for the subresource of every resource; "pods" does not include it.
    allowed = {"*", wanted, *([f"*/{subresource}"] if slash else [])}
    return not allowed.isdisjoint(resources)


def check(authorizer: Authorizer, user: User, action: Attributes) -> None:
    """Raises ApiError, in the words of the API server, for what is not allowed."""
    if authorizer.allows(user, action):
        return
    plural = action.resource.partition("/")[0]
    resource = f"{plural}.{action.group}" if action.group else plural
    where = (
        f'in the namespace "{action.namespace}"' if action.namespace else "at the cluster scope"
    )
    subject = f'{resource} "{action.name}"' if action.name else resource
    message = (
        f'{subject} is forbidden: User "{user.name}" cannot {action.verb} resource '
        f'"{action.resource}" in API group "{action.group}" {where}'
    )
    details = {"name": action.name, "group": action.group, "kind": plural}
    raise ApiError(
        403, "Forbidden", message, {key: value for key, value in details.items() if value}
    )
