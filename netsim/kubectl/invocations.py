"""Which calls of kubectl a shell script makes, and with which words.

The script is followed as far as its text tells values: assignments in order, functions with
the words of each call, loops until nothing changes, branches merged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial

from netsim.shell import expansion, programs
from netsim.shell.script import read_script
from netsim.shell.state import ALL, BUILT_IN, State
from netsim.shell.tree import (
    Body,
    Command,
    Compound,
    Function,
    Joint,
    Parameter,
    Pipeline,
    Redirection,
    Shape,
    Simple,
    Word,
)
from netsim.shell.values import TEXT, WORD, has_hole, limited, quoted
from netsim.shell.words import ShellError

_MOST_STEPS = 20_000
_MOST_PASSES = 5
_MOST_UNROLLED = 20
_DEEPEST = 60
_CONFIG = "KUBECONFIG"
_ASSIGNING = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(?:[^\s;&|`$<>()]|\$\{[^\s;&|`$()]*\})*")
"""A text for eval that assigns, and runs no command."""


class Reach(Enum):
    """Whether a call is made."""

    CALLED = "called"
    UNCALLED = "uncalled"
    """It stands in a function that nothing seems to call."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """A call of kubectl: the words after it, which may have holes, and what it can read.

    ``files`` are those whose text is known at that moment; ``stdin`` is None for nothing.
    """

    words: tuple[str, ...]
    stdin: str | None
    files: Mapping[str, str] = field(hash=False)
    line: int
    reach: Reach


class Concern(Enum):
    """What a gap hides."""

    CALL = "call"
    """Perhaps a call of kubectl, or what one asks for."""

    PROGRAM = "program"
    """Another program, which may ask the API for something as well."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something of which the text does not tell what it does."""

    concern: Concern
    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class Trace:
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
    return Trace(tuple(dict.fromkeys(walker.found)), tuple(dict.fromkeys(walker.gaps)))


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where commands run: what they read, the line of the call, the functions under way."""

    stdin: str | None = None
    line: int | None = None
    active: tuple[str, ...] = ()


class _Walker:
    """Follows commands; each gives what it writes to its standard output."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.found: list[Invocation] = []
        self.gaps: list[Gap] = []
        self._given = dict(variables)
        self._functions: dict[str, Command] = {}
        self._called: set[str] = set()
        self._traps: dict[str, int] = {}
        self._reach = Reach.CALLED
        self._muted = 0
        self._steps = 0
        self._depth = 0

    def script(self, text: str, state: State) -> None:
        """A whole script, with what its traps and the functions left over do."""
        self._body(read_script(text), state, _Frame())
        later = self._unsettled(state)
        for command, line in list(self._traps.items()):
            self._text(command, later.copy(), _Frame(), line)
        self._reach = Reach.UNCALLED
        for name, body in list(self._functions.items()):
            if name not in self._called:
                self._command(body, later.copy(), _Frame(active=(name,)))

    def gap(self, reason: str, line: int, concern: Concern = Concern.CALL) -> None:
        """Notes that something is not understood."""
        if not self._muted:
            self.gaps.append(Gap(concern, reason, line))

    def _unsettled(self, state: State) -> State:
        """The state at some other time: only what nothing changes is known."""
        known = {
            name: value if self._given.get(name) == value else TEXT
            for name, value in state.variables.items()
        }
        return State(known, dict(state.files), (TEXT,), state.unset)

    @contextmanager
    def _silence(self) -> Iterator[None]:
        self._muted += 1
        yield
        self._muted -= 1

    @contextmanager
    def _step(self, line: int) -> Iterator[None]:
        self._steps += 1
        self._depth += 1
        if self._steps > _MOST_STEPS or self._depth > _DEEPEST:
            raise ShellError("the script is too long, or nested too deeply, to follow", line)
        yield
        self._depth -= 1

    def _body(self, body: Body, state: State, frame: _Frame) -> str:
        out = ""
        for pipeline in body:
            if pipeline.joint is Joint.CONDITIONAL:
                branch = state.copy()
                out += TEXT if self._pipeline(pipeline, branch, frame) else ""
                state.merge(branch)
            else:
                out += self._pipeline(pipeline, state, frame)
        return limited(out)

    def _pipeline(self, pipeline: Pipeline, state: State, frame: _Frame) -> str:
        if len(pipeline.commands) == 1:
            return self._command(pipeline.commands[0], state, frame)
        out = frame.stdin
        for command in pipeline.commands:
            inner = state.copy()
            out = self._command(command, inner, replace(frame, stdin=out))
            state.files = inner.files
        return out or ""

    def _command(self, command: Command, state: State, frame: _Frame) -> str:
        with self._step(command.line):
            match command:
                case Function():
                    self._functions[command.name] = command.body
                    return ""
                case Compound():
                    return self._compound(command, state, frame)
                case Simple():
                    return self._simple(command, state, frame)

    def _inner(self, frame: _Frame) -> expansion.Run:
        """Runs the commands of a substitution."""
        return partial(self._body, frame=replace(frame, stdin=None))

    def _compound(self, command: Compound, state: State, frame: _Frame) -> str:
        inner, sinks = self._redirected(command.redirections, state, frame)
        heads = expansion.fields(command.heads, state, self._inner(frame))
        out = self._body(command.before, state, inner)
        match command.shape:
            case Shape.GROUP:
                out += self._body(command.branches[0], state, inner)
            case Shape.SUBSHELL:
                out += self._body(command.branches[0], state.copy(), inner)
            case Shape.CHOICE:
                out += self._choice(command.branches, state, inner)
            case Shape.LOOP:
                out += self._loop(command, heads, state, inner)
        return state.write(sinks, out)

    def _choice(self, branches: tuple[Body, ...], state: State, frame: _Frame) -> str:
        ends: list[State] = []
        out = ""
        for body in branches:
            branch = state.copy()
            out += self._body(body, branch, frame)
            ends.append(branch)
        for end in ends:
            state.merge(end)
        return TEXT if out else ""

    def _loop(self, command: Compound, heads: list[str], state: State, frame: _Frame) -> str:
        body, name = command.branches[0], command.variable
        is_listed = 0 < len(heads) <= _MOST_UNROLLED and not any(map(has_hole, heads))
        self._settle(body, name, state, frame)
        out = ""
        for value in heads if name and is_listed else [WORD]:
            branch = state.copy()
            if name:
                branch.variables[name] = value
            out += self._body(body, branch, frame)
            state.merge(branch)
        return TEXT if out else ""

    def _settle(self, body: Body, name: str | None, state: State, frame: _Frame) -> None:
        """Forgets the variables that a round of the loop changes, until no more do."""
        variable = {name: WORD} if name else {}
        for _ in range(_MOST_PASSES):
            state.variables |= variable
            before = dict(state.variables)
            trial = state.copy()
            with self._silence():
                self._body(body, trial, frame)
            state.merge(trial)
            if state.variables | variable == before:
                return

    def _redirected(
        self, redirections: Sequence[Redirection], state: State, frame: _Frame
    ) -> tuple[_Frame, list[tuple[str, str]]]:
        """What a command reads then, and the files that it writes, each with its operator."""
        sinks: list[tuple[str, str]] = []
        for each in redirections:
            value = quoted(expansion.value(each.target, state, self._inner(frame)))
            match each.operator:
                case "<<":
                    frame = replace(frame, stdin=value)
                case "<<<":
                    frame = replace(frame, stdin=f"{value}\n")
                case "<":
                    frame = replace(frame, stdin=state.files.get(value, TEXT))
                case ">" | ">|" | ">>" | ">&" | "&>" | "&>>":
                    sinks.append((each.operator, value))
        return frame, sinks

    def _simple(self, command: Simple, state: State, frame: _Frame) -> str:
        run = self._inner(frame)
        values = {}
        for each in command.assignments:
            value = expansion.value(each.value, state, run) if each.value else TEXT
            before = state.variables.get(each.name, "") if each.appends else ""
            values[each.name] = limited(before + value)
            if not command.words:
                state.variables[each.name] = values[each.name]
        inner, sinks = self._redirected(command.redirections, state, frame)
        fields = expansion.fields(command.words, state, run)
        line = command.line
        if frame.line is not None and any(map(_hands_on, command.words)):
            line = frame.line
        if command.words and _CONFIG in values:
            # For this one command only; other variables are rarely given so, and not followed.
            state = replace(state, variables={**state.variables, _CONFIG: values[_CONFIG]})
        return state.write(sinks, self._run(fields, line, state, inner))

    def _run(self, fields: list[str], line: int, state: State, frame: _Frame) -> str:
        if not fields:
            return ""
        name, arguments = fields[0], fields[1:]
        if has_hole(name):
            self.gap("which command is called is not in the text", line)
            return TEXT
        if name in self._functions:
            return self._call(name, arguments, line, state, frame)
        return self._program(name.rpartition("/")[2], arguments, line, state, frame)

    def _call(
        self, name: str, arguments: list[str], line: int, state: State, frame: _Frame
    ) -> str:
        self._called.add(name)
        if name in frame.active:
            return TEXT
        inner = replace(state, positional=tuple(arguments))
        scope = replace(frame, line=line, active=(*frame.active, name))
        out = self._command(self._functions[name], inner, scope)
        state.variables, state.files = inner.variables, inner.files
        return out

    def _program(
        self, name: str, arguments: list[str], line: int, state: State, frame: _Frame
    ) -> str:
        if built_in := BUILT_IN.get(name):
            return built_in(state, arguments, frame.stdin)
        match name:
            case programs.KUBECTL:
                return self._kubectl(arguments, line, state, frame)
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
        self, name: str, arguments: list[str], line: int, state: State, frame: _Frame
    ) -> str:
        """A program of which the shell knows nothing; some run another one."""
        if name in programs.SHELLS:
            return self._shell(arguments, line, state, frame)
        if name in programs.APPENDING:
            return self._appending(arguments, line, state, frame)
        if name in programs.PREFIXES:
            return self._run(programs.behind(name, arguments), line, state, frame)
        if name in programs.SILENT:
            return ""
        if name not in programs.HARMLESS:
            reason = f"it runs {name}, which may use the API as well"
            self.gap(reason, line, Concern.PROGRAM)
        return TEXT

    def _kubectl(self, arguments: list[str], line: int, state: State, frame: _Frame) -> str:
        if _CONFIG in state.variables:
            self.gap(f"{_CONFIG} may name another account", line)
        elif not self._muted:
            words, files = tuple(arguments), dict(state.files)
            self.found.append(Invocation(words, frame.stdin, files, line, self._reach))
        return TEXT

    def _appending(self, arguments: list[str], line: int, state: State, frame: _Frame) -> str:
        """``xargs`` and its like, which add words of their own."""
        for place, word in enumerate(arguments):
            name = word.rpartition("/")[2]
            if name == programs.KUBECTL or word in self._functions:
                fields = [*(each.replace("{}", WORD) for each in arguments[place:]), WORD]
                return self._run(fields, line, state, replace(frame, stdin=None))
            if name in programs.SHELLS or has_hole(word):
                self.gap("it runs what is not in the text", line)
                break
        return TEXT

    def _shell(self, arguments: list[str], line: int, state: State, frame: _Frame) -> str:
        while arguments and arguments[0].startswith("-"):
            option, *arguments = arguments
            if "c" in option and not option.startswith("--") and arguments:
                inner = state.copy()
                inner.positional = tuple(arguments[2:])
                return self._text(arguments[0], inner, frame, line)
        self.gap("it runs another script", line)
        return TEXT

    def _eval(self, arguments: list[str], line: int, state: State, frame: _Frame) -> str:
        text = " ".join(arguments)
        if found := _ASSIGNING.fullmatch(text):
            state.variables[found[1]] = TEXT
            return ""
        return self._text(text, state, frame, line)

    def _note_trap(self, arguments: list[str], line: int) -> None:
        if len(arguments) > 1 and arguments[0] not in ("", "-", "--"):
            self._traps.setdefault(arguments[0], line)

    def _text(self, text: str, state: State, frame: _Frame, line: int) -> str:
        """Commands that are a text themselves, which is taken to begin on this line."""
        if has_hole(text):
            self.gap("it runs commands that are not in the text", line)
            return TEXT
        return self._body(read_script(text, line), state, replace(frame, line=None))


def _hands_on(word: Word) -> bool:
    """Whether a word is all the words of the call of the function it stands in."""
    return any(isinstance(part, Parameter) and part.name in ALL for part in word.parts)
