"""Dependencies that follow from what objects refer to."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.model.bundle import Bundle, Manifest
from netsim.model.references import Need, ObjectName, Reference
from netsim.rollout.dependency import (
    Dependency,
    Installation,
    Item,
    Preparation,
    Reason,
    Rollout,
)

_BINDINGS = frozenset(("RoleBinding", "ClusterRoleBinding"))
_ADMITTED = frozenset(("RuntimeClass", "PriorityClass", "ServiceAccount"))
_OF_TARGET = {
    "Role": Reason.ROLE,
    "ClusterRole": Reason.ROLE,
    "SecretStore": Reason.STORE,
    "ClusterSecretStore": Reason.STORE,
    "PodTemplate": Reason.TEMPLATE,
}
_BUILT_IN = frozenset(
    (
        *("ClusterRole", "ClusterRoleBinding", "ConfigMap", "CronJob", "DaemonSet"),
        *("Deployment", "Endpoints", "Event", "Ingress", "Job", "Lease", "Namespace"),
        *("NetworkPolicy", "Node", "Pod", "PodTemplate", "ReplicaSet", "Role", "RoleBinding"),
        *("Secret", "Service", "ServiceAccount", "StatefulSet"),
    )
)
"""Kinds that Kubernetes serves; another project's kind of such a name is ``Kind.group``."""


def reference_dependencies(rollout: Rollout) -> Iterator[Dependency]:
    """Fields that name an object, namespaces, and definitions of kinds."""
    known = _known(rollout.bundle)
    definitions = _definitions(rollout.bundle)
    for manifest in rollout.bundle.manifests:
        yield from _named(manifest, known)
        yield from _namespace(manifest, known)
        yield from _definition(manifest, definitions)
        for preparation in rollout.preparations:
            yield from _prepared(manifest, preparation, known)
    for owner, reference in rollout.templates:
        if owner in known and reference.target in known:
            yield _dependency(known[owner], known[reference.target], reference, Reason.TEMPLATE)
    for installation in rollout.installations:
        yield from _installed(installation, known)


def _known(bundle: Bundle) -> dict[ObjectName, Manifest]:
    """The object of each name; for one that a controller makes, what it is made of."""
    made = {name: each for each in bundle.manifests for name in each.provides}
    return made | {each.name: each for each in bundle.manifests}


def _named(manifest: Manifest, known: dict[ObjectName, Manifest]) -> Iterator[Dependency]:
    for reference in manifest.needs:
        target = known.get(reference.target)
        # A subject may come after its binding: nothing looks it up.
        subject = manifest.name.kind in _BINDINGS and reference.need is Need.OPTIONAL
        if target and target is not manifest and not subject:
            reason = _reason(manifest.name.kind, reference)
            yield _dependency(manifest, target, reference, reason)


def _dependency(
    manifest: Manifest, target: Manifest, reference: Reference, reason: Reason
) -> Dependency:
    return Dependency(Item.of(manifest), Item.of(target), reason, reference.location)


def _reason(kind: str, reference: Reference) -> Reason:
    target = reference.target.kind
    if reference.need is Need.OPTIONAL:
        return Reason.OPTIONAL
    if target in _ADMITTED:
        return Reason.ADMISSION if kind == "Pod" else Reason.CREATION
    return _OF_TARGET.get(target, Reason.START)


def _namespace(manifest: Manifest, known: dict[ObjectName, Manifest]) -> Iterator[Dependency]:
    space = known.get(ObjectName("Namespace", "", manifest.name.namespace))
    if manifest.name.namespace and space:
        place = manifest.written_namespace or manifest.location
        yield Dependency(Item.of(manifest), Item.of(space), Reason.NAMESPACE, place)


def _prepared(
    manifest: Manifest, preparation: Preparation, known: dict[ObjectName, Manifest]
) -> Iterator[Dependency]:
    """On what no file brings."""
    item, space = Item.of(manifest), manifest.name.namespace
    if space in preparation.namespaces and ObjectName("Namespace", "", space) not in known:
        place = manifest.written_namespace or manifest.location
        yield Dependency(item, preparation.item, Reason.NAMESPACE, place)
    if manifest.api_group in preparation.groups:
        yield Dependency(item, preparation.item, Reason.DEFINITION, manifest.location)


def _definitions(bundle: Bundle) -> dict[str, Manifest]:
    """CustomResourceDefinitions by name, which is ``plural.group``, and by plural."""
    found: dict[str, Manifest] = {}
    for each in bundle.manifests:
        if each.name.kind == "CustomResourceDefinition":
            found[each.name.name] = each
            found.setdefault(each.name.name.partition(".")[0], each)
    return found


def _definition(manifest: Manifest, definitions: dict[str, Manifest]) -> Iterator[Dependency]:
    kind, dot, group = manifest.name.kind.partition(".")
    if not definitions or (kind in _BUILT_IN and not dot):
        return
    for plural in _plurals(kind.lower()):
        definition = definitions.get(f"{plural}{dot}{group}")
        if definition:
            items = Item.of(manifest), Item.of(definition)
            yield Dependency(*items, Reason.DEFINITION, manifest.location)
            return


def _plurals(kind: str) -> tuple[str, ...]:
    """What a kind may be called in the plural (apimachinery ``UnsafeGuessKindToResource``)."""
    stem = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}es"
    return f"{kind}s", stem, kind


def _installed(
    installation: Installation, known: dict[ObjectName, Manifest]
) -> Iterator[Dependency]:
    for reference in installation.needs:
        target = known.get(reference.target)
        if target:
            pods = Item(installation.title, installation.title, reference.location)
            reason = _reason("", reference)
            yield Dependency(pods, Item.of(target), reason, reference.location)
