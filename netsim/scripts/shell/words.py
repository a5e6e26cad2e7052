"""Words of a POSIX shell script: what is literal, what is expanded, what is quoted.

Source: POSIX.1-2024, Shell Command Language, sections 2.2 to 2.7; of bash, what scripts for
containers use often: ``<<<``, ``<(...)``, ``[[ ]]``, ``(( ))``, ``$'...'`` and arrays.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from bisect import bisect_right

from netsim.errors import NetsimError
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

DEEPEST = 25
"""Levels of nesting that are read; scripts have about five."""

_META = frozenset(" \t\n|&;<>()")
_BREAK = re.compile("\n")
_BLANKS = re.compile(r"(?:[ \t\r]+|\\\n)*(?:#[^\n]*)?")
_BLANK_LINES = re.compile(r"(?:[ \t\r\n]+|\\\n|#[^\n]*)*")
_PLAIN = re.compile(r"[^\s|&;<>()'\"$`\\}]+")
_PLAIN_WORD = re.compile(rf"{_PLAIN.pattern}+(?=[ \t\n|&;<>()]|\Z)")
_PLAIN_IN_QUOTES = re.compile(r"[^\"$`\\]+")
_PLAIN_QUOTED = re.compile(r'"([^"$`\\]*+)"')
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]|[@*#?$!-]")
_BRACED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-]")
_OPERATOR = re.compile(r":?[-=+?]|##?|%%?|//?|:|\^\^?|,,?|@")
_PATTERN = frozenset(("#", "##", "%", "%%", "/", "//", "^", "^^", ",", ",,"))
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class ShellError(NetsimError):
    """A text that is no shell script, or one too unusual to be read; with its line."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"line {line}: {message}")
        self.message = message
        self.line = line


class _Level:
    """A level of nesting of a scanner, for a with block."""

    __slots__ = ("_scanner",)

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner

    def __enter__(self) -> None:
        if self._scanner.depth >= DEEPEST:
            message = f"nested too deeply: at most {DEEPEST} levels are read"
            raise self._scanner.error(message)
        self._scanner.depth += 1

    def __exit__(self, *raised: object) -> None:
        self._scanner.depth -= 1


