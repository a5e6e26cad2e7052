"""Pods and the workloads that make them, read leniently: unknown fields are ignored."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from netsim.loader.objects import validation
from netsim.loader.objects.cluster_objects import read_address, read_port_number, read_protocol
from netsim.loader.objects.fields import Field, Fields
from netsim.loader.objects.labels import read_annotations, read_labels
from netsim.loader.objects.objects import Metadata, Object, named_metadata
from netsim.loader.tree.scalars import has_placeholder
from netsim.model.addresses import AddressSet
from netsim.model.labels import Labels
from netsim.model.location import Location
from netsim.model.resources import ContainerPort, PodNetwork

_TEMPLATES: dict[str, tuple[str, ...]] = {
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "PodTemplate": ("template",),
}
_USUAL_TEMPLATE = ("spec", "template")
_FINISHED = ("Succeeded", "Failed")


class Phase(Enum):
    """Whether pods of this take part in anything."""

    ACTIVE = "active"
    FINISHED = "finished"


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
    node_selector: Labels


class Workload(Struct, frozen=True):
    """A pod or a workload, before owners are resolved.

    ``addresses`` are the pod's own, ``host_addresses`` its node's as the pod's status has
    them.  ``unique`` is the name, None where the cluster is going to generate it.
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


def read_workload(obj: Object) -> Workload | None:
    """A Pod, or an object with a pod template; None where it lacks a name or a template."""
    metadata = workload_metadata(obj)
    body = template_of(obj)
    if metadata is None or body is None:
        return None
    spec = body.fields("spec")
    is_pod = obj.kind == "Pod"
    labels = metadata.labels if is_pod else _template_labels(body)
    status = obj.fields.fields("status") if is_pod else Fields({}, 0, "status", obj.report)
    return Workload(
        obj.kind,
        metadata.namespace,
        metadata.name,
        obj.fields.fields("metadata").text("name"),
        PodSpec(
            labels,
            _ports(spec),
            _network(spec),
            spec.text("nodeName"),
            _node_selector(spec),
        ),
        controlling_owner(obj.fields.fields("metadata")),
        _phase(obj, status),
        _addresses(status, "podIP", "podIPs"),
        _addresses(status, "hostIP", "hostIPs"),
        metadata.location,
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
    path = _TEMPLATES.get(obj.kind, _USUAL_TEMPLATE)
    fields = obj.fields
    for name in path[:-1]:
        fields = fields.fields(name)
    field = fields.get(path[-1])
    if field is None:
        fields.missing(path[-1], f"a {obj.kind} needs a pod template")
        return None
    return field.fields()


def _template_labels(template: Fields) -> Labels:
    metadata = template.fields("metadata")
    read_annotations(metadata.get("annotations"))
    return Labels.of(read_labels(metadata.get("labels")))


def _phase(obj: Object, status: Fields) -> Phase:
    """A workload scaled to nothing by its owner, such as an old ReplicaSet, has no pods."""
    if status.text("phase") in _FINISHED:
        return Phase.FINISHED
    replicas = obj.fields.fields("spec").get("replicas")
    gone = obj.kind == "ReplicaSet" and replicas is not None and replicas.scalar_text == "0"
    owned = obj.fields.fields("metadata").get("ownerReferences") is not None
    return Phase.FINISHED if gone and owned else Phase.ACTIVE


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


def _ports(spec: Fields) -> tuple[ContainerPort, ...]:
    """Ports in the order of lookup: containers, then restartable init containers."""
    containers = [fields for item in spec.items("containers") if (fields := item.fields())]
    for item in spec.items("initContainers"):
        fields = item.fields()
        if fields and fields.text("restartPolicy") == "Always":
            containers.append(fields)
    ports = (_port(item) for fields in containers for item in fields.items("ports"))
    return tuple(port for port in ports if port)


def _port(item: Field) -> ContainerPort | None:
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
