"""Policies keep out every client that a NodePort or LoadBalancer Service is for.

Such a Service is there for clients outside the cluster. Their connections reach the pods from
their own addresses, or from that of a node; where policies admit neither, they time out.

Reported are Services of type NodePort and LoadBalancer, and those with external IPs, where no
address outside the cluster may connect to any of the pods. One that some addresses may use is
not: which clients are meant, the input does not say.

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
  type: NodePort
  selector: {app: web}
  ports: [{port: 80, nodePort: 30080}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress:
  - from: [{ipBlock: {cidr: 203.0.113.0/24}}]
    ports: [{port: 80}]
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
  type: NodePort
  selector: {app: web}
  ports: [{port: 80, nodePort: 30080}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress:
  - from: [{podSelector: {}}]
    ports: [{port: 80}]
```

Fix: allow ingress to the target port from the addresses of the clients, or make it a Service of
type ClusterIP.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.engine.naming.services import Services, ServiceTarget
from netsim.judge.case import Case
from netsim.judge.denial import find_common_denial, relate_policies
from netsim.model.finding import Finding, Severity
from netsim.model.location import Location
from netsim.model.services import Service, ServicePort, ServiceType
from netsim.model.verdict import DirectionVerdict
from netsim.rules.interface import Check
from netsim.words.lists import join_phrases


def _run(case: Case) -> Iterator[Finding]:
    services = Services(case.resources)
    evaluator = case.evaluator
    for service in case.resources.services:
        if service.location is None or not service.is_open_outside:
            continue
        for port in service.ports:
            targets = services.targets(service, port)
            verdict = find_common_denial(evaluator, targets, evaluator.universe.external)
            if verdict:
                yield _finding(service, service.location, port, targets, verdict)


def _finding(
    service: Service,
    location: Location,
    port: ServicePort,
    targets: tuple[ServiceTarget, ...],
    verdict: DirectionVerdict,
) -> Finding:
    pods = dict.fromkeys(f"{t.pod.workload} {t.protocol} {t.number}" for t in targets)
    return CHECK.finding(
        location,
        f"{_describe(service, port)} leads to {join_phrases(list(pods))}, but policies deny it "
        "to every address outside the cluster",
        policy=verdict.policies[0].title if verdict.policies else None,
        related=tuple(relate_policies(verdict)),
        fix="Allow ingress to this port from the addresses of its clients, or make the Service "
        "one of type ClusterIP.",
    )


def _describe(service: Service, port: ServicePort) -> str:
    kind = service.type.value
    if service.type is ServiceType.CLUSTER_IP:
        kind = "external IP"
    node_port = f" (node port {port.node_port})" if port.node_port else ""
    return f"{kind} {service.title} port {port.number}{node_port}"


CHECK = Check(
    id="service-blocked",
    title="Policies keep out the clients of a NodePort or LoadBalancer",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
