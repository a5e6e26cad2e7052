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

from netsim.engine.naming.services import Arrival, Services, group_arrivals
from netsim.judge.case import Case
from netsim.model.addresses import AddressSet
from netsim.model.edit import Patch
from netsim.model.finding import Finding, Severity
from netsim.model.peers import BlockPeer
from netsim.model.policies import Direction, NumberedPorts, Rule
from netsim.model.ports import PortSet
from netsim.model.resources import Pod
from netsim.model.services import Service, ServicePort
from netsim.rules import patches
from netsim.rules.interface import Check
from netsim.rules.patches import target_at
from netsim.words.lists import join_first, join_phrases
from netsim.words.policy_parts import Part, build_peers, build_ports, build_rule

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
        patches=tuple(_list_patches(services, rule, peer, found)),
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


def _list_patches(
    services: Services, rule: Rule, peer: BlockPeer, found: tuple[Service, ...]
) -> Iterator[Patch]:
    """The endpoints in place of the address; else without it, as it opens nothing.

    None in a policy of the whole cluster, where peers are written otherwise.
    """
    if not rule.namespace:
        return
    target, field = target_at(rule.policy, peer.location), rule.location.field
    asked = _list_asked(services, rule, found)
    peers = _build_ends(asked, rule.namespace)
    ports = PortSet.union(PortSet.of(port.protocol, each.number) for _, port, each in asked)
    is_alone = len(rule.peers) == 1
    if peers and (rule.direction is Direction.INGRESS or ports <= _read_ports(rule)):
        yield patches.replace_item(target, peer.location.field, peers)
    elif peers and is_alone:
        yield patches.replace_item(target, peer.location.field, peers) | patches.replace(
            target, f"{field}.ports", build_ports(ports)
        )
    elif peers:
        own = build_rule(rule.direction, peers, ports)
        added = patches.append(target, f"spec.{rule.direction.word}", own)
        yield added | patches.remove(target, peer.location.field)
    yield patches.remove(target, field if is_alone else peer.location.field)


def _list_asked(
    services: Services, rule: Rule, found: tuple[Service, ...]
) -> list[tuple[Service, ServicePort, Arrival]]:
    """Where connections to the ports of the rule arrive; if it has none of theirs, to all."""
    arrivals = [
        (service, port, arrival)
        for service in found
        for port in service.ports
        for arrival in services.arrivals(service, port)
    ]
    ports = _read_ports(rule)
    meant = [each for each in arrivals if ports & PortSet.of(each[1].protocol, each[1].number)]
    return meant or arrivals


def _build_ends(asked: list[tuple[Service, ServicePort, Arrival]], home: str) -> list[Part]:
    found: dict[str, Part] = {}
    for service in dict.fromkeys(service for service, _, _ in asked):
        own = (arrival for each, _, arrival in asked if each == service)
        for end, _ in group_arrivals("", service, own):
            for peer in build_peers(end, home):
                found[str(peer)] = peer
    return list(found.values())


def _read_ports(rule: Rule) -> PortSet:
    """The ports that a rule allows by number."""
    if not rule.ports:
        return PortSet.full()
    numbered = (each for each in rule.ports if isinstance(each, NumberedPorts))
    return PortSet.union(PortSet.of(each.protocol, each.first, each.last) for each in numbered)


CHECK = Check(
    id="service-address-in-block",
    title="An ipBlock holds addresses of Services only",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