class Scanner(ABC):
    """A position in a script, and the words from there on."""

    def __init__(self, text: str, first_line: int = 1, depth: int = 0) -> None:
        self.text = text
        self.position = 0
        self.depth = depth
        self._first_line = first_line
        self._breaks = [match.start() for match in _BREAK.finditer(text)]
        self._bodies: dict[int, int] = {}
        self._last_body = -1

    @abstractmethod
    def commands(self) -> Body:
        """The commands up to a closing parenthesis, or to the end."""

    @abstractmethod
    def nested(self, text: str, line: int) -> Scanner:
        """A scanner for a text that stands in this one, unquoted."""

    @property
    def line(self) -> int:
        """The line of the position."""
        return self.line_at(self.position)

    def line_at(self, position: int) -> int:
        """The line of any position; lines count from the first of the script."""
        return self._first_line + bisect_right(self._breaks, position - 1)

    def error(self, message: str) -> ShellError:
        """What is wrong here."""
        return ShellError(message, self.line)

    def at(self, text: str | tuple[str, ...]) -> bool:
        """Whether a text, or one of several, comes next."""
        return self.text.startswith(text, self.position)

    @property
    def is_at_end(self) -> bool:
        """Whether nothing is left."""
        return self.position >= len(self.text)

    def deeper(self) -> _Level:
        """One level of nesting more."""
        return _Level(self)

    def blanks(self) -> None:
        """Passes over blanks, continued lines, and a comment."""
        found = _BLANKS.match(self.text, self.position)
        self.position = found.end() if found else self.position

    def blank_lines(self) -> None:
        """Passes over blanks, comments, ends of lines, and the here-documents behind these."""
        while self.position <= self._last_body:
            self.blanks()
            if not self.at("\n"):
                return
            self.position = self._bodies.get(self.position, self.position + 1)
        found = _BLANK_LINES.match(self.text, self.position)
        self.position = found.end() if found else self.position

    def word(self) -> Word | None:
        """The next word; None where an operator or the end comes next."""
        start, parts = self.position, []
        if plain := _PLAIN_WORD.match(self.text, start):
            self.position = plain.end()
            return Word((Text(plain[0], Quoting.BARE),), self.line_at(start))
        while self.position < len(self.text) and self.text[self.position] not in _META:
            parts += self._part()
        if self.position == start:
            return None
        return Word(_join(parts), self.line_at(start))

    def substitution(self, quoting: Quoting) -> Substitution:
        """The commands after an opening parenthesis, with the closing one."""
        with self.deeper():
            body = self.commands()
        if not self.at(")"):
            raise self.error("a parenthesis is not closed")
        self.position += 1
        return Substitution(body, quoting)

    def _part(self) -> list[Part]:
        letter = self.text[self.position]
        if letter == "'":
            return [self._single()]
        if letter == '"':
            if plain := _PLAIN_QUOTED.match(self.text, self.position):
                self.position = plain.end()
                return [Text(plain[1], Quoting.QUOTED)]
            self.position += 1
            return self._double('"')
        if self.at("$'"):
            self.position += 1
            return [Text(_unescape(self._single(escapes=True).text), Quoting.QUOTED)]
        if letter in "$`":
            return [self._expansion(Quoting.BARE)]
        if letter == "\\":
            continues = self._next_letter == "\n"
            escaped = self._escaped()
            return [] if continues else [escaped]
        return [self._run_of(_PLAIN, Quoting.BARE)]

    @property
    def _next_letter(self) -> str:
        return self.text[self.position + 1 : self.position + 2]

    def _escaped(self) -> Text:
        """The letter behind a backslash; nothing where that continues the line."""
        escaped = self._next_letter
        self.position += 2
        return Text("" if escaped == "\n" else escaped, Quoting.QUOTED)

    def _run_of(self, pattern: re.Pattern[str], quoting: Quoting) -> Text:
        """The characters that mean nothing but themselves; one at least."""
        start, found = self.position, pattern.match(self.text, self.position)
        self.position = found.end() if found else start + 1
        return Text(self.text[start : self.position], quoting)

    def _single(self, *, escapes: bool = False) -> Text:
        start = self.position + 1
        end = self.text.find("'", start)
        while escapes and end > 0 and self.text[end - 1] == "\\":
            end = self.text.find("'", end + 1)
        if end < 0:
            raise self.error("a quote is not closed")
        self.position = end + 1
        return Text(self.text[start:end], Quoting.QUOTED)

    def _double(self, closing: str) -> list[Part]:
        """Up to the closing quote, or to the end for an empty text."""
        start = self.position
        parts: list[Part] = [Text("", Quoting.QUOTED)]
        while self.position < len(self.text):
            letter = self.text[self.position]
            if letter == closing:
                self.position += 1
                return parts
            if letter in "$`":
                parts.append(self._expansion(Quoting.QUOTED))
            elif letter == "\\" and self._next_letter in (*("$", "`", "\\", "\n"), closing):
                parts.append(self._escaped())
            else:
                parts.append(self._run_of(_PLAIN_IN_QUOTES, Quoting.QUOTED))
        if closing:
            raise ShellError("a quote is not closed", self.line_at(start))
        return parts

    def expanded(self) -> Word:
        """The whole text as the body of a here-document."""
        return Word(_join(self._double("")), self.line_at(0))

    def _expansion(self, quoting: Quoting) -> Part:
        if self.at("`"):
            return self._backquoted(quoting)
        if name := _NAME.match(self.text, self.position + 1):
            self.position = name.end()
            return Parameter(name[0], "", (), quoting)
        if self.at("$(("):
            before = self.position
            if found := self.arithmetic(before + 3, quoting):
                return found
            self.position = before
        if self.at("$("):
            self.position += 2
            return self.substitution(quoting)
        if self.at("${"):
            with self.deeper():
                return self._braced(quoting)
        self.position += 1
        return Text("$", quoting)

    def _backquoted(self, quoting: Quoting) -> Substitution:
        line, start = self.line, self.position + 1
        end = start
        while end < len(self.text) and self.text[end] != "`":
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise self.error("a backquote is not closed")
        self.position = end + 1
        inner = re.sub(r"\\([$`\\])", r"\1", self.text[start:end])
        with self.deeper():
            return Substitution(self.nested(inner, line).commands(), quoting)

    def arithmetic(self, start: int, quoting: Quoting) -> Computed | None:
        """From after ``((`` up to ``))``; None where these are parentheses of commands."""
        self.position = start
        parts: list[Part] = []
        depth = 0
        while self.position < len(self.text):
            letter = self.text[self.position]
            if letter in "$`":
                with self.deeper():
                    parts.append(self._expansion(Quoting.QUOTED))
                continue
            if letter == ")" and depth == 0:
                if not self.at("))"):
                    return None
                self.position += 2
                return Computed(tuple(parts), quoting)
            depth += {"(": 1, ")": -1}.get(letter, 0)
            self.position += 1
        return None

    def _braced(self, quoting: Quoting) -> Part:
        start = self.position
        self.position += 2
        if self.at("!") or (self.at("#") and not self.at("#}")):
            self.position += 1
            return Computed(self._argument(quoting, is_pattern=True), quoting)
        match = _BRACED.match(self.text, self.position)
        if not match:
            raise ShellError("${ has no name after it", self.line_at(start))
        self.position = match.end()
        if self.at("}"):
            self.position += 1
            return Parameter(match[0], "", (), quoting)
        if self.at("["):
            return Computed(self._argument(quoting, is_pattern=True), quoting)
        operator = _OPERATOR.match(self.text, self.position)
        if not operator:
            raise ShellError("${ has an operator that does not exist", self.line_at(start))
        self.position = operator.end()
        argument = self._argument(quoting, is_pattern=operator[0] in _PATTERN)
        return Parameter(match[0], operator[0], argument, quoting)

    def _argument(self, quoting: Quoting, *, is_pattern: bool) -> tuple[Part, ...]:
        """Up to the closing brace.

        In double quotes a single quote means itself, except in a pattern (section 2.6.2).
        """
        start = self.position
        parts: list[Part] = []
        while self.position < len(self.text):
            letter = self.text[self.position]
            if letter == "}":
                self.position += 1
                return _join(parts)
            if letter == "'" and quoting is Quoting.QUOTED and not is_pattern:
                self.position += 1
                parts.append(Text(letter, quoting))
            elif letter in "$`":
                parts.append(self._expansion(quoting))
            else:
                parts += self._part()
        raise ShellError("a brace is not closed", self.line_at(start))

    def here_document(self, delimiter: Word, *, strips: bool) -> Word:
        """The body of a here-document, which begins after the line that is being read."""
        end = self._end_of_line()
        start = self._bodies.get(end, end + 1)
        body, self._bodies[end] = self._until(delimiter.literal, start, strips=strips)
        self._last_body = max(self._last_body, end)
        first = self.line_at(start)
        if any(isinstance(p, Text) and p.quoting is Quoting.QUOTED for p in delimiter.parts):
            return Word((Text(body, Quoting.QUOTED),), first)
        with self.deeper():
            return self.nested(body, first).expanded()

    def _until(self, delimiter: str | None, position: int, *, strips: bool) -> tuple[str, int]:
        """The lines up to a delimiter or to the end, and the position behind that."""
        lines: list[str] = []
        while position < len(self.text):
            stop = self.text.find("\n", position)
            stop = len(self.text) if stop < 0 else stop
            line = self.text[position:stop]
            position = stop + 1
            stripped = line.lstrip("\t") if strips else line
            if stripped == delimiter:
                break
            lines.append(f"{stripped}\n")
        return "".join(lines), min(position, len(self.text))

    def _end_of_line(self) -> int:
        end = self.text.find("\n", self.position)
        while end > 0 and self.text[end - 1] == "\\":
            end = self.text.find("\n", end + 1)
        return end if end >= 0 else len(self.text)


def _join(parts: list[Part]) -> tuple[Part, ...]:
    """The parts with neighbouring texts of the same quoting made one."""
    if len(parts) == 1:
        return (parts[0],)
    found: list[Part] = []
    run: list[Text] = []
    for part in parts:
        if run and not (isinstance(part, Text) and part.quoting is run[0].quoting):
            found.append(Text("".join(text.text for text in run), run[0].quoting))
            run = []
        if isinstance(part, Text):
            run.append(part)
        else:
            found.append(part)
    if run:
        found.append(Text("".join(text.text for text in run), run[0].quoting))
    return tuple(found)


def _unescape(text: str) -> str:
    letters = {"n": "\n", "t": "\t", "r": "\r"}
    return _ESCAPED.sub(lambda found: letters.get(found[1], found[1]), text)
