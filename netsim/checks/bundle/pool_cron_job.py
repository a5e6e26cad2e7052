"""The CronJob that the scenario says keeps the warm pool."""

from __future__ import annotations

from netsim.checks.interface import Context
from netsim.model.pod_template import Container, CronJob
from netsim.model.references import ObjectName


def cron_job_name(context: Context) -> ObjectName | None:
    """What the CronJob of the warm pool is called; None where the scenario has no pool."""
    scenario = context.intent.scenario if context.intent else None
    if scenario is None or scenario.warm_pool is None:
        return None
    return ObjectName("CronJob", scenario.namespace, scenario.warm_pool.cron_job)


def cron_job(context: Context) -> CronJob | None:
    """The CronJob of the warm pool, where the input has it."""
    name = cron_job_name(context)
    return next((job for job in context.bundle.cron_jobs if name == _name(job)), None)


def containers(context: Context, job: CronJob) -> tuple[Container, ...]:
    """The containers of its pods."""
    return tuple(
        container
        for template in context.bundle.templates
        if template.workload == job.workload
        for container in template.containers
    )


def _name(job: CronJob) -> ObjectName:
    return ObjectName("CronJob", job.workload.namespace, job.workload.name)
