"""No policy selects a workload, in either direction.

A pod that no policy selects accepts every connection and may make any. Where the namespace has
policies for others, this is more often a workload that was forgotten, or whose labels changed,
than one that is meant to be open.

Reported are workloads of the input in namespaces that have a policy, and in the namespace of
the scenario. Pods on the host's network are left out: no policy selects them.

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

from collections.abc import Iterator

from netsim.judge.case import Case
from netsim.judge.knowledge import Knowledge
from netsim.model.finding import Finding, Severity
from netsim.model.location import Location
from netsim.model.policies import Direction, Tier
from netsim.model.resources import Origin, Pod, WorkloadName
from netsim.rules.interface import Check
from netsim.words import yaml


def _run(case: Case) -> Iterator[Finding]:
    for name, pod in _find_open(case).items():
        if pod.location:
            yield _finding(name, pod.location)


def _find_open(case: Case) -> dict[WorkloadName, Pod]:
    """The first pod of each workload of which some pod is open."""
    known = Knowledge.of(case)
    classes = known.pods & case.evaluator.universe.selectable
    for direction in Direction:
        classes &= ~case.evaluator.chains[direction].touched
    # The namespaces in which a pod without policy is a surprise.
    policies = case.resources.policies_of(Tier.NETWORK_POLICY)
    spaces = {case.namespace, *(policy.namespace for policy in policies)}
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


CHECK = Check(
    id="workload-not-isolated",
    title="No policy selects a workload",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
