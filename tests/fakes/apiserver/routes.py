"""What a request is about, read from its path."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.apiserver import kinds
from tests.fakes.apiserver.kinds import Kind
from tests.fakes.apiserver.rbac import Attributes
from tests.fakes.apiserver.selectors import only_name
from tests.fakes.apiserver.storage import Key

_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch"}


@dataclass(frozen=True, slots=True)
class Target:
    """A resource; ``namespace`` is empty for the cluster or all of them, ``name`` for all."""

    kind: Kind
    namespace: str = ""
    name: str = ""
    subresource: str = ""

    @property
    def key(self) -> Key:
        return Key(self.kind, self.namespace, self.name)

    @property
    def resource(self) -> str:
        """``pods`` or ``pods/exec``."""
        return "/".join(filter(None, (self.kind.plural, self.subresource)))

    def attributes(self, verb: str, name: str = "") -> Attributes:
        """What the authorizer is asked."""
        # A Namespace lies in itself, so a Role in it may allow to read it.
        inside = self.name if self.kind.name == "Namespace" else self.namespace
        return Attributes(verb, self.kind.group, self.resource, inside, name or self.name)


def target(path: str) -> Target | None:
    """The resource at a path; None if there is none."""
    parts = path.strip("/").split("/")
    if parts[0] == "api":
        parts.insert(1, "")
    if parts[0] not in ("api", "apis") or len(parts) < 4:
        return None
    _, group, version, *rest = parts
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] != "status":
        namespace, rest = rest[1], rest[2:]
    kind = kinds.at(group, version, rest[0])
    # All objects of a namespaced kind can be listed together, but each has its namespace.
    if kind is None or len(rest) > 3 or (namespace and not kind.traits.namespaced):
        return None
    found = Target(kind, namespace, *rest[1:])
    return None if found.name and kind.traits.namespaced and not namespace else found


def verb(method: str, found: Target, query: dict[str, str]) -> str:
    """The verb that authorization knows a request by."""
    if method == "DELETE":
        return "delete" if found.name else "deletecollection"
    if method in _VERBS:
        return _VERBS[method]
    if query.get("watch") in ("1", "true"):
        return "watch"
    return "get" if found.name else "list"


def attributes(method: str, found: Target, query: dict[str, str]) -> Attributes:
    """What the authorizer is asked about a request."""
    # A list of one name counts as a request for it, so resourceNames can allow it.
    name = "" if found.name else only_name(query.get("fieldSelector", ""))
    return found.attributes(verb(method, found, query), name)
