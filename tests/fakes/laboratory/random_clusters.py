"""Random small clusters as plain Kubernetes objects.

Few labels, names and numbers, so that selectors, ports and blocks of one object meet those of
another often.
"""

from __future__ import annotations

from random import Random
from typing import Any

from tests.fakes.laboratory.manifests import Document

NAMESPACES = ("blue", "green", "red")
# Pods sit on both sides of the edges of BLOCKS.
POD_ADDRESSES = tuple(f"10.244.{i // 4}.{1 + i % 4}" for i in range(8))
NODE = ("node-a", "172.16.0.1")
OTHER_NODE = "node-b"
EXTERNAL = ("203.0.113.10", "203.0.113.200")
PROBED = (
    *(("TCP", port) for port in (80, 81, 85, 90, 443)),
    *(("UDP", port) for port in (53, 80, 81)),
)

_VALUES = {"app": ("web", "api", "db", ""), "tier": ("front", "back")}
_NAMESPACE_VALUES = {"team": ("a", "b"), "kubernetes.io/metadata.name": NAMESPACES}
_PORT_NAMES = ("web", "dns", "metrics")
_BLOCKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("0.0.0.0/0", ("10.0.0.0/8", "10.244.0.0/24", "203.0.113.0/25", "172.16.0.0/12")),
    ("10.244.0.0/16", ("10.244.0.0/24", "10.244.0.2/31", "10.244.1.1/32", "10.244.0.2/32")),
    ("10.244.0.0/24", ("10.244.0.2/31", "10.244.0.4/32")),
    ("10.244.1.2/32", ()),
    ("203.0.113.0/24", ("203.0.113.128/25", "203.0.113.10/32")),
    ("172.16.0.0/30", ("172.16.0.1/32",)),
    ("fd00::/8", ()),
)


