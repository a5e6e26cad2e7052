"""No policy selects a workload, in either direction.

A pod that no policy selects accepts every connection and may make any. Where the namespace has
policies for others, this is more often a workload that was forgotten, or whose labels changed,
than one that is meant to be open.

Reported are workloads of the input in namespaces that have a policy, and in the namespaces of
the scenario. Pods on the host's network are left out: no policy selects them. Any other
namespace without a pod that a policy selects is one finding of `namespace-not-isolated`.

In the namespaces of a scenario each workload is a finding. In any other, all that serve pods
of the cluster are one. Two sorts are one note each there:

- workloads that serve nothing, as they declare no port and no Service leads to them, and Jobs
  without a Service: nobody connects to them, but they may connect to anything;
- workloads to which a LoadBalancer, a NodePort or an external address leads, as an ingress
  controller: they are most often meant to be reached by everyone.

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

from collections.abc import Iterator

from msgspec.structs import replace

from netsim.judge.case import Case
from netsim.judge.knowledge import Knowledge, find_open_namespaces
from netsim.judge.serving import Serving, judge_serving
from netsim.model.finding import Finding, Related, Severity
from netsim.model.location import Location
from netsim.model.policies import Direction, Tier
from netsim.model.resources import Origin, Pod, WorkloadName
from netsim.rules.closings import deny_by_default
from netsim.rules.interface import Check
from netsim.words.lists import join_first


def _run(case: Case) -> Iterator[Finding]:
    others = []
    for name, pod in _find_open(case).items():
        if pod.location is None:
            continue
        if name.namespace in case.namespaces:
            # Only a scenario says what has to stay open beside a deny of everything.
            added = deny_by_default(case, name.namespace, pod.location)
            yield replace(_finding(name, pod.location), patches=(added,))
        else:
            others.append(pod)
    if others:
        yield from _check_others(case, others)


def _check_others(case: Case, pods: list[Pod]) -> Iterator[Finding]:
    """One finding of each namespace and of each sort of clients."""
    serving = judge_serving(case.resources, pods)
    alike: dict[tuple[str, Serving], list[Pod]] = {}
    for pod in pods:
        alike.setdefault((pod.namespace, serving[pod.workload]), []).append(pod)
    for (_, clients), own in alike.items():
        first = own[0].location
        if clients is Serving.CLUSTER and len(own) == 1 and first:
            yield _finding(own[0].workload, first)
        else:
            yield _join(clients, own)


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
    )


def _join(clients: Serving, pods: list[Pod]) -> Finding:
    """What there is to say of the workloads of a namespace that serve the same clients."""
    related = tuple(
        Related(pod.location, f"{pod.workload}: no policy selects it")
        for pod in pods
        if pod.location
    )
    is_sure = clients is Serving.CLUSTER
    namespace = pods[0].namespace
    serve = "serves" if len(pods) == 1 else "serve"
    meaning = {
        Serving.NOBODY: f", which {serve} nothing, as far as the input says: all connections "
        "from there are allowed",
        Serving.CLUSTER: ", so all connections to and from there are allowed",
        Serving.OUTSIDE: f", which {serve} clients outside the cluster: all connections to and "
        "from there are allowed, as most may be meant to be",
    }
    return CHECK.finding(
        related[0].location,
        f"no policy selects {join_first([str(pod.workload) for pod in pods])}"
        f"{meaning[clients]}",
        severity=Severity.WARNING if is_sure else Severity.NOTE,
        related=related[1:],
        fix=f"Isolate every pod of namespace {namespace}, and allow what each needs.",
    )


CHECK = Check(
    id="workload-not-isolated",
    title="No policy selects a workload",
    severity=Severity.WARNING,
    run=_run,
    risk=6.5,
)
"""The rule."""
