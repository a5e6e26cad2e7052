"""RuntimeClasses: which container runtime runs a pod (``node.k8s.io/v1``)."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from netsim.model.labels import Labels
from netsim.model.location import Location


class TolerationOperator(Enum):
    """How a toleration compares (core/v1 ``TolerationOperator``)."""

    EQUAL = "Equal"
    EXISTS = "Exists"


class Toleration(Struct, frozen=True):
    """A toleration; an empty key with Exists tolerates everything, no effect means all."""

    key: str
    operator: TolerationOperator
    value: str
    effect: str


class RuntimeClass(Struct, frozen=True):
    """A RuntimeClass; its scheduling is merged into the pods that name it.

    Admission rejects a pod whose nodeSelector has another value for one of the keys of
    ``node_selector``, and adds both to the others (RuntimeClass admission plugin).
    """

    name: str
    handler: str
    node_selector: Labels
    tolerations: tuple[Toleration, ...]
    location: Location
    handler_location: Location
