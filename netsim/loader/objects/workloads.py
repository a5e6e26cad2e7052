"""Pods and the workloads that make them, read leniently: unknown fields are ignored."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from netsim.loader.objects import validation
from netsim.loader.objects.cluster_objects import read_address, read_port_number, read_protocol
from netsim.loader.objects.fields import Field, Fields
from netsim.loader.objects.generated_labels import add_generated_labels, add_topology_labels
from netsim.loader.objects.labels import read_annotations, read_placed_labels
from netsim.loader.objects.objects import Metadata, Object, named_metadata
from netsim.loader.template_kinds import list_generated_labels
from netsim.model.addresses import AddressSet
from netsim.model.labels import Labels
from netsim.model.location import Location
from netsim.model.placeholders import has_placeholder
from netsim.model.resources import (
    ContainerPort,
    MisplacedLabel,
    OpenPort,
    PodNetwork,
    Resolver,
    WorkloadName,
)

_TEMPLATES: dict[str, tuple[str, ...]] = {
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "PodTemplate": ("template",),
}
_USUAL_TEMPLATE = ("spec", "template")


class Phase(Enum):
    """Whether pods of this take part in anything; if not, what became of them."""

    ACTIVE = "active"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    SCALED_DOWN = "scaled down"


class Owner(Struct, frozen=True):
    """A controlling owner reference."""

    kind: str
    name: str


class PodSpec(Struct, frozen=True):
    """What a pod, or a template, says of pods."""

    labels: Labels
    ports: tuple[ContainerPort, ...]
    network: PodNetwork
    node: str | None
    resolver: Resolver
    node_selector: Labels
    open_ports: tuple[OpenPort, ...] = ()
    misplaced: tuple[MisplacedLabel, ...] = ()


class Workload(Struct, frozen=True):
    """A pod or a workload, before owners are resolved.

    ``addresses`` are the pod's own, ``host_addresses`` its node's as the pod's status has
    them.  ``unique`` is the name, None where the cluster is going to generate it.  ``lender``
    is the workload whose template it uses, where it has none of its own.
    """

    kind: str
    namespace: str
    name: str
    unique: str | None
    spec: PodSpec
    owner: Owner | None
    phase: Phase
    addresses: AddressSet
    host_addresses: AddressSet
    location: Location
    lender: WorkloadName | None = None

    @property
    def is_finished_pod(self) -> bool:
        """Whether it is a pod that takes no part any more."""
        return self.kind == "Pod" and self.phase is not Phase.ACTIVE


def read_workload(obj: Object) -> Workload | None:
    """A Pod, or an object with a pod template; None where it lacks a name or a template."""
    metadata = workload_metadata(obj)
    body = template_of(obj)
    if metadata is None or body is None:
        return None
    is_pod = obj.kind == "Pod"
    status = obj.fields.fields("status") if is_pod else Fields({}, 0, "status", obj.report)
    return Workload(
        obj.kind,
        metadata.namespace,
        metadata.name,
        _own_name(obj),
        _pod_of(obj, body, metadata) if is_pod else _pods_of_template(obj, body),
        controlling_owner(obj.fields.fields("metadata")),
        _phase(obj, status),
        _addresses(status, "podIP", "podIPs"),
        _addresses(status, "hostIP", "hostIPs"),
        metadata.location,
    )


def _own_name(obj: Object) -> str | None:
    return obj.fields.fields("metadata").text("name")


def _pod_of(obj: Object, body: Fields, metadata: Metadata) -> PodSpec:
    """A pod that was read from a cluster, or that another object makes, has all its labels."""
    written = obj.fields.fields("metadata").entries
    is_made = "status" in obj.fields.entries or {"uid", "ownerReferences"} & written.keys()
    labels = metadata.labels if is_made else add_topology_labels(metadata.labels)
    return _pod_spec(body.fields("spec"), labels)


def _pods_of_template(obj: Object, body: Fields) -> PodSpec:
    written = _template_labels(body)
    misplaced = tuple(_find_misplaced(obj, written))
    spec = body.fields("spec")
    if obj.reader.is_by_shape:
        generated = list_generated_labels(obj.reader.group, obj.kind, _own_name(obj) or "")
        labels = add_topology_labels(Labels.of({**dict(written.pairs), **generated}))
        return _pod_spec(spec, labels, misplaced, _machine_ports(spec))
    labels = add_generated_labels(written, obj.kind, _own_name(obj), obj.fields.fields("spec"))
    return _pod_spec(spec, labels, misplaced)


def _find_misplaced(obj: Object, labels: Labels) -> Iterator[MisplacedLabel]:
    """The labels above the template that it does not have."""
    own = dict(labels.pairs)
    template = ".".join(_template_path(obj))
    for metadata in _list_metadata_above(obj):
        field = metadata.get("labels")
        fields = field.fields() if field else None
        for key, value in fields.all() if fields else ():
            if own.get(key.text) != value.scalar_text:
                place = value.location
                yield MisplacedLabel(key.text, value.scalar_text, place, template)


def _list_metadata_above(obj: Object) -> Iterator[Fields]:
    yield obj.fields.fields("metadata")
    if obj.kind == "CronJob":
        yield obj.fields.fields("spec").fields("jobTemplate").fields("metadata")


def _pod_spec(
    spec: Fields,
    labels: Labels,
    misplaced: tuple[MisplacedLabel, ...] = (),
    machine_ports: tuple[ContainerPort, ...] = (),
) -> PodSpec:
    ports = tuple(_ports(spec)) or machine_ports
    network = _network(spec)
    return PodSpec(
        labels,
        tuple(port for port in ports if isinstance(port, ContainerPort)),
        network,
        spec.text("nodeName"),
        choose_resolver(spec.text("dnsPolicy"), network),
        _node_selector(spec),
        tuple(port for port in ports if isinstance(port, OpenPort)),
        misplaced,
    )


def read_borrower(obj: Object) -> Workload | None:
    """A workload that uses the template of another one (Argo Rollouts, ``workloadRef``)."""
    metadata = workload_metadata(obj)
    reference = obj.fields.fields("spec").fields("workloadRef")
    kind, name = reference.text("kind"), reference.text("name")
    if metadata is None or not kind or not name:
        return None
    nowhere = AddressSet.empty()
    return Workload(
        obj.kind,
        metadata.namespace,
        metadata.name,
        obj.fields.fields("metadata").text("name"),
        PodSpec(Labels(), (), PodNetwork.POD, None, Resolver.CLUSTER, Labels()),
        controlling_owner(obj.fields.fields("metadata")),
        Phase.ACTIVE,
        nowhere,
        nowhere,
        metadata.location,
        lender=WorkloadName(metadata.namespace, name, kind),
    )


def workload_metadata(obj: Object) -> Metadata | None:
    """The metadata; a pod without a name goes by what it has the server generate one from."""
    metadata = obj.fields.fields("metadata")
    name = metadata.get("name")
    if name:
        return named_metadata(obj, name, name.text())
    prefix = metadata.get("generateName")
    if prefix is None:
        metadata.missing("name", f"a {obj.kind} needs a name")
        return None
    text = prefix.text()
    return named_metadata(obj, prefix, text.rstrip("-.") if text else None)


def template_of(obj: Object) -> Fields | None:
    """What has ``metadata`` and ``spec`` of the pods: a Pod itself, or a pod template."""
    if obj.kind == "Pod":
        return obj.fields
    path = _template_path(obj)
    fields = obj.fields
    if not path:
        return fields
    for name in path[:-1]:
        fields = fields.fields(name)
    field = fields.get(path[-1])
    if field is None:
        fields.missing(path[-1], f"a {obj.kind} needs a pod template")
        return None
    return field.fields()


def _template_path(obj: Object) -> tuple[str, ...]:
    known = obj.reader.template
    return _TEMPLATES.get(obj.kind, _USUAL_TEMPLATE) if known is None else known


def _template_labels(template: Fields) -> Labels:
    metadata = template.fields("metadata")
    read_annotations(metadata.get("annotations"))
    return read_placed_labels(metadata.get("labels"))


def _phase(obj: Object, status: Fields) -> Phase:
    """A workload scaled to nothing by its owner, such as an old ReplicaSet, has no pods."""
    for phase in (Phase.SUCCEEDED, Phase.FAILED):
        if status.text("phase") == phase.value:
            return phase
    replicas = obj.fields.fields("spec").get("replicas")
    gone = obj.kind == "ReplicaSet" and replicas is not None and replicas.scalar_text == "0"
    owned = obj.fields.fields("metadata").get("ownerReferences") is not None
    return Phase.SCALED_DOWN if gone and owned else Phase.ACTIVE


def controlling_owner(metadata: Fields) -> Owner | None:
    """The owner that controls the object; at most one does (``GetControllerOf``)."""
    for item in metadata.items("ownerReferences"):
        fields = item.fields()
        controller = fields.get("controller") if fields else None
        if fields and controller and controller.boolean():
            name = fields.text("name")
            return Owner(fields.text("kind") or "Pod", name) if name else None
    return None


def _network(spec: Fields) -> PodNetwork:
    field = spec.get("hostNetwork")
    return PodNetwork.HOST if field and field.boolean() else PodNetwork.POD


def choose_resolver(policy: str | None, network: PodNetwork) -> Resolver:
    """Whom the pods ask for names (core/v1 ``PodSpec.dnsPolicy``).

    Default is the resolver of the node, which is also what ClusterFirst means on its network.
    """
    if policy == "ClusterFirstWithHostNet":
        return Resolver.CLUSTER
    is_own = policy in ("Default", "None") or network is PodNetwork.HOST
    return Resolver.OTHER if is_own else Resolver.CLUSTER


def _node_selector(spec: Fields) -> Labels:
    """The labels of nodes that the pod may run on; what cannot be read asks for nothing."""
    selector = spec.fields("nodeSelector")
    fields = ((key, selector.get(key)) for key in selector.entries)
    texts = ((key, field.scalar_text) for key, field in fields if field)
    return Labels.of({key: text for key, text in texts if text and not has_placeholder(text)})


def _addresses(status: Fields, single: str, several: str) -> AddressSet:
    found = read_address(status.get(single))
    for item in status.items(several):
        fields = item.fields()
        if fields:
            found |= read_address(fields.get("ip"))
    return found


def _ports(spec: Fields) -> Iterator[ContainerPort | OpenPort]:
    """Ports in the order of lookup: containers, then restartable init containers."""
    containers = [fields for item in spec.items("containers") if (fields := item.fields())]
    for item in spec.items("initContainers"):
        fields = item.fields()
        if fields and fields.text("restartPolicy") == "Always":
            containers.append(fields)
    for fields in containers:
        for item in fields.items("ports"):
            port = _port(item)
            if port:
                yield port


def _machine_ports(spec: Fields) -> tuple[ContainerPort, ...]:
    """The ports of the interfaces, where a template is that of a virtual machine."""
    devices = spec.fields("domain").fields("devices")
    interfaces = (fields for item in devices.items("interfaces") if (fields := item.fields()))
    ports = (item.fields() for each in interfaces for item in each.items("ports"))
    found = []
    for fields in ports:
        field = fields.get("port") if fields else None
        number = read_port_number(field) if field else None
        protocol = read_protocol(fields) if fields else None
        if fields and number and protocol:
            found.append(ContainerPort(number, protocol, _port_name(fields)))
    return tuple(found)


def _port(item: Field) -> ContainerPort | OpenPort | None:
    fields = item.fields()
    if fields is None:
        return None
    field = fields.get("containerPort")
    if field is None:
        near = next((name for name in fields.entries if name.lower() == "containerport"), None)
        fix = f"write {near} as containerPort" if near else "add containerPort"
        item.warn(f"a container port without number is skipped: {fix}")
        return None
    number, protocol = read_port_number(field), read_protocol(fields)
    name = _port_name(fields)
    if protocol and has_placeholder(field.scalar_text):
        return OpenPort(protocol, name)
    return ContainerPort(number, protocol, name) if number and protocol else None


def _port_name(fields: Fields) -> str | None:
    field = fields.get("name")
    text = field.text() if field else None
    if field is None or not text:
        return None
    wrong = None if has_placeholder(text) else validation.port_name(text)
    if wrong:
        field.refuse(wrong)
    return text
