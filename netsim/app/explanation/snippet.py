"""YAML that would let a denied connection through."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from netsim.engine.space.stand_ins import is_invented
from netsim.model.addresses import AddressSet
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.labels import Labels
from netsim.model.policies import Direction
from netsim.model.ports import Connection, PortSet, Protocol
from netsim.model.resources import Pod, PodNetwork
from netsim.words.policy_parts import (
    build_blocks,
    build_pod_peer,
    build_policy,
    build_rule,
    match_labels,
    shared_labels,
)
from netsim.words.yaml import write

_Parts = list[dict[str, Any]]
_Comments = dict[tuple[str | int, ...], str]


def write_rule(
    direction: Direction, home: str, peer: Endpoint, protocol: Protocol, port: int
) -> str:
    """The rule to add to a policy of namespace ``home``; empty where none can be written."""
    peers, notes = _build_peers(home, peer)
    if not peers:
        return ""
    rule = build_rule(direction, peers, PortSet.of(protocol, port))
    comments = {(0, direction.peer_word, *path): text for path, text in notes.items()}
    return write([rule], comments) + "\n"


def write_policies(
    name: str, subject: PodEndpoint, direction: Direction, peer: Endpoint, on: Connection
) -> str:
    """A policy with one rule for pods that have none of their own; one for each workload."""
    groups = _group(subject.pods)
    names = (name, *(f"{name}-{number}" for number in range(2, len(groups) + 1)))
    written = (
        _write_policy(each, pods, direction, peer, on)
        for each, pods in zip(names, groups, strict=True)
    )
    return "---\n".join(written)


def _write_policy(
    name: str, pods: tuple[Pod, ...], direction: Direction, peer: Endpoint, on: Connection
) -> str:
    namespace, labels = pods[0].namespace, _choose_labels(pods)
    peers, notes = _build_peers(namespace, peer)
    protocol, port = on
    rule = build_rule(direction, peers, PortSet.of(protocol, port))
    policy = build_policy(
        name, namespace, match_labels(labels), (direction,), {direction: [rule]}
    )
    way = ("spec", direction.word, 0, direction.peer_word)
    comments = {(*way, *path): text for path, text in notes.items()}
    if not labels:
        comments["spec", "podSelector"] = _UNLABELLED
    return write(policy, comments) + "\n"


def is_labelled(pod: Pod) -> bool:
    """Whether a selector can tell a pod by labels that last."""
    return bool(_choose_labels((pod,)))


def _group(pods: Iterable[Pod]) -> list[tuple[Pod, ...]]:
    """The pods of each workload; those that share no label by themselves."""
    ordered = sorted(pods, key=lambda pod: pod.workload)
    groups = (tuple(group) for _, group in groupby(ordered, key=lambda pod: pod.workload))
    return list(
        dict.fromkeys(
            part
            for group in groups
            for part in ([group] if _choose_labels(group) else [(pod,) for pod in group])
        )
    )


def _build_peers(home: str, peer: Endpoint) -> tuple[_Parts, _Comments]:
    """The items of ``from`` or ``to``, none where they cannot be told, and comments on them."""
    if isinstance(peer, ExternalEndpoint):
        return build_blocks(peer.addresses), {}
    if any(is_invented(pod.namespace) for pod in peer.pods):
        return [], {}
    on_host = [pod for pod in peer.pods if pod.network is PodNetwork.HOST]
    if any(pod.addresses is None for pod in on_host):
        return [], {}
    own = [pod for pod in peer.pods if pod.network is not PodNetwork.HOST]
    if any(pod.misplaced and not _choose_labels((pod,)) for pod in own):
        return [], {}
    peers = build_blocks(AddressSet.union(pod.addresses or _NONE for pod in on_host))
    comments: _Comments = {}
    for group in _group(own):
        labels, namespace = _choose_labels(group), group[0].namespace
        item = build_pod_peer(Labels.of(labels), None if namespace == home else namespace)
        if item not in peers:
            if not labels:
                comments[len(peers), "podSelector"] = _UNLABELLED
            peers.append(item)
    return peers, comments


_UNLABELLED = "every pod: without labels this one can't be told apart"
_NONE = AddressSet.empty()


def _choose_labels(pods: tuple[Pod, ...]) -> dict[str, str]:
    """The labels that all of some pods have, of those that nobody wrote the first."""
    written = dict(shared_labels(pods).pairs)
    if written:
        return written
    generated = [
        {each.key: each.value for each in pod.labels.generated if each.value} for pod in pods
    ]
    first = generated[0] if generated else {}
    for key, value in sorted(first.items()):
        if all(each.get(key) == value for each in generated):
            return {key: value}
    return {}
