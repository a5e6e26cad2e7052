"""A patch as instructions, for files that a program cannot edit faithfully.

::

    In spec.ingress of NetworkPolicy shop/web (net.yaml:4), add this at the end:
      - from:
          - podSelector: {}
"""

from __future__ import annotations

from netsim.fix.tree import show_path
from netsim.model.edit import END, AddDocument, Edit, Insert, Patch, Remove, Replace
from netsim.words.yaml import is_block, write


def instruct(patch: Patch) -> str:
    """What to do by hand, one edit after the other."""
    return "\n".join(map(instruct_edit, patch.edits))


def instruct_edit(edit: Edit) -> str:
    """What to do by hand for one edit, with the YAML for it."""
    match edit:
        case AddDocument():
            return _with(f"Add this to {edit.file}, as a document of its own", edit.value.plain)
        case Insert():
            return _instruct_insert(edit)
        case Replace():
            return _with(f"Replace {_show(edit)} by this", edit.value.plain)
        case Remove(path=()):
            return f"Remove {edit.target.title} ({edit.target.location})."
        case Remove():
            return f"Remove {_show(edit)}."


def _instruct_insert(edit: Insert) -> str:
    *holder, last = edit.path
    value = edit.value.plain
    if isinstance(last, str):
        where = _show(Insert(edit.target, tuple(holder), edit.value))
        return _with(f"In {where}, add this", {last: value})
    where = _show(Insert(edit.target, tuple(holder), edit.value))
    place = "at the end" if last == END else f"before item {last}"
    return _with(f"In {where}, add this {place}", [value])


def _show(edit: Insert | Replace | Remove) -> str:
    target = f"{edit.target.title} ({edit.target.location})"
    return f"{show_path(edit.path)} of {target}" if edit.path else target


def _with(text: str, value: object) -> str:
    if not is_block(value):
        return f"{text}: {write(value)}"
    return "\n".join((f"{text}:", *(f"  {line}" for line in write(value).splitlines())))
