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
        closed: dict[str, DirectionVerdict] = {}
        for port in service.ports:
            targets = services.targets(service, port)
            verdict = find_common_denial(evaluator, targets, evaluator.universe.external)
            if verdict:
                closed |= dict.fromkeys(_describe(port, targets), verdict)
        if closed:
            yield _finding(service, service.location, closed)


def _describe(port: ServicePort, targets: tuple[ServiceTarget, ...]) -> Iterator[str]:
    """``shop/web[Pod] TCP 8080 (node port 30080)``."""
    node_port = f" (node port {port.node_port})" if port.node_port else ""
    for target in targets:
        yield f"{target.pod.workload} {target.protocol} {target.number}{node_port}"


def _finding(
    service: Service, location: Location, closed: dict[str, DirectionVerdict]
) -> Finding:
    kind = service.type.value
    if service.type is ServiceType.CLUSTER_IP:
        kind = "external IP"
    related = dict.fromkeys(each for v in closed.values() for each in relate_policies(v))
    policies = [policy for verdict in closed.values() for policy in verdict.policies]
    return CHECK.finding(
        location,
        f"{kind} {service.title} leads to {join_phrases(list(closed))}, but policies deny this "
        "to every address outside the cluster",
        policy=policies[0].title if policies else None,
        related=tuple(related),
        fix="Allow ingress to this port from the addresses of its clients, or make the Service "
        "one of type ClusterIP.",
    )


CHECK = Check(
    id="service-blocked",
    title="Policies keep out the clients of a NodePort or LoadBalancer",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
