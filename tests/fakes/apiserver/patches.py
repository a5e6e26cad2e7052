"""The patches that clients send, by the type of their content."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from tests.fakes.apiserver import json_patch
from tests.fakes.apiserver.errors import unprocessable, unsupported_media_type
from tests.fakes.apiserver.kinds import Object

JSON = "application/json-patch+json"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"


def patched(content_type: str, found: Object, patch: Any) -> Object:
    """An object with a patch on it; raises ApiError if the patch does not fit."""
    apply = _WAYS.get(content_type.partition(";")[0].strip())
    if apply is None:
        raise unsupported_media_type(tuple(_WAYS))
    result = apply(copy.deepcopy(found), patch)
    if not isinstance(result, dict) or not isinstance(result.get("metadata"), dict):
        raise unprocessable()
    return result


def merged(found: Any, patch: Any) -> Any:
    """A JSON merge patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(found) if isinstance(found, dict) else {}
    for field, value in patch.items():
        if value is None:
            result.pop(field, None)
        else:
            result[field] = merged(result.get(field), value)
    return result


# ``patchMergeKey`` of the fields of lists that clients patch; other lists are replaced whole.
_LIST_KEYS: dict[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "volumes": ("name",),
    "env": ("name",),
    "imagePullSecrets": ("name",),
    "secrets": ("name",),
    "ports": ("containerPort", "port"),
    "volumeMounts": ("mountPath",),
    "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey",),
    "conditions": ("type",),
    "ownerReferences": ("uid",),
}
_DIRECTIVE = "$patch"


def strategic(found: Any, patch: Any) -> Any:
    """A strategic merge patch: lists of the API that have a merge key are merged by it."""
    if not isinstance(patch, dict):
        return patch
    if patch.get(_DIRECTIVE) == "replace":
        return {field: value for field, value in patch.items() if field != _DIRECTIVE}
    result = dict(found) if isinstance(found, dict) else {}
    retained = patch.get("$retainKeys")
    if isinstance(retained, list):
        result = {field: value for field, value in result.items() if field in retained}
    for field, value in patch.items():
        _merge_field(result, field, value)
    return result


def _merge_field(result: Object, field: str, value: Any) -> None:
    if field.startswith("$"):
        removed, _, of = field.partition("/")
        if removed == "$deleteFromPrimitiveList":
            result[of] = [one for one in result.get(of, []) if one not in value]
        return
    if value is None:
        result.pop(field, None)
    elif isinstance(value, list):
        result[field] = _merge_list(field, result.get(field) or [], value)
    else:
        result[field] = strategic(result.get(field), value)


def _merge_list(field: str, found: list[Any], patch: list[Any]) -> list[Any]:
    if field == "finalizers":
        return [*found, *(one for one in patch if one not in found)]
    if {_DIRECTIVE: "replace"} in patch:
        return [one for one in patch if one != {_DIRECTIVE: "replace"}]
    key = next((key for key in _LIST_KEYS.get(field, ()) if _all_have(patch, key)), None)
    if key is None:
        return patch
    result = list(found)
    for change in patch:
        _merge_element(result, key, change)
    return result


def _all_have(elements: list[Any], key: str) -> bool:
    return bool(elements) and all(isinstance(one, dict) and key in one for one in elements)


def _merge_element(result: list[Any], key: str, change: Object) -> None:
    at = next((at for at, one in enumerate(result) if one.get(key) == change[key]), None)
    if change.get(_DIRECTIVE) == "delete":
        if at is not None:
            del result[at]
    elif at is None:
        result.append(strategic({}, change))
    else:
        result[at] = strategic(result[at], change)


_WAYS: dict[str, Callable[[Any, Any], Any]] = {
    JSON: json_patch.applied,
    MERGE: merged,
    STRATEGIC: strategic,
}
