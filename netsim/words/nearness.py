"""What comes nearest to a name, or to a selector, that matches nothing: a typing error."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

from msgspec import Struct

from netsim.model.labels import Labels, Operator, Requirement, Selector
from netsim.model.resources import Pod

ALIKE = 0.6
"""The least likeness of what may be meant, as difflib measures it."""


def closest(word: str, known: Iterable[str], alike: float = ALIKE) -> str | None:
    """The known word that one is most likely a misspelling of."""
    return next(iter(get_close_matches(word, list(known), 1, alike)), None)


def did_you_mean(name: str | None) -> str:
    """``; did you mean X?``, or nothing."""
    return f"; did you mean {name}?" if name else ""


class Near(Struct, frozen=True):
    """The labels that come nearest, and the requirements they do not meet."""

    name: str
    labels: Labels
    failing: tuple[Requirement, ...]

    def __str__(self) -> str:
        has = " and ".join(self.labels.entry(requirement.key) for requirement in self.failing)
        return f"the nearest is {self.name}, which has {has}"


def nearest_pod(selector: Selector, pods: Iterable[Pod]) -> Near | None:
    """The pod that comes nearest; None where none is near."""
    distinct: dict[Labels, str] = {}
    for pod in pods:
        distinct.setdefault(pod.labels, str(pod.workload))
    return nearest(selector, distinct)


def nearest(selector: Selector, known: dict[Labels, str]) -> Near | None:
    """The labels that fail the fewest requirements, and those least, if they are near."""
    found = [Near(name, labels, selector.failing(labels)) for labels, name in known.items()]
    if not found:
        return None
    best = min(found, key=lambda near: (len(near.failing), -_likeness(near), near.name))
    is_near = len(best.failing) < len(selector.requirements) or _likeness(best) >= ALIKE
    return best if best.failing and is_near else None


def correct_labels(selector: Selector, near: Near | None) -> dict[str, str] | None:
    """The labels to write instead; None where the selector is no list of labels."""
    if near is None or any(not _is_label(requirement) for requirement in selector.requirements):
        return None
    found = {
        requirement.key: near.labels.get(requirement.key)
        for requirement in selector.requirements
    }
    return {key: value for key, value in found.items() if value is not None}


def _is_label(requirement: Requirement) -> bool:
    return requirement.operator is Operator.IN and len(requirement.values) == 1


def _likeness(near: Near) -> float:
    """How like the values are, of the requirement that is most unlike."""
    return min((_alike(near.labels, failing) for failing in near.failing), default=1.0)


def _alike(labels: Labels, requirement: Requirement) -> float:
    value = labels.get(requirement.key)
    if value is None or requirement.operator is not Operator.IN:
        return 0.0
    return max(_likeness_of(value, wanted) for wanted in requirement.values)


def _likeness_of(value: str, wanted: str) -> float:
    """Words both have in common say nothing: shop-web is no misspelt shop-api."""
    ours, theirs = value.split("-"), wanted.split("-")
    shared = set(ours) & set(theirs)
    left, right = (
        "-".join(word for word in words if word not in shared) for words in (ours, theirs)
    )
    return SequenceMatcher(None, left, right).ratio()
