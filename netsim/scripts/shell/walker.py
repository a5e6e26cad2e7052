"""Follows a shell script as far as its text tells values, without running it.

Assignments are followed in order, functions with the words of each call, loops until nothing
changes; branches are merged.  What a program does, a subclass knows.

A round of a loop that starts from what the one before it left is the same round again.  So
what is noted in a round counts only once the rounds have settled, and the last of them need
not be followed a second time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from netsim.scripts.shell import expansion
from netsim.scripts.shell.script import read_script
from netsim.scripts.shell.state import ALL, State
from netsim.scripts.shell.tree import (
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
)
from netsim.scripts.shell.values import TEXT, WORD, has_hole, limit, quote
from netsim.scripts.shell.words import ShellError

_MOST_STEPS = 20_000
_MOST_PASSES = 5
_MOST_UNROLLED = 20
_DEEPEST = 60


class Frame(Struct, frozen=True):
    """Where commands run: what they read, the line of the call, the functions under way."""

    stdin: str | None = None
    line: int | None = None
    active: tuple[str, ...] = ()


Note = TypeVar("Note")
"""What a subclass notes while it follows a script."""


class _Round(Struct, Generic[Note], frozen=True):
    """A round of a loop: what it writes, and what was noted in it."""

    out: str
    notes: list[Note]


class Walker(ABC, Generic[Note]):
    """Follows commands; each gives what it writes to its standard output."""

    followed: frozenset[str] = frozenset()
    """Variables that are followed where one command alone is given them: ``A=b command``."""

    def __init__(self) -> None:
        self.functions: dict[str, Command] = {}
        self.called: set[str] = set()
        self.notes: list[Note] = []
        self._steps = 0
        self._depth = 0

    @abstractmethod
    def program(
        self, name: str, arguments: list[str], line: int, state: State, frame: Frame
    ) -> str:
        """What a command does that is no function of the script."""

    @abstractmethod
    def gap(self, reason: str, line: int) -> None:
        """Notes that something is not understood."""

    def body(self, body: Body, state: State, frame: Frame) -> str:
        """Follows pipelines in turn."""
        out = ""
        for pipeline in body:
            if pipeline.joint is Joint.CONDITIONAL:
                branch = state.copy()
                out += TEXT if self._pipeline(pipeline, branch, frame) else ""
                state.merge(branch)
            else:
                out += self._pipeline(pipeline, state, frame)
        return limit(out)

    def _pipeline(self, pipeline: Pipeline, state: State, frame: Frame) -> str:
        if len(pipeline.commands) == 1:
            return self.command(pipeline.commands[0], state, frame)
        out = frame.stdin
        for command in pipeline.commands:
            inner = state.copy()
            out = self.command(command, inner, replace(frame, stdin=out))
            state.files = inner.files
        return out or ""

    def command(self, command: Command, state: State, frame: Frame) -> str:
        """Follows one command; the definition of a function is kept."""
        self._steps += 1
        self._depth += 1
        if self._steps > _MOST_STEPS or self._depth > _DEEPEST:
            raise ShellError(
                "the script is too long, or nested too deeply, to follow", command.line
            )
        match command:
            case Simple():
                out = self._simple(command, state, frame)
            case Compound():
                out = self._compound(command, state, frame)
            case Function():
                self.functions[command.name] = command.body
                out = ""
        self._depth -= 1
        return out

    def _inner(self, frame: Frame) -> expansion.Run:
        """Runs the commands of a substitution."""
        unread = frame if frame.stdin is None else replace(frame, stdin=None)
        return partial(self.body, frame=unread)

    def _compound(self, command: Compound, state: State, frame: Frame) -> str:
        inner, sinks = self._redirected(command.redirections, state, frame)
        heads: list[str] = []
        if command.heads:
            heads = expansion.fields(command.heads, state, self._inner(frame))
        out = self.body(command.before, state, inner) if command.before else ""
        match command.shape:
            case Shape.GROUP:
                out += self.body(command.branches[0], state, inner)
            case Shape.SUBSHELL:
                out += self.body(command.branches[0], state.copy(), inner)
            case Shape.CHOICE:
                out += self._choice(command.branches, state, inner)
            case Shape.LOOP:
                out += self._loop(command, heads, state, inner)
        return state.write(sinks, out)

    def _choice(self, branches: tuple[Body, ...], state: State, frame: Frame) -> str:
        ends: list[State] = []
        out = ""
        for body in branches:
            branch = state.copy()
            out += self.body(body, branch, frame)
            ends.append(branch)
        for end in ends:
            state.merge(end)
        return TEXT if out else ""

    def _loop(self, command: Compound, heads: list[str], state: State, frame: Frame) -> str:
        body, name = command.branches[0], command.variable
        is_listed = 0 < len(heads) <= _MOST_UNROLLED and not any(map(has_hole, heads))
        settled = self._settle(body, name, state, frame)
        if settled and not (name and is_listed):
            self.notes += settled.notes
            return TEXT if settled.out else ""
        out = ""
        for value in heads if name and is_listed else [WORD]:
            branch = state.copy()
            if name:
                branch.variables[name] = value
            out += self.body(body, branch, frame)
            state.merge(branch)
        return TEXT if out else ""

    def _settle(
        self, body: Body, name: str | None, state: State, frame: Frame
    ) -> _Round[Note] | None:
        """Forgets the variables that a round of the loop changes, until no more do.

        Gives the last round if it leaves all as it found it, so that any other is like it.
        """
        variable = {name: WORD} if name else {}
        for _ in range(_MOST_PASSES):
            state.variables |= variable
            before, functions = state.copy(), dict(self.functions)
            found = self._round(body, state, frame)
            if state.variables | variable == before.variables:
                is_same = (
                    state.files == before.files
                    and state.positional == before.positional
                    and self.functions == functions
                )
                return found if is_same else None
        return None

    def _round(self, body: Body, state: State, frame: Frame) -> _Round[Note]:
        """A round that may happen; what it notes is kept apart."""
        trial = state.copy()
        outer, self.notes = self.notes, []
        try:
            out = self.body(body, trial, frame)
            found = _Round(out, self.notes)
        finally:
            self.notes = outer
        state.merge(trial)
        return found

    def _redirected(
        self, redirections: Sequence[Redirection], state: State, frame: Frame
    ) -> tuple[Frame, list[tuple[str, str]]]:
        """What a command reads then, and the files that it writes, each with its operator."""
        if not redirections:
            return frame, []
        sinks: list[tuple[str, str]] = []
        for each in redirections:
            value = quote(expansion.value(each.target, state, self._inner(frame)))
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

    def _simple(self, command: Simple, state: State, frame: Frame) -> str:
        run = self._inner(frame)
        values = _assign(command, state, run) if command.assignments else {}
        inner, sinks = self._redirected(command.redirections, state, frame)
        fields = expansion.fields(command.words, state, run)
        line = command.line
        if frame.line is not None and _hands_on(command):
            line = frame.line
        if command.words and not self.followed.isdisjoint(values):
            given = {name: value for name, value in values.items() if name in self.followed}
            state = replace(state, variables={**state.variables, **given})
        return state.write(sinks, self.run(fields, line, state, inner))

    def run(self, fields: list[str], line: int, state: State, frame: Frame) -> str:
        """Follows a command of these words: a function of the script, or a program."""
        if not fields:
            return ""
        name, arguments = fields[0], fields[1:]
        if has_hole(name):
            self.gap("which command is called is not in the text", line)
            return TEXT
        if name in self.functions:
            return self._call(name, arguments, line, state, frame)
        return self.program(name.rpartition("/")[2], arguments, line, state, frame)

    def _call(
        self, name: str, arguments: list[str], line: int, state: State, frame: Frame
    ) -> str:
        self.called.add(name)
        if name in frame.active:
            return TEXT
        inner = State(state.variables, state.files, tuple(arguments), state.unset)
        scope = Frame(frame.stdin, line, (*frame.active, name))
        out = self.command(self.functions[name], inner, scope)
        state.variables, state.files = inner.variables, inner.files
        return out

    def text(self, text: str, state: State, frame: Frame, line: int) -> str:
        """Commands that are a text themselves, which is taken to begin on this line."""
        if has_hole(text):
            self.gap("it runs commands that are not in the text", line)
            return TEXT
        return self.body(read_script(text, line), state, replace(frame, line=None))


def _assign(command: Simple, state: State, run: expansion.Run) -> dict[str, str]:
    """The values of its assignments, which stay where there is no command."""
    values = {}
    for each in command.assignments:
        value = expansion.value(each.value, state, run) if each.value else TEXT
        before = state.variables.get(each.name, "") if each.appends else ""
        values[each.name] = limit(before + value)
        if not command.words:
            state.variables[each.name] = values[each.name]
    return values


def _hands_on(command: Simple) -> bool:
    """Whether a word of it is all the words of the call of the function it stands in."""
    for word in command.words:
        for part in word.parts:
            if isinstance(part, Parameter) and part.name in ALL:
                return True
    return False
