"""YAML that would let a denied connection through."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.engine.space.stand_ins import is_invented
from netsim.model.addresses import AddressSet
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.policies import Direction
from netsim.model.ports import Protocol
from netsim.model.resources import NAME_LABEL, PodNetwork
from netsim.words.yaml import policy_head, scalar, selector, shared_labels


def write_rule(
    direction: Direction, home: str, peer: Endpoint, protocol: Protocol, port: int
) -> str:
    """The rule to add to a policy of namespace ``home``; empty where none can be written."""
    item = "\n".join(f"      {line}" for line in _write_peer(home, peer))
    if not item:
        return ""
    word = "from" if direction is Direction.INGRESS else "to"
    ports = f"    ports:\n      - protocol: {protocol}\n        port: {port}\n"
    return f"{direction.word}:\n  - {word}:\n{item}\n{ports}"


def write_policy(name: str, subject: PodEndpoint, direction: Direction, rule: str) -> str:
    """A whole policy with one rule, for pods that have none of their own."""
    namespace = subject.pods[0].namespace
    pods = "\n".join(f"  {line}" for line in _write_pod_selector(subject))
    body = "\n".join(f"  {line}" for line in rule.splitlines())
    return f"{policy_head(name, namespace)}{pods}\n  policyTypes: [{direction.value}]\n{body}\n"


def _write_peer(home: str, peer: Endpoint) -> Iterator[str]:
    if isinstance(peer, ExternalEndpoint):
        yield from _write_blocks(peer.addresses)
    elif any(pod.network is PodNetwork.HOST for pod in peer.pods):
        for pod in peer.pods:
            yield from _write_blocks(pod.addresses or AddressSet.empty())
    elif not any(is_invented(pod.namespace) for pod in peer.pods):
        yield from _write_selectors(home, peer)


def _write_blocks(addresses: AddressSet) -> Iterator[str]:
    for family, (low, high) in addresses:
        if low == high:
            yield f"- ipBlock: {{cidr: {scalar(f'{family.address(low)}/{family.value}')}}}"


def _write_selectors(home: str, peer: PodEndpoint) -> Iterator[str]:
    namespace = peer.pods[0].namespace
    start = "- "
    if namespace != home:
        yield "- namespaceSelector:"
        yield f"    matchLabels: {{{NAME_LABEL}: {scalar(namespace)}}}"
        start = "  "
    for line in _write_pod_selector(peer):
        yield f"{start}{line}"
        start = "  "


def _write_pod_selector(endpoint: PodEndpoint) -> Iterator[str]:
    labels = shared_labels(endpoint.pods)
    if not labels.pairs:
        yield "podSelector: {}"
        return
    yield from selector("podSelector", dict(labels.pairs)).splitlines()
