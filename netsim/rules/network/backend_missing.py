"""An Ingress or a route leads to a Service, or a port of it, that does not exist.

Requests that come in that way get an error. A backend is reported only where the input has
Services of that namespace; otherwise the missing one may just be elsewhere. Without a scenario
a Service that the input does not have is a note, unless its name is a misspelt one.

PASS:

```yaml
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{port: 80}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  defaultBackend: {service: {name: web, port: {number: 80}}}
```

FAIL:

```yaml
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{port: 80}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  defaultBackend: {service: {name: web, port: {number: 8080}}}
```

Fix: name a Service that exists, and one of its ports.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.engine.naming.services import Services
from netsim.engine.naming.ways_in import ports_of
from netsim.judge.case import Case
from netsim.model.finding import Finding, Severity
from netsim.model.resources import Backend, Entry
from netsim.model.services import Service
from netsim.rules.absence import Absent, judge_certainty
from netsim.rules.interface import Check
from netsim.words.nearness import did_you_mean, find_slip


def _run(case: Case) -> Iterator[Finding | Absent]:
    services = Services(case.resources)
    served = {service.namespace for service in case.resources.services}
    for entry in case.resources.entries:
        for backend in entry.backends:
            service = services.find(backend.namespace, backend.service)
            if service and not ports_of(entry, backend, service):
                yield _find_wrong_port(entry, backend, service)
            elif service is None and backend.namespace in served:
                yield _find_absent(case, entry, backend)


def _find_wrong_port(entry: Entry, backend: Backend, service: Service) -> Finding:
    has = ", ".join(str(port.number) for port in service.ports) or "none"
    return CHECK.finding(
        backend.location,
        f"{entry.title} leads to port {backend.port} of {service.title}, which has {has}",
        fix="Name one of the ports of the Service.",
    )


def _find_absent(case: Case, entry: Entry, backend: Backend) -> Absent:
    here = [s.name for s in case.resources.services if s.namespace == backend.namespace]
    meant = find_slip(backend.service, here)
    finding = CHECK.finding(
        backend.location,
        f"{entry.title} leads to Service {backend.namespace}/{backend.service}, which does not "
        f"exist{did_you_mean(meant)}",
        fix="Name a Service that exists, and one of its ports.",
    )
    return Absent(
        finding,
        "backend",
        backend.namespace,
        judge_certainty(case, is_slip=meant is not None),
        case.makers.of("Service", backend.namespace),
    )


CHECK = Check(
    id="backend-missing",
    title="An Ingress or a route leads to a missing Service",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
