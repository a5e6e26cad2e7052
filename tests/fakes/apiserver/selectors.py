"""Label and field selectors (``k8s.io/apimachinery/pkg/labels`` and ``fields``)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.fakes.apiserver.errors import bad_request
from tests.fakes.apiserver.kinds import Kind, Object

Match = Callable[[Object], bool]

_KEY = r"(?:[A-Za-z0-9.-]+/)?[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?"
_SET = re.compile(rf"\s*({_KEY})\s+(in|notin)\s*\(([^()]*)\)\s*")
_EQUALITY = re.compile(rf"\s*({_KEY})\s*(==|=|!=)\s*([\w.-]*)\s*")
_EXISTENCE = re.compile(rf"\s*(!?)\s*({_KEY})\s*")
_OUTER_COMMA = re.compile(r",(?![^()]*\))")

_EVERYWHERE = ("metadata.name", "metadata.namespace")
_FIELDS: dict[str, tuple[str, ...]] = {
    # Fields that ``AddFieldLabelConversionFunc`` registers for a kind.
    "Pod": (
        *("spec.nodeName", "spec.restartPolicy", "spec.schedulerName"),
        *("spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP"),
        "status.nominatedNodeName",
    ),
    "Node": ("spec.unschedulable",),
    "Namespace": ("status.phase",),
    "Secret": ("type",),
    "Event": (
        *("involvedObject.kind", "involvedObject.namespace", "involvedObject.name"),
        *("involvedObject.uid", "involvedObject.apiVersion", "involvedObject.fieldPath"),
        *("involvedObject.resourceVersion", "reason", "reportingComponent", "type"),
    ),
    "Job": ("status.successful",),
    "ReplicaSet": ("status.replicas",),
}


def labelled(selector: str) -> Match:
    """What a label selector matches; raises ApiError for one that cannot be read."""
    tests = [_requirement(part) for part in _OUTER_COMMA.split(selector) if selector.strip()]

    def matches(found: Object) -> bool:
        labels: dict[str, str] = found["metadata"].get("labels") or {}
        return all(test(labels) for test in tests)

    return matches


def _requirement(text: str) -> Callable[[dict[str, str]], bool]:
    if found := _SET.fullmatch(text):
        key, operator, inside = found.groups()
        return _among(key, operator, frozenset(part.strip() for part in inside.split(",")))
    if found := _EQUALITY.fullmatch(text):
        key, operator, value = found.groups()
        return _among(key, "notin" if operator == "!=" else "in", frozenset({value}))
    if found := _EXISTENCE.fullmatch(text):
        absent, key = found.groups()
        return lambda labels: (key not in labels) if absent else (key in labels)
    raise bad_request(f"unable to parse requirement: {text.strip()!r}")


def _among(key: str, operator: str, values: frozenset[str]) -> Callable[[dict[str, str]], bool]:
    # "notin" and "!=" also match what lacks the label.
    if operator == "in":
        return lambda labels: key in labels and labels[key] in values
    return lambda labels: key not in labels or labels[key] not in values


def by_fields(kind: Kind, selector: str) -> Match:
    """What a field selector matches; raises ApiError for a field the kind does not offer."""
    terms = list(_terms(kind, selector))

    def matches(found: Object) -> bool:
        return all((_value(found, path) == value) is equal for path, equal, value in terms)

    return matches


def only_name(selector: str) -> str:
    """The name that a field selector asks for, by which a request is authorized; else ""."""
    found = re.search(r"(?:^|,)metadata\.name==?([^,!=]+)", selector)
    return found[1] if found else ""


def _terms(kind: Kind, selector: str) -> Iterator[tuple[str, bool, str]]:
    for part in filter(None, selector.split(",")):
        found = re.fullmatch(r"([^!=]+)(==|=|!=)(.*)", part)
        if found is None:
            raise bad_request(
                f"invalid selector: '{selector}'; can't understand '{part.strip()}'"
            )
        path, operator, value = found.groups()
        _check_offered(kind, path)
        yield path, operator != "!=", value


def _check_offered(kind: Kind, path: str) -> None:
    own = _FIELDS.get(kind.name, ())
    if path in (*_EVERYWHERE, *own):
        return
    if own:
        raise bad_request(f"field label not supported: {path}")
    raise bad_request(
        f'"{path}" is not a known field selector: only "metadata.name", "metadata.namespace"'
    )


def _value(found: Object, path: str) -> str:
    value: object = found
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
