"""Which calls of kubectl a shell script makes, and with which words.

They are also looked for behind programs that run others, in traps, and in texts for eval.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from netsim.scripts.shell.programs import (
    APPENDING,
    HARMLESS,
    PREFIXES,
    SHELLS,
    SILENT,
    Prefixed,
    behind,
)
from netsim.scripts.shell.script import read_script
from netsim.scripts.shell.state import BUILT_IN, State
from netsim.scripts.shell.values import TEXT, WORD, has_hole
from netsim.scripts.shell.walker import Frame, Walker
from netsim.scripts.shell.words import ShellError

KUBECTL = "kubectl"

_CONFIG = "KUBECONFIG"
_ASSIGNING = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(?:[^\s;&|`$<>()]|\$\{[^\s;&|`$()]*\})*")
"""A text for eval that assigns, and runs no command."""


class Reach(Enum):
    """Whether a call is made."""

    CALLED = "called"
    UNCALLED = "uncalled"
    """It stands in a function that nothing seems to call."""


class Invocation(Struct, frozen=True):
    """A call of kubectl: the words after it, which may have holes, and what it can read.

    ``files`` are those whose text is known at that moment; ``stdin`` is None for nothing.
    """

    words: tuple[str, ...]
    stdin: str | None
    files: Mapping[str, str]
    line: int
    reach: Reach

    def __hash__(self) -> int:
        return hash((self.words, self.stdin, self.line, self.reach))


class Concern(Enum):
    """What a gap hides."""

    CALL = "call"
    """Perhaps a call of kubectl, or what one asks for."""

    PROGRAM = "program"
    """Another program, which may ask the API for something as well."""


class Gap(Struct, frozen=True):
    """Something of which the text does not tell what it does."""

    concern: Concern
    reason: str
    line: int


class Trace(Struct, frozen=True):
    """What a script calls; without gaps that is all it calls."""

    invocations: tuple[Invocation, ...]
    gaps: tuple[Gap, ...]


def trace(text: str, start: State) -> Trace:
    """Follow a script from the state that it is started in."""
    walker = _Walker(start.variables)
    try:
        walker.script(text, start.copy())
    except ShellError as error:
        walker.gap(error.message, error.line)
    found = dict.fromkeys(walker.notes)
    return Trace(
        tuple(each for each in found if isinstance(each, Invocation)),
        tuple(each for each in found if isinstance(each, Gap)),
    )


class _Walker(Walker[Invocation | Gap]):
    """Notes the calls of kubectl, and looks into the programs that run others."""

    # Others are rarely given so.
    followed = frozenset((_CONFIG,))

    def __init__(self, variables: Mapping[str, str]) -> None:
        super().__init__()
        self._given = dict(variables)
        self._traps: dict[str, int] = {}
        self._reach = Reach.CALLED

    def script(self, text: str, state: State) -> None:
        """A whole script, with what its traps and the functions left over do."""
        self.body(read_script(text), state, Frame())
        later = self._unsettled(state)
        for command, line in list(self._traps.items()):
            self.text(command, later.copy(), Frame(), line)
        self._reach = Reach.UNCALLED
        for name, body in list(self.functions.items()):
            if name not in self.called:
                self.command(body, later.copy(), Frame(active=(name,)))

    def gap(self, reason: str, line: int, concern: Concern = Concern.CALL) -> None:
        """Notes that something is not understood."""
        self.notes.append(Gap(concern, reason, line))

    def _unsettled(self, state: State) -> State:
        """The state at some other time: only what nothing changes is known."""
        known = {
            name: value if self._given.get(name) == value else TEXT
            for name, value in state.variables.items()
        }
        return State(known, dict(state.files), (TEXT,), state.unset)

    def program(
        self, name: str, arguments: list[str], line: int, state: State, frame: Frame
    ) -> str:
        if built_in := BUILT_IN.get(name):
            return built_in(state, arguments, frame.stdin)
        if name == KUBECTL:
            return self._kubectl(arguments, line, state, frame)
        match name:
            case "." | "source":
                self.gap("it reads another script", line)
                return TEXT
            case "eval":
                return self._eval(arguments, line, state, frame)
            case "trap":
                self._note_trap(arguments, line)
                return ""
        return self._wrapper(name, arguments, line, state, frame)

    def _wrapper(
        self, name: str, arguments: list[str], line: int, state: State, frame: Frame
    ) -> str:
        """A program of which the shell knows nothing; some run another one."""
        if name in SHELLS:
            return self._shell(arguments, line, state, frame)
        if name in APPENDING:
            return self._appending(arguments, line, state, frame)
        if name in PREFIXES:
            return self._prefixed(behind(name, arguments), line, state, frame)
        if name in SILENT:
            return ""
        if name not in HARMLESS:
            reason = f"it runs {name}, which may use the API as well"
            self.gap(reason, line, Concern.PROGRAM)
        return TEXT

    def _prefixed(self, found: Prefixed, line: int, state: State, frame: Frame) -> str:
        """A program that another one runs."""
        if not found.words:
            return TEXT
        given = {name: value for name, value in found.variables if name in self.followed}
        inner = replace(state, variables={**state.variables, **given}) if given else state
        name, *arguments = found.words
        if has_hole(name):
            return self.run([name], line, inner, frame)
        # Not run(): it would take the program for a function of the script by that name.
        return self.program(name.rpartition("/")[2], arguments, line, inner, frame)

    def _kubectl(self, arguments: list[str], line: int, state: State, frame: Frame) -> str:
        if _CONFIG in state.variables:
            self.gap(f"{_CONFIG} may name another account", line)
        else:
            words, files = tuple(arguments), dict(state.files)
            self.notes.append(Invocation(words, frame.stdin, files, line, self._reach))
        return TEXT

    def _appending(self, arguments: list[str], line: int, state: State, frame: Frame) -> str:
        """``xargs`` and its like, which add words of their own."""
        for place, word in enumerate(arguments):
            name = word.rpartition("/")[2]
            if name == KUBECTL or word in self.functions:
                fields = [*(each.replace("{}", WORD) for each in arguments[place:]), WORD]
                return self.run(fields, line, state, replace(frame, stdin=None))
            if name in SHELLS or has_hole(word):
                self.gap("it runs what is not in the text", line)
                break
        return TEXT

    def _shell(self, arguments: list[str], line: int, state: State, frame: Frame) -> str:
        while arguments and arguments[0].startswith("-"):
            option, *arguments = arguments
            if "c" in option and not option.startswith("--") and arguments:
                inner = state.copy()
                inner.positional = tuple(arguments[2:])
                return self.text(arguments[0], inner, frame, line)
        self.gap("it runs another script", line)
        return TEXT

    def _eval(self, arguments: list[str], line: int, state: State, frame: Frame) -> str:
        text = " ".join(arguments)
        if found := _ASSIGNING.fullmatch(text):
            state.variables[found[1]] = TEXT
            return ""
        return self.text(text, state, frame, line)

    def _note_trap(self, arguments: list[str], line: int) -> None:
        if len(arguments) > 1 and arguments[0] not in ("", "-", "--"):
            self._traps.setdefault(arguments[0], line)
