"""Patches in words: where they belong, and YAML to paste there.

``Add this to spec.ingress of shop/api.`` with an entry of that list.
"""

from __future__ import annotations

from collections.abc import Sequence

from netsim.fix.tree import show_path
from netsim.model.edit import END, AddDocument, Edit, FieldPath, Insert, Patch, Remove, Replace
from netsim.words.lists import join_all
from netsim.words.yaml import write


def describe_patches(patches: Sequence[Patch]) -> tuple[str, str]:
    """What to do in a sentence for each place, and the YAML for all of them."""
    edits = tuple(dict.fromkeys(edit for patch in patches for edit in patch.edits))
    sentences = dict.fromkeys(f"{_describe(edit)}." for edit in edits)
    shown = [text for edit in edits if (text := _write(edit))]
    joint = "\n---\n" if all(isinstance(edit, AddDocument) for edit in edits) else "\n"
    return " ".join(sentences), joint.join(dict.fromkeys(shown))


def _describe(edit: Edit) -> str:
    match edit:
        case AddDocument(file=file, value=value):
            kind = value.plain["kind"]
            return f"Add this {'policy' if kind.endswith('Policy') else kind} to {file}"
        case Insert(target=target, path=path) if path[-1] == END:
            return f"Add this to {show_path(path[:-1])} of {target.title}"
        case Insert(target=target, path=path) if isinstance(path[-1], int):
            return f"Add this before {show_path(path)} of {target.title}"
        case Insert(target=target, path=path):
            return f"Add this to {show_path(path[:-1]) or 'the top'} of {target.title}"
        case Replace(target=target, path=path):
            return f"Write this in place of {show_path(path)} of {target.title}"
        case Remove(target=target, path=()):
            return f"Remove {target.title}"
        case Remove(target=target, path=path):
            return f"Remove {show_path(path)} of {target.title}"


def _write(edit: Edit) -> str:
    match edit:
        case AddDocument(value=value):
            return write(value.plain)
        case Insert(path=path, value=value) | Replace(path=path, value=value):
            return write(_wrap(path, value.plain))
        case Remove():
            return ""


def _wrap(path: FieldPath, value: object) -> object:
    """The value under its key, or as an item."""
    last = path[-1]
    return [value] if isinstance(last, int) else {last: value}


def name_files(patches: Sequence[Patch]) -> str:
    """The files that change."""
    return join_all(list(dict.fromkeys(file for patch in patches for file in patch.files)))
