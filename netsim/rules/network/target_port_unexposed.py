"""A Service leads to a port that no container of its pods declares.

A target port by name that no pod has leads nowhere: connections are refused. A target port by
number works without a declaration; but where the containers declare other ports, the number was
most likely changed on one side only.

PASS:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec:
  containers: [{name: api, image: api, ports: [{name: http, containerPort: 8080}]}]
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec:
  selector: {app: api}
  ports: [{port: 80, targetPort: http}]
```

FAIL:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec:
  containers: [{name: api, image: api, ports: [{name: http, containerPort: 8080}]}]
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec:
  selector: {app: api}
  ports: [{port: 80, targetPort: web}]
```

Fix: name a port that the containers declare, or declare it.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.engine.naming.services import Services
from netsim.judge.case import Case
from netsim.model.finding import Finding, Severity
from netsim.model.location import Location
from netsim.model.resources import Pod
from netsim.model.services import Service, ServicePort
from netsim.rules.interface import Check


def _run(case: Case) -> Iterator[Finding]:
    services = Services(case.resources)
    for service in case.resources.services:
        pods = services.pods(service)
        for port in service.ports if pods else ():
            severity = _fault(port, pods)
            if severity and service.location:
                yield _finding(service, service.location, port, pods, severity)


def _fault(port: ServicePort, pods: tuple[Pod, ...]) -> Severity | None:
    if isinstance(port.target, str):
        found = any(pod.ports_named(port.target, port.protocol) for pod in pods)
        return None if found else Severity.WARNING
    declared = {(each.protocol, each.number) for pod in pods for each in pod.ports}
    silent = any(pod.open_ports or not pod.ports for pod in pods)
    return None if silent or (port.protocol, port.target) in declared else Severity.NOTE


def _finding(
    service: Service,
    location: Location,
    port: ServicePort,
    pods: tuple[Pod, ...],
    severity: Severity,
) -> Finding:
    declared = dict.fromkeys(
        f"{each.protocol} {each.number}{f' ({each.name})' if each.name else ''}"
        for pod in pods
        for each in pod.ports
    )
    return CHECK.finding(
        location,
        f"{service.title} port {port.number} leads to {port.protocol} {port.target}, "
        f"which none of its pods declares; declared: {', '.join(declared) or 'none'}",
        severity=severity,
        fix="Set targetPort to a port that the containers declare, or declare this one.",
    )


CHECK = Check(
    id="target-port-unexposed",
    title="A Service leads to a port that no container declares",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
