"""The ``kubectl apply`` commands of a document: which files go into which namespace.

``kubectl apply -f web.yaml -n shop`` applies ``web.yaml`` into ``shop``.  Read are ``apply``,
``create`` and ``replace`` with ``-f``, in blocks of shell commands.  What only a shell knows is
left out: commands with variables or placeholders, files from the network or standard input, and
everything after a ``cd`` to a folder that only the reader's machine has.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator

from msgspec import Struct, field

from netsim.intent.document import markdown
from netsim.intent.document.object_commands import VERBS, read_made, read_object_command
from netsim.intent.document.sections import Document
from netsim.intent.document.statements import ApplyCommand, Depth, MadeObject, ObjectCommand
from netsim.scripts.kubectl.arguments import spell_out, takes_value

Command = ApplyCommand | ObjectCommand | MadeObject

_SHELLS = frozenset(("", "bash", "sh", "shell", "zsh", "console", "shell-session"))
_VERBS = frozenset(("apply", "create", "replace"))
# To split a block into words takes a while, and most have neither verb in them.
_SPOKEN = re.compile(rf"\b(?:{'|'.join(sorted(_VERBS | VERBS))}|config|helm|run)\b")
_BLANKS = re.compile(r"[ \t\r]+")
_PROMPT = re.compile(r"\s*\$\s+")
_HERE_DOCUMENT = re.compile(r"(?<!<)<<-?\s*['\"]?(\w+)['\"]?")
_PLACEHOLDER = re.compile(r"<[A-Za-z][^<>|&;]*>")
_OPERATOR = frozenset("();<>|&")
_PLAIN = re.compile(r"([^'\"\\#();<>|&\n]*)(?:#[^\n]*)?")
"""A line without quotes and operators, up to its comment."""
_QUOTED = re.compile(r"`(kubectl [^`]+)`")
_UNKNOWN = re.compile(r"[$`~{}]|\A-\Z")
"""A word with one of these holds something that the text does not say."""


def read_commands(document: Document) -> tuple[ApplyCommand, ...]:
    """The commands of all blocks that apply files, in the order of the document."""
    return tuple(each for each in read_all(document) if isinstance(each, ApplyCommand))


def read_all(document: Document) -> tuple[Command, ...]:
    """The commands of all blocks and those quoted in prose, in the order of the document."""
    shell = _Shell(document)
    return tuple(
        command
        for part in document.parts
        for command in (
            shell.read_block(part)
            if isinstance(part, markdown.Block)
            else shell.read_prose(part)
            if isinstance(part, markdown.Prose)
            else ()
        )
    )


def is_shell(block: markdown.Block) -> bool:
    """Whether a block may hold shell commands."""
    return block.language in _SHELLS


class _Shell(Struct):
    """Follows the commands; ``folder`` is None where nobody can know it.

    Each block starts in the document's folder, while the namespace that a context is given
    stays.
    """

    document: Document
    folder: str | None = ""
    namespace: str | None = None
    _outer: list[str | None] = field(default_factory=list)

    def read_prose(self, prose: markdown.Prose) -> Iterator[Command]:
        """Only what asks for objects: whoever reads it in passing applies nothing."""
        if "kubectl" not in prose.text:
            return
        for quoted in _QUOTED.findall(prose.text):
            words = _split_words(quoted) or []
            if words[:1] == ["kubectl"] and _OPERATOR.isdisjoint("".join(words)):
                found = read_object_command(
                    words[1:], self.namespace, self.document.location(prose.line)
                )
                if found:
                    yield found

    def read_block(self, block: markdown.Block) -> Iterator[Command]:
        self.folder = ""
        self._outer.clear()
        if not (is_shell(block) and any(map(_SPOKEN.search, block.lines))):
            return
        for line, words in _split_lines(block):
            for simple in self._split_simple(words):
                yield from self._read_command(simple, line)

    def _split_simple(self, words: list[str]) -> Iterator[list[str]]:
        """The commands between operators, without redirections."""
        found: list[str] = []
        skip = False
        for word in words:
            if not _OPERATOR.issuperset(word):
                if not skip:
                    found.append(word)
                skip = False
            elif "<" in word or ">" in word:
                skip = True
            else:
                yield found
                found = []
                self._enter_and_leave(word)
        yield found

    def _enter_and_leave(self, operator: str) -> None:
        """What happens in a subshell stays there."""
        for sign in operator:
            if sign == "(":
                self._outer.append(self.folder)
            elif sign == ")" and self._outer:
                self.folder = self._outer.pop()

    def _read_command(self, words: list[str], line: int) -> Iterator[Command]:
        if words[:1] in (["cd"], ["pushd"]):
            self._change_folder(words[1:])
        elif "helm" in words[:2]:
            made = read_made(words, "helm", self.namespace)
            if made:
                yield made
        elif "kubectl" in words:
            rest = words[words.index("kubectl") + 1 :]
            place = self.document.location(line)
            asked = read_object_command(rest, self.namespace, place)
            made = read_made(rest, "kubectl", self.namespace)
            yield from (each for each in (asked, made) if each)
            call = _read_call(rest)
            if call.verb == "config":
                self.namespace = call.namespace or self.namespace
            elif call.verb in _VERBS and self.folder is not None and call.is_known:
                yield from self._list_applied(call, self.folder, line)

    def _change_folder(self, words: list[str]) -> None:
        target = next((word for word in words if word != "--"), "~")
        if self.folder is None or _UNKNOWN.search(target):
            self.folder = None
        else:
            self.folder = posixpath.normpath(posixpath.join(self.folder, target))

    def _list_applied(self, call: _Call, folder: str, line: int) -> Iterator[ApplyCommand]:
        paths = tuple(
            posixpath.join("" if folder == "." else folder, path)
            for path in call.files
            if path != "-" and "://" not in path
        )
        if paths:
            place = self.document.location(line)
            yield ApplyCommand(paths, call.namespace or self.namespace, place, call.depth)


class _Call(Struct):
    """The words after ``kubectl``; ``is_known`` unless some of it only a shell would know."""

    verb: str | None = None
    files: list[str] = field(default_factory=list)
    namespace: str | None = None
    depth: Depth = Depth.FOLDER
    is_known: bool = True

    def take(self, flag: str, value: str) -> None:
        """A flag, by its long name, with its value."""
        if flag in ("filename", "namespace"):
            self.is_known &= bool(value) and (value == "-" or not _UNKNOWN.search(value))
        if flag == "filename":
            self.files += value.split(",")
        elif flag == "namespace":
            self.namespace = value
        elif flag == "recursive" and value != "false":
            self.depth = Depth.TREE


def _read_call(words: list[str]) -> _Call:
    call = _Call()
    rest = iter(words)
    for word in rest:
        if word.startswith("--"):
            flag, equals, value = word[2:].partition("=")
            call.take(flag, value if equals or not takes_value(flag) else next(rest, ""))
        elif word.startswith("-") and word != "-":
            for flag, value in _split_letters(word[1:], rest):
                call.take(flag, value)
        elif call.verb is None:
            call.verb = word
    return call


def _split_letters(word: str, rest: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Flags of one letter: ``Rf x``, ``fx``, ``f=x`` (pflag's shorthands)."""
    for index, letter in enumerate(word, 1):
        flag = spell_out(letter)
        if takes_value(flag):
            yield flag, word[index:].removeprefix("=") or next(rest, "")
            return
        yield flag, ""


