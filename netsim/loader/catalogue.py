"""The objects of the input as they come in: each once, and under its kind."""

from __future__ import annotations

from typing import TypeVar

from netsim.loader.objects.missing import policies_of_missing
from netsim.loader.objects.objects import Object, Unread
from netsim.loader.objects.ownership import resolve
from netsim.loader.objects.workloads import Workload
from netsim.model.meaning import meaning
from netsim.model.other_systems import UnevaluatedPolicy
from netsim.model.policies import Policy
from netsim.model.resources import Entry, Namespace, Node, Resources, Service

Known = Namespace | Node | Service | Policy | Entry | Workload

_Key = tuple[str, str, str]
_T = TypeVar("_T")


class Catalogue:
    """Objects in the order of the input."""

    def __init__(self) -> None:
        self._objects: list[Known] = []
        self._by_key: dict[_Key, Known] = {}
        self._unevaluated: list[UnevaluatedPolicy] = []
        self._missing: list[Unread] = []

    def add(self, obj: Object) -> Known | None:
        """Reads an object and keeps it, unless it is wrong or was defined before."""
        known: Known | None = obj.reader.read_network(obj)
        if known is None or obj.report.failed:
            return None
        key = _key(obj.reader.title, known)
        first = self._by_key.get(key) if key else None
        if first is not None:
            _compare(obj, known, first)
            return None
        if key:
            self._by_key[key] = known
        self._objects.append(known)
        return known

    def add_unevaluated(self, policy: UnevaluatedPolicy) -> None:
        """Keeps a policy of another system; two of one name count as two."""
        self._unevaluated.append(policy)

    def add_missing(self, kind: Unread) -> None:
        """Keeps in mind that the input lacks the objects of a kind."""
        self._missing.append(kind)

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
        return Resources(
            spaces,
            pods,
            nodes,
            services,
            tuple(policies),
            entries,
            (*self._unevaluated, *policies_of_missing(self._missing, policies)),
        )

    def _of(self, kind: type[_T]) -> tuple[_T, ...]:
        return tuple(found for found in self._objects if isinstance(found, kind))


def _key(kind: str, known: Known) -> _Key | None:
    if isinstance(known, Workload):
        return (kind, known.namespace, known.unique) if known.unique else None
    return (kind, getattr(known, "namespace", ""), known.name)


def _compare(obj: Object, second: Known, first: Known) -> None:
    if meaning(first) == meaning(second):
        return
    place = second.location or obj.report.location(obj.fields.line, "")
    obj.report.error(
        place.line - obj.report.offset,
        place.field,
        f"{obj.kind} {second.name} is already defined at {first.location}, differently: "
        "keep one of them",
    )
