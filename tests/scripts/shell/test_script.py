from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.scripts.shell.script import read_script
from netsim.scripts.shell.tree import Compound, Function, Shape
from netsim.scripts.shell.words import ShellError
from tests.scripts.shell.samples import PIECES, commands, needs, shell

WRONG = (
    ("a 'b", 1, "a quote is not closed"),
    ('a\nb "c', 2, "a quote is not closed"),
    ("a $(b", 1, "a parenthesis is not closed"),
    ("(a", 1, "a parenthesis is not closed"),
    ("a ${b", 1, "${ has an operator"),
    ("a ${b:-c", 1, "a brace is not closed"),
    ("a `b", 1, "a backquote is not closed"),
    ("if a; then b", 1, "elif or else or fi is missing"),
    ("while a; do b", 1, "done is missing"),
    ("case a in b) c", 1, "esac is missing"),
    ("a\n)", 2, "unexpected ')'"),
    ("a\nfi", 2, "unexpected fi"),
    ("a >", 1, "what > reads or writes is missing"),
    ("{ a", 1, "} is missing"),
    ("$(" * 30 + ")" * 30, 1, "nested too deeply"),
)


@pytest.mark.parametrize(("text", "line", "message"), WRONG, ids=[row[0][:20] for row in WRONG])
def test_what_is_wrong_is_told(text: str, line: int, message: str) -> None:
    with pytest.raises(ShellError, match=r"line \d+: ") as caught:
        read_script(text)
    assert caught.value.line == line
    assert message in caught.value.message


def test_lines() -> None:
    text = "a\n\n# c\nb \\\n  c\ncat <<E\n1\n2\nE\nd 'x\ny'\ne\n"
    assert [command.line for command in commands(text)] == [1, 4, 6, 10, 12]


def test_lines_in_a_text_that_begins_later() -> None:
    (first, second) = read_script("a\nb", 10)
    assert [first.commands[0].line, second.commands[0].line] == [10, 11]


def test_two_here_documents_of_a_line() -> None:
    first, second, last = commands("a <<A; b <<B\n1\nA\n2\nB\nc")
    texts = [each.redirections[0].target.literal for each in (first, second)]
    assert (texts, last.line) == (["1\n", "2\n"], 6)


SHAPES = (
    ("{ a; b; }", Shape.GROUP, [2]),
    ("(a; b)", Shape.SUBSHELL, [2]),
    ("if a; then b; fi", Shape.CHOICE, [1]),
    ("if a; then b; else c; d; fi", Shape.CHOICE, [1, 2]),
    # The second condition runs before the second branch.
    ("if a; then b; elif c; then d; else e; fi", Shape.CHOICE, [1, 2, 1]),
    ("while a; do b; done", Shape.LOOP, [2]),
    ("until a\ndo b\ndone", Shape.LOOP, [2]),
    ("for x in 1 2; do a; done", Shape.LOOP, [1]),
    ("for x\ndo a; done", Shape.LOOP, [1]),
    ("for ((i = 0; i < 3; i++)); do a; done", Shape.LOOP, [1]),
    ("case $x in a | b) c ;; (d) e; f ;; *) ;; esac", Shape.CHOICE, [1, 2, 0]),
    ("case $x in\n  a) b ;;\n  *[!0-9]*) c\nesac", Shape.CHOICE, [1, 1]),
)


@pytest.mark.parametrize(("text", "shape", "sizes"), SHAPES, ids=[row[0] for row in SHAPES])
def test_compound_commands(text: str, shape: Shape, sizes: list[int]) -> None:
    ((command,),) = (pipeline.commands for pipeline in read_script(text))
    assert isinstance(command, Compound)
    assert (command.shape, [len(branch) for branch in command.branches]) == (shape, sizes)


@pytest.mark.parametrize(
    "text", ["f() { a; }", "f () ( a )", "function f { a; }", "f()\n{ a\n}"]
)
def test_functions(text: str) -> None:
    ((command,),) = (pipeline.commands for pipeline in read_script(text))
    assert isinstance(command, Function)
    assert command.name == "f"


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ShellError):
        read_script(text)


# What bash alone knows is an ordinary word to dash, and backquotes it reads when it runs them.
PORTABLE = [piece for piece in PIECES if piece not in ("[[ ", "]]", "x=(", "`")]


@needs("dash")
@given(st.lists(st.sampled_from(PORTABLE), max_size=12).map("".join))
def test_nothing_is_refused_that_a_shell_accepts(text: str) -> None:
    try:
        read_script(text)
    except ShellError:
        assert shell("dash", "-n", text=text).returncode != 0
