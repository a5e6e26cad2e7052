"""Expansion of the words of a shell script, as far as its text tells values."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from netsim.scripts.shell.state import ALL, State
from netsim.scripts.shell.tree import (
    Body,
    Computed,
    Parameter,
    Part,
    Quoting,
    Substitution,
    Text,
    Word,
)
from netsim.scripts.shell.values import TEXT, WORD, has_hole, limit, quote, split

Run = Callable[[Body, State], str]
"""Runs the commands of a substitution, and gives what they print."""


def fields(words: Sequence[Word], state: State, run: Run) -> list[str]:
    """The fields that words come to: expanded, then split where they are not quoted."""
    found: list[str] = []
    for word in words:
        if len(word.parts) == 1 and isinstance(word.parts[0], Text):
            found.append(word.parts[0].text)
        elif _is_one(word):
            found.append("".join([_expand(part, state, run) for part in word.parts]))
        else:
            found += _split(word, state, run)
    return found


def value(word: Word, state: State, run: Run) -> str:
    """What a word comes to where it is not split, as in an assignment."""
    return limit("".join([_expand(part, state, run) for part in word.parts]))


def _is_one(word: Word) -> bool:
    """Whether a word comes to one field, whatever its values are."""
    for part in word.parts:
        if not isinstance(part, Text) and (part.quoting is Quoting.BARE or _is_all(part)):
            return False
    return bool(word.parts)


def _is_all(part: Part) -> bool:
    return isinstance(part, Parameter) and part.name in ALL and not part.operator


class _Fields:
    """The fields of one word while it is expanded."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.current: str | None = None

    def extend(self, text: str) -> None:
        """More of the same field."""
        self.current = (self.current or "") + text

    def spread(self, values: Sequence[str]) -> None:
        """Several fields, of which the first goes on with the one before."""
        if values:
            self.extend(values[0])
            for each in values[1:]:
                self.end()
                self.current = each

    def end(self) -> None:
        """The end of a field."""
        if self.current is not None:
            self.done.append(self.current)
            self.current = None


def _split(word: Word, state: State, run: Run) -> list[str]:
    found = _Fields()
    for place, part in enumerate(word.parts):
        if isinstance(part, Parameter) and _is_all(part):
            found.spread(_arguments(part, state))
        elif isinstance(part, Text) or part.quoting is Quoting.QUOTED:
            if not _opens(word.parts, place):
                found.extend(_expand(part, state, run))
        else:
            leads, pieces, trails = split(_expand(part, state, run))
            if leads:
                found.end()
            found.spread(pieces)
            if trails:
                found.end()
    found.end()
    return found.done


def _opens(parts: tuple[Part, ...], place: int) -> bool:
    """Whether this is the empty text with which quotes begin, before what "$@" brings."""
    part, *rest = parts[place : place + 2]
    return (
        isinstance(part, Text)
        and not part.text
        and bool(rest)
        and rest[0].quoting is Quoting.QUOTED
    )


def _arguments(part: Parameter, state: State) -> Sequence[str]:
    if part.quoting is Quoting.QUOTED and part.name == "*":
        return [quote(" ".join(state.positional))]
    return state.positional


def _expand(part: Part, state: State, run: Run) -> str:
    match part:
        case Text():
            return part.text
        case Parameter(operator=""):
            known = state.value(part.name)
            found = _unset(part.name) if known is None else known
        case Parameter():
            found = _parameter(part, state, run)
        case Substitution():
            found = run(part.body, state.copy()).rstrip("\n")
        case Computed():
            for each in part.inner:
                _expand(each, state, run)
            found = WORD
    return quote(found) if part.quoting is Quoting.QUOTED else found


def _parameter(part: Parameter, state: State, run: Run) -> str:
    known = state.value(part.name)
    argument = "".join(_expand(each, state, run) for each in part.argument)
    counts_empty = part.operator.startswith(":")
    match part.operator.lstrip(":"):
        case "?":
            return _unset(part.name) if known is None else known
        case "-" | "=" as operator:
            is_set = known is not None and not (counts_empty and known == "")
            if not is_set and operator == "=":
                state.variables[part.name] = argument
            return known if known is not None and is_set else argument
        case "+" if known is not None and not has_hole(known):
            return argument if known or not counts_empty else ""
    return TEXT


def _unset(name: str) -> str:
    """A variable that nothing sets may be one of the image; an argument is not given."""
    return "" if name.isdigit() else TEXT
