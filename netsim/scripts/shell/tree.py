"""The tree of a shell script: commands, their words, and the parts of these."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Quoting(Enum):
    """Whether an expansion stays one word."""

    BARE = "bare"
    QUOTED = "quoted"


class Text(Struct, frozen=True):
    """Characters as they stand, without their quotes."""

    text: str
    quoting: Quoting


class Parameter(Struct, frozen=True):
    """``$name`` or ``${name:-argument}``; ``operator`` is empty for the former."""

    name: str
    operator: str
    argument: tuple[Part, ...]
    quoting: Quoting


class Substitution(Struct, frozen=True):
    """``$(...)``, with the commands in it."""

    body: Body
    quoting: Quoting


class Computed(Struct, frozen=True):
    """Arithmetic, and whatever else has a value that only a shell works out."""

    inner: tuple[Part, ...]
    quoting: Quoting


Part = Text | Parameter | Substitution | Computed


class Word(Struct, frozen=True):
    """A word, or the body of a here-document."""

    parts: tuple[Part, ...]
    line: int

    @property
    def literal(self) -> str | None:
        """Its text, where nothing in it is expanded."""
        texts = [part.text for part in self.parts if isinstance(part, Text)]
        return "".join(texts) if len(texts) == len(self.parts) else None


class Assignment(Struct, frozen=True):
    """``name=value``; ``value`` is None for an array."""

    name: str
    value: Word | None
    appends: bool


class Redirection(Struct, frozen=True):
    """``<``, ``>>`` and so on with their target; of ``<<`` the body of the here-document."""

    operator: str
    target: Word


class Simple(Struct, frozen=True):
    """A command with its words; without words, assignments that stay."""

    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]
    redirections: tuple[Redirection, ...]
    line: int


class Shape(Enum):
    """How often the branches of a compound command run."""

    GROUP = "group"
    SUBSHELL = "subshell"
    CHOICE = "choice"
    LOOP = "loop"


class Compound(Struct, frozen=True):
    """``{ }``, ``( )``, if, case, for, while.

    ``before`` runs once, before any branch; ``heads`` are the words of for and case,
    ``variable`` is that of for.
    """

    shape: Shape
    before: tuple[Pipeline, ...]
    branches: tuple[tuple[Pipeline, ...], ...]
    heads: tuple[Word, ...]
    variable: str | None
    redirections: tuple[Redirection, ...]
    line: int


class Function(Struct, frozen=True):
    """The definition of a function."""

    name: str
    body: Command
    line: int


Command = Simple | Compound | Function


class Joint(Enum):
    """Whether a pipeline runs whatever the one before it came to."""

    ALWAYS = "always"
    CONDITIONAL = "conditional"


class Pipeline(Struct, frozen=True):
    """Commands of which each reads what the one before it writes."""

    commands: tuple[Command, ...]
    joint: Joint


Body = tuple[Pipeline, ...]
