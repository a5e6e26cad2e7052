"""A dependency: one object should be in the cluster before another, and why.

``CronJob shop/cleaner needs ServiceAccount shop/cleaner: no pod can be created before it
exists``.  Dependencies follow from what objects refer to, and from what policies and budgets
select.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from netsim.model.bundle import Bundle, Manifest
from netsim.model.location import Location
from netsim.model.policies import Policy, Tier
from netsim.model.references import Need, ObjectName, Reference
from netsim.model.resources import Pod, PodNetwork, Resources

_BINDINGS = frozenset(("RoleBinding", "ClusterRoleBinding"))
_ADMITTED = frozenset(("RuntimeClass", "PriorityClass", "ServiceAccount"))
_BUILT_IN = frozenset(
    (
        *("ClusterRole", "ClusterRoleBinding", "ConfigMap", "CronJob", "DaemonSet"),
        *("Deployment", "Endpoints", "Event", "Ingress", "Job", "Lease", "Namespace"),
        *("NetworkPolicy", "Node", "Pod", "PodTemplate", "ReplicaSet", "Role", "RoleBinding"),
        *("Secret", "Service", "ServiceAccount", "StatefulSet"),
    )
)
"""Kinds that Kubernetes serves; another project's kind of such a name is ``Kind.group``."""
_POD_TEMPLATE = "PodTemplate"


class Strength(Enum):
    """What a wrong order costs."""

    REQUIRED = "required"
    """The object is refused, or does not work until the other exists."""

    PROTECTS = "protects"
    """Pods run without a policy that selects them."""

    ADVISED = "advised"
    """Nothing fails, yet the other way round is better."""


class Retry(Enum):
    """Whether the object works by itself once the other exists."""

    NEVER = "never"
    """It is refused, and has to be applied again."""

    ALWAYS = "always"
    """Kubernetes accepts it, and tries again until it works."""


class DependencyReason(Enum):
    """Why an object should come after another; the value says what happens otherwise."""

    NAMESPACE = "the API server refuses objects of a namespace that does not exist"
    DEFINITION = "kubectl refuses a kind that the cluster does not know yet"
    ADMISSION = "the API server refuses the pod before it exists"
    CREATION = "no pod can be created before it exists"
    START = "no pod can start before it exists"
    TEMPLATE = "pods are made from it"
    ROLE = "the binding grants nothing before it exists"
    STORE = "no secret can be fetched before it exists"
    PROTECTION = "until then the pods run without their policies"
    OPTIONAL = "pods that start earlier run without it"
    BUDGET = "earlier, a budget has nothing to count"
    DENIAL = "until then it blocks what they allow"

    @property
    def strength(self) -> Strength:
        """What it costs to disregard it."""
        if self is DependencyReason.PROTECTION:
            return Strength.PROTECTS
        return Strength.ADVISED if self in _ADVISED else Strength.REQUIRED

    @property
    def retry(self) -> Retry:
        """What happens to an object that comes too early.

        Admission rejects a Pod without its ServiceAccount, RuntimeClass or PriorityClass;
        a controller that creates pods tries again, as the kubelet does for Secrets,
        ConfigMaps and volumes.
        """
        return Retry.NEVER if self in _REFUSED else Retry.ALWAYS


_REFUSED = frozenset(
    (DependencyReason.NAMESPACE, DependencyReason.DEFINITION, DependencyReason.ADMISSION)
)
_ADVISED = frozenset(
    (DependencyReason.OPTIONAL, DependencyReason.BUDGET, DependencyReason.DENIAL)
)
_OF_TARGET = {
    "Role": DependencyReason.ROLE,
    "ClusterRole": DependencyReason.ROLE,
    "SecretStore": DependencyReason.STORE,
    "ClusterSecretStore": DependencyReason.STORE,
    "PodTemplate": DependencyReason.TEMPLATE,
}


class Item(Struct, frozen=True):
    """An object, or pods that come by other means.

    ``unit`` is what they come with: the file, or the title of the installation.
    """

    unit: str
    title: str
    location: Location

    @classmethod
    def of(cls, manifest: Manifest) -> Item:
        """An object of a file."""
        return cls(manifest.location.file, str(manifest.name), manifest.location)


class Dependency(Struct, frozen=True):
    """``dependent`` comes after ``on``; ``location`` is where the manifests say so."""

    dependent: Item
    on: Item
    reason: DependencyReason
    location: Location


