"""A Service selects no pod.

Connections to it are refused, whatever the policies say. Most often a label was changed on one
side only.

Reported are Services with a selector in namespaces that have workloads in the input.

PASS:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec:
  selector: {app: api}
  ports: [{port: 80}]
```

FAIL:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec:
  selector: {app: backend}
  ports: [{port: 80}]
```

Fix: make the selector match the labels of the pods.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.engine.naming.services import Services
from netsim.judge.case import Case
from netsim.model.finding import Finding, Severity
from netsim.model.resources import Origin
from netsim.rules.interface import Check


def _run(case: Case) -> Iterator[Finding]:
    services = Services(case.resources)
    inhabited = {p.namespace for p in case.resources.pods if p.origin is Origin.READ}
    for service in case.resources.services:
        if service.selector is None or service.location is None:
            continue
        if service.namespace in inhabited and not services.pods(service):
            yield CHECK.finding(
                service.location,
                f"{service.title} selects no pod: none of namespace "
                f"{service.namespace} has {service.selector}",
                fix="Make its selector match the labels of the pods it is for.",
            )


CHECK = Check(
    id="service-without-endpoints",
    title="A Service selects no pod",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
