"""What sends or receives a connection, as a question or a report names it."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from netsim.model.addresses import AddressSet
from netsim.model.resources import Pod


class Approach(Enum):
    """How connections get to an endpoint."""

    DIRECT = "at its own address"
    PROXIED = "at the address of a Service"


class PodEndpoint(Struct, frozen=True):
    """One or more pods under one name; several where a workload's running pods are known."""

    title: str
    pods: tuple[Pod, ...]
    approach: Approach = Approach.DIRECT


EXTERNAL = "[External]"
"""How a list ends the title of an address range."""


class ExternalEndpoint(Struct, frozen=True):
    """Addresses that belong to no pod of the input."""

    title: str
    addresses: AddressSet


Endpoint = PodEndpoint | ExternalEndpoint


def is_same_pod(source: Endpoint, destination: Endpoint) -> bool:
    """Whether both ends are one running pod; the pods of a template are many.

    Where a Service leads a pod back to itself, the packets leave it before they arrive.
    """
    return (
        isinstance(source, PodEndpoint)
        and isinstance(destination, PodEndpoint)
        and destination.approach is Approach.DIRECT
        and len(source.pods) == 1
        and len(destination.pods) == 1
        and source.pods[0].title == destination.pods[0].title
        and source.pods[0].name is not None
    )
