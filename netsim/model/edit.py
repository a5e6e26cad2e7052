"""Edits of the objects of the input, and patches: the edits that make one fix.

An edit says what changes in which object, and nothing about text.  It is applied to parsed
documents, so that what it does can be judged, and to files, so that it can be written
(``netsim.fix``)::

    Insert(target, ("spec", "ingress", END), Value.of({"from": [...], "ports": [...]}))
    Replace(target, ("spec", "podSelector", "matchLabels", "app"), Value.of("web"))
    Remove(target, ("spec", "egress", 0, "to", 1))
    AddDocument("manifests/policies.yaml", Value.of({"apiVersion": ...}))
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import Struct

from netsim.model.location import Location

FieldPath: TypeAlias = tuple[str | int, ...]
"""The keys and indexes that lead from an object to one of its values."""

END: Final = -1
"""The index behind the last item of a list."""


class Value(Struct, frozen=True):
    """A value as JSON has it, kept as text: it cannot change, and equal texts are equal.

    The order of fields is that in which they will be written.
    """

    json: str

    @classmethod
    def of(cls, plain: object) -> Value:
        """The value of plain data: dicts, lists, texts, numbers, booleans, None."""
        return cls(msgspec.json.encode(plain).decode())

    @property
    def plain(self) -> Any:
        """New plain data, which the caller may change."""
        return msgspec.json.decode(self.json)


class Target(Struct, frozen=True):
    """An object of the input, by its name and by where it is written.

    Several objects may have one name: ``location`` tells which is meant.  It is that of any
    field of the object in the file as it was read; its ``field`` says which item of a List it
    is (``items[3].metadata.name``).  ``namespace`` is empty for an object of the whole cluster.
    """

    kind: str
    namespace: str
    name: str
    location: Location

    @property
    def title(self) -> str:
        """``NetworkPolicy shop/web``."""
        return f"{self.kind} {self.namespace}/{self.name}".replace(" /", " ")


class Insert(Struct, frozen=True):
    """A further item of a list, or a further field of a mapping.

    ``path`` is where the value stands afterwards.  An index puts it before the item that has
    that index, and :data:`END` behind the last one.  Parents that are absent or null are made:
    lists where the path goes on with an index, and mappings where it goes on with a key.
    """

    target: Target
    path: FieldPath
    value: Value

    @property
    def file(self) -> str:
        """The file that changes."""
        return self.target.location.file


class Replace(Struct, frozen=True):
    """Another value in the place of one that is there."""

    target: Target
    path: FieldPath
    value: Value

    @property
    def file(self) -> str:
        """The file that changes."""
        return self.target.location.file


class Remove(Struct, frozen=True):
    """One item or field less; with an empty path, one object less.

    A list or mapping that loses its last entry stays, and is empty: an absent list of rules
    means something else than an empty one.
    """

    target: Target
    path: FieldPath

    @property
    def file(self) -> str:
        """The file that changes."""
        return self.target.location.file


class AddDocument(Struct, frozen=True):
    """A further object in a file, which need not exist yet.

    In JSON it becomes an item of the List that the file holds, if it holds one.
    """

    file: str
    value: Value


Edit: TypeAlias = Insert | Replace | Remove | AddDocument


class Patch(Struct, frozen=True):
    """The edits of one fix, which may be in several files.

    They are applied one after the other: a path counts in what the edits before it have left.
    Objects are found where they were before all of them, and removed after all others.
    """

    edits: tuple[Edit, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """The files that change, in the order of the edits."""
        return tuple(dict.fromkeys(edit.file for edit in self.edits))

    def __or__(self, other: Patch) -> Patch:
        """Both: first the edits of this one."""
        return Patch(tuple(dict.fromkeys(self.edits + other.edits)))


def join(patches: Iterable[Patch]) -> Patch:
    """One patch of several, each of which counts in what was there before all of them.

    What moves the items of a list comes last, and from the end of the list.
    """
    edits = tuple(dict.fromkeys(edit for patch in patches for edit in patch.edits))
    moving = sorted(filter(_moves_items, edits), key=_rank, reverse=True)
    return Patch((*(edit for edit in edits if not _moves_items(edit)), *moving))


def _moves_items(edit: Edit) -> bool:
    if not isinstance(edit, Insert | Remove) or not edit.path:
        return False
    last = edit.path[-1]
    return isinstance(last, int) and last != END


def _rank(edit: Edit) -> tuple[tuple[bool, str | int], ...]:
    path = () if isinstance(edit, AddDocument) else edit.path
    return tuple((isinstance(key, str), key) for key in path)
