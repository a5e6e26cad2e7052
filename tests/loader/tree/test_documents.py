from __future__ import annotations

import pytest

from netsim.loader.tree.documents import (
    Broken,
    Document,
    Parsed,
    Skipped,
    Syntax,
    chunks,
    documents,
    normalise,
)


def shape(document: Document) -> tuple[str, int]:
    match document:
        case Broken(line=line):
            return ("broken", line)
        case Skipped():
            return ("skipped", 0)
        case Parsed(tree=tree, chunk=chunk):
            return ("parsed", tree.line + chunk.first_line - 1)


SPLITS = [
    ("a: 1\n---\nb: 2\n", [("parsed", 1), ("parsed", 3)]),
    ("---\na: 1\n---\n---\n# only a comment\n", [("parsed", 2)]),
    ("", []),
    ("# nothing\n\n", []),
    ("%YAML 1.1\n---\na: 1\n", [("parsed", 3)]),  # a directive belongs to what follows
    ("# about a\n---\na: 1\n", [("parsed", 3)]),
    ("--- {a: 1}\n---\nb: 2\n", [("parsed", 1), ("parsed", 3)]),  # content on the marker's line
    ("a: 1\n...\n---\nb: 2\n", [("parsed", 1), ("parsed", 4)]),
    ("a: [\n---\nb: 2\n", [("broken", 1), ("parsed", 3)]),  # the broken one hides nothing
    ("a: |\n  x\n  ---\n  y\n", [("parsed", 1)]),  # an indented marker is text
    ("a: 1\n----\n", [("broken", 2)]),  # four dashes are none
    ("kind: ConfigMap\nx: [\n---\na: 1\n", [("skipped", 0), ("parsed", 4)]),
    ("kind: 'Secret' # why\n", [("skipped", 0)]),
    ("kind: Pod\n", [("parsed", 1)]),
    ("kind: ConfigMapList\n", [("parsed", 1)]),  # may hold anything
    ("kind: networkpolicy\n", [("parsed", 1)]),  # a misspelling, to be refused
    ("kind: Secret\nkind: Pod\n", [("broken", 2)]),
    ("a: 1\n---\nb: \x00\n", [("parsed", 1), ("broken", 3)]),
    ("a: \udce9\n---\nb: 2\n", [("broken", 1), ("parsed", 3)]),  # a byte that is not UTF-8
]


@pytest.mark.parametrize(("text", "expected"), SPLITS)
def test_each_document_is_read_alone(text: str, expected: list[tuple[str, int]]) -> None:
    assert [shape(found) for found in documents(text, Syntax.YAML)] == expected


def test_windows_line_ends_and_a_byte_order_mark_are_accepted() -> None:
    text = normalise("\ufeffa: 1\r\n---\r\nb: 2\r\n")
    assert text == "a: 1\n---\nb: 2\n"


def test_chunks_know_their_lines() -> None:
    found = chunks("# top\n---\na: 1\n---\nb: 2")
    assert [(chunk.first_line, chunk.last_line) for chunk in found] == [(1, 3), (4, 5)]


def test_a_broken_template_is_to_be_rendered_first() -> None:
    (found,) = documents("a: 1\n{{- if .Values.x }}\nb: 2\n{{- end }}\n", Syntax.YAML)
    assert isinstance(found, Broken)
    assert "helm template" in found.message


def test_lines_of_duplicate_keys_are_those_of_the_file() -> None:
    found = list(documents("a: 1\n---\nb: 1\nc: 2\nb: 3\n", Syntax.YAML))[1]
    assert found == Broken(5, "duplicate key b: keep one (the other is on line 3)")
