"""Near names and labels: what may be meant by a name, or by a selector, that matches nothing.

``closest("prodution", ["production", "staging"])`` is ``production``.
"""

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


def suggest(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'X' or 'Y'?`` of known words, whatever the letter case, or nothing."""
    spelt = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), list(spelt), 2, ALIKE)
    return (
        f"; did you mean {' or '.join(repr(spelt[name]) for name in close)}?" if close else ""
    )


class NearLabels(Struct, frozen=True):
    """The labels that come nearest, and the requirements they do not meet."""

    name: str
    labels: Labels
    failing: tuple[Requirement, ...]

    def __str__(self) -> str:
        has = " and ".join(self.labels.entry(requirement.key) for requirement in self.failing)
        return f"the nearest is {self.name}, which has {has}"


def find_nearest_pod(selector: Selector, pods: Iterable[Pod]) -> NearLabels | None:
    """The pod that comes nearest; None where none is near."""
    distinct: dict[Labels, str] = {}
    for pod in pods:
        distinct.setdefault(pod.labels, str(pod.workload))
    return find_nearest(selector, distinct)


def find_nearest(selector: Selector, known: dict[Labels, str]) -> NearLabels | None:
    """The labels that fail the fewest requirements, and those least, if they are near."""
    found = [
        NearLabels(name, labels, selector.failing(labels)) for labels, name in known.items()
    ]
    if not found:
        return None
    best = min(found, key=lambda near: (len(near.failing), -_measure_likeness(near), near.name))
    is_near = len(best.failing) < len(selector.requirements) or _measure_likeness(best) >= ALIKE
    return best if best.failing and is_near else None


def correct_labels(selector: Selector, near: NearLabels | None) -> dict[str, str] | None:
    """The labels to write instead; None where the selector is not a list of labels."""
    if near is None or any(not _is_label(requirement) for requirement in selector.requirements):
        return None
    found = {
        requirement.key: near.labels.get(requirement.key)
        for requirement in selector.requirements
    }
    return {key: value for key, value in found.items() if value is not None}


def _is_label(requirement: Requirement) -> bool:
    return requirement.operator is Operator.IN and len(requirement.values) == 1


def _measure_likeness(near: NearLabels) -> float:
    """How like the values are, of the requirement that is most unlike."""
    return min((_compare_labels(near.labels, failing) for failing in near.failing), default=1.0)


def _compare_labels(labels: Labels, requirement: Requirement) -> float:
    value = labels.get(requirement.key)
    if value is None or requirement.operator is not Operator.IN:
        return 0.0
    return max(_compare_values(value, wanted) for wanted in requirement.values)


def is_near(requirement: Requirement, labels: Labels) -> bool:
    """Whether labels that fail a requirement may be meant: one is missing, or spelt alike."""
    if labels.get(requirement.key) is None:
        return True
    return _compare_labels(labels, requirement) >= ALIKE


def _compare_values(value: str, wanted: str) -> float:
    """Without the words both share: shop-web is not a misspelt shop-api."""
    ours, theirs = value.split("-"), wanted.split("-")
    shared = set(ours) & set(theirs)
    left, right = (
        "-".join(word for word in words if word not in shared) for words in (ours, theirs)
    )
    return SequenceMatcher(None, left, right).ratio()
