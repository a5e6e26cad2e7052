"""An Ingress or a route leads to a Service, or a port of it, that does not exist.

Requests that come in that way get an error. A backend is reported only where the input has
Services of that namespace; otherwise the missing one may just be elsewhere.

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
from netsim.rules.interface import Check


def _run(case: Case) -> Iterator[Finding]:
    services = Services(case.resources)
    served = {service.namespace for service in case.resources.services}
    for entry in case.resources.entries:
        for backend in entry.backends:
            wrong = _wrong(services, entry, backend) if backend.namespace in served else None
            if wrong:
                yield CHECK.finding(
                    backend.location,
                    f"{entry.title} leads to {wrong}",
                    fix="Name a Service that exists, and one of its ports.",
                )


def _wrong(services: Services, entry: Entry, backend: Backend) -> str | None:
    service = services.find(backend.namespace, backend.service)
    if service is None:
        return f"Service {backend.namespace}/{backend.service}, which does not exist"
    if ports_of(entry, backend, service):
        return None
    has = ", ".join(str(port.number) for port in service.ports) or "none"
    return f"port {backend.port} of {service.title}, which has {has}"


CHECK = Check(
    id="backend-missing",
    title="An Ingress or a route leads to a missing Service",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
