"""The documented size of the warm pool is not the one that is configured.

The number of waiting runners says how many workflows can start at once, and what they cost.

The scenario names the CronJob and the environment variable that has the size; the document
shows that variable in a YAML block, below a heading listed in `excerpts`:

```yaml
documents:
  - file: ../manifests/README.md
    excerpts: [Warm Pool]
warmPool:
  cronJob: runner-warm-pool
  size: WARM_POOL_SIZE
```

Every entry of that name in these blocks is checked against the variable of the CronJob's
containers. Numbers in prose are not checked.

PASS:

````markdown
## Warm Pool

```yaml
env:
  - name: WARM_POOL_SIZE
    value: "5"
```
````

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
          containers:
            - name: reconcile
              image: kubectl
              env: [{name: WARM_POOL_SIZE, value: "5"}]
```

FAIL:

````markdown
## Warm Pool

```yaml
env:
  - name: WARM_POOL_SIZE
    value: "10"
```
````

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
          containers:
            - name: reconcile
              image: kubectl
              env: [{name: WARM_POOL_SIZE, value: "5"}]
```

Fix: correct the document or the variable, whichever is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.bundle.quotation import find_entries, shorten_value
from netsim.bundle.warm_pool import PoolJob, find_pool_job
from netsim.judge.case import Case
from netsim.loader.tree.scalars import resolve
from netsim.model.finding import Finding, Related, Severity
from netsim.model.location import Location
from netsim.model.pod_template import CronJob, Variable
from netsim.model.tree import Scalar
from netsim.rules.interface import Check


class _StatedSize(Struct, frozen=True):
    """A size that a document shows."""

    variable: str
    value: Scalar
    location: Location


def _run(case: Case) -> Iterator[Finding]:
    job = find_pool_job(case.scenario, case.bundle)
    if job is None or job.cron_job is None:
        return
    variables = job.variables(job.pool.size)
    for size in _list_sizes(case, job.pool.size):
        if not variables:
            yield _report_missing(job, job.cron_job, size)
        for variable in variables:
            if variable.value != resolve(size.value):
                yield _report_difference(job, size, variable)


def _list_sizes(case: Case, variable: str) -> Iterator[_StatedSize]:
    for statements in case.statements:
        for excerpt in statements.excerpts:
            for entry in find_entries(excerpt.tree, variable):
                value = entry.get("value")
                if isinstance(value, Scalar):
                    yield _StatedSize(variable, value, Location(statements.file, value.line))


def _report_difference(job: PoolJob, size: _StatedSize, variable: Variable) -> Finding:
    value, place = variable.value, variable.location
    has = "takes it from another object" if value is None else f'says "{value}"'
    return CHECK.finding(
        size.location,
        f"the document says {size.variable} {shorten_value(size.value)}, {place} {has}",
        related=(Related(place, f"{job.name} {has}"),),
        fix="Correct the document or the variable, whichever is wrong.",
    )


def _report_missing(job: PoolJob, cron_job: CronJob, size: _StatedSize) -> Finding:
    return CHECK.finding(
        size.location,
        f"the document says {size.variable} {shorten_value(size.value)}, but no container of "
        f"{job.name} has this variable{job.hint(size.variable)}",
        related=(Related(cron_job.location, str(job.name)),),
        fix="Add the variable, or correct its name in the document and the scenario.",
    )


CHECK = Check(
    id="documented-pool-size",
    title="The documented size of the warm pool is not the configured one",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
