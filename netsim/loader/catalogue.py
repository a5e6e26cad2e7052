"""The objects of the input as they come in: each once, and under its kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from msgspec.structs import replace

from netsim.loader.objects.generated_labels import forget_replicas
from netsim.loader.objects.missing import policies_of_missing
from netsim.loader.objects.objects import Object, Unread
from netsim.loader.objects.ownership import list_finished, resolve
from netsim.loader.objects.workloads import Workload
from netsim.loader.registry import ObjectScope
from netsim.model.finding import Diagnostic, Severity
from netsim.model.location import Location
from netsim.model.meaning import meaning
from netsim.model.other_systems import UnevaluatedPolicy, build_dispute, build_rejected
from netsim.model.policies import Policy, PolicyId
from netsim.model.references import ObjectName
from netsim.model.resources import Entry, Namespace, Node, Resources, WorkloadName
from netsim.model.services import ReferenceGrant, Service, ServiceEndpoints

Known = (
    Namespace | Node | Service | ServiceEndpoints | Policy | Entry | ReferenceGrant | Workload
)

_Key = tuple[str, str, str]
_T = TypeVar("_T")


class Memory:
    """What objects mean, so that one that is the same in another loading is read once.

    An object is known by its parsed fields, which stay as long as this does, and by its path:
    an alias may stand for one object twice.
    """

    def __init__(self) -> None:
        self._read: dict[
            tuple[int, str, str], tuple[object, Known | None, tuple[Diagnostic, ...]]
        ] = {}

    def read(self, obj: Object) -> Known | None:
        """What an object means for the network, and in its report what is wrong with it."""
        entries, said = obj.fields.entries, obj.report.diagnostics
        key = (id(entries), obj.fields.path, obj.reader.title)
        found = self._read.get(key)
        if found is None:
            before = len(said)
            known: Known | None = obj.reader.read_network(obj)
            found = self._read[key] = (entries, known, tuple(said[before:]))
        else:
            said.extend(found[2])
        return found[1]


class Catalogue:
    """Objects in the order of the input."""

    def __init__(self, memory: Memory | None = None) -> None:
        self._memory = memory
        self._objects: dict[_Key | int, Known] = {}
        self._unevaluated: list[UnevaluatedPolicy] = []
        self._disputed: dict[str, None] = {}
        self._rejected: list[tuple[PolicyId, Location]] = []
        self._missing: list[Unread] = []

    @property
    def count(self) -> int:
        """How many objects there are."""
        return len(self._objects)

    @property
    def disputed(self) -> tuple[str, ...]:
        """The policies that two files define differently."""
        return tuple(self._disputed)

    def add(self, obj: Object) -> Known | None:
        """Reads an object and keeps it; None where it is wrong.

        Of two of one name the later one of a file counts, as it does for ``kubectl apply``.
        Which of two policies in different files counts is unknown, and so is what they decide.
        """
        known: Known | None = (
            self._memory.read(obj) if self._memory else obj.reader.read_network(obj)
        )
        if known is None or obj.report.failed:
            self._reject(obj)
            return None
        key = _key(obj.reader.title, known) or len(self._objects)
        first = self._objects.setdefault(key, known)
        if first is known or meaning(first) == meaning(known):
            return known
        name = ObjectName(obj.kind, getattr(known, "namespace", ""), known.name)
        place = known.location or obj.report.location(obj.fields.line, "")
        if (
            isinstance(first, Policy)
            and isinstance(known, Policy)
            and first.location.file != place.file
        ):
            self._dispute(obj, first, known, place)
            return None
        if not is_replaced(obj, name, first.location, place):
            return None
        self._objects[key] = known
        return known

    def add_usual(self, title: str, known: Known) -> bool:
        """Keeps an object that is right; False where another of its name has been read."""
        key = _key(title, known) or len(self._objects)
        return self._objects.setdefault(key, known) is known

    def _dispute(self, obj: Object, first: Policy, second: Policy, place: Location) -> None:
        name = f"{second.kind} {second.namespace}/{second.name}".replace(" /", " ")
        self._disputed[name] = None
        self._unevaluated += build_dispute(first, second, place)
        obj.report.warning(
            place.line - obj.report.offset,
            place.field,
            f"{name} is already defined at {first.location}, differently: which one applies is "
            "unknown, and so are the verdicts that they may change; keep one of them",
        )

    def _reject(self, obj: Object) -> None:
        """Keeps in mind which object it would have been, as far as its name can be read."""
        reader, metadata = obj.reader, obj.fields.fields("metadata")
        name, written = metadata.get("name"), metadata.get("namespace")
        if name is None:
            return
        namespace = written.scalar_text if written else obj.namespace
        if reader.scope is ObjectScope.CLUSTER:
            namespace = ""
        key = PolicyId(reader.group, reader.kind, namespace, name.scalar_text)
        self._rejected.append((key, name.location))

    def _doubt_rejected(self, policies: Iterable[Policy]) -> Iterator[UnevaluatedPolicy]:
        """A rejected copy may be the one that counts, unless a later one of its file does."""
        kept = {policy.id: policy for policy in policies}
        for key, place in self._rejected:
            other = kept.get(key)
            if other and not _is_later(other.location, place):
                yield build_rejected(other, place)

    def add_unevaluated(self, policy: UnevaluatedPolicy) -> None:
        """Keeps a policy of another system; two of one name count as two."""
        self._unevaluated.append(policy)

    def add_missing(self, kind: Unread) -> None:
        """Keeps in mind that the input lacks the objects of a kind."""
        self._missing.append(kind)

    def list_unlent(self) -> Iterator[Diagnostic]:
        """The workloads whose template is that of another one, which was not read."""
        workloads = self._of(Workload)
        read = {WorkloadName(each.namespace, each.name, each.kind) for each in workloads}
        for each in workloads:
            if each.lender and each.lender not in read:
                message = (
                    f"{each.kind} {each.namespace}/{each.name} uses the template of "
                    f"{each.lender}, which is not in the input: its pods are not known"
                )
                yield Diagnostic(Severity.WARNING, message, each.location)

    def resources(self, *, is_autoscaled: bool = False) -> Resources:
        """Everything, with owners resolved and the namespaces that are missing supplied."""
        nodes = self._of(Node)
        workloads = self._of(Workload)
        pods = resolve(workloads, nodes)
        if is_autoscaled:
            pods = tuple(replace(pod, labels=forget_replicas(pod.labels)) for pod in pods)
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
            (
                *self._unevaluated,
                *self._doubt_rejected(policies),
                *policies_of_missing(self._missing, policies),
            ),
            list_finished(workloads),
            self._of(ServiceEndpoints),
            self._of(ReferenceGrant),
        )

    def _of(self, kind: type[_T]) -> tuple[_T, ...]:
        return tuple(found for found in self._objects.values() if isinstance(found, kind))


def _key(kind: str, known: Known) -> _Key | None:
    if isinstance(known, Workload):
        return (kind, known.namespace, known.unique) if known.unique else None
    return (kind, getattr(known, "namespace", ""), known.name)


def _is_later(place: Location, other: Location) -> bool:
    """Whether a place is surely applied after another; files have no order."""
    return place.file == other.file and place.line > other.line


def is_replaced(
    obj: Object, name: ObjectName, first: Location | None, second: Location
) -> bool:
    """Whether an object takes the place of one of its name that says something else.

    In which order files are applied is not known, so one of another file is refused.
    """
    line = second.line - obj.report.offset
    message = f"{name} is already defined at {first}, differently"
    if first and first.file == second.file:
        obj.report.warning(line, second.field, f"{message}: this one counts, remove the other")
        return True
    obj.report.error(line, second.field, f"{message}: keep one of them")
    return False
