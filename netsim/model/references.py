"""Names of objects, and the references that one object has to another."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from netsim.model.location import Location


class ObjectName(Struct, frozen=True, order=True):
    """What identifies an object; ``namespace`` is empty for cluster-scoped kinds."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        place = f"{self.namespace}/" if self.namespace else ""
        return f"{self.kind} {place}{self.name}"


class Need(Enum):
    """Whether an object works without what it refers to."""

    REQUIRED = "required"
    OPTIONAL = "optional"


class Reference(Struct, frozen=True):
    """A field that names another object, and in a Secret or ConfigMap perhaps one key."""

    target: ObjectName
    location: Location
    key: str | None = None
    need: Need = Need.REQUIRED
