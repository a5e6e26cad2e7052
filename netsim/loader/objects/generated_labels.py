"""The labels that a cluster adds to the pods of a template, by the kind of its object.

============  ====================================  ===========================================
kind          label                                 value
============  ====================================  ===========================================
Job           ``job-name``                          its name
Job           ``controller-uid``                    its uid
Job, Indexed  ``job-completion-index``              0 to ``completions`` - 1
CronJob       those of its Jobs                     a Job's name is its own, ``-`` and a number
StatefulSet   ``statefulset.kubernetes.io/pod-name``  its name, ``-`` and an ordinal
StatefulSet   ``apps.kubernetes.io/pod-index``      an ordinal
StatefulSet   ``controller-revision-hash``          a hash
DaemonSet     ``controller-revision-hash``          a hash
DaemonSet     ``pod-template-generation``           a number
Deployment    ``pod-template-hash``                 a hash
all           ``topology.kubernetes.io/zone``, ...  the node's, if it has any; since 1.35
============  ====================================  ===========================================

Those of a Job have the prefix ``batch.kubernetes.io/``, the first two also none.
Sources: kubernetes.io/docs/reference/labels-annotations-taints; ``generateSelector`` of the Job
strategy; ``updateIdentity`` of the StatefulSet controller; KEP-4742 (PodTopologyLabels).
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from netsim.loader.objects.fields import Fields
from netsim.model.generated_labels import GeneratedLabel
from netsim.model.labels import Labels
from netsim.model.truth import Truth

_BATCH = "batch.kubernetes.io/"
_ORDINALS = ("statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index")
_TOPOLOGY = tuple(
    GeneratedLabel(
        f"topology.kubernetes.io/{name}",
        by="the API server, from its node",
        present=Truth.MAYBE,
    )
    for name in ("region", "zone")
)
_HASHES = {
    "Deployment": ("pod-template-hash",),
    "StatefulSet": ("controller-revision-hash",),
    "DaemonSet": ("controller-revision-hash", "pod-template-generation"),
}


def add_generated_labels(labels: Labels, kind: str, name: str | None, spec: Fields) -> Labels:
    """The labels of a template with those that its pods will have besides.

    ``spec`` is that of the object that holds the template; ``name`` is its own, and None where
    the server generates one.
    """
    written = {key for key, _ in labels.pairs}
    found = (*_list_generated(kind, name, spec), *_TOPOLOGY)
    added = tuple(each for each in found if each.key not in written and not each.is_empty)
    return replace(labels, generated=added)


def add_topology_labels(labels: Labels) -> Labels:
    """The labels of a pod that no controller makes, with those of the node it will run on."""
    written = {key for key, _ in labels.pairs}
    added = tuple(each for each in _TOPOLOGY if each.key not in written)
    return replace(labels, generated=added)


def _list_generated(kind: str, name: str | None, spec: Fields) -> Iterator[GeneratedLabel]:
    for key in _HASHES.get(kind, ()):
        yield GeneratedLabel(key)
    match kind:
        case "Job":
            yield from _list_of_job(name, None, spec)
        case "CronJob":
            job = spec.fields("jobTemplate").fields("spec")
            yield from _list_of_job(f"{name}-" if name else None, 0, job)
        case "StatefulSet":
            first = _number(spec.fields("ordinals"), "start") or 0
            replicas = _number(spec, "replicas")
            last = None if replicas is None else first + replicas - 1
            pod = f"{name}-" if name else None
            for key, prefix in zip(_ORDINALS, (pod, ""), strict=True):
                yield GeneratedLabel(key, prefix, first, last)


def _list_of_job(name: str | None, first: int | None, spec: Fields) -> Iterator[GeneratedLabel]:
    """Whoever writes a selector (``manualSelector``) writes the labels, too."""
    manual = spec.get("manualSelector")
    if not (manual and manual.scalar_text == "true"):
        for prefix in ("", _BATCH):
            yield GeneratedLabel(f"{prefix}job-name", name, first)
            yield GeneratedLabel(f"{prefix}controller-uid")
    mode = spec.get("completionMode")
    if mode and mode.scalar_text == "Indexed":
        count = _number(spec, "completions")
        last = None if count is None else count - 1
        yield GeneratedLabel(f"{_BATCH}job-completion-index", "", 0, last)


def forget_replicas(labels: Labels) -> Labels:
    """The labels where the number of replicas changes by itself."""
    found = tuple(
        each if each.key not in _ORDINALS or each.first is None else replace(each, last=None)
        for each in labels.generated
    )
    return replace(labels, generated=found)


def _number(fields: Fields, name: str) -> int | None:
    """A number that is written, and known."""
    field = fields.get(name)
    digits = field.scalar_text if field else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
