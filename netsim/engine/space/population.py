"""Pods that the input does not have but a cluster may: those the documentation is silent about.

The documented world is closed, so "everything else is denied" speaks of pods nobody has
written yet.  One pod without labels stands for them in each namespace that something names,
and one in a namespace that nothing names.  Where a policy selects peers that no known pod
is, one pod that has just the labels it asks for stands for those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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


def populated(
    resources: Resources, modelled: Iterable[PodEndpoint], governed: str
) -> Resources:
    """The resources with the scenario's modelled pods and the representatives added."""
    extra = [
        pod for endpoint in modelled for pod in endpoint.pods if pod.origin is Origin.MODELLED
    ]
    pods = (*resources.pods, *extra)
    spaces = _namespaces(resources, {governed, *(pod.namespace for pod in extra)})
    wanted = dict.fromkeys(_wanted(resources, pods, spaces, governed))
    everyone = (representative(space.name) for space in spaces)
    return replace(resources, namespaces=spaces, pods=(*pods, *everyone, *wanted))


def _namespaces(resources: Resources, named: set[str]) -> tuple[Namespace, ...]:
    """Those read or named, by a selector too, and one for each selector that finds none."""
    selectors = dict.fromkeys(peer.namespaces for _, peer in _peers(resources))
    named |= {space.name for space in resources.namespaces}
    named |= {name for selector in selectors if selector for name in _names(selector)}
    stranger = Namespace(ELSEWHERE, Labels.of({NAME_LABEL: ELSEWHERE}), Origin.MODELLED)
    known = [*(resources.namespace(name) for name in sorted(named)), stranger]
    for selector in selectors:
        if selector and not any(selector.matches(space.labels) for space in known):
            known += _labelled(selector)
    return tuple(known)


def _peers(resources: Resources) -> Iterator[tuple[Policy, PodPeer]]:
    for policy in resources.policies:
        for rule in policy.rules:
            for peer in rule.peers:
                if isinstance(peer, PodPeer):
                    yield policy, peer


def _names(selector: Selector) -> Iterator[str]:
    """The namespaces that a selector asks for by name."""
    for requirement in selector.requirements:
        if requirement.key == NAME_LABEL and requirement.operator is Operator.IN:
            yield from requirement.values


def _labelled(selector: Selector) -> Iterator[Namespace]:
    labels = _satisfying(selector)
    if labels:
        yield Namespace(f"a namespace with {selector}", labels, Origin.MODELLED)


def _satisfying(selector: Selector) -> Labels | None:
    """The fewest labels that a selector matches; None for one that matches nothing."""
    found = {
        requirement.key: requirement.values[0] if requirement.values else _ANY_VALUE
        for requirement in selector.requirements
        if requirement.operator in (Operator.IN, Operator.EXISTS)
    }
    labels = Labels.of(found)
    return labels if selector.matches(labels) else None


def _wanted(
    resources: Resources, pods: tuple[Pod, ...], spaces: tuple[Namespace, ...], governed: str
) -> Iterator[Pod]:
    """Pods that peers ask for by labels and that nobody has written."""
    for policy, peer in _peers(resources):
        labels = _satisfying(peer.pods)
        if not labels or not labels.pairs:
            continue
        for namespace in _homes(policy, peer, spaces, governed):
            if not any(p.namespace == namespace and peer.pods.matches(p.labels) for p in pods):
                name = WorkloadName(namespace, f"any pod with {labels}", ANY)
                yield Pod(name, labels, origin=Origin.MODELLED)


def _homes(
    policy: Policy, peer: PodPeer, spaces: tuple[Namespace, ...], governed: str
) -> tuple[str, ...]:
    if peer.namespaces is None:
        return (policy.namespace,) if policy.namespace else ()
    found = tuple(space.name for space in spaces if peer.namespaces.matches(space.labels))
    # A selector this wide says nothing of single namespaces.
    if ELSEWHERE in found:
        return tuple(name for name in (ELSEWHERE, governed) if name in found)
    return found


def representative(namespace: str) -> Pod:
    """A pod without labels that stands for all that is not written down."""
    name = WorkloadName(namespace, "any other pod", ANY)
    return Pod(name, Labels(), origin=Origin.MODELLED)


def is_representative(pod: Pod) -> bool:
    """Whether a pod stands for those that nobody has written."""
    return pod.origin is Origin.MODELLED and pod.workload.kind == ANY


def title(pod: Pod) -> str:
    """What people call a pod that the scenario does not name."""
    if not is_representative(pod):
        return str(pod.workload)
    if pod.namespace == ELSEWHERE and not pod.labels.pairs:
        return f"any pod in {pod.namespace}"
    return f"{pod.workload.name} in {pod.namespace}"
