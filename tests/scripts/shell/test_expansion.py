from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.scripts.shell.expansion import fields, value
from netsim.scripts.shell.state import State
from netsim.scripts.shell.tree import Body
from tests.scripts.shell.samples import commands, needs, shell


def nothing(body: Body, state: State) -> str:
    del body, state
    return ""


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
    (redirection,) = commands(text)[0].redirections
    assert redirection.operator == "<<"
    assert value(redirection.target, State({"x": "1"}, {}), nothing) == expected


@given(st.lists(st.text(st.characters(exclude_characters="\0\1\r", codec="utf-8"))))
def test_quoted_words_come_back(texts: list[str]) -> None:
    assert words(shlex.join(["a", *texts])) == ["a", *texts]


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
