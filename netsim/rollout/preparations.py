"""Steps without files that bring namespaces, or the kinds of an operator."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from netsim.model.bundle import Bundle, Manifest
from netsim.model.location import Location
from netsim.rollout.dependency import Preparation
from netsim.rollout.plan import Kind, PlannedStep

_NAMESPACE = re.compile(r"(?:create (?:the )?)?namespaces?(?: (\S+))?", re.IGNORECASE)
_DEFINING = frozenset(
    ("operator", "controller", "manager", "chart", "crd", "crds", "definition", "definitions")
)
_WORD = re.compile(r"[a-z0-9]+")


def preparations(
    steps: Iterable[PlannedStep], bundle: Bundle, home: str
) -> tuple[Preparation, ...]:
    """What steps without files bring, as far as their titles say so.

    ``Namespace`` brings the scenario's namespace ``home``, ``Namespace shop`` that one.  An
    operator brings the kinds of the API group whose name stands in its title, as External
    Secrets Operator does for ``external-secrets.io``.
    """
    return tuple(each for step in steps for each in _brought(step, bundle, home))


def _brought(step: PlannedStep, bundle: Bundle, home: str) -> Iterator[Preparation]:
    if step.kind is not Kind.INSTALLED:
        return
    unit, place = step.units[0], step.location or Location("input", 0)
    namespaces = {each.name.namespace for each in bundle.manifests}
    found = _NAMESPACE.fullmatch(step.title)
    named = (found[1] or home) if found else ""
    groups = frozenset(group for group in _groups(bundle.manifests) if _brings(step, group))
    if named in namespaces - {""} or groups:
        yield Preparation(unit, place, frozenset({named} - {""}), groups)


def _groups(manifests: Iterable[Manifest]) -> set[str]:
    """The API groups that Kubernetes has not itself; its own end in k8s.io or have no dot."""
    found = {each.api_group for each in manifests}
    return {group for group in found if "." in group and not group.endswith(".k8s.io")}


def _brings(step: PlannedStep, group: str) -> bool:
    words = set(_WORD.findall(step.title.casefold()))
    named = set(_WORD.findall(group.partition(".")[0]))
    return named <= words and not _DEFINING.isdisjoint(words)
