"""The permissions that a probe needs, as objects and as questions about them.

``permissions(Via.EXEC, Task.END)`` are those for a namespace in which connections only end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum, Flag, auto
from typing import Any

from msgspec import Struct

NAME = "netsim-probe"
_NETWORKING = "networking.k8s.io"


class PermissionNeed(Enum):
    """Whether a probe works without a permission."""

    REQUIRED = "required"
    OPTIONAL = "optional"


class Via(Enum):
    """How connections are tried."""

    EXEC = "exec"
    KUBECTL = "kubectl"
    EPHEMERAL = "ephemeral"


class Permission(Struct, frozen=True):
    """Verbs on a resource, with its subresource."""

    group: str
    resource: str
    verbs: tuple[str, ...]
    why: str
    need: PermissionNeed = PermissionNeed.REQUIRED


_PODS = Permission("", "pods", ("get", "list"), "to find the pods and their addresses")
# Over WebSocket the API server authorizes exec as "get", from 1.35 on as "create" too, and
# over SPDY as "create".
_EXEC = Permission("", "pods/exec", ("get", "create"), "to try connections from them")
_HELPERS = Permission(
    "", "pods/ephemeralcontainers", ("patch",), "to add the container that tries them"
)
# Authorized like exec.
_PORTS = Permission(
    "",
    "pods/portforward",
    ("get", "create"),
    "to see whether servers demand the client certificates that are documented",
    PermissionNeed.OPTIONAL,
)
_POLICIES = Permission(
    _NETWORKING,
    "networkpolicies",
    ("list",),
    "to say why something differs",
    PermissionNeed.OPTIONAL,
)
_SERVICES = Permission(
    "", "services", ("list",), "to try them by name", PermissionNeed.OPTIONAL
)


# Where a cluster knows none of these, only who may list them is told so.
_ADMIN = {
    "apiGroups": ["policy.networking.k8s.io"],
    "resources": [
        "adminnetworkpolicies",
        "baselineadminnetworkpolicies",
        "clusternetworkpolicies",
    ],
    "verbs": ["list"],
}


class Task(Flag):
    """What is done in a namespace: connections end there, or begin there too.

    SHAKE is a TLS handshake with its pods; NAMES are those of its Services.
    """

    END = auto()
    BEGIN = auto()
    SHAKE = auto()
    NAMES = auto()


Namespaces = Mapping[str, Task]


def permissions(way: Via, part: Task) -> tuple[Permission, ...]:
    """What is needed in a namespace."""
    ports = (_PORTS,) if Task.SHAKE in part else ()
    services = (_SERVICES,) if Task.NAMES in part else ()
    if Task.BEGIN not in part:
        return (_PODS, *ports, _POLICIES, *services)
    helpers = (_HELPERS,) if way is Via.EPHEMERAL else ()
    return (_PODS, _EXEC, *helpers, *ports, _POLICIES, *services)


def objects(namespaces: Namespaces, way: Via) -> Iterator[dict[str, Any]]:
    """A Role for each namespace, and a ClusterRole for their labels and policies of admins."""
    for namespace, part in namespaces.items():
        yield _role("Role", [_rule(each) for each in permissions(way, part)], namespace)
    spaces = {
        "apiGroups": [""],
        "resources": ["namespaces"],
        "verbs": ["get"],
        "resourceNames": list(namespaces),
    }
    yield _role("ClusterRole", [spaces, _ADMIN])


def _role(
    kind: str, rules: list[dict[str, Any]], namespace: str | None = None
) -> dict[str, Any]:
    metadata = {"name": NAME} | ({"namespace": namespace} if namespace else {})
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": kind,
        "metadata": metadata,
        "rules": rules,
    }


def _rule(permission: Permission) -> dict[str, Any]:
    return {
        "apiGroups": [permission.group],
        "resources": [permission.resource],
        "verbs": list(permission.verbs),
    }


_EVERY = (_PODS, _EXEC, _HELPERS, _PORTS, _POLICIES, _SERVICES)
PURPOSES = {each.resource: each.why for each in _EVERY} | {
    "namespaces": "to know the labels of the namespaces",
    "adminnetworkpolicies": "to say why something differs, where admins have policies",
}
"""What a rule is for, by its first resource."""
