"""Parts of NetworkPolicies as plain values, with their fields in the order of the API.

``build_rule(Direction.INGRESS, peers, ports)`` is ``{"from": [...], "ports": [...]}``, which
``words/yaml.py`` writes and a patch brings into a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from netsim.model.addresses import AddressSet
from netsim.model.endpoint import Endpoint, ExternalEndpoint
from netsim.model.labels import Labels, Operator, Selector
from netsim.model.policies import Direction
from netsim.model.ports import PortSet, Protocol
from netsim.model.resources import NAME_LABEL, Pod
from netsim.words.addresses import enclose

Part = dict[str, Any]

_MADE_BY_CONTROLLERS = frozenset(
    (
        "pod-template-hash",
        "pod-template-generation",
        "controller-revision-hash",
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
    )
)


def build_policy(
    name: str,
    namespace: str,
    subject: Part,
    directions: Iterable[Direction],
    rules: Mapping[Direction, Sequence[Part]],
) -> Part:
    """A policy for the pods that the selector ``subject`` chooses."""
    spec: Part = {
        "podSelector": subject,
        "policyTypes": [direction.value for direction in directions],
    }
    spec |= {direction.word: list(found) for direction, found in rules.items() if found}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def build_rule(direction: Direction, peers: Sequence[Part], ports: PortSet) -> Part:
    """A rule for ``spec.ingress`` or ``spec.egress``; without peers it is about everyone."""
    rule: Part = {direction.peer_word: list(peers)} if peers else {}
    if ports != PortSet.full():
        rule["ports"] = build_ports(ports)
    return rule


def build_peers(peer: Endpoint, home: str) -> list[Part]:
    """What stands for an endpoint in a policy of namespace ``home``."""
    if isinstance(peer, ExternalEndpoint):
        return build_blocks(peer.addresses)
    namespace = peer.pods[0].namespace
    labels = dict(shared_labels(peer.pods).pairs)
    return [build_pod_peer(labels, None if namespace == home else name_label(namespace))]


def build_pod_peer(labels: Mapping[str, str], space: Mapping[str, str] | None) -> Part:
    """Pods by their labels, and by those of their namespace, if it is not the policy's own."""
    pods = {"podSelector": match_labels(labels)}
    return pods if space is None else {"namespaceSelector": match_labels(space), **pods}


def name_label(namespace: str) -> dict[str, str]:
    """The label that every namespace carries."""
    return {NAME_LABEL: namespace}


def match_labels(labels: Mapping[str, str]) -> Part:
    """A selector by labels; without any, it chooses all."""
    return {"matchLabels": dict(labels)} if labels else {}


def build_selector(selector: Selector) -> Part:
    """A selector as it is written; what labels alone say as labels."""
    labels: dict[str, str] = {}
    expressions: list[Part] = []
    for each in selector.requirements:
        if each.operator is Operator.IN and len(each.values) == 1 and each.key not in labels:
            labels[each.key] = each.values[0]
            continue
        expression: Part = {"key": each.key, "operator": each.operator.value}
        expressions.append(expression | ({"values": list(each.values)} if each.values else {}))
    return match_labels(labels) | ({"matchExpressions": expressions} if expressions else {})


def build_block(cidr: str, exceptions: Iterable[str] = ()) -> Part:
    """A peer by its addresses."""
    excepted = list(exceptions)
    return {"ipBlock": {"cidr": cidr} | ({"except": excepted} if excepted else {})}


def build_blocks(addresses: AddressSet) -> list[Part]:
    """The fewest lines of blocks: one with exceptions, or one for each part, for a family."""
    found: list[Part] = []
    for family in sorted(addresses.families, key=lambda each: each.value):
        own = addresses.over(family)
        blocks = own.cidrs()
        whole = enclose(own)
        exceptions = (whole - own).cidrs()
        if len(exceptions) + 1 < len(blocks):
            found.append(build_block(whole.cidrs()[0], exceptions))
        else:
            found.extend(build_block(block) for block in blocks)
    return found


def build_port(protocol: Protocol, port: int | str) -> Part:
    """An entry of ``ports``, by number or by name."""
    return {"protocol": str(protocol), "port": port}


def build_ports(ports: PortSet) -> list[Part]:
    """The entries of ``ports``."""
    found: list[Part] = []
    for protocol in Protocol:
        if ports.restricted(protocol) == PortSet.all_of(protocol):
            found.append({"protocol": str(protocol)})
            continue
        for low, high in ports.ports(protocol):
            end: Part = {"endPort": high} if high > low else {}
            found.append(build_port(protocol, low) | end)
    return found


def shared_labels(pods: Sequence[Pod]) -> Labels:
    """The labels that all the pods have, without those that change with each roll-out."""
    shared = set.intersection(*(set(pod.labels.pairs) for pod in pods))
    return Labels.of({k: v for k, v in shared if k not in _MADE_BY_CONTROLLERS})
