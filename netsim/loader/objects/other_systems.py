"""Policies of other systems: which pods an object may be about, and nothing of what it says."""

from __future__ import annotations

from msgspec import Struct

from netsim.loader.objects.fields import Fields
from netsim.loader.tree.scalars import resolve
from netsim.model.labels import Selector
from netsim.model.other_systems import OtherKind, UnevaluatedPolicy, build_policy
from netsim.model.policies import PolicyId
from netsim.model.tree import Mapping, Scalar, Sequence, Tree

_SELECTOR_LABELS = ("matchLabels", "labels")


class Unevaluated(Struct, frozen=True):
    """A policy that is not evaluated, its fields, and what its kind is counted as."""

    title: str
    policy: UnevaluatedPolicy
    fields: Fields


def read_unevaluated(
    known: OtherKind, title: str, fields: Fields, default_namespace: str
) -> Unevaluated:
    """What an object may do; nothing in it is refused, as netsim doesn't know its fields.

    An object of a cluster-wide kind has no namespace, whatever it says.
    """
    metadata = fields.entries.get("metadata")
    name = _text(metadata.value if metadata else None, "name")
    namespace = _text(metadata.value if metadata else None, "namespace")
    if known.is_namespaced:
        namespace = namespace or default_namespace
    identity = PolicyId(known.group, known.kind, namespace, name)
    kind = fields.get("kind")
    location = fields.report.location(kind.line if kind else fields.line, "")
    from hashlib import sha256

    digest = sha256(repr(_contents(Mapping(fields.entries, 0))).encode(errors="replace"))
    pods = _read_pods(fields, known.selector)
    policy = build_policy(known, identity, location, pods, digest.hexdigest())
    return Unevaluated(title, policy, fields)


def _text(tree: Tree | None, key: str) -> str:
    found = tree.get(key) if isinstance(tree, Mapping) else None
    return found.text if isinstance(found, Scalar) else ""


def _read_pods(fields: Fields, path: tuple[str, ...]) -> Selector | None:
    """The pods that a list of labels selects; None, all of them, for anything else."""
    tree: Tree | None = Mapping(fields.entries, 0) if path else None
    for key in path:
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    if not isinstance(tree, Mapping) or len(tree.entries) != 1:
        return None
    key = next(iter(tree.entries))
    labels = tree.get(key) if key in _SELECTOR_LABELS else None
    if not isinstance(labels, Mapping):
        return None
    found: dict[str, str] = {}
    for label, entry in labels.entries.items():
        value = resolve(entry.value) if isinstance(entry.value, Scalar) else None
        if not isinstance(value, str) or "${" in value:
            return None
        found[label] = value
    return Selector.of(found)


def _contents(tree: Tree) -> object:
    """What a tree says, whatever line it is on and in whatever order its keys are."""
    match tree:
        case Mapping():
            return sorted(
                (key, repr(_contents(entry.value))) for key, entry in tree.entries.items()
            )
        case Sequence():
            return [_contents(item) for item in tree.items]
        case Scalar():
            return tree.text
