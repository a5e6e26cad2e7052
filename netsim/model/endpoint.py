"""What sends or receives a connection, as a question or a report names it."""

from __future__ import annotations

from dataclasses import dataclass

from netsim.model.addresses import AddressSet
from netsim.model.resources import Pod


@dataclass(frozen=True, slots=True)
class PodEndpoint:
    """One or more pods under one name; several where a workload's running pods are known."""

    title: str
    pods: tuple[Pod, ...]


@dataclass(frozen=True, slots=True)
class ExternalEndpoint:
    """Addresses that belong to no pod of the input."""

    title: str
    addresses: AddressSet


Endpoint = PodEndpoint | ExternalEndpoint
