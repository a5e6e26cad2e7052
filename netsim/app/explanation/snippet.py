"""YAML that would let a denied connection through."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from netsim.engine.space.stand_ins import is_invented
from netsim.model.addresses import AddressSet
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.labels import Labels
from netsim.model.policies import Direction
from netsim.model.ports import Connection, PortSet, Protocol
from netsim.model.resources import Pod, PodNetwork
from netsim.words.policy_parts import (
    Part,
    build_blocks,
    build_pod_peer,
    build_policy,
    build_rule,
    match_labels,
    shared_labels,
)
from netsim.words.yaml import write


def write_rule(
    direction: Direction, home: str, peer: Endpoint, protocol: Protocol, port: int
) -> str:
    """The rule to add to a policy of namespace ``home``; empty where none can be written."""
    rule = _build_rule(direction, home, peer, (protocol, port))
    return f"{write([rule])}\n" if rule else ""


def write_policies(
    name: str, subject: PodEndpoint, direction: Direction, peer: Endpoint, on: Connection
) -> str:
    """A policy with one rule for pods that have none of their own; one for each workload."""
    groups = _group(subject.pods)
    names = (name, *(f"{name}-{number}" for number in range(2, len(groups) + 1)))
    written = []
    for each, pods in zip(names, groups, strict=True):
        namespace = pods[0].namespace
        rules = {direction: [_build_rule(direction, namespace, peer, on)]}
        subjects = match_labels(_choose_labels(pods))
        written.append(write(build_policy(each, namespace, subjects, (direction,), rules)))
    return "".join(f"{each}\n" for each in "\n---\n".join(written).split("\n"))


def _build_rule(direction: Direction, home: str, peer: Endpoint, on: Connection) -> Part:
    """The rule; empty where none can be written."""
    peers = _build_peers(home, peer)
    return build_rule(direction, peers, PortSet.of(*on)) if peers else {}


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


def _build_peers(home: str, peer: Endpoint) -> list[Part]:
    if isinstance(peer, ExternalEndpoint):
        return build_blocks(peer.addresses)
    if any(is_invented(pod.namespace) for pod in peer.pods):
        return []
    on_host = [pod for pod in peer.pods if pod.network is PodNetwork.HOST]
    if any(pod.addresses is None for pod in on_host):
        return []
    own = [pod for pod in peer.pods if pod.network is not PodNetwork.HOST]
    if any(pod.misplaced and not _choose_labels((pod,)) for pod in own):
        return []
    found = build_blocks(AddressSet.union(pod.addresses or _NONE for pod in on_host))
    for group in _group(own):
        labels, namespace = Labels.of(_choose_labels(group)), group[0].namespace
        item = build_pod_peer(labels, None if namespace == home else namespace)
        if item not in found:
            found.append(item)
    return found


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