class Installation(Struct, frozen=True):
    """Pods that come by other means than a file, such as a chart.

    ``needs`` are the objects that they refer to, as far as that is known.
    """

    title: str
    pods: tuple[Pod, ...]
    needs: tuple[Reference, ...]
    location: Location

    def item(self, pod: Pod) -> Item:
        """One of its pods."""
        return Item(self.title, pod.workload.name, pod.location or self.location)


class Preparation(Struct, frozen=True):
    """Namespaces, and the kinds of API groups, that come by other means than a file."""

    title: str
    location: Location
    namespaces: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    @property
    def item(self) -> Item:
        """What comes after it names this."""
        return Item(self.title, self.title, self.location)


class Rollout(Struct, frozen=True):
    """Everything that is to be deployed to a cluster.

    ``templates`` are references to PodTemplates that no field of Kubernetes makes, each with
    the object that has it.
    """

    bundle: Bundle
    resources: Resources
    installations: tuple[Installation, ...] = ()
    templates: tuple[tuple[ObjectName, Reference], ...] = ()
    preparations: tuple[Preparation, ...] = ()


def find_dependencies(rollout: Rollout) -> tuple[Dependency, ...]:
    """Everything that should come before something else, each once."""
    found = (*_follow_references(rollout), *_follow_selections(rollout))
    return tuple(dict.fromkeys(found))


def _follow_references(rollout: Rollout) -> Iterator[Dependency]:
    """Fields that name an object, namespaces, and definitions of kinds."""
    known = _index_manifests(rollout.bundle)
    definitions = _index_definitions(rollout.bundle)
    for manifest in rollout.bundle.manifests:
        yield from _follow_fields(manifest, known)
        yield from _follow_namespace(manifest, known)
        yield from _follow_definition(manifest, definitions)
        for preparation in rollout.preparations:
            yield from _follow_preparation(manifest, preparation, known)
    for owner, reference in rollout.templates:
        if owner in known and reference.target in known:
            yield _make_dependency(
                known[owner], known[reference.target], reference, DependencyReason.TEMPLATE
            )
    for installation in rollout.installations:
        yield from _follow_installation(installation, known)


def _index_manifests(bundle: Bundle) -> dict[ObjectName, Manifest]:
    """The object of each name; for one that a controller makes, what it is made of."""
    made = {name: each for each in bundle.manifests for name in each.provides}
    return made | {each.name: each for each in bundle.manifests}


def _follow_fields(
    manifest: Manifest, known: dict[ObjectName, Manifest]
) -> Iterator[Dependency]:
    for reference in manifest.needs:
        target = known.get(reference.target)
        # A subject may come after its binding: nothing looks it up.
        subject = manifest.name.kind in _BINDINGS and reference.need is Need.OPTIONAL
        if target and target is not manifest and not subject:
            reason = _choose_reason(manifest.name.kind, reference)
            yield _make_dependency(manifest, target, reference, reason)


def _make_dependency(
    manifest: Manifest, target: Manifest, reference: Reference, reason: DependencyReason
) -> Dependency:
    return Dependency(Item.of(manifest), Item.of(target), reason, reference.location)


def _choose_reason(kind: str, reference: Reference) -> DependencyReason:
    target = reference.target.kind
    if reference.need is Need.OPTIONAL:
        return DependencyReason.OPTIONAL
    if target in _ADMITTED:
        return DependencyReason.ADMISSION if kind == "Pod" else DependencyReason.CREATION
    return _OF_TARGET.get(target, DependencyReason.START)


def _follow_namespace(
    manifest: Manifest, known: dict[ObjectName, Manifest]
) -> Iterator[Dependency]:
    space = known.get(ObjectName("Namespace", "", manifest.name.namespace))
    if manifest.name.namespace and space:
        place = manifest.written_namespace or manifest.location
        yield Dependency(Item.of(manifest), Item.of(space), DependencyReason.NAMESPACE, place)


def _follow_preparation(
    manifest: Manifest, preparation: Preparation, known: dict[ObjectName, Manifest]
) -> Iterator[Dependency]:
    """On what no file brings."""
    item, space = Item.of(manifest), manifest.name.namespace
    if space in preparation.namespaces and ObjectName("Namespace", "", space) not in known:
        place = manifest.written_namespace or manifest.location
        yield Dependency(item, preparation.item, DependencyReason.NAMESPACE, place)
    if manifest.api_group in preparation.groups:
        yield Dependency(item, preparation.item, DependencyReason.DEFINITION, manifest.location)


