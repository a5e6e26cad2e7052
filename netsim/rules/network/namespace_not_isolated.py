"""No policy of any tier selects a pod of a namespace.

A pod that no policy selects accepts every connection and may make any, so in such a namespace
everything is open. All of it is one finding.

Nothing is reported for the namespaces of the system (`kube-*`, `openshift-*`) and for pods on
the host's network, which no policy selects; nor where policies were rejected, are missing in a
snapshot, or belong to another system and are not evaluated: they may select the pods. In the
namespace of the scenario `workload-not-isolated` reports each workload.

PASS:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
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
```

Fix: isolate every pod of the namespace with a default deny, and allow what each needs.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.bundle.provision import Extent
from netsim.judge.case import Case
from netsim.judge.knowledge import Knowledge, find_open_namespaces
from netsim.model.finding import Finding, Severity
from netsim.model.location import Location
from netsim.model.resources import Origin
from netsim.rules.interface import Check
from netsim.words import yaml
from netsim.words.lists import join_first

_SYSTEM = ("kube-", "openshift-")


def _run(case: Case) -> Iterator[Finding]:
    if case.policies is Extent.PART:
        return
    places = {
        space.name: space.location
        for space in case.resources.namespaces
        if space.origin is Origin.READ
    }
    for name, pods in find_open_namespaces(Knowledge.of(case)).items():
        if name == case.namespace or name.startswith(_SYSTEM):
            continue
        location = places.get(name) or next((p.location for p in pods if p.location), None)
        if location:
            yield _finding(name, sorted({str(pod.workload) for pod in pods}), location)


def _finding(namespace: str, workloads: list[str], location: Location) -> Finding:
    return CHECK.finding(
        location,
        f"no policy selects a pod of namespace {namespace}, so all connections to and from "
        f"{join_first(workloads)} are allowed",
        fix=f"Isolate every pod of namespace {namespace}, and allow what each needs.",
        patch=yaml.default_deny(namespace),
    )


CHECK = Check(
    id="namespace-not-isolated",
    title="No policy selects a pod of a namespace",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
