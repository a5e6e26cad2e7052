"""A route leads to a Service of another namespace that does not admit it.

A route of the Gateway API may name a Service of another namespace only where a ReferenceGrant
of that namespace admits routes of its kind from its own. Without one, the reference must not be
followed, and requests get an error.

Reported are backends whose Service is in the input. A grant that is elsewhere is not seen, so
questions about such a way are answered with unknown.

PASS:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{port: 80}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: edge}
spec:
  rules: [{backendRefs: [{name: web, namespace: shop, port: 80}]}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: ReferenceGrant
metadata: {name: edge, namespace: shop}
spec:
  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}]
  to: [{group: "", kind: Service}]
```

FAIL:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{port: 80}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: edge}
spec:
  rules: [{backendRefs: [{name: web, namespace: shop, port: 80}]}]
```

Fix: add a ReferenceGrant to the namespace of the Service.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.engine.naming.services import Services
from netsim.engine.naming.ways_in import is_granted
from netsim.judge.case import Case
from netsim.model.finding import Finding, Severity
from netsim.model.resources import Backend, Entry
from netsim.model.services import GATEWAY_GROUP, Service
from netsim.rules import patches
from netsim.rules.interface import Check


def _run(case: Case) -> Iterator[Finding]:
    services = Services(case.resources)
    for entry in case.resources.entries:
        for backend in entry.backends:
            service = services.find(backend.namespace, backend.service)
            if service and not is_granted(case.resources, entry, backend):
                yield _finding(entry, backend, service)


def _finding(entry: Entry, backend: Backend, service: Service) -> Finding:
    place = service.location or backend.location
    return CHECK.finding(
        backend.location,
        f"{entry.title} leads to Service {backend.namespace}/{backend.service}, and no "
        f"ReferenceGrant of namespace {backend.namespace} admits {entry.kind}s of namespace "
        f"{entry.namespace}",
        fix=f"Add a ReferenceGrant to namespace {backend.namespace}.",
        patches=(patches.add_document(place, _build_grant(entry, service)),),
    )


def _build_grant(entry: Entry, service: Service) -> dict[str, object]:
    """A ReferenceGrant for this Service alone."""
    referrer = {"group": GATEWAY_GROUP, "kind": entry.kind, "namespace": entry.namespace}
    admitted = {"group": "", "kind": "Service", "name": service.name}
    return {
        "apiVersion": "gateway.networking.k8s.io/v1beta1",
        "kind": "ReferenceGrant",
        "metadata": {
            "name": f"{entry.namespace}-to-{service.name}",
            "namespace": service.namespace,
        },
        "spec": {"from": [referrer], "to": [admitted]},
    }


CHECK = Check(
    id="backend-not-granted",
    title="A route leads to a Service of a namespace that does not admit it",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
