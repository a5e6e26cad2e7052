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

from netsim.bundle.makers import PODS
from netsim.engine.naming.services import Services
from netsim.judge.case import Case
from netsim.model.edit import Patch, Target
from netsim.model.finding import Severity
from netsim.model.resources import Origin, Pod
from netsim.model.services import Service
from netsim.rules import patches
from netsim.rules.absence import Absent, Certainty
from netsim.rules.interface import Check
from netsim.words.nearness import correct_labels, find_nearest_pod


def _run(case: Case) -> Iterator[Absent]:
    services = Services(case.resources)
    pods: dict[str, list[Pod]] = {}
    for pod in case.resources.pods:
        if pod.origin is Origin.READ:
            pods.setdefault(pod.namespace, []).append(pod)
    for service in case.resources.services:
        if service.selector is None or service.location is None:
            continue
        if service.namespace in pods and not services.pods(service):
            near = find_nearest_pod(service.selector, pods[service.namespace])
            labels = correct_labels(service.selector, near)
            finding = CHECK.finding(
                service.location,
                f"{service.title} selects no pod: none of namespace {service.namespace} has "
                f"{service.selector}{f'; {near}' if near and labels else ''}",
                fix="Make its selector match the labels of the pods it is for.",
                patches=_list_patches(service, labels),
            )
            yield Absent(
                finding,
                "Service",
                service.namespace,
                Certainty.SLIP if labels else Certainty.MISSING,
                case.makers.of(PODS, service.namespace),
            )


def _list_patches(service: Service, labels: dict[str, str] | None) -> tuple[Patch, ...]:
    if not (labels and service.location):
        return ()
    target = Target("Service", service.namespace, service.name, service.location)
    return (patches.replace(target, "spec.selector", labels),)


CHECK = Check(
    id="service-without-endpoints",
    title="A Service selects no pod",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
