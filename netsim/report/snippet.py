"""YAML that would let a denied connection through."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from netsim.model.addresses import AddressSet
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.policies import Direction
from netsim.model.ports import Protocol
from netsim.model.resources import NAME_LABEL, PodNetwork

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9./-]*[A-Za-z0-9]")
_WORDS = frozenset(("true", "false", "yes", "no", "on", "off", "null"))
_MADE_BY_CONTROLLERS = frozenset(
    (
        "pod-template-hash",
        "pod-template-generation",
        "controller-revision-hash",
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
    )
)


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
    selector = "\n".join(f"  {line}" for line in _pods(subject))
    head = (
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n"
        f"  name: {_scalar(name)}\n  namespace: {_scalar(namespace)}\nspec:\n"
    )
    body = "\n".join(f"  {line}" for line in rule.splitlines())
    return f"{head}{selector}\n  policyTypes: [{direction.value}]\n{body}\n"


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
            yield f"- ipBlock: {{cidr: {_scalar(f'{family.address(low)}/{family.value}')}}}"


def _selected(home: str, peer: PodEndpoint) -> Iterator[str]:
    namespace = peer.pods[0].namespace
    start = "- "
    if namespace != home:
        yield "- namespaceSelector:"
        yield f"    matchLabels: {{{NAME_LABEL}: {_scalar(namespace)}}}"
        start = "  "
    for line in _pods(peer):
        yield f"{start}{line}"
        start = "  "


def _pods(endpoint: PodEndpoint) -> Iterator[str]:
    labels = _shared_labels(endpoint)
    if not labels:
        yield "podSelector: {}"
        return
    yield "podSelector:"
    yield "  matchLabels:"
    for key, value in labels:
        yield f"    {_scalar(key)}: {_scalar(value)}"


def _shared_labels(peer: PodEndpoint) -> list[tuple[str, str]]:
    shared = set(peer.pods[0].labels.pairs)
    for pod in peer.pods[1:]:
        shared &= set(pod.labels.pairs)
    return sorted(pair for pair in shared if pair[0] not in _MADE_BY_CONTROLLERS)


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return json.dumps(text)
