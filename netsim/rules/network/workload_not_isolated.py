"""No policy selects a workload, in either direction.

A pod that no policy selects accepts every connection and may make any. Where the namespace has
policies for others, this is more often a workload that was forgotten, or whose labels changed,
than one that is meant to be open.

Reported are workloads of the input in namespaces that have a policy, and in the namespaces of
the scenario. Pods on the host's network are left out: no policy selects them. Any other
namespace without a pod that a policy selects is one finding of `namespace-not-isolated`.

Workloads that serve nothing, as they declare no port and no Service leads to them, and Jobs
without a Service are one note of each namespace, unless it is one of the scenario: nobody
connects to them, but they may connect to anything.

PASS:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop}
spec:
  podSelector: {}
```

FAIL:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  containers:
    - name: web
      image: registry.internal/web:1.2.3
      ports: [{containerPort: 80}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
```

Fix: isolate every pod of the namespace with a default deny, and allow what each needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netsim.judge.case import Case
from netsim.judge.knowledge import Knowledge, find_open_namespaces
from netsim.model.finding import Finding, Related, Severity
from netsim.model.location import Location
from netsim.model.policies import Direction, Tier
from netsim.model.resources import Origin, Pod, Resources, WorkloadName
from netsim.rules.interface import Check
from netsim.words import yaml
from netsim.words.lists import join_first

_SHORT_LIVED = frozenset(("CronJob", "Job"))


def _run(case: Case) -> Iterator[Finding]:
    found = _find_open(case)
    served = _list_served(case.resources) if found else frozenset()
    serving_nothing: dict[str, list[Pod]] = {}
    for name, pod in found.items():
        if pod.location is None:
            continue
        is_server = name in served or (pod.ports and name.kind not in _SHORT_LIVED)
        if is_server or name.namespace in case.namespaces:
            yield _finding(name, pod.location)
        else:
            serving_nothing.setdefault(name.namespace, []).append(pod)
    for pods in serving_nothing.values():
        yield _note(pods)


def _list_served(resources: Resources) -> frozenset[WorkloadName]:
    """The workloads to which a Service leads."""
    from netsim.engine.naming.services import Services

    services = Services(resources)
    return frozenset(pod.workload for each in resources.services for pod in services.pods(each))


def _find_open(case: Case) -> dict[WorkloadName, Pod]:
    """The first pod of each workload of which some pod is open."""
    known = Knowledge.of(case)
    classes = known.pods & case.evaluator.universe.selectable
    for direction in Direction:
        classes &= ~case.evaluator.chains[direction].touched
    # The namespaces in which a pod without policy is a surprise.
    policies = case.resources.policies_of(Tier.NETWORK_POLICY)
    spaces = {policy.namespace for policy in policies} - find_open_namespaces(known).keys()
    spaces.update(case.namespaces)
    found: dict[WorkloadName, Pod] = {}
    for pod in known.members(classes):
        if pod.origin is Origin.READ and pod.namespace in spaces:
            found.setdefault(pod.workload, pod)
    return found


def _finding(name: WorkloadName, location: Location) -> Finding:
    return CHECK.finding(
        location,
        f"{name}: no policy selects it, so all connections to and from it are allowed",
        fix=f"Isolate every pod of namespace {name.namespace}, and allow what each needs.",
        patch=yaml.default_deny(name.namespace),
    )


def _note(pods: Sequence[Pod]) -> Finding:
    """One note about the workloads of a namespace that serve nothing."""
    related = tuple(
        Related(pod.location, f"{pod.workload}: no policy selects it")
        for pod in pods
        if pod.location
    )
    titles = join_first([str(pod.workload) for pod in pods])
    serves = "serves" if len(pods) == 1 else "serve"
    return CHECK.finding(
        related[0].location,
        f"no policy selects {titles}, which {serves} nothing, as far as the input says: all "
        "connections from there are allowed",
        severity=Severity.NOTE,
        related=related[1:],
        fix=f"Isolate every pod of namespace {pods[0].namespace}, and allow what each needs.",
    )


CHECK = Check(
    id="workload-not-isolated",
    title="No policy selects a workload",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
