"""Simple commands of a shell script: assignments, words and redirections.

Source: POSIX.1-2024, Shell Command Language, sections 2.7 and 2.9.1.
"""

from __future__ import annotations

import re
from abc import abstractmethod

from netsim.scripts.shell.tree import (
    Assignment,
    Function,
    Quoting,
    Redirection,
    Simple,
    Text,
    Word,
)
from netsim.scripts.shell.words import Scanner, ShellError

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*+)(\[[^\]\n]*\])?(\+?)=")
_REDIRECTION = re.compile(r"\d*(<<<|<<-|<<|<&|<>|<(?!\()|>&|>>|>\||>(?!\()|&>>|&>)")
_ARGUMENT = re.compile(r"[ \t]*([^\s|&;<>()'\"$`\\}#][^\s|&;<>()'\"$`\\}]*+)(?=[ \t\n|&;)]|\Z)")
"""An argument with nothing to expand in it, which no parenthesis or redirection follows."""
_END = re.compile(r"[\n;|)]|&(?!>)|\Z")
_FUNCTION = re.compile(r"[ \t]*\([ \t]*\)")


class SimpleCommands(Scanner):
    """A position in a script, and the simple command there."""

    @abstractmethod
    def defined(self, name: str, line: int) -> Function:
        """The function of which the body comes next."""

    def needed(self, noun: str) -> Word:
        """The next word, which must be there."""
        found = self.word()
        if found is None:
            raise self.error(f"{noun} is missing")
        return found

    def plain(self, noun: str) -> str:
        """The next word, in which nothing may be expanded."""
        found = self.needed(noun).literal
        if not found:
            raise self.error(f"{noun} is not a name")
        return found

    def simple(self) -> Simple | Function:
        """The next command, or the function that it turns out to define."""
        line = self.line
        assignments: list[Assignment] = []
        words: list[Word] = []
        redirections: list[Redirection] = []
        while True:
            if words and (plain := _ARGUMENT.match(self.text, self.position)):
                self.position = plain.end()
                text = Text(plain[1], Quoting.BARE)
                words.append(Word((text,), self.line_at(plain.start(1))))
                continue
            self.blanks()
            if _END.match(self.text, self.position):
                return Simple(tuple(assignments), tuple(words), tuple(redirections), line)
            if redirection := self.redirection():
                redirections.append(redirection)
            elif not words and (assignment := self._assignment()):
                assignments.append(assignment)
            elif word := self._argument_word():
                if not words and (function := self._maybe_function(word, line)):
                    return function
                words.append(word)
            else:
                return Simple(tuple(assignments), tuple(words), tuple(redirections), line)

    def _argument_word(self) -> Word | None:
        if process := self._process():
            return process
        # name=(...) among the words of declare and its like.
        found = self.word()
        if found and self.at("(") and (found.literal or "").endswith("="):
            self._array()
        return found

    def _process(self) -> Word | None:
        """``<(...)``, which stands for a file that the commands read or write."""
        if not self.at(("<(", ">(")):
            return None
        line = self.line
        self.position += 2
        return Word((self.substitution(Quoting.QUOTED),), line)

    def _maybe_function(self, word: Word, line: int) -> Function | None:
        if not word.literal or not self.parentheses():
            return None
        return self.defined(word.literal, line)

    def parentheses(self) -> bool:
        """Passes over the parentheses behind the name of a function."""
        match = _FUNCTION.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return match is not None

    def _assignment(self) -> Assignment | None:
        match = _ASSIGNMENT.match(self.text, self.position)
        if not match:
            return None
        self.position = match.end()
        line = self.line
        if self.at("("):
            self._array()
            return Assignment(match[1], None, bool(match[3]))
        value = self.word() or Word((), line)
        # An element is not the whole array.
        return Assignment(match[1], None if match[2] else value, bool(match[3]))

    def _array(self) -> None:
        line = self.line
        self.position += 1
        self.blank_lines()
        while self.word():
            self.blank_lines()
        if not self.at(")"):
            raise ShellError("an array is not closed", line)
        self.position += 1

    def redirection(self) -> Redirection | None:
        """The next redirection, if one comes next."""
        match = _REDIRECTION.match(self.text, self.position)
        if not match:
            return None
        self.position = match.end()
        self.blanks()
        if process := self._process():
            return Redirection(match[1], process)
        target = self.needed(f"what {match[1]} reads or writes")
        if match[1] in ("<<", "<<-"):
            body = self.here_document(target, strips=match[1] == "<<-")
            return Redirection("<<", body)
        return Redirection(_full(match[0], match[1]), target)


def _full(written: str, operator: str) -> str:
    """The operator, with the number of the descriptor where it is not the usual one."""
    number = written.removesuffix(operator)
    usual = "0" if operator.startswith("<") else "1"
    return operator if number in ("", usual) else written
