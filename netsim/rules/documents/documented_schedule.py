"""The CronJob of the warm pool does not run as often as documented.

How fast the pool fills up again follows from its schedule, so people plan with the documented
one. What counts are the times at which it really runs: `*/7 * * * *` is not every 7 minutes, as
the next run after minute 56 is 4 minutes later.

The scenario names the CronJob, and the heading of the section that says how often it runs, as
in "every 5 minutes":

```yaml
documents:
  - file: ../manifests/README.md
    warmPool: Warm Pool
warmPool:
  cronJob: runner-warm-pool
```

Reported are periods in that section by which the CronJob does not run, a CronJob that is
suspended or whose schedule Kubernetes refuses, and one that does not exist. A period is also
wrong where `warmPool` names a Deployment, which has no schedule.

PASS:

```markdown
## Warm Pool

The CronJob runs every 5 minutes.
```

```yaml
apiVersion: batch/v1
kind: CronJob
metadata: {name: runner-warm-pool, namespace: shop}
spec:
  schedule: "*/5 * * * *"
  jobTemplate:
    spec:
      template:
        spec:
          containers: [{name: reconcile, image: kubectl}]
```

FAIL:

```markdown
## Warm Pool

The CronJob runs every 10 minutes.
```

```yaml
apiVersion: batch/v1
kind: CronJob
metadata: {name: runner-warm-pool, namespace: shop}
spec:
  schedule: "*/5 * * * *"
  jobTemplate:
    spec:
      template:
        spec:
          containers: [{name: reconcile, image: kubectl}]
```

Fix: correct the document or the schedule, whichever is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.bundle.cron_schedule import ScheduleError, describe_gaps, list_gaps
from netsim.bundle.warm_pool import (
    FIX_JOB,
    PoolJob,
    find_pool_deployment,
    find_pool_job,
    find_template,
)
from netsim.intent.document.statements import StatedPeriod
from netsim.judge.case import Case
from netsim.loader.tree.scalars import resolve
from netsim.model.finding import Finding, Related, Severity
from netsim.model.location import Location
from netsim.model.pod_template import CronJob
from netsim.model.references import ObjectName
from netsim.model.tree import Mapping, Scalar
from netsim.rules.interface import Check
from netsim.words.nearness import did_you_mean


def _run(case: Case) -> Iterator[Finding]:
    job = find_pool_job(case.scenario, case.bundle)
    periods = tuple(p for each in case.statements for p in each.periods or ())
    if periods and (name := find_pool_deployment(case.scenario)):
        yield from _report_deployment(case, name, periods)
    if job is None or not periods:
        return
    if job.cron_job is None:
        yield from _report_missing(case, job, periods[0])
    elif suspended := _find_suspend(case, job.name):
        yield _report_job(
            f"{job.name} is suspended, but documented to run",
            suspended,
            periods[0],
            "Remove suspend, or document that it does not run.",
        )
    else:
        yield from _compare(job.cron_job, job.name, periods)


def _report_deployment(
    case: Case, name: ObjectName, periods: tuple[StatedPeriod, ...]
) -> Iterator[Finding]:
    """A Deployment keeps its pods at all times, and so has no period that could be right."""
    template = find_template(case.bundle, name)
    if template is None:
        return
    period, *others = periods
    again = (Related(each.location, f"also says {each.text}") for each in others)
    yield CHECK.finding(
        period.location,
        f"the document says {period.text}, but {name} keeps the pool, which has no schedule",
        related=(Related(template.location, f"{name} keeps the pool"), *again),
        fix="Document what keeps the pool, or keep it by a CronJob.",
    )


def _compare(
    job: CronJob, name: ObjectName, periods: tuple[StatedPeriod, ...]
) -> Iterator[Finding]:
    """One finding for each length that is wrong, however often the documents state it."""
    for length in dict.fromkeys(period.length for period in periods):
        stated = tuple(period for period in periods if period.length == length)
        try:
            found = list_gaps(job.schedule, length)
        except ScheduleError as error:
            yield _report_job(
                f"the schedule '{job.schedule}' of {name} never runs: {error}",
                job.schedule_location,
                stated[0],
                "Correct the schedule.",
            )
            return
        if found != (length,):
            yield _report_difference(job, name, stated, describe_gaps(found))


def _report_difference(
    job: CronJob, name: ObjectName, stated: tuple[StatedPeriod, ...], runs: str
) -> Finding:
    period, *others = stated
    again = (Related(each.location, f"also says {each.text}") for each in others)
    return CHECK.finding(
        period.location,
        f"the document says {period.text}, but by its schedule '{job.schedule}' {name} "
        f"runs {runs}",
        related=(Related(job.schedule_location, f"runs {runs}"), *again),
        fix="Correct the document or the schedule, whichever is wrong.",
    )


def _report_job(message: str, place: Location, period: StatedPeriod, fix: str) -> Finding:
    return CHECK.finding(
        place,
        message,
        related=(Related(period.location, f"documented as {period.text}"),),
        fix=fix,
    )


def _report_missing(case: Case, job: PoolJob, period: StatedPeriod) -> Iterator[Finding]:
    provision = case.provision
    if provision.lacks(job.name):
        yield _report_job(
            f"the scenario's {job.name} is not among the manifests"
            f"{did_you_mean(provision.nearest(job.name))}",
            job.pool.location,
            period,
            FIX_JOB,
        )


def _find_suspend(case: Case, name: ObjectName) -> Location | None:
    """Where a CronJob says that it does not run for the time being."""
    for manifest in case.bundle.manifests:
        spec = manifest.body.tree.get("spec") if manifest.name == name else None
        entry = spec.entries.get("suspend") if isinstance(spec, Mapping) else None
        if entry and isinstance(entry.value, Scalar) and resolve(entry.value) is True:
            return manifest.body.location(entry.line, "spec.suspend")
    return None


CHECK = Check(
    id="documented-schedule",
    title="The warm pool's CronJob runs at other times than documented",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
