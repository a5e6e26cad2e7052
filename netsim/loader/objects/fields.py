"""A typed view of a document that collects what is wrong with it, each with line and path."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple, TypeVar

from netsim.loader.tree.documents import HELM_HINT
from netsim.loader.tree.scalars import describe, is_letter, is_null, resolve
from netsim.model.finding import Diagnostic, Severity
from netsim.model.location import Location
from netsim.model.tree import Mapping, MappingEntry, Scalar, ScalarStyle, Sequence, Tree

_Choice = TypeVar("_Choice", bound=Enum)


class Nulls(Enum):
    """What a null is that stands in a list, or in a mapping of names to texts."""

    EMPTY = "empty"
    """The empty value, as it is decoded into a type of Go (``encoding/json``)."""

    REFUSED = "refused"
    """An error in a list, and absent in a mapping, as a schema has it that is not nullable."""


class Report:
    """What was noticed about one object, and what its kind makes of a null.

    ``is_rendered`` is true where Helm wrote the file, as comments in it say.
    ``gravity`` is that of a mistake: an error, unless the kind is only known by its shape.
    """

    def __init__(self, file: str, first_line: int = 1, *, is_rendered: bool = False) -> None:
        self.file = file
        self.is_rendered = is_rendered
        self.offset = first_line - 1
        self.nulls = Nulls.REFUSED
        self.gravity = Severity.ERROR
        self.diagnostics: list[Diagnostic] = []

    def location(self, line: int, path: str) -> Location:
        """A place, from a line of the document."""
        return Location(self.file, line + self.offset, path)

    def error(self, line: int, path: str, message: str) -> None:
        """Something that rejects the object."""
        self._add(self.gravity, line, path, message)

    def warning(self, line: int, path: str, message: str) -> None:
        """Something to know."""
        self._add(Severity.WARNING, line, path, message)

    def _add(self, severity: Severity, line: int, path: str, message: str) -> None:
        text = f"{path}: {message}" if path else message
        text += HELM_HINT if "{{" in text else ""
        self.diagnostics.append(Diagnostic(severity, text, self.location(line, path)))

    @property
    def failed(self) -> bool:
        """Whether there is an error."""
        return any(found.severity is Severity.ERROR for found in self.diagnostics)


# Tuples, as these two are made for every field of the input that is looked at.
class Field(NamedTuple):
    """A value that is present.  ``line`` is its key's, or the list item's.

    Only an item of a list, or an entry of a mapping that is read as a whole, can be null.
    """

    tree: Tree
    line: int
    path: str
    report: Report

    @property
    def location(self) -> Location:
        """Where it stands."""
        return self.report.location(self.line, self.path)

    def refuse(self, message: str) -> None:
        """Notes an error."""
        self.report.error(self.line, self.path, message)

    def warn(self, message: str) -> None:
        """Notes a warning."""
        self.report.warning(self.line, self.path, message)

    def fields(self) -> Fields | None:
        """The entries of a mapping; None (and an error) where it is something else."""
        if isinstance(self.tree, Mapping):
            return Fields(self.tree.entries, self.line, self.path, self.report)
        if self.is_empty:
            return Fields({}, self.line, self.path, self.report)
        self.refuse(f"expected a mapping, found {_what(self.tree)}")
        return None

    def items(self) -> tuple[Field, ...]:
        """The items of a list; none (and an error) where it is something else."""
        if isinstance(self.tree, Sequence):
            return tuple(
                Field(item, item.line, f"{self.path}[{index}]", self.report)
                for index, item in enumerate(self.tree.items)
            )
        self.refuse(f"expected a list, found {_what(self.tree)}: start items with '- '")
        return ()

    def text(self, noun: str = "") -> str | None:
        """A string; a plain scalar that means something else is refused, as kubectl does."""
        if not isinstance(self.tree, Scalar):
            self.refuse(f"expected text, found {_what(self.tree)}")
            return None
        value = resolve(self.tree)
        if value is None and self.report.nulls is Nulls.EMPTY:
            return ""
        if isinstance(value, str):
            return value
        written = self.tree.text or "nothing"
        message = f"{noun} {written}".strip() + f" is {describe(value)}: quote it"
        if is_letter(self.tree):
            self.warn(f"{message}; netsim reads it as text, kubectl refuses it")
            return self.tree.text
        self.refuse(message)
        return None

    def member(self, choices: type[_Choice], noun: str) -> _Choice | None:
        """The choice that the text is the value of; refused where there is none."""
        text = self.text()
        for choice in choices:
            if choice.value == text:
                return choice
        if text is not None:
            *others, last = (str(choice.value) for choice in choices)
            self.refuse(f"unknown {noun} '{text}': use {', '.join(others)} or {last}")
        return None

    def number_or_text(self) -> int | str | None:
        """An ``IntOrString``: a whole number, or text."""
        if not isinstance(self.tree, Scalar):
            self.refuse(f"expected a number, found {_what(self.tree)}")
            return None
        value = resolve(self.tree)
        if isinstance(value, str):
            return value
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.refuse(f"{self.tree.text or 'null'} is not a whole number: use one such as 8080")
        return None

    def integer(self) -> int | None:
        """A whole number."""
        value = self.number_or_text()
        if isinstance(value, str):
            digits = value.isascii() and value.isdigit()
            self.refuse(f"'{value}' is text, not a number{': remove the quotes' * digits}")
            return None
        return value

    def boolean(self) -> bool | None:
        """True or false."""
        value = resolve(self.tree) if isinstance(self.tree, Scalar) else None
        if isinstance(value, bool):
            return value
        self.refuse(f"expected true or false, found {_what(self.tree)}")
        return None

    @property
    def is_empty(self) -> bool:
        """Whether this is a null that stands for the empty value."""
        return self.report.nulls is Nulls.EMPTY and is_null(self.tree)

    @property
    def is_absent(self) -> bool:
        """Whether this is a null that stands for nothing."""
        return self.report.nulls is Nulls.REFUSED and is_null(self.tree)

    @property
    def scalar_text(self) -> str:
        """The raw text of a scalar; empty for anything else."""
        return self.tree.text if isinstance(self.tree, Scalar) else ""


class Fields(NamedTuple):
    """The entries of a mapping."""

    entries: dict[str, MappingEntry]
    line: int
    path: str
    report: Report

    def get(self, name: str) -> Field | None:
        """A field; None where it is missing or null, which the API does not tell apart."""
        entry = self.entries.get(name)
        if entry is None or is_null(entry.value):
            return None
        return Field(entry.value, entry.line, self._path(name), self.report)

    def fields(self, name: str) -> Fields:
        """The entries of a mapping field; none where it is missing or wrong."""
        found = self.get(name)
        fields = found.fields() if found else None
        return fields or Fields({}, self.line, self._path(name), self.report)

    def items(self, name: str) -> tuple[Field, ...]:
        """The items of a list field; none where it is missing or wrong."""
        found = self.get(name)
        return found.items() if found else ()

    def text(self, name: str) -> str | None:
        """The text of a field, or None."""
        found = self.get(name)
        return found.text() if found else None

    def missing(self, name: str, fix: str) -> None:
        """Notes that a field is needed."""
        self.report.error(self.line, self._path(name), f"missing: {fix}")

    def only(self, *known: str) -> None:
        """Notes the fields that do not exist (the server's strict field validation)."""
        for name, entry in self.entries.items():
            if name not in known:
                message = f"unknown field {name}: {_suggestion(name, known)}"
                self.report.error(entry.line, self._path(name), message)

    def all(self) -> Iterator[tuple[Scalar, Field]]:
        """Every entry, as the key and the value, which may be null."""
        for name, entry in self.entries.items():
            key = Scalar(name, entry.style, entry.line)
            yield key, Field(entry.value, entry.line, self._path(name), self.report)

    def _path(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


def _suggestion(name: str, known: tuple[str, ...]) -> str:
    lower = {field.lower(): field for field in known}
    from difflib import get_close_matches

    close = get_close_matches(name.lower(), lower, 1, 0.7)
    if close:
        return f"did you mean {lower[close[0]]}?"
    return (
        f"use {', '.join(known[:-1])} or {known[-1]}" if len(known) > 1 else f"use {known[0]}"
    )


def _what(tree: Tree) -> str:
    match tree:
        case Mapping():
            return "a mapping"
        case Sequence():
            return "a list"
        case Scalar(style=ScalarStyle.PLAIN) if not tree.text:
            return "nothing"
    return f"'{tree.text[:40]}'"
