"""An ipBlock holds nothing but addresses of Services.

The address of a Service is rewritten to that of an endpoint before most network plugins ask
policies, which then see a pod and its port. A rule for the address opens nothing, while it
looks as if it did; where it does on one plugin, it will not on another.

Reported are blocks that hold cluster IPs of the input and no other address that a packet may
have: single addresses, and blocks within a usual range of cluster IPs that some Service of the
input has its own from. In egress rules the addresses of load balancers and external IPs count,
too, unless a node has them.

PASS:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec:
  clusterIP: 10.96.44.7
  selector: {app: db}
  ports: [{port: 5432}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {}
  ingress:
  - from: [{podSelector: {matchLabels: {app: db}}}]
    ports: [{port: 5432}]
```

FAIL:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec:
  clusterIP: 10.96.44.7
  selector: {app: db}
  ports: [{port: 5432}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {}
  ingress:
  - from: [{ipBlock: {cidr: 10.96.44.7/32}}]
    ports: [{port: 5432}]
```

Fix: name the pods behind the Service by labels, or its endpoints where they are no pods.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.engine.naming.services import Services, group_arrivals
from netsim.judge.case import Case
from netsim.model.addresses import AddressSet
from netsim.model.finding import Finding, Severity
from netsim.model.peers import BlockPeer
from netsim.model.policies import Direction, Rule
from netsim.model.ports import PortSet
from netsim.model.resources import Pod
from netsim.model.services import Service
from netsim.rules.interface import Check
from netsim.words import yaml
from netsim.words.lists import join_first, join_phrases

_USUAL_RANGES = tuple(
    AddressSet.parse(text)
    for text in (
        "10.96.0.0/12",  # kubeadm
        "10.43.0.0/16",  # k3s, RKE
        "10.100.0.0/16",  # EKS
        "172.20.0.0/16",  # EKS
        "172.30.0.0/16",  # OpenShift
        "10.152.183.0/24",  # MicroK8s
        "10.233.0.0/18",  # Kubespray
        "34.118.224.0/20",  # GKE
        "fd00:10:96::/112",  # kind
        "fd02::/112",  # OpenShift
    )
)
"""Ranges from which installers give cluster IPs; no pod and no node has an address of one."""


def _run(case: Case) -> Iterator[Finding]:
    served = _Served(case)
    for policy in case.resources.policies:
        for rule in policy.rules:
            for peer in rule.peers:
                if isinstance(peer, BlockPeer) and peer.addresses:
                    found = served.list_within(peer.addresses, rule.direction)
                    if found:
                        yield _finding(served.services, rule, peer, found)


class _Served:
    """The addresses of Services, and the blocks that hold nothing else."""

    def __init__(self, case: Case) -> None:
        resources = case.resources
        self.services = Services(resources)
        self._all = resources.services
        self._cluster_ips = AddressSet.union(each.cluster_ips for each in self._all)
        outside = AddressSet.union(each.external_ips | each.balancer_ips for each in self._all)
        self._outside = outside - self.services.node_addresses
        self._ranges = AddressSet.union(
            area for area in _USUAL_RANGES if area & self._cluster_ips
        )
        self._others = self._collect_others(case)

    def _collect_others(self, case: Case) -> AddressSet:
        """Addresses of the input that packets may have."""
        pods = (pod.addresses or AddressSet.empty() for pod in case.resources.pods)
        ranges = (node.pod_ranges for node in case.resources.nodes)
        return AddressSet.union((*pods, *ranges, self.services.node_addresses))

    def list_within(self, block: AddressSet, direction: Direction) -> tuple[Service, ...]:
        """The Services whose addresses a block holds, where it holds no other."""
        own = self._cluster_ips
        if direction is Direction.EGRESS:
            own |= self._outside
        if not block & own or not block <= own | self._ranges or block & self._others:
            return ()
        return tuple(each for each in self._all if block & each.addresses & own)


def _finding(
    services: Services, rule: Rule, peer: BlockPeer, found: tuple[Service, ...]
) -> Finding:
    return CHECK.finding(
        peer.location,
        f"{rule.title}: {peer.cidr} holds nothing but addresses of Services, and "
        f"{join_phrases([_describe(services, each) for each in found])}",
        policy=rule.policy.title,
        fix="Name the endpoints of the Service in place of its address.",
        patch=_patch(services, rule, found[0]) if len(found) == 1 else "",
    )


def _describe(services: Services, service: Service) -> str:
    """``policies see TCP 8443 of shop/hook[Deployment] in place of svc/shop/hook``."""
    seen = dict.fromkeys(
        f"{port.protocol} {each.number} of "
        f"{each.at.workload if isinstance(each.at, Pod) else each.at}"
        for port in service.ports
        for each in services.arrivals(service, port)
    )
    return f"policies see {join_first(list(seen)) or 'others'} in place of {service.asked_as}"


def _patch(services: Services, rule: Rule, service: Service) -> str:
    """The rule as policies see it; none for a policy of the whole cluster."""
    if not rule.namespace or rule.direction is Direction.INGRESS:
        return ""
    arrivals = [
        (port, arrival)
        for port in service.ports
        for arrival in services.arrivals(service, port)
    ]
    ports = PortSet.union(PortSet.of(port.protocol, each.number) for port, each in arrivals)
    ends = [end for end, _ in group_arrivals("", service, (each for _, each in arrivals))]
    return yaml.rule(rule.direction, ends[0], rule.namespace, ports) if ends else ""


CHECK = Check(
    id="service-address-in-block",
    title="An ipBlock holds addresses of Services only",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
