"""Requests as RBAC sees them, and whether rules grant them."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from netsim.model.access import ALL, AccessRule


class Naming(Enum):
    """Which object a request is about, where that is no name in the text."""

    NONE = "none"
    """The request has no name, as of lists and of creation."""

    UNKNOWN = "unknown"
    """It has one, which is only known when the script runs."""


class Place(Enum):
    """Where a request goes, where that is no namespace in the text."""

    OWN = "own"
    """The namespace of the pod that calls."""

    CLUSTER = "cluster"
    """All namespaces at once, or none."""

    UNKNOWN = "unknown"
    """Some namespace, which is only known when the script runs."""


class Access(Struct, frozen=True):
    """A request; ``resource`` has a subresource as ``pods/log``, as the rules of roles do."""

    verb: str
    group: str
    resource: str
    name: str | Naming
    namespace: str | Place

    def __str__(self) -> str:
        group = f".{self.group}" if self.group else ""
        plural, slash, subresource = self.resource.partition("/")
        named = f" {self.name}" if isinstance(self.name, str) else ""
        return f"{self.verb} {plural}{group}{slash}{subresource}{named}"


class Call(Struct, frozen=True):
    """What a call needs to work, and what it asks for besides and does without.

    ``unclear`` says why the call may need more; None where this is all.
    """

    needs: tuple[Access, ...] = ()
    may: tuple[Access, ...] = ()
    unclear: str | None = None


def is_about(rule: AccessRule, access: Access) -> bool:
    """Whether a rule is about the resource of a request, under whatever name.

    ``*/log`` is the subresource of every resource, and ``*`` all of them with their
    subresources; ``pods`` does not include ``pods/log`` (``rbac.ResourceMatches``).
    """
    if not {ALL, access.group} & set(rule.api_groups):
        return False
    _, slash, subresource = access.resource.partition("/")
    wanted = {ALL, access.resource, f"{ALL}/{subresource}" if slash else ALL}
    return bool(wanted & set(rule.resources))


def covers(rule: AccessRule, access: Access) -> bool:
    """Whether a rule is about what a request asks for, the name included.

    A name that is not known may be any that the rule has.
    """
    names = rule.resource_names
    is_named = not names or access.name is Naming.UNKNOWN or access.name in names
    return is_named and is_about(rule, access)


def grants(rule: AccessRule, access: Access) -> bool:
    """Whether a rule allows a request, or may, where its name is not known."""
    return bool({ALL, access.verb} & set(rule.verbs)) and covers(rule, access)
