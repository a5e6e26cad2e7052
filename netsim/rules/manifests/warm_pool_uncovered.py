"""The policies of an endpoint do not select the pods kept warm for it.

A warm pool makes pods from a PodTemplate and overwrites some of its labels, to tell waiting
pods from working ones. Where a policy selects by an overwritten label, the waiting pods escape
it: untrusted code that starts on one runs with no policy at all, or with that of other pods.

The scenario's section `warmPool` names the CronJob, the endpoint, and the environment variables
of the CronJob's container that configure it:

```yaml
warmPool:
  cronJob: runner-warm-pool
  endpoint: runner
  size: WARM_POOL_SIZE
  template: WARM_POOL_TEMPLATE
  labels: WARM_POOL_LABELS
```

Reported is each policy, of NetworkPolicies and of the admin tiers, that selects the pods of the
endpoint and not the warm ones, or the reverse, with the label that makes the difference. A
missing CronJob, variable or PodTemplate is reported too. With the label set to
`app=runner-warm-pool`, this policy misses the warm pods of a template labelled `app: runner`:

```yaml
spec:
  podSelector: {matchLabels: {app: runner}}
```

Where a Deployment keeps the pods, `warmPool` has its name as `deployment`, and the endpoint.
Their labels are those of its template.

Fix: select by a label that working and waiting pods share.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.bundle.warm_pool import (
    PoolFault,
    PoolFlaw,
    WarmPods,
    find_pool_deployment,
    find_pool_job,
    find_template,
    read_warm_pods,
)
from netsim.judge.case import Case
from netsim.model.endpoint import PodEndpoint
from netsim.model.finding import Finding, Related, Severity
from netsim.model.labels import Labels
from netsim.model.location import Location
from netsim.model.policies import Policy
from netsim.model.resources import Pod, PodNetwork, Resources
from netsim.model.truth import Truth
from netsim.rules.interface import Check
from netsim.words.nearness import did_you_mean


def _run(case: Case) -> Iterator[Finding]:
    job = find_pool_job(case.scenario, case.bundle)
    if job is None:
        yield from _judge_deployment(case)
        return
    warm = read_warm_pods(job, case.bundle, case.provision)
    if isinstance(warm, WarmPods):
        yield from _compare(case, warm, job.pool.endpoint)
    else:
        yield from map(_report_flaw, warm)


def _judge_deployment(case: Case) -> Iterator[Finding]:
    """A Deployment has its pods' labels in its own template."""
    pool, name = case.scenario.warm_pool, find_pool_deployment(case.scenario)
    if pool is None or name is None:
        return
    template = find_template(case.bundle, name)
    if template:
        warm = WarmPods(name.namespace, template, Labels(), template.location)
        yield from _compare(case, warm, pool.endpoint)
    elif case.provision.lacks(name):
        hint = did_you_mean(case.provision.nearest(name))
        yield CHECK.finding(
            pool.location,
            f"the warm pool is kept by {name}, which nothing provides{hint}",
            fix="Correct deployment in the scenario, or add the Deployment.",
        )


def _report_flaw(flaw: PoolFlaw) -> Finding:
    is_wrong = flaw.fault is PoolFault.WRONG
    return CHECK.finding(
        flaw.location,
        flaw.message,
        severity=CHECK.severity if is_wrong else Severity.NOTE,
        fix=flaw.fix,
    )


def _compare(case: Case, warm: WarmPods, endpoint: str) -> Iterator[Finding]:
    """What selects the one and not the other, policy by policy."""
    pods = [
        pod
        for bound in case.endpoints
        if bound.name == endpoint and isinstance(bound.endpoint, PodEndpoint)
        for pod in bound.endpoint.pods
        if pod.network is PodNetwork.POD
    ]
    resources = case.resources
    for policy in resources.policies:
        selected = [_selects(policy, pod.namespace, pod.labels, resources) for pod in pods]
        is_warm = _selects(policy, warm.namespace, warm.labels, resources)
        if is_warm is Truth.YES and max(selected, default=Truth.YES) is Truth.NO:
            yield _report_intruding(policy, warm, endpoint, pods[0])
        elif min(selected, default=Truth.NO) is Truth.YES and is_warm is Truth.NO:
            yield _report_missing(policy, warm, endpoint)


def _selects(policy: Policy, namespace: str, labels: Labels, resources: Resources) -> Truth:
    space = resources.namespace(namespace).labels
    return policy.subject.selects(labels, namespace, space, policy.namespace)


def _report_missing(policy: Policy, warm: WarmPods, endpoint: str) -> Finding:
    failing = policy.subject.pods.failing(warm.labels)
    keys = [requirement.key for requirement in failing]
    wanted = " and ".join(str(requirement) for requirement in failing)
    return _finding(
        policy,
        warm.origin(keys[0]) if keys else warm.overlay_location,
        f"{policy.title} selects the pods of {endpoint}, but not the warm ones: it asks for "
        f"{wanted or 'another namespace'}, and they have "
        f"{_entries(warm.labels, keys) or 'not that'}",
        "Let the policy select by a label that working and waiting pods share.",
    )


def _report_intruding(policy: Policy, warm: WarmPods, endpoint: str, pod: Pod) -> Finding:
    failing = policy.subject.pods.failing(pod.labels)
    keys = [requirement.key for requirement in failing]
    return _finding(
        policy,
        warm.origin(keys[0]) if keys else warm.overlay_location,
        f"{policy.title} selects the warm pods, which have "
        f"{_entries(warm.labels, keys) or 'its namespace'}, but not the pods of {endpoint}",
        "Give the waiting pods a label that no policy for other pods selects by.",
    )


def _entries(labels: Labels, keys: list[str]) -> str:
    return " and ".join(labels.entry(key) for key in dict.fromkeys(keys))


def _finding(policy: Policy, location: Location, message: str, fix: str) -> Finding:
    return CHECK.finding(
        location,
        message,
        policy=policy.title,
        related=(Related(policy.location, f"the policy {policy.title}"),),
        fix=fix,
    )


CHECK = Check(
    id="warm-pool-uncovered",
    title="The policies of an endpoint do not select its warm pods",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