def _split_lines(block: markdown.Block) -> Iterator[tuple[int, list[str]]]:
    """Each command line in words, with its line, as a shell would join and split it."""
    index = 0
    while index < len(block.lines):
        words, end = _join_lines(block.lines, index)
        yield block.first_line + index, words
        here = _HERE_DOCUMENT.search(" ".join(block.lines[index:end]))
        index = _skip_here_document(block.lines, end, here[1]) if here else end


def _join_lines(lines: tuple[str, ...], start: int) -> tuple[list[str], int]:
    """The words of a line with those that continue it, and the index of the next.

    A line with a quote that nothing closes is no command, but prose or output.
    """
    text = (
        _PROMPT.sub("", lines[start], count=1) if _PROMPT.match(lines[start]) else lines[start]
    )
    for end in range(start + 1, len(lines) + 1):
        if text.endswith("\\") and end < len(lines):
            text = text[:-1] + lines[end]
            continue
        words = _split_words(text)
        if words is not None:
            return words, end
        if end < len(lines):
            text += "\n" + lines[end]
    return [], start + 1


def _split_words(text: str) -> list[str] | None:
    """The words and operators of a line, without comments; None where a quote is open."""
    known = _PLACEHOLDER.sub("$placeholder", text)
    if plain := _PLAIN.fullmatch(known):
        return [word for word in _BLANKS.split(plain[1]) if word]
    lexer = shlex.shlex(known, posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split = True
    try:
        return list(lexer)
    except ValueError:
        return None


def _skip_here_document(lines: tuple[str, ...], start: int, end_mark: str) -> int:
    for index in range(start, len(lines)):
        if lines[index].strip() == end_mark:
            return index + 1
    return start
