"""The pods that a warm pool keeps waiting: which template, and which labels over it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from netsim.bundle.pool_job import REMEDY, PoolJob, template_of
from netsim.bundle.provision import Provision
from netsim.judge.case import Case
from netsim.model.labels import Labels
from netsim.model.location import Location
from netsim.model.pod_template import PodTemplate, Variable
from netsim.model.references import ObjectName
from netsim.words.nearness import did_you_mean


class WarmPods(Struct, frozen=True):
    """``labels`` are those of ``template`` with ``overlay`` set over them."""

    namespace: str
    template: PodTemplate
    overlay: Labels
    variable: Variable

    @property
    def labels(self) -> Labels:
        """What policies select by."""
        return Labels.of({**dict(self.template.labels.pairs), **dict(self.overlay.pairs)})

    def origin(self, key: str) -> Location:
        """Where the value of a label comes from, or would have to be."""
        is_set = self.overlay.get(key) is not None
        return self.variable.location if is_set else self.template.location


class Fault(Enum):
    """Why the pods of a pool cannot be told."""

    WRONG = "wrong"
    """Something is missing, or not what it has to be."""

    OUT_OF_SIGHT = "out of sight"
    """A value comes from elsewhere, and may well be right."""


class Broken(Struct, frozen=True):
    """What is wrong with a pool, where, and what would be right."""

    fault: Fault
    message: str
    location: Location
    fix: str


def read_warm_pods(case: Case, job: PoolJob) -> WarmPods | list[Broken]:
    """The pods of the pool, or why they cannot be told.

    Empty where the input may be a part that holds neither CronJob nor PodTemplate.
    """
    pool, namespace = job.pool, job.name.namespace
    if job.template is None:
        return list(_no_job(Provision.of(case), job))
    broken = list(_unset(job, job.template))
    template, labels = _value(job, pool.template), _value(job, pool.labels)
    found = template_of(case, _template_name(template, namespace)) if template else None
    overlay = _labels(labels.value or "") if labels else None
    if labels and overlay is None:
        broken.append(_not_labels(labels))
    if template and found is None:
        broken += _no_template(Provision.of(case), template, namespace)
    if broken or found is None or overlay is None or labels is None:
        return broken
    return WarmPods(namespace, found, overlay, labels)


def _template_name(variable: Variable, namespace: str) -> ObjectName:
    return ObjectName("PodTemplate", namespace, variable.value or "")


def _value(job: PoolJob, name: str) -> Variable | None:
    """A variable whose value stands in the manifest."""
    found = job.variable(name)
    return found if found and found.value is not None else None


def _no_job(provision: Provision, job: PoolJob) -> Iterator[Broken]:
    if provision.lacks(job.name):
        hint = did_you_mean(provision.nearest(job.name))
        yield Broken(
            Fault.WRONG,
            f"the warm pool is kept by {job.name}, which nothing provides{hint}",
            job.pool.location,
            REMEDY,
        )


def _unset(job: PoolJob, own: PodTemplate) -> Iterator[Broken]:
    for name in (job.pool.size, job.pool.template, job.pool.labels):
        found = job.variable(name)
        if found is None:
            yield Broken(
                Fault.WRONG,
                f"{own.workload}: no container has the variable {name}, by which the "
                f"scenario says the warm pool is steered{job.hint(name)}",
                own.containers[0].location if own.containers else own.location,
                f"Set {name} in env of the container, or correct warmPool in the scenario.",
            )
        elif found.value is None and name != job.pool.size:
            yield Broken(
                Fault.OUT_OF_SIGHT,
                f"{own.workload}: the value of {name} is in another object, so which "
                "policies select the warm pods cannot be told",
                found.location,
                "Give the variable its value in the manifest.",
            )


def _no_template(provision: Provision, variable: Variable, namespace: str) -> Iterator[Broken]:
    name = _template_name(variable, namespace)
    if provision.lacks(name):
        hint = did_you_mean(provision.nearest(name))
        yield Broken(
            Fault.WRONG,
            f"{variable.name} names {name}, which nothing provides{hint}",
            variable.location,
            "Correct the name, or add the PodTemplate.",
        )


def _labels(text: str) -> Labels | None:
    """``key=value,key=value``; None for anything else."""
    found: dict[str, str] = {}
    for pair in text.split(","):
        key, separator, value = pair.partition("=")
        if not separator or not key or key in found:
            return None
        found[key] = value
    return Labels.of(found)


def _not_labels(variable: Variable) -> Broken:
    return Broken(
        Fault.WRONG,
        f"{variable.name} is '{variable.value}', which is no list of labels",
        variable.location,
        "Write key=value, several of them separated by commas.",
    )
