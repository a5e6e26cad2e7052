from __future__ import annotations

import contextlib
import shlex
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.shell.expansion import fields
from netsim.shell.script import read_script
from netsim.shell.state import State
from netsim.shell.tree import Body, Compound, Function, Shape, Simple
from netsim.shell.words import ShellError


def nothing(body: Body, state: State) -> str:
    del body, state
    return ""


def commands(text: str) -> list[Simple]:
    """The simple commands at the top."""
    found = [each for pipeline in read_script(text) for each in pipeline.commands]
    return [each for each in found if isinstance(each, Simple)]


def words(text: str, **variables: str) -> list[str]:
    """The fields of the first command."""
    (first, *_) = commands(text)
    return fields(first.words, State(variables, {}, ("one", "two words")), nothing)


WORDS = (
    ("a b", ["a", "b"]),
    ("a # b", ["a"]),
    # Within a word it is no comment.
    ("a#b", ["a#b"]),
    ("a 'b c'", ["a", "b c"]),
    ("a'b'\"c\"", ["abc"]),
    ("a '' \"\"", ["a", "", ""]),
    ('a "b\\"c"', ["a", 'b"c']),
    ("a b\\ c", ["a", "b c"]),
    ("a \\\n b", ["a", "b"]),
    ('a "b\\\nc"', ["a", "bc"]),
    # A backslash before any other letter stays in double quotes.
    ('a "\\n"', ["a", "\\n"]),
    ("a $x", ["a", "1", "2"]),
    ('a "$x"', ["a", "1 2"]),
    ("a b$x", ["a", "b1", "2"]),
    ("a ${x}c", ["a", "1", "2c"]),
    ("a $empty b", ["a", "b"]),
    ('a "$empty" b', ["a", "", "b"]),
    ('a "$@"', ["a", "one", "two words"]),
    ('a "x$@y"', ["a", "xone", "two wordsy"]),
    ("a $@", ["a", "one", "two words"]),
    ('a "$*"', ["a", "one two words"]),
    ("a $1-${2}", ["a", "one-two", "words"]),
    ("a ${none:-b}", ["a", "b"]),
    ('a "${none-b c}"', ["a", "b c"]),
    # Set and empty: only the form with a colon takes the other value.
    ("a ${empty:-b}${empty-c}", ["a", "b"]),
    ("a \"${none:-'b'}\"", ["a", "'b'"]),
    ("a ${x:+b}", ["a", "b"]),
    ("a $ b", ["a", "$", "b"]),
    ("a >b 2>&1 c", ["a", "c"]),
    ("2>/dev/null a", ["a"]),
    ("x=1 a", ["a"]),
    ("a x=1", ["a", "x=1"]),
    ("a;b", ["a"]),
    ("a $'b\\tc'", ["a", "b\tc"]),
    ("[[ $y == a && b ]]", ["[[", "3", "==", "a", "b"]),
)


@pytest.mark.parametrize(("text", "expected"), WORDS, ids=[row[0] for row in WORDS])
def test_words(text: str, expected: list[str]) -> None:
    assert words(text, x="1 2", empty="", y="3") == expected


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


HERE = (
    ("cat <<E\na $x\nE\n", "a 1\n"),
    ("cat <<'E'\na $x\nE\n", "a $x\n"),
    ("cat <<-E\n\ta\n\tE\n", "a\n"),
    ('cat <<E\n"a" \\$x \\\nb\nE\n', '"a" $x b\n'),
    # What follows on the line of the operator is read before the document.
    ("cat <<E | sort; b\na\nE\n", "a\n"),
    ("cat <<E | \\\nsort\na\nE\n", "a\n"),
    ("cat <<E\nno end\n", "no end\n"),
)


@pytest.mark.parametrize(("text", "expected"), HERE, ids=[row[0] for row in HERE])
def test_here_documents(text: str, expected: str) -> None:
    from netsim.shell.expansion import value

    (redirection,) = commands(text)[0].redirections
    assert redirection.operator == "<<"
    assert value(redirection.target, State({"x": "1"}, {}), nothing) == expected


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


@given(st.lists(st.text(st.characters(exclude_characters="\0\1\r", codec="utf-8"))))
def test_quoted_words_come_back(texts: list[str]) -> None:
    assert words(shlex.join(["a", *texts])) == ["a", *texts]


PIECES = (
    *(
        "a",
        "b c",
        "'",
        '"',
        "\\",
        "$x",
        '"$x"',
        "${x:-d}",
        "${x%%'a'}*}",
        "$(",
        ")",
        "`",
        "$((",
    ),
    *(
        "))",
        "\n",
        " ",
        ";",
        ";;",
        "&&",
        "|",
        "&",
        "<<E\n",
        "E\n",
        ">f",
        "2>&1",
        "# c",
        "{ ",
        "}",
    ),
    *(
        "if ",
        "then ",
        "elif ",
        "else ",
        "fi",
        "while ",
        "do ",
        "done",
        "for i in ",
        "case ",
        "in ",
    ),
    *(
        "esac",
        "f() ",
        "!",
        "[ ",
        "]",
        "[[ ",
        "]]",
        "x=1 ",
        "x=(",
        "$@",
        "#",
        "\\\n",
        "*",
        "kubectl ",
    ),
)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ShellError):
        read_script(text)


def shell(name: str, *arguments: str, text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [name, *arguments], input=text, capture_output=True, text=True, check=False, timeout=20
    )


def needs(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(name) is None, reason=f"needs {name}")


# What bash alone knows is an ordinary word to dash, and backquotes it reads when it runs them.
PORTABLE = [piece for piece in PIECES if piece not in ("[[ ", "]]", "x=(", "`")]


@needs("dash")
@given(st.lists(st.sampled_from(PORTABLE), max_size=12).map("".join))
def test_nothing_is_refused_that_a_shell_accepts(text: str) -> None:
    try:
        read_script(text)
    except ShellError:
        assert shell("dash", "-n", text=text).returncode != 0


EXPANSIONS = (
    *("a", "' b '", '"c  d"', "${x}", '"$x"', "${none:-d e}", '"${none-d e}"', "${empty:+f}"),
    *("$1", '"$2"', '"$@"', "\\$", "\\ ", '""', "g\\\nh", "${empty}", '"$empty"', '"i$@j"'),
    *(" ", "${x:+k}", '"${empty+l m}"', '"${x:-n}"'),
)
DEFINED = "set -f; x='1  2'; empty=; set -- one 'two  words'\n"


# dash makes an empty field of the two blanks of $x behind "$@".
@needs("bash")
@given(st.lists(st.sampled_from(EXPANSIONS), min_size=1, max_size=6).map("".join))
def test_words_are_expanded_as_a_shell_does(text: str) -> None:
    done = shell("bash", "--posix", "-s", text=f"{DEFINED}printf '<%s>\\n' : {text}\n")
    state = State({"x": "1  2", "empty": ""}, {}, ("one", "two  words"))
    (command,) = commands(f": {text}")
    found = [f"<{word}>" for word in fields(command.words, state, nothing)]
    assert found == done.stdout.removesuffix("\n").split("\n")
