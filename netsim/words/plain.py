"""Parts of policies as plain data, in the order of fields in which people write them.

``describe_rule(Direction.INGRESS, web, "shop", PortSet.of(TCP, 80))`` is
``{"from": [{"podSelector": {"matchLabels": {"app": "web"}}}], "ports": [...]}``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netsim.model.endpoint import Endpoint, ExternalEndpoint
from netsim.model.labels import Labels, Operator, Selector
from netsim.model.peers import PodPeer
from netsim.model.policies import Direction
from netsim.model.ports import PortSet, Protocol
from netsim.model.resources import NAME_LABEL
from netsim.words.yaml import shared_labels

Plain = dict[str, Any]


def plain_labels(labels: Mapping[str, str]) -> Plain:
    """A selector of these labels; every pod where there are none."""
    return {"matchLabels": dict(labels)} if labels else {}


def plain_selector(selector: Selector) -> Plain:
    """A selector as the API has it."""
    labels: dict[str, str] = {}
    expressions: list[Plain] = []
    for each in selector.requirements:
        is_label = each.operator is Operator.IN and len(each.values) == 1
        if is_label and each.key not in labels:
            labels[each.key] = each.values[0]
        else:
            values = {"values": list(each.values)} if each.values else {}
            expressions.append({"key": each.key, "operator": each.operator.value, **values})
    found = plain_labels(labels)
    return {**found, "matchExpressions": expressions} if expressions else found


def plain_peer(peer: PodPeer) -> Plain:
    """An item of ``from`` or ``to``."""
    found: Plain = {}
    if peer.namespaces is not None:
        found["namespaceSelector"] = plain_selector(peer.namespaces)
    if peer.namespaces is None or peer.pods.requirements:
        found["podSelector"] = plain_selector(peer.pods)
    return found


def plain_block(cidr: str, exceptions: tuple[str, ...] = ()) -> Plain:
    """An item of ``from`` or ``to`` with an ipBlock."""
    return {"ipBlock": {"cidr": cidr, **({"except": list(exceptions)} if exceptions else {})}}


def plain_ports(ports: PortSet) -> list[Plain]:
    """The entries of ``ports``; none where it is every port."""
    return [] if ports == PortSet.full() else list(_list_ports(ports))


def _list_ports(ports: PortSet) -> Iterator[Plain]:
    for protocol in Protocol:
        if ports.restricted(protocol) == PortSet.all_of(protocol):
            yield {"protocol": protocol.value}
            continue
        for low, high in ports.ports(protocol):
            end = {"endPort": high} if high > low else {}
            yield {"protocol": protocol.value, "port": low, **end}


def plain_rule(direction: Direction, peer: Endpoint, home: str, ports: PortSet) -> Plain:
    """A rule of a policy in namespace ``home`` that lets an endpoint in, or leads there."""
    word = "from" if direction is Direction.INGRESS else "to"
    listed = plain_ports(ports)
    return {word: plain_peers(peer, home), **({"ports": listed} if listed else {})}


def plain_peers(peer: Endpoint, home: str) -> list[Plain]:
    """The items of ``from`` or ``to`` that stand for an endpoint."""
    if isinstance(peer, ExternalEndpoint):
        return [plain_block(str(cidr)) for cidr in peer.addresses.cidrs()]
    pods = {"podSelector": plain_labels(dict(shared_labels(peer.pods).pairs))}
    namespace = peer.pods[0].namespace
    if namespace == home:
        return [pods]
    return [{"namespaceSelector": plain_labels({NAME_LABEL: namespace}), **pods}]


def plain_policy(name: str, namespace: str, spec: Plain) -> Plain:
    """A NetworkPolicy."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def plain_default_deny(namespace: str, *directions: Direction) -> Plain:
    """A policy that isolates every pod of a namespace; in both directions unless told."""
    types = [each.value for each in directions or tuple(Direction)]
    return plain_policy("default-deny", namespace, {"podSelector": {}, "policyTypes": types})


def plain_pods(labels: Labels) -> Plain:
    """A selector of the pods of a workload."""
    return plain_labels(dict(labels.pairs))
