"""YAML that would let a denied connection through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from netsim.model.addresses import AddressSet
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.policies import Direction
from netsim.model.ports import Connection
from netsim.model.resources import NAME_LABEL, Pod, PodNetwork, Resources
from netsim.words.yaml import policy_head, scalar, selector, shared_labels

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")


def write_rule(
    resources: Resources, direction: Direction, home: str, peer: Endpoint, on: Connection
) -> str:
    """The rule to add to a policy of namespace ``home``; empty where none can be written."""
    protocol, port = on
    item = "\n".join(f"    {line}" for line in _write_peers(resources, home, peer))
    if not item:
        return ""
    word = "from" if direction is Direction.INGRESS else "to"
    ports = f"  ports:\n    - protocol: {protocol}\n      port: {port}\n"
    return f"- {word}:\n{item}\n{ports}"


def write_policies(
    resources: Resources,
    name: str,
    subject: PodEndpoint,
    direction: Direction,
    peer: Endpoint,
    on: Connection,
) -> str:
    """A policy with one rule for pods that have none of their own; one for each workload."""
    groups = _group(subject.pods)
    names = (name, *(f"{name}-{number}" for number in range(2, len(groups) + 1)))
    written = []
    for each, pods in zip(names, groups, strict=True):
        rule = write_rule(resources, direction, pods[0].namespace, peer, on)
        written.append(_write_policy(each, pods, direction, rule))
    return "---\n".join(written)


def _write_policy(name: str, pods: tuple[Pod, ...], direction: Direction, rule: str) -> str:
    selected = "\n".join(f"  {line}" for line in _write_pod_selector(pods))
    body = "\n".join(f"    {line}" for line in rule.splitlines())
    return (
        f"{policy_head(name, pods[0].namespace)}{selected}\n"
        f"  policyTypes: [{direction.value}]\n  {direction.word}:\n{body}\n"
    )


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


def _write_peers(resources: Resources, home: str, peer: Endpoint) -> Iterator[str]:
    if isinstance(peer, ExternalEndpoint):
        yield from _write_blocks(peer.addresses)
        return
    if any(not name_namespace(resources, pod.namespace) for pod in peer.pods):
        return
    on_host = [pod for pod in peer.pods if pod.network is PodNetwork.HOST]
    if any(pod.addresses is None for pod in on_host):
        return
    own = [pod for pod in peer.pods if pod.network is not PodNetwork.HOST]
    if any(pod.misplaced and not _choose_labels((pod,)) for pod in own):
        return
    yield from _write_blocks(AddressSet.union(pod.addresses or _NONE for pod in on_host))
    items = ("\n".join(_write_selectors(resources, home, group)) for group in _group(own))
    for item in dict.fromkeys(items):
        yield from item.splitlines()


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


def _write_blocks(addresses: AddressSet) -> Iterator[str]:
    for block in addresses.cidrs():
        yield f"- ipBlock: {{cidr: {scalar(block)}}}"


def name_namespace(resources: Resources, namespace: str) -> dict[str, str]:
    """The labels by which a selector finds a namespace; none where nothing tells it apart.

    One that nobody has written yet has no name.
    """
    if _NAME.fullmatch(namespace):
        return {NAME_LABEL: namespace}
    labels = resources.namespace(namespace).labels
    return {key: value for key, value in labels.pairs if key != NAME_LABEL}


def _write_selectors(resources: Resources, home: str, pods: tuple[Pod, ...]) -> Iterator[str]:
    namespace = pods[0].namespace
    start = "- "
    if namespace != home:
        yield "- namespaceSelector:"
        labels = name_namespace(resources, namespace).items()
        written = ", ".join(f"{scalar(key)}: {scalar(value)}" for key, value in labels)
        yield f"    matchLabels: {{{written}}}"
        start = "  "
    for line in _write_pod_selector(pods):
        yield f"{start}{line}"
        start = "  "


def _write_pod_selector(pods: tuple[Pod, ...]) -> Iterator[str]:
    labels = _choose_labels(pods)
    if not labels:
        yield "podSelector: {}  # every pod: without labels this one can't be told apart"
        return
    yield from selector("podSelector", labels).splitlines()
