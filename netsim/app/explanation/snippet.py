"""YAML that would let a denied connection through, as it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from netsim.model.edit import FieldPath
from netsim.words.yaml import write

_EVERY_POD = "every pod: without labels this one can't be told apart"


def write_parts(*parts: Any) -> str:
    """Objects, or a part of one; says where a selector chooses every pod of a namespace."""
    return "---\n".join(f"{write(each, dict(_note(each, ())))}\n" for each in parts)


def _note(value: Any, path: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "podSelector" and not each:
                # A comment stands above the dash of a peer that has no other field before it.
                is_item = bool(path) and isinstance(path[-1], int) and next(iter(value)) == key
                yield path if is_item else (*path, key), _EVERY_POD
            yield from _note(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _note(each, (*path, index))
