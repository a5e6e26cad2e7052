"""The objects of the input as they come in: each once, and under its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from netsim.loader.objects.admin_policy import read_admin_policy
from netsim.loader.objects.cluster_objects import read_namespace, read_node, read_service
from netsim.loader.objects.entries import read_gateway_route, read_ingress, read_openshift_route
from netsim.loader.objects.network_policy import read_network_policy
from netsim.loader.objects.objects import Object
from netsim.loader.objects.ownership import resolve
from netsim.loader.objects.workloads import Workload, read_workload
from netsim.model.meaning import meaning
from netsim.model.policies import Policy
from netsim.model.resources import Entry, Namespace, Node, Resources, Service

Known = Namespace | Node | Service | Policy | Entry | Workload

_READERS: dict[str, Callable[[Object], Known | None]] = {
    "Namespace": read_namespace,
    "Node": read_node,
    "Service": read_service,
    "NetworkPolicy": read_network_policy,
    "Ingress": read_ingress,
    "Route": read_openshift_route,
    "HTTPRoute": read_gateway_route,
    "GRPCRoute": read_gateway_route,
    "TLSRoute": read_gateway_route,
    "TCPRoute": read_gateway_route,
    "UDPRoute": read_gateway_route,
    "Gateway": read_gateway_route,
    "AdminNetworkPolicy": read_admin_policy,
    "BaselineAdminNetworkPolicy": read_admin_policy,
    "ClusterNetworkPolicy": read_admin_policy,
}

_Key = tuple[str, str, str]
_T = TypeVar("_T")


class Catalogue:
    """Objects in the order of the input."""

    def __init__(self) -> None:
        self._objects: list[Known] = []
        self._by_key: dict[_Key, Known] = {}

    def add(self, found: Object) -> Known | None:
        """Reads an object and keeps it, unless it is wrong or was defined before."""
        known = _READERS.get(found.kind, read_workload)(found)
        if known is None or found.report.failed:
            return None
        key = _key(found.kind, known)
        first = self._by_key.get(key) if key else None
        if first is not None:
            _compare(found, known, first)
            return None
        if key:
            self._by_key[key] = known
        self._objects.append(known)
        return known

    def resources(self) -> Resources:
        """Everything, with owners resolved and the namespaces that are missing supplied."""
        nodes = self._of(Node)
        pods = resolve(self._of(Workload), nodes)
        services = self._of(Service)
        policies = sorted(self._of(Policy), key=lambda policy: policy.tier.is_ordered)
        namespaces = self._of(Namespace)
        read = {namespace.name for namespace in namespaces}
        used = {
            *(pod.namespace for pod in pods),
            *(service.namespace for service in services),
            *(policy.namespace for policy in policies if policy.namespace),
        }
        implied = tuple(Namespace.implied(name) for name in sorted(used) if name not in read)
        spaces = (*namespaces, *implied)
        entries = self._of(Entry)
        return Resources(spaces, pods, nodes, services, tuple(policies), entries)

    def _of(self, kind: type[_T]) -> tuple[_T, ...]:
        return tuple(found for found in self._objects if isinstance(found, kind))


def _key(kind: str, known: Known) -> _Key | None:
    if isinstance(known, Workload):
        return (kind, known.namespace, known.unique) if known.unique else None
    return (kind, getattr(known, "namespace", ""), known.name)


def _compare(found: Object, second: Known, first: Known) -> None:
    if meaning(first) == meaning(second):
        return
    place = second.location or found.report.location(found.fields.line, "")
    found.report.error(
        place.line - found.report.offset,
        place.field,
        f"{found.kind} {second.name} is already defined at {first.location}, differently: "
        "keep one of them",
    )
