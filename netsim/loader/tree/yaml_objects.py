"""Objects of a text, as plain data; for texts that a program wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import yaml

from netsim.errors import LoadError

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
YamlError = yaml.YAMLError


class TextError(LoadError):
    """A text that holds no Kubernetes objects."""


def plain_objects(text: str) -> tuple[dict[str, Any], ...]:
    """The objects of JSON or YAML, those of lists one by one; raises :class:`TextError`."""
    try:
        is_json = text.lstrip()[:1] == "{"
        documents = [json.loads(text)] if is_json else list(yaml.load_all(text, Loader))
    except YamlError as error:
        raise TextError(f"no valid YAML{line_of(error)}") from error
    except (ValueError, RecursionError) as error:
        raise TextError(f"cannot be read: {error}") from error
    return tuple(each for found in documents if found is not None for each in _flat(found))


def line_of(error: Exception) -> str:
    """``, line 5``: where YAML is broken; the whole message may quote secrets of the text."""
    mark = getattr(error, "problem_mark", None)
    return f", line {mark.line + 1}" if mark else ""


def _flat(found: Any, of_kind: str = "", api_version: str = "") -> Iterator[dict[str, Any]]:
    if not isinstance(found, dict):
        raise TextError("not a Kubernetes object: expected a mapping with apiVersion and kind")
    kind = str(found.get("kind") or of_kind)
    if kind.endswith("List") and isinstance(found.get("items"), list):
        inner = kind.removesuffix("List")
        for item in found["items"]:
            yield from _flat(item, inner, str(found.get("apiVersion", "")) if inner else "")
    else:
        own = {"kind": of_kind, "apiVersion": api_version} if of_kind else {}
        yield own | found
