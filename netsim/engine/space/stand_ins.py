"""Stand-ins: pods that the input does not have but a cluster may.

The documented world is closed, so "everything else is denied" also covers pods that nobody has
written yet.  One pod without labels stands for them in each namespace that something names
(``any other pod in shop``), and one in a namespace that nothing names.  Where a peer of a
policy matches no known pod, one pod with just the labels it asks for stands in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from msgspec.structs import replace

from netsim.model.endpoint import PodEndpoint
from netsim.model.labels import Labels, Operator, Selector
from netsim.model.peers import PodPeer
from netsim.model.policies import Policy
from netsim.model.resources import (
    NAME_LABEL,
    Namespace,
    Origin,
    Pod,
    Resources,
    WorkloadName,
)

ANY = "Any"
ELSEWHERE = "another namespace"
_ANY_VALUE = "any"


def add_stand_ins(
    resources: Resources, modelled: Iterable[PodEndpoint], governed: Collection[str]
) -> Resources:
    """The resources with the scenario's modelled pods and the stand-ins added."""
    extra = [
        pod for endpoint in modelled for pod in endpoint.pods if pod.origin is Origin.MODELLED
    ]
    pods = (*resources.pods, *extra)
    spaces = _list_namespaces(resources, {*governed, *(pod.namespace for pod in extra)})
    asked_for = dict.fromkeys(_stand_in_for_peers(resources, pods, spaces, governed))
    everyone = (stand_in_for_all(space.name) for space in spaces)
    return replace(resources, namespaces=spaces, pods=(*pods, *everyone, *asked_for))


def stand_in_for_policies(resources: Resources, policies: Iterable[Policy]) -> Resources:
    """Pods, with their namespaces, that some policies select or ask for and nobody has written.

    ``resources`` are what is known.
    """
    asking = replace(resources, policies=tuple(policies))
    named = {pod.namespace for pod in resources.pods}
    named |= {policy.namespace for policy in asking.policies if policy.namespace}
    subjects = (policy.subject.namespaces for policy in asking.policies)
    spaces = _list_namespaces(asking, named, subjects)
    selecting = [(policy, policy.subject) for policy in asking.policies]
    pods: dict[Pod, None] = {}
    for policy, peer in (*selecting, *_list_peers(asking)):
        labels = _satisfy(peer.pods)
        for namespace in _list_homes(policy, peer, spaces, ()) if labels else ():
            if labels and not _is_known(resources.pods, namespace, peer.pods):
                pods[stand_in(namespace, labels)] = None
    inhabited = {pod.namespace for pod in pods}
    return Resources(
        namespaces=tuple(space for space in spaces if space.name in inhabited),
        pods=tuple(pods),
    )


def _is_known(pods: Iterable[Pod], namespace: str, selector: Selector) -> bool:
    return any(pod.namespace == namespace and selector.matches(pod.labels) for pod in pods)


def stand_in(namespace: str, labels: Labels) -> Pod:
    """A pod with just some labels that stands for every such pod nobody has written."""
    name = f"any pod with {labels}" if labels.pairs else "any other pod"
    return Pod(WorkloadName(namespace, name, ANY), labels, origin=Origin.MODELLED)


def _list_namespaces(
    resources: Resources, named: set[str], also: Iterable[Selector | None] = ()
) -> tuple[Namespace, ...]:
    """Namespaces read or named, and one for each selector that matches none of them."""
    selectors = dict.fromkeys((*(peer.namespaces for _, peer in _list_peers(resources)), *also))
    named |= {space.name for space in resources.namespaces}
    named |= {name for selector in selectors if selector for name in _list_names(selector)}
    stranger = Namespace(ELSEWHERE, Labels.of({NAME_LABEL: ELSEWHERE}), Origin.MODELLED)
    named.discard(ELSEWHERE)
    known = [*(resources.namespace(name) for name in sorted(named)), stranger]
    for selector in filter(None, selectors):
        is_met = any(selector.matches(space.labels) for space in known)
        labels = None if is_met else _satisfy(selector)
        if labels:
            known.append(Namespace(f"a namespace with {selector}", labels, Origin.MODELLED))
    return tuple(known)


def _list_peers(resources: Resources) -> Iterator[tuple[Policy, PodPeer]]:
    for policy in resources.policies:
        for rule in policy.rules:
            for peer in rule.peers:
                if isinstance(peer, PodPeer):
                    yield policy, peer


def _list_names(selector: Selector) -> Iterator[str]:
    """The namespaces that a selector asks for by name."""
    for requirement in selector.requirements:
        if requirement.key == NAME_LABEL and requirement.operator is Operator.IN:
            yield from requirement.values


def _satisfy(selector: Selector) -> Labels | None:
    """The fewest labels that a selector matches; None for one that matches nothing."""
    found = {
        requirement.key: requirement.values[0] if requirement.values else _ANY_VALUE
        for requirement in selector.requirements
        if requirement.operator in (Operator.IN, Operator.EXISTS)
    }
    labels = Labels.of(found)
    return labels if selector.matches(labels) else None


def _stand_in_for_peers(
    resources: Resources,
    pods: tuple[Pod, ...],
    spaces: tuple[Namespace, ...],
    governed: Collection[str],
) -> Iterator[Pod]:
    """Pods that peers ask for by labels and that nobody has written."""
    for policy, peer in _list_peers(resources):
        labels = _satisfy(peer.pods)
        if not labels or not labels.pairs:
            continue
        for namespace in _list_homes(policy, peer, spaces, governed):
            if not _is_known(pods, namespace, peer.pods):
                yield stand_in(namespace, labels)


def _list_homes(
    policy: Policy,
    peer: PodPeer,
    spaces: tuple[Namespace, ...],
    governed: Collection[str],
) -> tuple[str, ...]:
    if peer.namespaces is None:
        return (policy.namespace,) if policy.namespace else ()
    found = tuple(space.name for space in spaces if peer.namespaces.matches(space.labels))
    # A selector this wide says nothing of single namespaces.
    if ELSEWHERE in found:
        return tuple(name for name in (ELSEWHERE, *governed) if name in found)
    return found


def stand_in_for_all(namespace: str) -> Pod:
    """A pod without labels that stands for every pod nobody has written."""
    return stand_in(namespace, Labels())


def is_stand_in(pod: Pod) -> bool:
    """Whether a pod stands in for pods that nobody has written."""
    return pod.origin is Origin.MODELLED and pod.workload.kind == ANY


def is_invented(namespace: str) -> bool:
    """Whether a namespace stands for any that is not known, so that nothing can name it."""
    return " " in namespace


def name_pod(pod: Pod) -> str:
    """The name to show for a pod that the scenario does not name."""
    if not is_stand_in(pod):
        return str(pod.workload)
    if pod.namespace == ELSEWHERE and not pod.labels.pairs:
        return f"any pod in {pod.namespace}"
    return f"{pod.workload.name} in {pod.namespace}"
