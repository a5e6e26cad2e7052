"""Why it is open whether a policy or a peer selects a pod: the placeholder that decides.

``p.yaml:7 spec: label app is still the placeholder ${APP}`` names the side that is not filled
in: the selector, the pod's label, or the namespace of either.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.engine.evaluator import Evaluator
from netsim.engine.explain.ends import name_end
from netsim.model.generated_labels import GeneratedLabel
from netsim.model.labels import Labels, Requirement, Selector
from netsim.model.location import Location
from netsim.model.peers import PodPeer
from netsim.model.placeholders import compare, find_placeholders
from netsim.model.resources import Pod, Resources
from netsim.model.truth import Truth


def explain_openness(evaluator: Evaluator, peer: PodPeer, home: str, bit: int) -> str:
    """Why a subject or a peer of a policy in namespace ``home`` may stand for a class.

    Empty where that is known, or where the class is no pod.
    """
    universe = evaluator.universe
    if bit >= len(universe.pods):
        return ""
    pod = universe.pods[bit][0]
    found = (
        *_explain_namespace(universe.resources, peer, home, pod),
        *_explain_labels(peer.pods, peer.location, pod.labels, name_end(pod), pod.location),
    )
    return found[0] if found else ""


def _explain_namespace(
    resources: Resources, peer: PodPeer, home: str, pod: Pod
) -> Iterator[str]:
    if peer.namespaces is None:
        if compare(pod.namespace, home) is Truth.MAYBE:
            yield from _name(peer.location, "the namespace of the policy", home)
            yield from _name(pod.location, f"the namespace of {name_end(pod)}", pod.namespace)
        return
    space = resources.namespace(pod.namespace)
    title, place = f"namespace {space.name}", space.location or pod.location
    possible = resources.possible_labels([space.name])[space.name]
    yield from _explain_labels(peer.namespaces, peer.location, space.labels, title, place)
    if len({peer.namespaces.test(labels) for labels in possible}) > 1:
        yield from _name(place, f"the name of {title}", space.name)
        yield f"{place}: {title} may be another one whose name is still a placeholder"


def _explain_labels(
    selector: Selector, written: Location, labels: Labels, title: str, place: Location | None
) -> Iterator[str]:
    """The requirements of which it is open whether the labels meet them."""
    written, place = selector.location or written, labels.location or place
    for requirement in selector.requirements:
        if requirement.test(labels) is Truth.MAYBE:
            for text in (requirement.key, *requirement.values):
                yield from _name(written, f"label {requirement.key} of the selector", text)
            for key, text in labels.pairs:
                yield from _of_label(requirement, key, text, title, place)
            for added in labels.generated:
                if added.key == requirement.key:
                    yield _describe_generated(added, title, place)


def _of_label(
    requirement: Requirement, key: str, text: str, title: str, place: Location | None
) -> Iterator[str]:
    if compare(key, requirement.key):
        yield from _name(place, f"label {key} of {title}", key)
        yield from _name(place, f"label {key} of {title}", text)


def _describe_generated(label: GeneratedLabel, title: str, place: Location | None) -> str:
    before = f"{place}: " if place else ""
    may = "may get" if label.present is Truth.MAYBE else "gets"
    return f"{before}{title} {may} label {label.key} from {label.by}: {label}"


def _name(place: Location | None, what: str, text: str) -> Iterator[str]:
    for placeholder in find_placeholders(text):
        before = f"{place}: " if place else ""
        yield f"{before}{what} is still the placeholder {placeholder}"