def _index_definitions(bundle: Bundle) -> dict[str, Manifest]:
    """CustomResourceDefinitions by name, which is ``plural.group``, and by plural."""
    found: dict[str, Manifest] = {}
    for each in bundle.manifests:
        if each.name.kind == "CustomResourceDefinition":
            found[each.name.name] = each
            found.setdefault(each.name.name.partition(".")[0], each)
    return found


def _follow_definition(
    manifest: Manifest, definitions: dict[str, Manifest]
) -> Iterator[Dependency]:
    kind, dot, group = manifest.name.kind.partition(".")
    if not definitions or (kind in _BUILT_IN and not dot):
        return
    for plural in _guess_plurals(kind.lower()):
        definition = definitions.get(f"{plural}{dot}{group}")
        if definition:
            items = Item.of(manifest), Item.of(definition)
            yield Dependency(*items, DependencyReason.DEFINITION, manifest.location)
            return


def _guess_plurals(kind: str) -> tuple[str, ...]:
    """What a kind may be called in the plural (apimachinery ``UnsafeGuessKindToResource``)."""
    stem = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}es"
    return f"{kind}s", stem, kind


def _follow_installation(
    installation: Installation, known: dict[ObjectName, Manifest]
) -> Iterator[Dependency]:
    for reference in installation.needs:
        target = known.get(reference.target)
        if target:
            pods = Item(installation.title, installation.title, reference.location)
            reason = _choose_reason("", reference)
            yield Dependency(pods, Item.of(target), reason, reference.location)


def _follow_selections(rollout: Rollout) -> Iterator[Dependency]:
    """Policies before the pods they select, budgets after them, and denials after allows."""
    known = {each.name: each for each in rollout.bundle.manifests}
    pods = tuple(_list_pods(rollout, known))
    yield from _protect_pods(rollout.resources, known, pods)
    yield from _follow_budgets(rollout, known, pods)
    yield from _follow_denials(rollout.resources, known)


def name_policy(policy: Policy) -> ObjectName:
    """The object that a policy was read from."""
    return ObjectName(policy.kind, policy.namespace, policy.name)


def list_makers(pod: Pod) -> tuple[ObjectName, ...]:
    """The objects that may make a pod: its workload, or a manifest of its own."""
    workload = pod.workload
    own = (ObjectName("Pod", pod.namespace, pod.name),) if pod.name else ()
    return (ObjectName(workload.kind, workload.namespace, workload.name), *own)


def _list_pods(
    rollout: Rollout, known: dict[ObjectName, Manifest]
) -> Iterator[tuple[Pod, Item]]:
    for pod in rollout.resources.pods:
        made = next((known[name] for name in list_makers(pod) if name in known), None)
        if made:
            yield pod, Item.of(made)
    for installation in rollout.installations:
        yield from ((pod, installation.item(pod)) for pod in installation.pods)


def _protect_pods(
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
            manifest = known.get(name_policy(policy))
            if manifest and _selects(policy, pod, resources):
                on = Item.of(manifest)
                yield Dependency(item, on, DependencyReason.PROTECTION, item.location)


def _selects(policy: Policy, pod: Pod, resources: Resources) -> bool:
    space = resources.namespace(pod.namespace).labels
    return bool(policy.subject.selects(pod.labels, pod.namespace, space, policy.namespace))


def _follow_budgets(
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
            own = pod.namespace == budget.namespace and pod.workload.kind != _POD_TEMPLATE
            if own and budget.selector.may_match(pod.labels):
                counts = Item.of(manifest), item
                yield Dependency(*counts, DependencyReason.BUDGET, budget.selector_location)


def _follow_denials(
    resources: Resources, known: dict[ObjectName, Manifest]
) -> Iterator[Dependency]:
    """A policy that only closes, for all pods of a namespace, after those that open there."""
    policies = resources.policies_of(Tier.NETWORK_POLICY)
    for denial in policies:
        own = known.get(name_policy(denial))
        if own is None or not is_default_deny(denial):
            continue
        for other in policies:
            on = known.get(name_policy(other))
            if on and other.rules and other.namespace == denial.namespace:
                yield Dependency(
                    Item.of(own), Item.of(on), DependencyReason.DENIAL, denial.location
                )


def is_default_deny(policy: Policy) -> bool:
    """Whether a policy isolates every pod of its namespace and opens nothing."""
    return not policy.rules and not policy.subject.pods.requirements
