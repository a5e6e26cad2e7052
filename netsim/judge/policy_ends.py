"""How the endpoints of a scenario are written in a policy: as its subject, and as a peer.

``Front: {labels: {app: front}}`` is ``podSelector: {matchLabels: {app: front}}``: what is
documented by labels is selected by them, and a workload by those that its pods share.
"""

from __future__ import annotations

from msgspec import Struct

from netsim.engine.explain.proposal import (
    choose_labels,
    group_pods,
    is_labelled,
    name_policy,
    propose_peers,
)
from netsim.engine.space.stand_ins import is_invented, is_stand_in
from netsim.intent.scenario.bind import BoundEndpoint
from netsim.intent.scenario.endpoints import LabelledEndpoint, is_anywhere
from netsim.model.endpoint import PodEndpoint
from netsim.model.policies import Policy
from netsim.model.resources import Pod, PodNetwork, Resources
from netsim.words.policy_parts import Part, build_pod_peer, match_labels, name_label


class Subject(Struct, frozen=True):
    """Pods that a policy selects: a namespace, a selector, and a name for such a policy."""

    namespace: str
    labels: tuple[tuple[str, str], ...]
    name: str

    @property
    def selector(self) -> Part:
        """What the policy has as ``podSelector``."""
        return match_labels(dict(self.labels))


def list_subjects(bound: BoundEndpoint) -> tuple[Subject, ...]:
    """What policies that are about an endpoint select; nothing where no selector tells it."""
    if not isinstance(bound.endpoint, PodEndpoint):
        return ()
    pods = [pod for pod in bound.endpoint.pods if not is_invented(pod.namespace)]
    pods = [pod for pod in pods if pod.network is PodNetwork.POD]
    declared = bound.declared
    if isinstance(declared, LabelledEndpoint):
        name = name_policy(declared.name)
        spaces = dict.fromkeys(pod.namespace for pod in pods)
        return tuple(Subject(space, declared.labels.pairs, name) for space in spaces)
    if not all(map(is_labelled, pods)):
        return ()
    subjects = (
        Subject(
            group[0].namespace,
            tuple(choose_labels(group).items()),
            name_policy(group[0].workload.name),
        )
        for group in group_pods(pods)
    )
    return tuple(dict.fromkeys(subjects))


def list_peers(resources: Resources, bound: BoundEndpoint, home: str) -> list[Part]:
    """What stands for an endpoint in a policy of namespace ``home``; nothing where none can."""
    declared, endpoint = bound.declared, bound.endpoint
    if not isinstance(endpoint, PodEndpoint):
        return propose_peers(resources, home, endpoint)
    if any(pod.network is PodNetwork.HOST for pod in endpoint.pods):
        return propose_peers(resources, home, endpoint)
    if isinstance(declared, LabelledEndpoint):
        labels = dict(declared.labels.pairs)
        if is_anywhere(declared):
            return [{"podSelector": match_labels(labels), "namespaceSelector": {}}]
        own = None if declared.namespace == home else name_label(declared.namespace)
        return [build_pod_peer(labels, own)]
    return (
        propose_peers(resources, home, endpoint) if all(map(is_labelled, endpoint.pods)) else []
    )


def selects_alone(policy: Policy, subject: Subject, pods: tuple[Pod, ...]) -> bool:
    """Whether a policy selects a subject, and nothing else among the pods that are known.

    A rule that is added to it opens nothing else.  Stand-ins are no pods that anybody has.
    """
    if policy.namespace != subject.namespace:
        return False
    wanted = policy.subject.pods
    if not wanted.requirements:
        return not subject.labels
    own = [pod for pod in pods if pod.namespace == policy.namespace]
    members = {pod for pod in own if _has(pod, subject)}
    strangers = [pod for pod in own if pod not in members and not is_stand_in(pod)]
    return all(wanted.matches(pod.labels) for pod in members) and not any(
        wanted.may_match(pod.labels) for pod in strangers
    )


def _has(pod: Pod, subject: Subject) -> bool:
    return all(pod.labels.get(key) == value for key, value in subject.labels)
