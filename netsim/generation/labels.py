"""The labels that a selector asks for: as few as tell some pods from all others.

Of a Deployment whose pods have ``app=web,tier=front,pod-template-hash=5d8f`` it is ``app=web``,
where no other pod of the namespace has that.  Labels that change with a version or that a
controller makes up select the pods of one day, so they never count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from netsim.model.labels import Selector
from netsim.model.resources import Pod, PodNetwork
from netsim.words.versions import is_versioned

LabelPairs = tuple[tuple[str, str], ...]

_NAMES = (
    "app.kubernetes.io/name",
    "app",
    "k8s-app",
    "app.kubernetes.io/component",
    "component",
    "name",
    "app.kubernetes.io/instance",
)
"""Keys that say what a pod is, the most telling first."""

_OF_CONTROLLERS = frozenset(
    (
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/job-name",
        "batch.kubernetes.io/job-completion-index",
        "job-name",
    )
)
_OF_TOOLS = frozenset(("helm.sh/chart", "app.kubernetes.io/version"))
_MOST_COMBINED = 4
"""With more labels than these, all of them are asked for."""


def list_stable(pods: Sequence[Pod]) -> LabelPairs:
    """The labels that all the pods have, and that stay."""
    shared = set.intersection(*(set(pod.labels.pairs) for pod in pods))
    return tuple(sorted(pair for pair in shared if is_stable(*pair)))


def is_stable(key: str, value: str) -> bool:
    """Whether a label is the same with the next version, and was written by somebody."""
    is_made = key in _OF_CONTROLLERS or key in _OF_TOOLS or is_versioned(key, value)
    return not is_made and "${" not in key + value


def choose_labels(candidates: LabelPairs, others: Iterable[Pod]) -> LabelPairs | None:
    """The fewest of these labels that no other pod has; None where there are no such.

    A label that names what the pod is comes before any other, and is always among them where
    there is one: that today's only ``tier=front`` is the front end is an accident.
    """
    strangers = [pod for pod in others if pod.network is PodNetwork.POD]
    if not candidates or not _tells_apart(candidates, strangers):
        return None
    naming = [pair for key in _NAMES for pair in candidates if pair[0] == key]
    for count in range(1, len(naming) + 1):
        for chosen in combinations(naming, count):
            if _tells_apart(chosen, strangers):
                return tuple(sorted(chosen))
    others_last = sorted(
        set(candidates) - set(naming), key=lambda pair: ("version" in pair[0], pair)
    )
    ranked = [*naming, *others_last]
    for count in range(1, min(_MOST_COMBINED, len(ranked)) + 1):
        for chosen in combinations(ranked, count):
            has_name = not naming or not set(naming).isdisjoint(chosen)
            if has_name and _tells_apart(chosen, strangers):
                return tuple(sorted(chosen))
    return candidates


def _tells_apart(labels: Iterable[tuple[str, str]], strangers: Sequence[Pod]) -> bool:
    selector = Selector.of(dict(labels))
    return not any(selector.may_match(pod.labels) for pod in strangers)
