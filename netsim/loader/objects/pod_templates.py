"""What workloads say of the pods they make."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from netsim.loader.objects.containers import read_containers, read_volumes
from netsim.loader.objects.fields import Fields
from netsim.loader.objects.labels import read_labels
from netsim.loader.objects.objects import Metadata, Object
from netsim.loader.objects.pod_references import account, read_references, runtime_class
from netsim.loader.objects.runtime_classes import read_tolerations
from netsim.loader.objects.workloads import controlling_owner, template_of, workload_metadata
from netsim.model.labels import Labels
from netsim.model.location import Location
from netsim.model.pod_template import (
    Concurrency,
    ControllerKind,
    CronJob,
    PodTemplate,
)
from netsim.model.references import ObjectName
from netsim.model.resources import WorkloadName

_SCALED = frozenset(("Deployment", "ReplicaSet", "StatefulSet", "ReplicationController"))
_WITHOUT_CONTROLLER = frozenset(("Pod", "PodTemplate"))


class Readiness(Enum):
    """Whether a running pod is ready, as a budget counts it."""

    READY = "ready"
    UNREADY = "not ready"
    UNKNOWN = "unknown"
    """What is read is no running pod, or has no status."""


class Owned(Struct, frozen=True):
    """A template, the object that controls the one it stands in, and how that is."""

    template: PodTemplate
    owner: ObjectName | None
    readiness: Readiness = Readiness.UNKNOWN


def read_template(obj: Object) -> Owned | None:
    """The pods of a Pod or of an object with a pod template."""
    metadata = workload_metadata(obj)
    body = template_of(obj)
    if metadata is None or body is None:
        return None
    spec = body.fields("spec")
    owner = controlling_owner(obj.fields.fields("metadata"))
    name = ObjectName(owner.kind, metadata.namespace, owner.name) if owner else None
    controller = _controller(owner.kind if owner else obj.kind)
    if obj.reader.is_by_shape and not owner and _replicas(obj) is not None:
        controller = ControllerKind.SCALED
    template = _template(obj, metadata, body, spec, controller)
    return Owned(template, name, _readiness(obj))


def _controller(kind: str) -> ControllerKind:
    if kind in _WITHOUT_CONTROLLER:
        return ControllerKind.NONE
    return ControllerKind.SCALED if kind in _SCALED else ControllerKind.UNSCALED


def _template(
    obj: Object, metadata: Metadata, body: Fields, spec: Fields, controller: ControllerKind
) -> PodTemplate:
    selector = spec.get("nodeSelector")
    return PodTemplate(
        workload=WorkloadName(metadata.namespace, metadata.name, obj.kind),
        labels=Labels.of(read_labels(body.fields("metadata").get("labels"))),
        controller=controller,
        replicas=_replicas(obj),
        runtime_class=runtime_class(spec),
        node_selector=Labels.of(read_labels(selector)),
        node_selector_location=selector.location if selector else _place(spec),
        tolerations=read_tolerations(spec),
        service_account=account(spec, metadata.namespace),
        containers=read_containers(spec),
        volumes=read_volumes(spec, metadata.namespace),
        references=read_references(spec, metadata.namespace),
        location=metadata.location,
        spec_location=_place(spec),
        node=spec.text("nodeName"),
    )


def _readiness(obj: Object) -> Readiness:
    """What the status of a pod says; one that is being deleted counts as not ready.

    Source: ``countHealthyPods`` of the disruption controller.
    """
    if obj.kind != "Pod":
        return Readiness.UNKNOWN
    if obj.fields.fields("metadata").get("deletionTimestamp"):
        return Readiness.UNREADY
    for item in obj.fields.fields("status").items("conditions"):
        condition = item.fields()
        if condition and condition.text("type") == "Ready":
            is_ready = condition.text("status") == "True"
            return Readiness.READY if is_ready else Readiness.UNREADY
    return Readiness.UNKNOWN


def _place(spec: Fields) -> Location:
    return spec.report.location(spec.line, spec.path)


def _replicas(obj: Object) -> int | None:
    """How many pods it asks for: one where a scaled kind says nothing (API default).

    A kind that is known by its shape has a scale where it says how many.
    """
    if obj.kind not in _SCALED:
        if obj.reader.is_by_shape:
            field = obj.fields.fields("spec").get("replicas")
            return field.integer() if field else None
        return 1 if obj.kind == "Pod" else None
    field = obj.fields.fields("spec").get("replicas")
    return field.integer() if field else 1


def read_cron_job(obj: Object) -> CronJob | None:
    """When a CronJob runs."""
    metadata = workload_metadata(obj)
    spec = obj.fields.fields("spec")
    schedule = spec.get("schedule")
    if schedule is None:
        spec.missing("schedule", "give one such as '*/5 * * * *'")
    text = schedule.text("schedule") if schedule else None
    if metadata is None or schedule is None or text is None:
        return None
    return CronJob(
        WorkloadName(metadata.namespace, metadata.name, obj.kind),
        text,
        schedule.location,
        spec.text("timeZone"),
        _concurrency(spec),
        metadata.location,
    )


def _concurrency(spec: Fields) -> Concurrency:
    field = spec.get("concurrencyPolicy")
    policy = field.member(Concurrency, "policy") if field else None
    return policy or Concurrency.ALLOW
