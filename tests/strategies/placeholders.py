"""Texts of a cluster turned into placeholders, and filled in again.

``filled(resources, {"A": "x"})`` is one of the worlds that a cluster with ``${A}`` may be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import TypeVar

from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from netsim.model.labels import Labels, Requirement
from netsim.model.location import Location
from netsim.model.policies import Policy, PolicyId
from netsim.model.resources import NAME_LABEL, Namespace, Pod, Resources, WorkloadName
from netsim.model.truth import Truth

NAMES = ("A", "B")
VALUES = ("x", "y", "n0", "a", "team", "unused")
"""Values that labels, keys and namespaces have, and one that nobody uses."""

_VALUES = st.sampled_from(("${A}", "${A}", "${B}", "${A}${B}", "x${A}", "${A}x"))
_RARELY = st.sampled_from((False,) * 5 + (True,))
_SELDOM = st.sampled_from((False,) * 20 + (True,))

T = TypeVar("T")
Change = Callable[[str], str]


class Texts(Struct, frozen=True):
    """What becomes of the texts of each sort."""

    value: Change
    key: Change
    namespace: Change


def changed(thing: T, texts: Texts) -> T:
    """A part of a cluster with its texts changed."""
    match thing:
        case Labels():
            pairs = ((texts.key(key), texts.value(value)) for key, value in thing.pairs)
            return replace(thing, pairs=tuple(sorted(pairs)))
        case Requirement():
            values = tuple(sorted({texts.value(value) for value in thing.values}))
            return Requirement(texts.key(thing.key), thing.operator, values)  # type: ignore[return-value]
        case Namespace():
            name = texts.namespace(thing.name)
            own = Labels(tuple(pair for pair in thing.labels.pairs if pair[0] != NAME_LABEL))
            labels = Labels.of({**dict(changed(own, texts).pairs), NAME_LABEL: name})
            return Namespace(name, labels, thing.origin)  # type: ignore[return-value]
        case PolicyId() | WorkloadName():
            name = texts.namespace(thing.namespace) if thing.namespace else ""
            return replace(thing, namespace=name)
        case Location():
            return thing
        case tuple():
            return tuple(changed(item, texts) for item in thing)  # type: ignore[return-value]
        case Struct():
            fields = thing.__struct_fields__
            parts = {name: changed(getattr(thing, name), texts) for name in fields}
            made = type(thing)(**parts)
            if isinstance(made, Policy):
                rules = tuple(replace(rule, policy=made.id) for rule in made.rules)
                return replace(made, rules=rules)
            return made
    return thing


@st.composite
def opened(draw: st.DrawFn, resources: Resources) -> Resources:
    """The resources with some texts, each time anew, in place of which stand placeholders."""

    def rarely(text: str) -> str:
        return draw(_VALUES) if draw(_RARELY) else text

    def seldom(text: str) -> str:
        return draw(_VALUES) if draw(_SELDOM) else text

    return changed(resources, Texts(rarely, seldom, rarely))


def filled(
    resources: Resources, values: Mapping[str, str], choice: int = 0
) -> Resources | None:
    """One of the worlds; None where it is none, as a key or a namespace is there twice.

    ``choice`` is which of the values that its controller gives a label of a pod it has.
    """

    def fill(text: str) -> str:
        for name, value in values.items():
            text = text.replace(f"${{{name}}}", value)
        return text

    settled = replace(resources, pods=tuple(_settle(pod, choice) for pod in resources.pods))
    found = changed(settled, Texts(fill, fill, fill))
    spaces = [space.name for space in found.namespaces]
    labels = [
        *(pod.labels for pod in found.pods),
        *(space.labels for space in found.namespaces),
        *(node.labels for node in found.nodes),
    ]
    keys = [[key for key, _ in each.pairs] for each in labels]
    if any(len(set(names)) < len(names) for names in (spaces, *keys)):
        return None
    return found


def _settle(pod: Pod, choice: int) -> Pod:
    """A pod of a template, with labels as its controller adds them."""
    pairs = [*pod.labels.pairs]
    for label in pod.labels.generated:
        candidates: list[str | None] = ["x", "x0", "unused"]
        if label.prefix is not None:
            first, last = label.first, label.last
            numbers = [""] if first is None else [str(first), str(last or first + 1)]
            candidates = [label.prefix + number for number in numbers]
        if label.present is not Truth.YES:
            candidates = [*candidates, None]
        value = candidates[choice % len(candidates)]
        pairs += [] if value is None else [(label.key, value)]
    return replace(pod, labels=Labels(tuple(sorted(pairs))))


def worlds(resources: Resources) -> Iterator[Resources]:
    """What a cluster may be once its placeholders are filled in."""
    every = product(VALUES, repeat=len(NAMES))
    for choice, values in enumerate(every):
        found = filled(resources, dict(zip(NAMES, values, strict=True)), choice)
        if found is not None:
            yield found
