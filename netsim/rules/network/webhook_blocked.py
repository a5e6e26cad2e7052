"""Policies keep the API server from a webhook that it has to call.

The API server calls admission webhooks, conversion webhooks and aggregated APIs through their
Services. It is no pod that a policy selects by labels: its connections come from the address of
a node, or from outside. Where policies deny it, what the webhook is for fails, or is not done.

The input seldom says where the API server is. Where the endpoints of the Service
`default/kubernetes` tell, these addresses count; otherwise a webhook is reported only where no
address outside the cluster, no node and no pod on a node's network may connect. Webhooks that
agents of konnectivity in the input may reach are not reported, as the API server may call
through them. A Service that is not in the input is a note where others of its namespace are.

PASS:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: hook, namespace: guard, labels: {app: hook}}
---
apiVersion: v1
kind: Service
metadata: {name: hook, namespace: guard}
spec:
  selector: {app: hook}
  ports: [{port: 443, targetPort: 8443}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: hook}
webhooks:
- name: hook.example.com
  clientConfig: {service: {name: hook, namespace: guard}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: hook, namespace: guard}
spec:
  podSelector: {matchLabels: {app: hook}}
  ingress:
  - from: [{ipBlock: {cidr: 192.0.2.0/24}}]
    ports: [{port: 8443}]
```

FAIL:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: hook, namespace: guard, labels: {app: hook}}
---
apiVersion: v1
kind: Service
metadata: {name: hook, namespace: guard}
spec:
  selector: {app: hook}
  ports: [{port: 443, targetPort: 8443}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: hook}
webhooks:
- name: hook.example.com
  clientConfig: {service: {name: hook, namespace: guard}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: hook, namespace: guard}
spec:
  podSelector: {matchLabels: {app: hook}}
  ingress:
  - from: [{podSelector: {}}]
    ports: [{port: 8443}]
```

Fix: allow ingress to the target port from the addresses of the API server.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.engine.naming.services import Services, ServiceTarget, port_of
from netsim.engine.space.bits import ClassSet
from netsim.judge.case import Case
from netsim.judge.denial import find_common_denial, relate_policies
from netsim.model.addresses import AddressSet
from netsim.model.finding import Finding, Severity
from netsim.model.ports import Protocol
from netsim.model.services import Service, ServiceType
from netsim.model.webhooks import CallingObject, ServiceCall
from netsim.rules.interface import Check
from netsim.words.lists import join_phrases

_TUNNEL = "konnectivity"


def _run(case: Case) -> Iterator[Finding]:
    services = Services(case.resources)
    served = {service.namespace for service in case.resources.services}
    known = services.api_servers
    sources = _list_sources(case, known)
    for caller in case.bundle.callers:
        for call in caller.calls:
            service = services.find(call.namespace, call.service)
            if service is None:
                if call.namespace in served:
                    yield _report_missing(caller, call)
            elif service.type is not ServiceType.EXTERNAL_NAME:
                yield from _check(case, services, sources, known, caller, call, service)


def _list_sources(case: Case, known: AddressSet) -> ClassSet:
    """Whoever may be the API server, or carry its calls."""
    universe = case.evaluator.universe
    tunnels = sum(
        {
            1 << universe.bit(pod)
            for pods in universe.pods
            for pod in pods
            if _TUNNEL in pod.workload.name
        }
    )
    if known:
        return universe.outside(known) | tunnels
    return universe.external | universe.hosts | tunnels


def _check(
    case: Case,
    services: Services,
    sources: ClassSet,
    known: AddressSet,
    caller: CallingObject,
    call: ServiceCall,
    service: Service,
) -> Iterator[Finding]:
    port = port_of(service, Protocol.TCP, call.port)
    if port is None:
        yield _report_port(caller, call, service)
        return
    targets = services.targets(service, port)
    verdict = find_common_denial(case.evaluator, targets, sources)
    if verdict is None or _may_share_node(case, targets):
        return
    pods = dict.fromkeys(f"{t.pod.workload} {t.protocol} {t.number}" for t in targets)
    servers = f" ({', '.join(known.cidrs())})" if known else ", as to all that is no pod"
    yield CHECK.finding(
        call.location,
        f"{_describe(caller, call)}, which leads to {join_phrases(list(pods))}, but policies "
        f"deny it to the API server{servers}",
        policy=verdict.policies[0].title if verdict.policies else None,
        related=tuple(relate_policies(verdict)),
        fix="Allow ingress to this port from the addresses of the API server.",
    )


def _may_share_node(case: Case, targets: tuple[ServiceTarget, ...]) -> bool:
    """Whether the cluster has one node: all that is on it reaches the pods of it."""
    return len(case.resources.nodes) == 1 or any(
        target.pod.node and _runs_api_server(case, target.pod.node) for target in targets
    )


def _runs_api_server(case: Case, node: str) -> bool:
    """Whether a node runs what kubeadm calls an API server."""
    return any(
        pod.node == node and ("component", "kube-apiserver") in pod.labels.pairs
        for pod in case.resources.pods
    )


def _describe(caller: CallingObject, call: ServiceCall) -> str:
    return (
        f"{caller.kind} {caller.name}: the API server calls {call.purpose} at Service "
        f"{call.target} port {call.port}"
    )


def _report_missing(caller: CallingObject, call: ServiceCall) -> Finding:
    return CHECK.finding(
        call.location,
        f"{_describe(caller, call)}, which is not in the input",
        severity=Severity.NOTE,
        fix="Name a Service that exists.",
    )


def _report_port(caller: CallingObject, call: ServiceCall, service: Service) -> Finding:
    has = ", ".join(str(port.number) for port in service.ports) or "none"
    return CHECK.finding(
        call.location,
        f"{_describe(caller, call)}, but the Service has no such port: it has {has}",
        fix="Name a port of the Service.",
    )


CHECK = Check(
    id="webhook-blocked",
    title="Policies keep the API server from a webhook",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
