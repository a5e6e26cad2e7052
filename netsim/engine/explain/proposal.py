"""What to write so that policies let a denied connection through, as plain values.

A rule for a policy that is about the subject and nothing else, or policies for the subject: a
rule in a policy that selects more than the subject would open all that it selects.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, groupby

from netsim.model.addresses import AddressSet
from netsim.model.endpoint import Endpoint, ExternalEndpoint
from netsim.model.policies import Direction, Policy
from netsim.model.ports import PortSet
from netsim.model.resources import NAME_LABEL, Pod, PodNetwork, Resources
from netsim.words.policy_parts import (
    Part,
    build_blocks,
    build_pod_peer,
    build_policy,
    build_rule,
    match_labels,
    shared_labels,
)

_NONE = AddressSet.empty()
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_UNFIT = re.compile(r"[^a-z0-9.]+")
_MOST = 200
"""Of 253 characters that the name of an object may have; the rest is for what follows."""


def propose_rule(
    resources: Resources, direction: Direction, home: str, peer: Endpoint, ports: PortSet
) -> Part:
    """The rule to add to a policy of namespace ``home``; empty where none can be written."""
    peers = propose_peers(resources, home, peer)
    return build_rule(direction, peers, ports) if peers else {}


def propose_policies(
    resources: Resources,
    name: str,
    subject: Sequence[Pod],
    direction: Direction,
    peer: Endpoint,
    ports: PortSet,
) -> list[Part]:
    """Policies with one rule for pods that have none of their own; one for each workload.

    In each the rule says where the peer is from where its own workload is.
    """
    groups = group_pods(subject)
    names = (name, *(f"{name}-{number}" for number in range(2, len(groups) + 1)))
    return [
        build_policy(
            each,
            pods[0].namespace,
            match_labels(choose_labels(pods)),
            (direction,),
            {direction: [propose_rule(resources, direction, pods[0].namespace, peer, ports)]},
        )
        for each, pods in zip(names, groups, strict=True)
    ]


def propose_peers(resources: Resources, home: str, peer: Endpoint) -> list[Part]:
    """What stands for an endpoint in a policy of namespace ``home``; nothing where none can.

    Pods on the host's network are known by their addresses alone.
    """
    if isinstance(peer, ExternalEndpoint):
        return build_blocks(peer.addresses)
    if any(not name_namespace(resources, pod.namespace) for pod in peer.pods):
        return []
    on_host = [pod for pod in peer.pods if pod.network is PodNetwork.HOST]
    if any(pod.addresses is None for pod in on_host):
        return []
    own = [pod for pod in peer.pods if pod.network is not PodNetwork.HOST]
    if any(pod.misplaced and not choose_labels((pod,)) for pod in own):
        return []
    peers = build_blocks(AddressSet.union(pod.addresses or _NONE for pod in on_host))
    for group in group_pods(own):
        namespace = group[0].namespace
        space = None if namespace == home else name_namespace(resources, namespace)
        found = build_pod_peer(choose_labels(group), space)
        if found not in peers:
            peers.append(found)
    return peers


def is_about(resources: Resources, policy: Policy, subject: Sequence[Pod]) -> bool:
    """Whether a policy selects the subject, and no more than one by all its labels would.

    A rule that is added to it opens nothing else.
    """
    wanted = policy.subject.pods
    if not wanted.requirements or not subject:
        return False
    own = set(shared_labels(subject).pairs)
    return all(
        pod.namespace == policy.namespace and wanted.matches(pod.labels) for pod in subject
    ) and all(
        own <= set(pod.labels.pairs)
        for pod in resources.pods
        if pod.namespace == policy.namespace and wanted.matches(pod.labels)
    )


def name_namespace(resources: Resources, namespace: str) -> dict[str, str]:
    """The labels by which a selector finds a namespace; none where nothing tells it apart.

    One that nobody has written yet has no name.
    """
    if _NAME.fullmatch(namespace):
        return {NAME_LABEL: namespace}
    labels = resources.namespace(namespace).labels
    return {key: value for key, value in labels.pairs if key != NAME_LABEL}


def name_policy(text: str) -> str:
    """A name that Kubernetes accepts, after that of an endpoint or a workload."""
    return _UNFIT.sub("-", text.lower())[:_MOST].strip("-.") or "pods"


def choose_name(taken: Iterable[str], subject: str, direction: Direction) -> str:
    """A name for a policy that is about a direction of a subject, and that is not taken."""
    used = set(taken)
    name = f"{subject}-{direction.word}"
    return next(free for free in _number_names(name) if free not in used)


def is_labelled(pod: Pod) -> bool:
    """Whether a selector can tell a pod by labels that last."""
    return bool(choose_labels((pod,)))


def choose_labels(pods: Sequence[Pod]) -> dict[str, str]:
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


def group_pods(pods: Iterable[Pod]) -> list[tuple[Pod, ...]]:
    """The pods of each workload; those that share no label by themselves."""
    ordered = sorted(pods, key=lambda pod: pod.workload)
    groups = (tuple(group) for _, group in groupby(ordered, key=lambda pod: pod.workload))
    return list(
        dict.fromkeys(
            part
            for group in groups
            for part in ([group] if choose_labels(group) else [(pod,) for pod in group])
        )
    )


def _number_names(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in count(2))
