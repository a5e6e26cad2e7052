"""A POSIX shell script as a tree of commands; nothing is run."""

from __future__ import annotations

import re

from netsim.scripts.shell.simple import SimpleCommands
from netsim.scripts.shell.tree import (
    Body,
    Command,
    Compound,
    Function,
    Joint,
    Pipeline,
    Quoting,
    Redirection,
    Shape,
    Simple,
    Text,
    Word,
)
from netsim.scripts.shell.words import Scanner, ShellError

_RESERVED = re.compile(
    r"(?:\{|\}|!|\[\[|if|then|elif|else|fi|while|until|do|done|for|select|case|esac|in"
    r"|function|time)(?=[\s;&|()<>]|\Z)"
)
_CLOSING = re.compile(r"\)|;[;&]|\Z")
_SEPARATOR = re.compile(r";(?![;&])|&(?!&)")


def read_script(text: str, first_line: int = 1) -> Body:
    """The commands of a script.  Raises ``ShellError`` where it cannot be read."""
    parser = _Parser(text.replace("\r\n", "\n"), first_line)
    found = parser.commands()
    if not parser.is_at_end:
        raise parser.error(f"unexpected '{parser.text[parser.position]}'")
    return found


class _Parser(SimpleCommands):
    """Recursive descent over the grammar (section 2.10)."""

    def commands(self) -> Body:
        return self._body(frozenset())

    def nested(self, text: str, line: int) -> Scanner:
        return _Parser(text, line, self.depth)

    def _body(self, ends: frozenset[str]) -> Body:
        """Lists of pipelines up to a reserved word, ``)``, ``;;`` or the end."""
        found: list[Pipeline] = []
        while not self._is_over(ends):
            before = self.position
            found += self._and_or()
            if self.position == before:
                raise self.error(f"unexpected '{self.text[before]}'")
            if separator := _SEPARATOR.match(self.text, self.position):
                self.position = separator.end()
        return tuple(found)

    def _is_over(self, ends: frozenset[str]) -> bool:
        self.blank_lines()
        if _CLOSING.match(self.text, self.position):
            return True
        return self._reserved() in ends

    def _reserved(self) -> str | None:
        found = _RESERVED.match(self.text, self.position)
        return found[0] if found else None

    def _take(self, *words: str) -> str:
        """Passes over one of these reserved words."""
        self.blank_lines()
        found = self._reserved()
        if found not in words:
            raise self.error(f"{' or '.join(words)} is missing")
        self.position += len(found or "")
        return found or ""

    def _and_or(self) -> list[Pipeline]:
        found = [self._pipeline(Joint.ALWAYS)]
        while self.at(("&&", "||")):
            self.position += 2
            self.blank_lines()
            found.append(self._pipeline(Joint.CONDITIONAL))
        return found

    def _pipeline(self, joint: Joint) -> Pipeline:
        """Commands, and the blanks after the last of them."""
        word = self._reserved()
        while word in ("!", "time"):
            self.position += len(word)
            self.blanks()
            word = self._reserved()
        found = [self._command(word)]
        self.blanks()
        while self.at("|") and not self.at("||"):
            self.position += 2 if self.at("|&") else 1
            self.blank_lines()
            found.append(self._command(self._reserved()))
            self.blanks()
        return Pipeline(tuple(found), joint)

    def _command(self, word: str | None) -> Command:
        """The next command, which begins with this reserved word or with none."""
        with self.deeper():
            if self.at("("):
                return self._parenthesised()
            match word:
                case "{":
                    return self._grouped()
                case "if":
                    return self._if()
                case "while" | "until":
                    return self._while(word)
                case "for" | "select":
                    return self._for(word)
                case "case":
                    return self._case()
                case "function":
                    return self._function()
                case "[[":
                    return self._condition()
                case "}" | "then" | "elif" | "else" | "fi" | "do" | "done" | "esac":
                    raise self.error(f"unexpected {word}")
            return self.simple()

    def _compound(
        self,
        shape: Shape,
        line: int,
        branches: tuple[Body, ...],
        before: Body = (),
        heads: tuple[Word, ...] = (),
        variable: str | None = None,
    ) -> Compound:
        found: list[Redirection] = []
        self.blanks()
        while redirection := self.redirection():
            found.append(redirection)
            self.blanks()
        return Compound(shape, before, branches, heads, variable, tuple(found), line)

    def _parenthesised(self) -> Command:
        line, start = self.line, self.position
        if self.at("((") and (found := self.arithmetic(start + 2, Quoting.QUOTED)):
            return Simple(
                (), (Word((Text(":", Quoting.BARE),), line), Word((found,), line)), (), line
            )
        self.position = start + 1
        body = self._body(frozenset())
        if not self.at(")"):
            raise ShellError("a parenthesis is not closed", line)
        self.position += 1
        return self._compound(Shape.SUBSHELL, line, (body,))

    def _grouped(self) -> Compound:
        line = self.line
        self._take("{")
        body = self._body(frozenset("}"))
        self._take("}")
        return self._compound(Shape.GROUP, line, (body,))

    def _if(self) -> Compound:
        line = self.line
        self._take("if")
        before = self._body(frozenset(("then",)))
        branches: list[Body] = []
        word = self._take("then")
        condition: Body = ()
        while word != "fi":
            body = self._body(frozenset(("elif", "else", "fi")))
            branches.append(condition + body)
            word, condition = self._take("elif", "else", "fi"), ()
            if word == "elif":
                condition = self._body(frozenset(("then",)))
                self._take("then")
        return self._compound(Shape.CHOICE, line, tuple(branches), before)

    def _while(self, word: str) -> Compound:
        line = self.line
        self._take(word)
        condition = self._body(frozenset(("do",)))
        return self._compound(Shape.LOOP, line, (condition + self._do(),))

    def _do(self) -> Body:
        self._take("do")
        body = self._body(frozenset(("done",)))
        self._take("done")
        return body

    def _for(self, word: str) -> Compound:
        line = self.line
        self._take(word)
        self.blanks()
        if self.at("(("):
            if not self.arithmetic(self.position + 2, Quoting.QUOTED):
                raise ShellError("for (( is not closed", line)
            self._separator()
            return self._compound(Shape.LOOP, line, (self._do(),))
        name = self.plain("the variable of for")
        self.blank_lines()
        heads = self._heads() if self._reserved() == "in" else ()
        self._separator()
        return self._compound(Shape.LOOP, line, (self._do(),), heads=heads, variable=name)

    def _separator(self) -> None:
        self.blank_lines()
        if self.at(";") and not self.at(";;"):
            self.position += 1

    def _heads(self) -> tuple[Word, ...]:
        self._take("in")
        found: list[Word] = []
        self.blanks()
        while word := self.word():
            found.append(word)
            self.blanks()
        return tuple(found)

    def _case(self) -> Compound:
        line = self.line
        self._take("case")
        self.blanks()
        heads = [self.needed("the word of case")]
        self._take("in")
        branches: list[Body] = []
        self.blank_lines()
        while self._reserved() != "esac":
            heads += self._patterns()
            branches.append(self._body(frozenset(("esac",))))
            for ending in (";;&", ";;", ";&"):
                if self.at(ending):
                    self.position += len(ending)
                    break
            self.blank_lines()
            if self.is_at_end:
                raise ShellError("esac is missing", line)
        self._take("esac")
        return self._compound(Shape.CHOICE, line, tuple(branches), heads=tuple(heads))

    def _patterns(self) -> list[Word]:
        if self.at("("):
            self.position += 1
        found: list[Word] = []
        while True:
            self.blanks()
            found.append(self.needed("a pattern of case"))
            self.blanks()
            if self.at("|"):
                self.position += 1
            elif self.at(")"):
                self.position += 1
                return found
            else:
                raise self.error("the pattern of case has no )")

    def _function(self) -> Function:
        line = self.line
        self._take("function")
        self.blanks()
        name = self.plain("the name of the function")
        self.parentheses()
        return self.defined(name, line)

    def defined(self, name: str, line: int) -> Function:
        self.blank_lines()
        return Function(name, self._command(self._reserved()), line)

    def _condition(self) -> Simple:
        """``[[ ... ]]``, in which operators are words."""
        line = self.line
        self._take("[[")
        words = [Word((Text("[[", Quoting.BARE),), line)]
        while True:
            self.blank_lines()
            found = self.word()
            if found is None:
                if self.is_at_end:
                    raise ShellError("]] is missing", line)
                self.position += 1
            elif found.literal == "]]":
                return Simple((), tuple(words), (), line)
            else:
                words.append(found)
