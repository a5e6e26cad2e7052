"""YAML that would let a denied connection through."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.model.addresses import AddressSet
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.policies import Direction
from netsim.model.ports import Protocol
from netsim.model.resources import NAME_LABEL, PodNetwork
from netsim.words.yaml import policy_head, scalar, selector, shared_labels


def rule_for(
    direction: Direction, home: str, peer: Endpoint, protocol: Protocol, port: int
) -> str:
    """The rule to add to a policy of namespace ``home``; empty where none can be written."""
    item = "\n".join(f"      {line}" for line in _peer(home, peer))
    if not item:
        return ""
    word = "from" if direction is Direction.INGRESS else "to"
    ports = f"    ports:\n      - protocol: {protocol}\n        port: {port}\n"
    return f"{direction.word}:\n  - {word}:\n{item}\n{ports}"


def policy_for(name: str, subject: PodEndpoint, direction: Direction, rule: str) -> str:
    """A whole policy with one rule, for pods that have none of their own."""
    namespace = subject.pods[0].namespace
    pods = "\n".join(f"  {line}" for line in _pods(subject))
    body = "\n".join(f"  {line}" for line in rule.splitlines())
    return f"{policy_head(name, namespace)}{pods}\n  policyTypes: [{direction.value}]\n{body}\n"


def _peer(home: str, peer: Endpoint) -> Iterator[str]:
    if isinstance(peer, ExternalEndpoint):
        yield from _blocks(peer.addresses)
    elif any(pod.network is PodNetwork.HOST for pod in peer.pods):
        for pod in peer.pods:
            yield from _blocks(pod.addresses or AddressSet.empty())
    else:
        yield from _selected(home, peer)


def _blocks(addresses: AddressSet) -> Iterator[str]:
    for family, (low, high) in addresses:
        if low == high:
            yield f"- ipBlock: {{cidr: {scalar(f'{family.address(low)}/{family.value}')}}}"


def _selected(home: str, peer: PodEndpoint) -> Iterator[str]:
    namespace = peer.pods[0].namespace
    start = "- "
    if namespace != home:
        yield "- namespaceSelector:"
        yield f"    matchLabels: {{{NAME_LABEL}: {scalar(namespace)}}}"
        start = "  "
    for line in _pods(peer):
        yield f"{start}{line}"
        start = "  "


def _pods(endpoint: PodEndpoint) -> Iterator[str]:
    labels = shared_labels(endpoint.pods)
    if not labels.pairs:
        yield "podSelector: {}"
        return
    yield from selector("podSelector", dict(labels.pairs)).splitlines()
