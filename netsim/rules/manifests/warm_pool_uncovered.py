"""The policies of an endpoint do not hold for the pods kept warm for it.

A warm pool makes pods from a PodTemplate and sets labels of its own over the template's, to
tell pods that wait from pods at work. Where a policy selects by a label that is set over, the
waiting pods escape it: untrusted code that starts on one runs with no policy at all, or with
another's.

The scenario's section `warmPool` names the CronJob, the endpoint, and the variables of the
CronJob's container that steer it:

```yaml
warmPool:
  cronJob: runner-warm-pool
  endpoint: runner
  size: WARM_POOL_SIZE
  template: WARM_POOL_TEMPLATE
  labels: WARM_POOL_LABELS
```

Reported is each policy, of NetworkPolicies and of the admin tiers, that selects the pods of the
endpoint and not the warm ones, or the reverse, with the label that makes the difference. So are
a CronJob, a variable or a PodTemplate that does not exist. With the label set to
`app=runner-warm-pool`, this policy misses the warm pods of a template labelled `app: runner`:

```yaml
spec:
  podSelector: {matchLabels: {app: runner}}
```

Remedy: select by a label that the pods at work and the waiting ones share.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.bundle.pool_job import pool_job
from netsim.bundle.warm_pods import Broken, Fault, WarmPods, read_warm_pods
from netsim.judge.case import BoundDocumentation, Case
from netsim.model.endpoint import PodEndpoint
from netsim.model.finding import Finding, Related, Severity
from netsim.model.labels import Labels
from netsim.model.location import Location
from netsim.model.policies import Policy
from netsim.model.resources import Pod, PodNetwork, Resources
from netsim.rules.interface import Check


def _run(case: Case) -> Iterator[Finding]:
    job = pool_job(case)
    if job is None:
        return
    found = read_warm_pods(case, job)
    if isinstance(found, WarmPods):
        yield from _compared(case, found, job.pool.endpoint)
    else:
        yield from map(_broken, found)


def _broken(broken: Broken) -> Finding:
    is_wrong = broken.fault is Fault.WRONG
    return Finding(
        rule=CHECK.id,
        severity=CHECK.severity if is_wrong else Severity.NOTE,
        message=broken.message,
        location=broken.location,
        fix=broken.fix,
    )


def _compared(case: Case, warm: WarmPods, endpoint: str) -> Iterator[Finding]:
    """What selects the one and not the other, policy by policy."""
    pods = _pods(case.intent, endpoint)
    resources = case.resources
    for policy in resources.policies:
        selected = [
            pod for pod in pods if _selects(policy, pod.namespace, pod.labels, resources)
        ]
        is_warm = _selects(policy, warm.namespace, warm.labels, resources)
        if is_warm and pods and not selected:
            yield _intruding(policy, warm, endpoint, pods[0])
        elif selected and len(selected) == len(pods) and not is_warm:
            yield _missing(policy, warm, endpoint)


def _pods(intent: BoundDocumentation | None, endpoint: str) -> tuple[Pod, ...]:
    for bound in intent.endpoints if intent else ():
        if bound.name == endpoint and isinstance(bound.endpoint, PodEndpoint):
            return tuple(pod for pod in bound.endpoint.pods if pod.network is PodNetwork.POD)
    return ()


def _selects(policy: Policy, namespace: str, labels: Labels, resources: Resources) -> bool:
    space = resources.namespace(namespace).labels
    return policy.subject.selects(labels, namespace, space, policy.namespace)


def _missing(policy: Policy, warm: WarmPods, endpoint: str) -> Finding:
    failing = policy.subject.pods.failing(warm.labels)
    keys = [requirement.key for requirement in failing]
    wanted = " and ".join(str(requirement) for requirement in failing)
    return _finding(
        policy,
        warm.origin(keys[0]) if keys else warm.variable.location,
        f"{policy.title} selects the pods of {endpoint}, but not the warm ones: it asks for "
        f"{wanted or 'another namespace'}, and they have "
        f"{_entries(warm.labels, keys) or 'not that'}",
        "Let the policy select by a label that pods at work and waiting pods share.",
    )


def _intruding(policy: Policy, warm: WarmPods, endpoint: str, pod: Pod) -> Finding:
    failing = policy.subject.pods.failing(pod.labels)
    keys = [requirement.key for requirement in failing]
    return _finding(
        policy,
        warm.origin(keys[0]) if keys else warm.variable.location,
        f"{policy.title} selects the warm pods, which have "
        f"{_entries(warm.labels, keys) or 'its namespace'}, but not the pods of {endpoint}",
        "Give the waiting pods a label that no policy for other pods selects by.",
    )


def _entries(labels: Labels, keys: list[str]) -> str:
    return " and ".join(labels.entry(key) for key in dict.fromkeys(keys))


def _finding(policy: Policy, location: Location, message: str, fix: str) -> Finding:
    return Finding(
        rule=CHECK.id,
        severity=CHECK.severity,
        message=message,
        location=location,
        policy=policy.title,
        related=(Related(policy.location, f"the policy {policy.title}"),),
        fix=fix,
    )


CHECK = Check(
    id="warm-pool-uncovered",
    title="The policies of an endpoint do not hold for its warm pods",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
