"""The cluster's DNS: which pods answer queries, on which ports, and where a cache does.

Policies see the pods behind the DNS Service, not its address and port: OpenShift's listen on
5353, CoreDNS can on any port. ::

    Dns.of(known).targets     # kube-system/coredns[Deployment] UDP 1053, TCP 1053

A query may also go to a cache on the pod's own node (NodeLocal DNSCache), at 169.254.20.10 or
at the address of the DNS Service itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.judge.knowledge import SYSTEM_NAMESPACE, Knowledge
from netsim.model.addresses import AddressSet
from netsim.model.labels import Labels
from netsim.model.peers import BlockPeer
from netsim.model.policies import Direction
from netsim.model.ports import PortSet, Protocol
from netsim.model.resources import Pod
from netsim.model.services import Service

PORT = 53
PROTOCOLS = (Protocol.UDP, Protocol.TCP)
USUAL_LABELS = Labels.of({"k8s-app": "kube-dns"})
OPENSHIFT_NAMESPACE = "openshift-dns"
OPENSHIFT_PORT = 5353

_NAMESPACES = (SYSTEM_NAMESPACE, OPENSHIFT_NAMESPACE)
_SERVICES = frozenset(("kube-dns", "coredns", "dns-default", "rke2-coredns-rke2-coredns"))
_WORKLOADS = _SERVICES
_LABELS = frozenset(
    (
        ("k8s-app", "kube-dns"),
        ("k8s-app", "coredns"),
        ("app.kubernetes.io/name", "coredns"),
        ("dns.operator.openshift.io/daemonset-dns", "default"),
    )
)
_PORT_NAMES = {Protocol.UDP: "dns", Protocol.TCP: "dns-tcp"}
_CACHES = frozenset(("node-local-dns", "nodelocaldns", "node-local-dns-cache"))
_CACHE_ADDRESS = AddressSet.parse("169.254.20.10")
_LINK_LOCAL = AddressSet.parse("169.254.0.0/16")


class DnsTarget(Struct, frozen=True):
    """Where queries over one protocol arrive: a class of endpoints, and the port there."""

    number: int
    protocol: Protocol
    port: int


class Dns(Struct, frozen=True):
    """What the input, or a scenario, has of the cluster's DNS.

    ``servers`` are the pods that answer, ``caches`` those that do on each node.  Where there
    are no servers, DNS is somewhere that the input does not tell, and ``ports`` are the usual
    ones.
    """

    targets: tuple[DnsTarget, ...]
    servers: tuple[Pod, ...]
    caches: tuple[Pod, ...]
    ports: PortSet

    @classmethod
    def of(cls, known: Knowledge) -> Dns:
        """The DNS of what is known."""
        universe = known.evaluator.universe
        pods = [pod for name in _NAMESPACES for pod in _pods_of(known, name)]
        caches = tuple(pod for pod in pods if _is_cache(pod))
        found = [each for each in _find_served(known) if each[0] not in caches]
        served = {pod for pod, _, _ in found}
        found += [
            (pod, protocol, _own_port(pod, protocol))
            for pod in pods
            if pod not in served and pod not in caches and _is_server(pod)
            for protocol in PROTOCOLS
        ]
        servers = tuple(dict.fromkeys(pod for pod, _, _ in found))
        usual = [(protocol, PORT) for protocol in PROTOCOLS]
        listening = [(protocol, port) for _, protocol, port in found] or usual
        found += [(pod, protocol, PORT) for pod in caches for protocol in PROTOCOLS]
        targets = {DnsTarget(universe.bit(pod), each, port): None for pod, each, port in found}
        if caches or _names_cache(known):
            number = universe.outside(_CACHE_ADDRESS).bit_length() - 1
            targets |= {DnsTarget(number, each, PORT): None for each in PROTOCOLS}
        ports = PortSet.union(PortSet.of(protocol, port) for protocol, port in listening)
        return cls(tuple(targets), servers, caches, ports)

    @property
    def labels(self) -> Labels:
        """Labels that the servers share, or those that they usually have."""
        shared = [dict(pod.labels.pairs) for pod in self.servers]
        kept = {
            key: value
            for key, value in (shared[0] if shared else {}).items()
            if (key, value) in _LABELS and all(each.get(key) == value for each in shared)
        }
        if not kept and shared:
            stable = set.intersection(*(set(each.items()) for each in shared))
            kept = {key: value for key, value in stable if "hash" not in key}
        return Labels.of(dict(sorted(kept.items()))) if kept else USUAL_LABELS

    @property
    def namespace(self) -> str:
        """The namespace of the servers, or the one that they usually are in."""
        return self.servers[0].namespace if self.servers else SYSTEM_NAMESPACE


def _pods_of(known: Knowledge, namespace: str) -> Iterator[Pod]:
    return known.members(known.evaluator.selection.namespace(namespace).possible)


def _find_served(known: Knowledge) -> Iterator[tuple[Pod, Protocol, int]]:
    """The pods behind the Services of DNS, at their target ports."""
    resources = known.evaluator.universe.resources
    services = [each for each in resources.services if each.namespace in _NAMESPACES]
    if not services:
        return
    from netsim.engine.naming.services import Services  # few manifests are those of DNS

    named = Services(resources)
    for service in services:
        for port in service.ports:
            if port.number == PORT and port.protocol in PROTOCOLS:
                for target in named.targets(service, port):
                    if _is_dns(service) or _is_server(target.pod):
                        yield target.pod, target.protocol, target.number


def _is_dns(service: Service) -> bool:
    return service.name in _SERVICES


def _is_server(pod: Pod) -> bool:
    return pod.workload.name in _WORKLOADS or not _LABELS.isdisjoint(pod.labels.pairs)


def _is_cache(pod: Pod) -> bool:
    own = {pod.workload.name, pod.labels.get("k8s-app"), pod.labels.get("app")}
    return not _CACHES.isdisjoint(own)


def _own_port(pod: Pod, protocol: Protocol) -> int:
    """The port of a DNS pod without a Service: the one that it names so, or the usual one."""
    return pod.port_named(_PORT_NAMES[protocol], protocol) or PORT


def _names_cache(known: Knowledge) -> bool:
    """Whether a policy names the address of the cache, which then is one of the cluster."""
    return any(
        isinstance(peer, BlockPeer)
        and peer.addresses
        and peer.addresses <= _LINK_LOCAL
        and peer.addresses & _CACHE_ADDRESS
        for policy in known.evaluator.universe.resources.policies
        for rule in policy.rules_of(Direction.EGRESS)
        for peer in rule.peers
    )
