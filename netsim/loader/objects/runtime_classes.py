"""RuntimeClasses, read as strictly as the API server does."""

from __future__ import annotations

from netsim.loader.objects import validation
from netsim.loader.objects.fields import Field, Fields
from netsim.loader.objects.labels import read_labels
from netsim.loader.objects.objects import Object, read_metadata
from netsim.model.labels import Labels
from netsim.model.runtime_class import RuntimeClass, Toleration, TolerationOperator

_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def read_runtime_class(obj: Object) -> RuntimeClass | None:
    """A RuntimeClass (``node.k8s.io/v1``); its handler is a DNS label."""
    metadata = read_metadata(obj)
    obj.fields.only("apiVersion", "kind", "metadata", "handler", "overhead", "scheduling")
    handler = obj.fields.get("handler")
    if handler is None:
        obj.fields.missing("handler", "name the runtime handler of the nodes, such as runsc")
    text = handler.text("handler") if handler else None
    if handler and text is not None and (wrong := validation.dns_label(text)):
        handler.refuse(wrong)
    scheduling = obj.fields.fields("scheduling")
    scheduling.only("nodeSelector", "tolerations")
    if metadata is None or handler is None or text is None:
        return None
    return RuntimeClass(
        metadata.name,
        text,
        Labels.of(read_labels(scheduling.get("nodeSelector"))),
        read_tolerations(scheduling),
        metadata.location,
        handler.location,
    )


def read_tolerations(fields: Fields) -> tuple[Toleration, ...]:
    """The tolerations of a pod or a RuntimeClass; what is wrong with one is noted."""
    found = (_toleration(item) for item in fields.items("tolerations"))
    return tuple(toleration for toleration in found if toleration)


def _toleration(item: Field) -> Toleration | None:
    fields = item.fields()
    if fields is None:
        return None
    fields.only("key", "operator", "value", "effect", "tolerationSeconds")
    operator, effect = fields.text("operator") or "Equal", fields.text("effect") or ""
    if operator not in [each.value for each in TolerationOperator]:
        item.refuse(f"unknown operator '{operator}': use Equal or Exists")
        return None
    if effect and effect not in _EFFECTS:
        item.refuse(f"unknown effect '{effect}': use {', '.join(_EFFECTS)}")
    key, value = fields.text("key") or "", fields.text("value") or ""
    return Toleration(key, TolerationOperator(operator), value, effect)
