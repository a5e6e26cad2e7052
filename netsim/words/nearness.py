"""Near names and labels: what may be meant by a name, or by a selector, that matches nothing.

``closest("prodution", ["production", "staging"])`` is ``production``.

Being alike is enough for a hint.  Nearer is a *slip*, which a fix may correct: one word misses
by a letter, and nothing else differs.

=================  ================  ==========================================================
cart               carts             a slip: one letter too few
web-fronted        web-frontend      a slip: one word of two
shop_api           shop-api          a slip: another separator
shop-api           shop-web          none: another component
web-1              web-2             none: another number
argocd-redis       argocd-secret     none, though alike
=================  ================  ==========================================================
"""

from __future__ import annotations

import re
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


_SEPARATORS = re.compile(r"[-_./]")
_SHORTEST = 3
"""Letters of a word that can be misspelt; shorter ones are mostly other words."""
_LONG = 8
"""Letters of a word in which two may be wrong."""


def is_slip(word: str, meant: str) -> bool:
    """Whether a word is another one, misspelt by little."""
    ours, theirs = word.lower(), meant.lower()
    if _SEPARATORS.sub("", ours) == _SEPARATORS.sub("", theirs):
        return True
    first, second = _SEPARATORS.split(ours), _SEPARATORS.split(theirs)
    if len(first) != len(second):
        return False
    differing = [pair for pair in zip(first, second, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and _is_misspelt(*differing[0])


def find_slip(word: str, known: Iterable[str]) -> str | None:
    """The one known word of which this is a slip; None where there are several."""
    found = {each for each in known if each != word and is_slip(word, each)}
    return found.pop() if len(found) == 1 else None


def _is_misspelt(word: str, meant: str) -> bool:
    shorter, longer = sorted((len(word), len(meant)))
    most = 2 if shorter >= _LONG else 1
    if shorter < _SHORTEST or longer - shorter > most:
        return False
    return _count_edits(word, meant) <= most and _drop_digits(word) != _drop_digits(meant)


def _drop_digits(word: str) -> str:
    """Words that differ in their digits only are numbered, not misspelt."""
    return "".join(letter for letter in word if not letter.isdigit())


def _count_edits(word: str, meant: str) -> int:
    """Letters to insert, remove, replace or swap with their neighbour (Damerau, Levenshtein).

    Takes time in the product of the lengths.
    """
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for index, letter in enumerate(word, 1):
        before, last, row = row, before, [index]
        for column, other in enumerate(meant, 1):
            cost = min(row[-1] + 1, before[column] + 1, before[column - 1] + (letter != other))
            if index > 1 < column and (letter, word[index - 2]) == (meant[column - 2], other):
                cost = min(cost, last[column - 2] + 1)
            row.append(cost)
    return row[-1]


class NearLabels(Struct, frozen=True):
    """The labels that come nearest, and the requirements they do not meet."""

    name: str
    labels: Labels
    failing: tuple[Requirement, ...]

    def __str__(self) -> str:
        has = " and ".join(self._describe(requirement) for requirement in self.failing)
        return f"the nearest is {self.name}, which has {has}"

    def _describe(self, requirement: Requirement) -> str:
        key, _ = correct_label(requirement, self.labels) or (requirement.key, "")
        return self.labels.entry(key)

    @property
    def is_slip(self) -> bool:
        """Whether they are surely meant: each requirement that fails misses one by little."""
        return all(correct_label(requirement, self.labels) for requirement in self.failing)


_NAMING_KEYS = frozenset(("app", "app.kubernetes.io/name", "k8s-app", "name", "run"))
"""Keys under which people write the name of an application, each its own."""


def correct_label(requirement: Requirement, labels: Labels) -> tuple[str, str] | None:
    """The label that a requirement misses by little; None where there is none.

    Its value is misspelt, or its key; or it stands under another key for names.
    """
    if not _is_label(requirement):
        return None
    key, wanted = requirement.key, requirement.values[0]
    value = labels.get(key)
    if value is not None:
        return (key, value) if is_slip(wanted, value) else None
    for other, value in labels.pairs:
        is_sibling = {key, other} <= _NAMING_KEYS
        if value == wanted and (is_sibling or is_slip(key, other)):
            return other, value
    return None


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
    """The labels to write instead; None where it is not sure that those are meant.

    A selector that leaves a label out, or has the value of another component, would select
    pods that it was not written for.
    """
    if near is None or not near.is_slip:
        return None
    if any(not _is_label(requirement) for requirement in selector.requirements):
        return None
    found = {
        requirement.key: requirement.values[0]
        for requirement in selector.requirements
        if requirement not in near.failing
    }
    meant = (correct_label(requirement, near.labels) for requirement in near.failing)
    return dict(sorted((*found.items(), *filter(None, meant))))


def _is_label(requirement: Requirement) -> bool:
    return requirement.operator is Operator.IN and len(requirement.values) == 1


def _measure_likeness(near: NearLabels) -> float:
    """How like the values are, of the requirement that is most unlike."""
    return min((_compare_labels(near.labels, failing) for failing in near.failing), default=1.0)


def _compare_labels(labels: Labels, requirement: Requirement) -> float:
    if correct_label(requirement, labels):
        return 1.0
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
