"""The pods that a warm pool keeps waiting: which template, and which labels over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from netsim.checks.bundle.provision import Provision, closest, did_you_mean
from netsim.checks.interface import Context
from netsim.intent.scenario_bundle import WarmPool
from netsim.model.labels import Labels
from netsim.model.location import Location
from netsim.model.pod_template import PodTemplate, Variable
from netsim.model.references import ObjectName

_CRON_JOB, _TEMPLATE = "CronJob", "PodTemplate"


@dataclass(frozen=True, slots=True)
class WarmPods:
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


@dataclass(frozen=True, slots=True)
class Broken:
    """What is wrong with a pool, where, and what would be right."""

    fault: Fault
    message: str
    location: Location
    remedy: str


def read_warm_pods(context: Context, pool: WarmPool, namespace: str) -> WarmPods | list[Broken]:
    """The pods of the pool, or why they cannot be told.

    Empty where the input may be a part that holds neither CronJob nor PodTemplate.
    """
    job = _template(context, _CRON_JOB, namespace, pool.cron_job)
    if job is None:
        return list(_no_job(Provision.of(context), pool, namespace))
    broken = list(_unset(job, pool))
    template, labels = _value(job, pool.template), _value(job, pool.labels)
    found = _named_template(context, template, namespace) if template else None
    overlay = _labels(labels.value or "") if labels else None
    if labels and overlay is None:
        broken.append(_not_labels(labels))
    if template and found is None:
        broken += _no_template(Provision.of(context), template, namespace)
    if broken or found is None or overlay is None or labels is None:
        return broken
    return WarmPods(namespace, found, overlay, labels)


def _template(context: Context, kind: str, namespace: str, name: str) -> PodTemplate | None:
    for template in context.bundle.templates:
        own = template.workload
        if (own.kind, own.namespace, own.name) == (kind, namespace, name):
            return template
    return None


def _named_template(context: Context, variable: Variable, namespace: str) -> PodTemplate | None:
    return _template(context, _TEMPLATE, namespace, variable.value or "")


def _variable(job: PodTemplate, name: str) -> Variable | None:
    found = (container.variable(name) for container in job.containers)
    return next((variable for variable in found if variable), None)


def _value(job: PodTemplate, name: str) -> Variable | None:
    """A variable whose value stands in the manifest."""
    found = _variable(job, name)
    return found if found and found.value is not None else None


def _no_job(provision: Provision, pool: WarmPool, namespace: str) -> Iterator[Broken]:
    name = ObjectName(_CRON_JOB, namespace, pool.cron_job)
    if provision.lacks(name):
        hint = did_you_mean(provision.nearest(name))
        yield Broken(
            Fault.WRONG,
            f"the warm pool is kept by {name}, which nothing provides{hint}",
            pool.location,
            "Correct cronJob in the scenario, or add the CronJob.",
        )


def _unset(job: PodTemplate, pool: WarmPool) -> Iterator[Broken]:
    for name in (pool.size, pool.template, pool.labels):
        found = _variable(job, name)
        if found is None:
            known = {each.name for one in job.containers for each in one.variables}
            hint = did_you_mean(closest(name, known))
            yield Broken(
                Fault.WRONG,
                f"{job.workload}: no container has the variable {name}, by which the "
                f"scenario says the warm pool is steered{hint}",
                job.containers[0].location if job.containers else job.location,
                f"Set {name} in env of the container, or correct warmPool in the scenario.",
            )
        elif found.value is None and name != pool.size:
            yield Broken(
                Fault.OUT_OF_SIGHT,
                f"{job.workload}: the value of {name} is in another object, so which "
                "policies select the warm pods cannot be told",
                found.location,
                "Give the variable its value in the manifest.",
            )


def _no_template(provision: Provision, variable: Variable, namespace: str) -> Iterator[Broken]:
    name = ObjectName(_TEMPLATE, namespace, variable.value or "")
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
