"""Dependencies that follow from what policies and budgets select."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from netsim.model.bundle import Manifest
from netsim.model.policies import Policy, Tier
from netsim.model.references import ObjectName
from netsim.model.resources import Pod, PodNetwork, Resources
from netsim.rollout.dependency import Dependency, Item, Reason, Rollout

_TEMPLATE = "PodTemplate"


def selection_dependencies(rollout: Rollout) -> Iterator[Dependency]:
    """Policies before the pods they select, budgets after them, and denials after allows."""
    known = {each.name: each for each in rollout.bundle.manifests}
    pods = tuple(_pods(rollout, known))
    yield from _protections(rollout.resources, known, pods)
    yield from _budgets(rollout, known, pods)
    yield from _denials(rollout.resources, known)


def policy_name(policy: Policy) -> ObjectName:
    """The object that a policy was read from."""
    return ObjectName(policy.kind, policy.namespace, policy.name)


def pod_names(pod: Pod) -> tuple[ObjectName, ...]:
    """The objects that may have made a pod: its workload, or a manifest of its own."""
    workload = pod.workload
    own = (ObjectName("Pod", pod.namespace, pod.name),) if pod.name else ()
    return (ObjectName(workload.kind, workload.namespace, workload.name), *own)


def _pods(rollout: Rollout, known: dict[ObjectName, Manifest]) -> Iterator[tuple[Pod, Item]]:
    for pod in rollout.resources.pods:
        made = next((known[name] for name in pod_names(pod) if name in known), None)
        if made:
            yield pod, Item.of(made)
    for installation in rollout.installations:
        yield from ((pod, installation.item(pod)) for pod in installation.pods)


def _protections(
    resources: Resources,
    known: dict[ObjectName, Manifest],
    pods: tuple[tuple[Pod, Item], ...],
) -> Iterator[Dependency]:
    spaces: dict[str, list[Policy]] = defaultdict(list)
    for each in resources.policies:
        spaces[each.namespace].append(each)
    for pod, item in pods:
        if pod.network is PodNetwork.HOST:
            continue
        for policy in (*spaces[pod.namespace], *spaces[""]):
            manifest = known.get(policy_name(policy))
            if manifest and _selects(policy, pod, resources):
                on = Item.of(manifest)
                yield Dependency(item, on, Reason.PROTECTION, item.location)


def _selects(policy: Policy, pod: Pod, resources: Resources) -> bool:
    space = resources.namespace(pod.namespace).labels
    return policy.subject.selects(pod.labels, pod.namespace, space, policy.namespace)


def _budgets(
    rollout: Rollout,
    known: dict[ObjectName, Manifest],
    pods: tuple[tuple[Pod, Item], ...],
) -> Iterator[Dependency]:
    for budget in rollout.bundle.budgets:
        manifest = known.get(budget.object_name)
        if manifest is None or budget.selector is None:
            continue
        for pod, item in pods:
            # A PodTemplate has no pods of its own.
            own = pod.namespace == budget.namespace and pod.workload.kind != _TEMPLATE
            if own and budget.selector.matches(pod.labels):
                counts = Item.of(manifest), item
                yield Dependency(*counts, Reason.BUDGET, budget.selector_location)


def _denials(resources: Resources, known: dict[ObjectName, Manifest]) -> Iterator[Dependency]:
    """A policy that only closes, for all pods of a namespace, after those that open there."""
    policies = resources.policies_of(Tier.NETWORK_POLICY)
    for denial in policies:
        own = known.get(policy_name(denial))
        if own is None or not is_default_deny(denial):
            continue
        for other in policies:
            on = known.get(policy_name(other))
            if on and other.rules and other.namespace == denial.namespace:
                yield Dependency(Item.of(own), Item.of(on), Reason.DENIAL, denial.location)


def is_default_deny(policy: Policy) -> bool:
    """Whether a policy isolates every pod of its namespace and opens nothing."""
    return not policy.rules and not policy.subject.pods.requirements
