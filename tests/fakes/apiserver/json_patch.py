"""JSON patches (RFC 6902)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from tests.fakes.apiserver.errors import bad_request, unprocessable
from tests.fakes.apiserver.kinds import Object


def applied(found: Any, patch: Any) -> Any:
    """An object with a JSON patch on it, which it may change; raises ApiError."""
    if not isinstance(patch, list):
        raise bad_request("cannot unmarshal object into Go value of type jsonpatch.Patch")
    for operation in patch:
        try:
            found = _OPERATIONS[operation["op"]](found, operation)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise unprocessable() from error
    return found


def _add(found: Any, operation: Object) -> Any:
    return _placed(found, operation["path"], operation["value"])


def _remove(found: Any, operation: Object) -> Any:
    parent, last = _parent(found, operation["path"])
    del parent[int(last) if isinstance(parent, list) else last]
    return found


def _replace(found: Any, operation: Object) -> Any:
    _get(found, operation["path"])
    if operation["path"] == "":
        return operation["value"]
    parent, last = _parent(found, operation["path"])
    parent[int(last) if isinstance(parent, list) else last] = operation["value"]
    return found


def _move(found: Any, operation: Object) -> Any:
    value = _get(found, operation["from"])
    return _placed(_remove(found, {"path": operation["from"]}), operation["path"], value)


def _copy(found: Any, operation: Object) -> Any:
    return _placed(found, operation["path"], copy.deepcopy(_get(found, operation["from"])))


def _test(found: Any, operation: Object) -> Any:
    if _get(found, operation["path"]) != operation["value"]:
        raise ValueError(operation["path"])
    return found


_OPERATIONS: dict[str, Callable[[Any, Object], Any]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}


def _placed(found: Any, path: str, value: Any) -> Any:
    if path == "":
        return value
    parent, last = _parent(found, path)
    if isinstance(parent, list):
        parent.insert(len(parent) if last == "-" else int(last), value)
    else:
        parent[last] = value
    return found


def _get(found: Any, path: str) -> Any:
    for step in _steps(path):
        found = found[int(step) if isinstance(found, list) else step]
    return found


def _parent(found: Any, path: str) -> tuple[Any, str]:
    steps = _steps(path)
    for step in steps[:-1]:
        found = found[int(step) if isinstance(found, list) else step]
    return found, steps[-1]


def _steps(path: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]
