"""The CronJob that the scenario says keeps the warm pool."""

from __future__ import annotations

from msgspec import Struct

from netsim.intent.scenario.bundle import WarmPool
from netsim.judge.case import Case
from netsim.model.pod_template import Container, CronJob, PodTemplate, Variable
from netsim.model.references import ObjectName
from netsim.words.nearness import closest, did_you_mean

REMEDY = "Correct cronJob in the scenario, or add the CronJob."
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


def pool_job(case: Case) -> PoolJob | None:
    """The CronJob of the warm pool; None where the scenario has no pool."""
    scenario = case.intent.scenario if case.intent else None
    pool = scenario.warm_pool if scenario else None
    if scenario is None or pool is None:
        return None
    name = ObjectName("CronJob", scenario.namespace, pool.cron_job)
    place = (name.namespace, name.name)
    jobs = (
        each
        for each in case.bundle.cron_jobs
        if (each.workload.namespace, each.workload.name) == place
    )
    return PoolJob(pool, name, next(jobs, None), template_of(case, name))


def template_of(case: Case, name: ObjectName) -> PodTemplate | None:
    """The pods that an object makes, or describes as a PodTemplate does."""
    for template in case.bundle.templates:
        own = template.workload
        if (own.kind, own.namespace, own.name) == (name.kind, name.namespace, name.name):
            return template
    return None
