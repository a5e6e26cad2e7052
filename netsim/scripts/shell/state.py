"""What is known at one point of a shell script, and the built-in commands that change it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec import Struct

from netsim.scripts.shell.values import TEXT, WORD, echo, limit, merged, print_format

ALL = frozenset("@*")
"""The parameters that stand for all arguments."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ASSIGNED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\+?=(.*)", re.DOTALL)


class State(Struct):
    """Values of variables and texts of files; ``positional`` are ``$1`` and so on.

    As a ``TEXT`` may be any number of words, what stands behind one has no certain place.
    ``unset`` is the value of variables that nothing sets; None where they really are unset.
    """

    variables: dict[str, str]
    files: dict[str, str]
    positional: tuple[str, ...] = (TEXT,)
    unset: str | None = None

    def copy(self) -> State:
        """A state that changes by itself."""
        return State(dict(self.variables), dict(self.files), self.positional, self.unset)

    def merge(self, other: State) -> None:
        """Keeps what holds here and there."""
        for own, its in ((self.variables, other.variables), (self.files, other.files)):
            if own != its:
                for name in {name for name, _ in own.items() ^ its.items()}:
                    own[name] = merged(own.get(name), its.get(name))
        if self.positional != other.positional:
            self.positional = (TEXT,)

    def value(self, name: str) -> str | None:
        """The value of a parameter; None where nothing sets it."""
        if name in ALL:
            return " ".join(self.positional)
        if name.isdigit():
            # An argument that is not given counts as unset.
            return (self._argument(int(name)) or None) if name != "0" else WORD
        if not _NAME.fullmatch(name):
            return WORD
        return self.variables.get(name, self.unset)

    def _argument(self, number: int) -> str:
        for place, value in enumerate(self.positional, 1):
            if value == TEXT or place == number:
                return value
        return ""

    def write(self, sinks: list[tuple[str, str]], out: str) -> str:
        """Writes an output to files, each with its operator; gives what is left of it."""
        for operator, name in sinks:
            if operator in (">", ">|"):
                self.files[name] = out
            elif operator == ">>":
                self.files[name] = limit(self.files.get(name, TEXT) + out)
        return "" if sinks else out


def _declare(state: State, arguments: list[str], stdin: str | None) -> str:
    del stdin
    for each in arguments:
        if found := _ASSIGNED.fullmatch(each):
            state.variables[found[1]] = limit(found[2])
    return ""


def _read(state: State, arguments: list[str], stdin: str | None) -> str:
    del stdin
    for each in arguments:
        if _NAME.fullmatch(each):
            state.variables[each] = WORD
    return ""


def _unset(state: State, arguments: list[str], stdin: str | None) -> str:
    del stdin
    for each in arguments:
        state.variables.pop(each, None)
    return ""


def _set(state: State, arguments: list[str], stdin: str | None) -> str:
    del stdin
    if "--" in arguments:
        state.positional = tuple(arguments[arguments.index("--") + 1 :])
    elif arguments and not arguments[0].startswith(("-", "+")):
        state.positional = tuple(arguments)
    return ""


def _shift(state: State, arguments: list[str], stdin: str | None) -> str:
    del stdin
    count = int(arguments[0]) if arguments and arguments[0].isdecimal() else 1
    is_sure = TEXT not in state.positional[:count]
    state.positional = state.positional[count:] if is_sure else (TEXT,)
    return ""


def _getopts(state: State, arguments: list[str], stdin: str | None) -> str:
    del stdin
    state.variables |= dict.fromkeys((*arguments[1:2], "OPTARG", "OPTIND"), WORD)
    return ""


def _printf(state: State, arguments: list[str], stdin: str | None) -> str:
    del stdin
    if arguments[:1] == ["-v"] and len(arguments) > 2:
        state.variables[arguments[1]] = print_format(arguments[2:])
        return ""
    return print_format(arguments[1:] if arguments[:1] == ["--"] else arguments)


def _echo(state: State, arguments: list[str], stdin: str | None) -> str:
    del state, stdin
    return echo(arguments)


def _cat(state: State, arguments: list[str], stdin: str | None) -> str:
    names = [each for each in arguments if each == "-" or not each.startswith("-")]
    read = {**state.files, "-": stdin or ""}
    return limit("".join(read.get(name, TEXT) for name in names or ["-"]))


def _tee(state: State, arguments: list[str], stdin: str | None) -> str:
    out = stdin or ""
    for each in arguments:
        if not each.startswith("-"):
            state.files[each] = out
    return out


BUILT_IN: Mapping[str, Callable[[State, list[str], str | None], str]] = {
    **dict.fromkeys(("export", "readonly", "local", "declare", "typeset"), _declare),
    **dict.fromkeys(("read", "mapfile", "readarray"), _read),
    "cat": _cat,
    "echo": _echo,
    "getopts": _getopts,
    "printf": _printf,
    "set": _set,
    "shift": _shift,
    "tee": _tee,
    "unset": _unset,
}
"""Commands that change the state or print what can be told; they give what they print."""
