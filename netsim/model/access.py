"""RBAC: what a ServiceAccount may do (``rbac.authorization.k8s.io/v1``)."""

from __future__ import annotations

from msgspec import Struct

from netsim.model.location import Location
from netsim.model.references import ObjectName

ALL = "*"


class ServiceAccount(Struct, frozen=True):
    """A ServiceAccount."""

    namespace: str
    name: str
    location: Location


class AccessRule(Struct, frozen=True):
    """One PolicyRule: every verb on every resource of every group it names.

    ``resources`` have subresources as ``pods/exec``; empty ``resource_names`` are all names.
    """

    verbs: tuple[str, ...]
    api_groups: tuple[str, ...]
    resources: tuple[str, ...]
    resource_names: tuple[str, ...]
    location: Location


class Role(Struct, frozen=True):
    """A Role, or a ClusterRole (``namespace`` is empty then)."""

    kind: str
    namespace: str
    name: str
    rules: tuple[AccessRule, ...]
    location: Location

    @property
    def object_name(self) -> ObjectName:
        """Its kind, namespace and name."""
        return ObjectName(self.kind, self.namespace, self.name)


class Binding(Struct, frozen=True):
    """A RoleBinding, or a ClusterRoleBinding (``namespace`` is empty then).

    ``accounts`` are the ServiceAccounts among its subjects, ``groups`` the groups of users.
    """

    kind: str
    namespace: str
    name: str
    role: ObjectName
    accounts: tuple[ObjectName, ...]
    location: Location
    groups: tuple[str, ...] = ()
