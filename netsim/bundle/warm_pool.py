"""The warm pool: the CronJob that keeps pods waiting, and the pods that it keeps.

The CronJob makes pods from a PodTemplate and sets labels of its own over the template's, such
as ``app=runner-warm-pool``; its environment variables name both.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from netsim.bundle.provision import Provision
from netsim.intent.scenario.bundle import WarmPool
from netsim.intent.scenario.scenario import Scenario
from netsim.model.bundle import Bundle
from netsim.model.labels import Labels
from netsim.model.location import Location
from netsim.model.pod_template import Container, CronJob, PodTemplate, Variable
from netsim.model.references import ObjectName
from netsim.words.nearness import closest, did_you_mean

FIX_JOB = "Correct cronJob in the scenario, or add the CronJob."
"""What to do where nothing provides it."""


class PoolJob(Struct, frozen=True):
    """What the scenario says of the pool, and the CronJob with the template of its pods.

    Both are None where the input does not have the CronJob.
    """

    pool: WarmPool
    name: ObjectName
    cron_job: CronJob | None
    template: PodTemplate | None

    @property
    def containers(self) -> tuple[Container, ...]:
        """The containers of its pods."""
        return self.template.containers if self.template else ()

    def variables(self, name: str) -> list[Variable]:
        """The environment variable of this name, of each container that has it."""
        return [found for each in self.containers if (found := each.variable(name))]

    def variable(self, name: str) -> Variable | None:
        """The first of these."""
        return next(iter(self.variables(name)), None)

    def hint(self, name: str) -> str:
        """Which variable may be meant by a name that no container has."""
        known = {each.name for one in self.containers for each in one.variables}
        return did_you_mean(closest(name, known))


def find_pool_job(scenario: Scenario, bundle: Bundle) -> PoolJob | None:
    """The CronJob of the warm pool; None where the scenario has no pool that one keeps."""
    pool = scenario.warm_pool
    if pool is None or pool.deployment:
        return None
    name = ObjectName("CronJob", scenario.pool_namespace, pool.cron_job)
    place = (name.namespace, name.name)
    jobs = (
        each
        for each in bundle.cron_jobs
        if (each.workload.namespace, each.workload.name) == place
    )
    return PoolJob(pool, name, next(jobs, None), find_template(bundle, name))


def find_template(bundle: Bundle, name: ObjectName) -> PodTemplate | None:
    """The pods that an object makes, or describes as a PodTemplate does."""
    for template in bundle.templates:
        own = template.workload
        if (own.kind, own.namespace, own.name) == (name.kind, name.namespace, name.name):
            return template
    return None


class WarmPods(Struct, frozen=True):
    """``labels`` are those of ``template`` with ``overlay`` set over them."""

    namespace: str
    template: PodTemplate
    overlay: Labels
    overlay_location: Location

    @property
    def labels(self) -> Labels:
        """What policies select by."""
        return Labels.of({**dict(self.template.labels.pairs), **dict(self.overlay.pairs)})

    def origin(self, key: str) -> Location:
        """Where the value of a label comes from, or would have to be."""
        is_set = self.overlay.get(key) is not None
        return self.overlay_location if is_set else self.template.location


def find_pool_deployment(scenario: Scenario) -> ObjectName | None:
    """The Deployment that keeps the pods of the pool; None where no Deployment does."""
    pool = scenario.warm_pool
    if pool is None or not pool.deployment:
        return None
    return ObjectName("Deployment", scenario.pool_namespace, pool.deployment)


class PoolFault(Enum):
    """Why the pods of a pool are unknown."""

    WRONG = "wrong"
    """Something is missing, or not what it has to be."""

    OUT_OF_SIGHT = "out of sight"
    """A value comes from elsewhere, and may well be right."""


class PoolFlaw(Struct, frozen=True):
    """What is wrong with a pool, where, and what would be right."""

    fault: PoolFault
    message: str
    location: Location
    fix: str


def read_warm_pods(
    job: PoolJob, bundle: Bundle, provision: Provision
) -> WarmPods | tuple[PoolFlaw, ...]:
    """The pods of the pool, or why they are unknown.

    Empty where the input may be a part that holds neither CronJob nor PodTemplate.
    """
    if job.template is None:
        return tuple(_report_missing_job(job, provision))
    flaws = [*_report_variables(job, job.template)]
    named, set_over = _find_value(job, job.pool.template), _find_value(job, job.pool.labels)
    template = None
    if named:
        name = ObjectName("PodTemplate", job.name.namespace, named.value or "")
        template = find_template(bundle, name)
        if template is None:
            flaws += _report_missing_template(named, name, provision)
    overlay = _parse_labels(set_over.value or "") if set_over else None
    if set_over and overlay is None:
        flaws.append(
            PoolFlaw(
                PoolFault.WRONG,
                f"{set_over.name} is '{set_over.value}', which is not a list of labels",
                set_over.location,
                "Write key=value, several of them separated by commas.",
            )
        )
    if flaws or template is None or overlay is None or set_over is None:
        return tuple(flaws)
    return WarmPods(job.name.namespace, template, overlay, set_over.location)


def _find_value(job: PoolJob, name: str) -> Variable | None:
    """A variable whose value stands in the manifest."""
    variable = job.variable(name)
    return variable if variable and variable.value is not None else None


def _report_missing_job(job: PoolJob, provision: Provision) -> Iterator[PoolFlaw]:
    if provision.lacks(job.name):
        hint = did_you_mean(provision.nearest(job.name))
        yield PoolFlaw(
            PoolFault.WRONG,
            f"the warm pool is kept by {job.name}, which nothing provides{hint}",
            job.pool.location,
            FIX_JOB,
        )


def _report_missing_template(
    variable: Variable, name: ObjectName, provision: Provision
) -> Iterator[PoolFlaw]:
    if provision.lacks(name):
        hint = did_you_mean(provision.nearest(name))
        yield PoolFlaw(
            PoolFault.WRONG,
            f"{variable.name} names {name}, which nothing provides{hint}",
            variable.location,
            "Correct the name, or add the PodTemplate.",
        )


def _report_variables(job: PoolJob, own: PodTemplate) -> Iterator[PoolFlaw]:
    for name in (job.pool.size, job.pool.template, job.pool.labels):
        variable = job.variable(name)
        if variable is None:
            yield PoolFlaw(
                PoolFault.WRONG,
                f"{own.workload}: no container has the variable {name} that warmPool of the "
                f"scenario names{job.hint(name)}",
                own.containers[0].location if own.containers else own.location,
                f"Set {name} in env of the container, or correct warmPool in the scenario.",
            )
        elif variable.value is None and name != job.pool.size:
            yield PoolFlaw(
                PoolFault.OUT_OF_SIGHT,
                f"{own.workload}: the value of {name} comes from another object, so the "
                "policies of the warm pods are unknown",
                variable.location,
                "Give the variable its value in the manifest.",
            )


def _parse_labels(text: str) -> Labels | None:
    """``key=value,key=value``; None for anything else."""
    labels: dict[str, str] = {}
    for pair in text.split(","):
        key, separator, value = pair.partition("=")
        if not separator or not key or key in labels:
            return None
        labels[key] = value
    return Labels.of(labels)