class Generator:
    """Draws one cluster; the same seed gives the same cluster."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311

    def documents(self) -> list[Document]:
        """Namespaces, pods on the addresses, a node, and policies."""
        node = _node() if self._chance(0.5) else None
        # A namespace that is used but not described is part of the matter.
        described = [name for name in NAMESPACES if self._chance(0.85)]
        return [
            *(self._namespace(name) for name in described),
            *([node] if node else []),
            *(
                self._pod(number, address, node is not None)
                for number, address in enumerate(POD_ADDRESSES)
            ),
            *(self._policy(number) for number in range(self._random.choice((1, 2, 3, 4, 6)))),
        ]

    def _chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def _namespace(self, name: str) -> Document:
        labels = {"team": self._random.choice("ab")} if self._chance(0.7) else {}
        return _object("v1", "Namespace", {"name": name, "labels": labels})

    def _pod(self, number: int, address: str, has_node: bool) -> Document:  # noqa: FBT001
        metadata = {
            "name": f"p{number}",
            "namespace": self._random.choice(NAMESPACES),
            "labels": self._labels(),
        }
        spec: dict[str, Any] = {
            "containers": [{"name": "main", "image": "i", "ports": self._container_ports()}]
        }
        if self._chance(0.2):
            sidecar = {"name": "side", "image": "i", "ports": self._container_ports()}
            if self._chance(0.5):
                sidecar["restartPolicy"] = "Always"
            spec["initContainers"] = [sidecar]
        if has_node:
            # Without a name a pod would be on the only node.
            spec["nodeName"] = NODE[0] if self._chance(0.2) else OTHER_NODE
        status = {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]}
        return {**_object("v1", "Pod", metadata), "spec": spec, "status": status}

    def _labels(self) -> dict[str, str]:
        return {
            key: self._random.choice(values)
            for key, values in _VALUES.items()
            if self._chance(0.75)
        }

    def _container_ports(self) -> list[dict[str, Any]]:
        names = self._random.sample(_PORT_NAMES, self._random.randint(0, 2))
        ports = []
        for name in names:
            protocol, number = self._random.choice(PROBED)
            port = {"name": name, "containerPort": number}
            ports.append(port if protocol == "TCP" else {**port, "protocol": protocol})
        return ports

    def _policy(self, number: int) -> Document:
        spec: dict[str, Any] = {"podSelector": self._selector(_VALUES)}
        types = self._random.choice((None, ["Ingress"], ["Egress"], ["Ingress", "Egress"]))
        if types is not None:
            spec["policyTypes"] = types
        for direction, peers in (("ingress", "from"), ("egress", "to")):
            # Rules of a direction that the types do not list are ignored.
            if self._chance(0.65):
                spec[direction] = [
                    self._rule(peers) for _ in range(self._random.choice((0, 1, 1, 2, 3)))
                ]
        metadata = {"name": f"policy-{number}", "namespace": self._random.choice(NAMESPACES)}
        return {**_object("networking.k8s.io/v1", "NetworkPolicy", metadata), "spec": spec}

    def _rule(self, peers: str) -> dict[str, Any]:
        rule: dict[str, Any] = {}
        if self._chance(0.85):
            rule[peers] = [self._peer() for _ in range(self._random.choice((0, 1, 1, 2)))]
        if self._chance(0.6):
            rule["ports"] = [self._port() for _ in range(self._random.choice((0, 1, 1, 2)))]
        return rule

    def _peer(self) -> dict[str, Any]:
        form = self._random.choice(("pods", "namespaces", "both", "block"))
        if form == "block":
            cidr, inside = self._random.choice(_BLOCKS)
            block: dict[str, Any] = {"cidr": cidr}
            if inside and self._chance(0.6):
                most = min(2, len(inside))
                block["except"] = self._random.sample(inside, self._random.randint(1, most))
            return {"ipBlock": block}
        peer = {}
        if form != "namespaces":
            peer["podSelector"] = self._selector(_VALUES)
        if form != "pods":
            peer["namespaceSelector"] = self._selector(_NAMESPACE_VALUES)
        return peer

    def _port(self) -> dict[str, Any]:
        protocol = self._random.choice(("TCP", "TCP", "UDP", "SCTP", None))
        port: dict[str, Any] = {} if protocol is None else {"protocol": protocol}
        match self._random.choice(("every", "number", "number", "range", "name", "name")):
            case "number":
                port["port"] = self._random.choice(PROBED)[1]
            case "range":
                port["port"] = self._random.choice((1, 80, 81, 85))
                port["endPort"] = self._random.choice((85, 90, 443, 65535))
            case "name":
                port["port"] = self._random.choice(_PORT_NAMES)
        return port

    def _selector(self, vocabulary: dict[str, tuple[str, ...]]) -> dict[str, Any]:
        selector: dict[str, Any] = {}
        if self._chance(0.5):
            key = self._random.choice(list(vocabulary))
            selector["matchLabels"] = {key: self._random.choice(vocabulary[key])}
        if self._chance(0.35):
            selector["matchExpressions"] = [self._requirement(vocabulary)]
        return selector

    def _requirement(self, vocabulary: dict[str, tuple[str, ...]]) -> dict[str, Any]:
        key = self._random.choice(list(vocabulary))
        operator = self._random.choice(("In", "NotIn", "Exists", "DoesNotExist"))
        requirement: dict[str, Any] = {"key": key, "operator": operator}
        if operator in ("In", "NotIn"):
            most = min(2, len(vocabulary[key]))
            requirement["values"] = self._random.sample(
                vocabulary[key], self._random.randint(1, most)
            )
        return requirement


def _node() -> Document:
    status = {"addresses": [{"type": "InternalIP", "address": NODE[1]}]}
    return {**_object("v1", "Node", {"name": NODE[0]}), "status": status}


def _object(version: str, kind: str, metadata: dict[str, Any]) -> Document:
    return {"apiVersion": version, "kind": kind, "metadata": metadata}
