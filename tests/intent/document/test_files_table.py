import pytest

from netsim.intent.document.stated_tables import read_files
from netsim.intent.errors import IntentError, IntentErrors
from tests.intent.stated import document, heading

HEAD = "# Files\n\n| Purpose | File |\n|---|---|\n"


def test_rows() -> None:
    text = (
        HEAD + "| x | `a.yaml` |\n| y | `b/`, `c.yml` |\n| z | [d.yaml](d.yaml) |\n| - | e |\n"
    )
    files, place = read_files(document(text), heading("files"))
    assert [(file.path, file.location.line) for file in files] == [
        ("a.yaml", 5),
        ("b/", 6),
        ("c.yml", 6),
        ("d.yaml", 7),
        ("e", 8),
    ]
    assert place.line == 3


def test_another_table_before_it() -> None:
    text = "# Files\n|A|\n|-|\n|1|\n\n|Path|\n|-|\n|`a.yaml`|\n"
    files, _ = read_files(document(text), heading("Files"))
    assert [file.path for file in files] == ["a.yaml"]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("# File\n", 7, "no heading 'Files' in d.md; did you mean 'File'?"),
        ("# Wholly other\n", 7, "the headings there are: 'Wholly other'"),
        ("# Files\n\nNone.\n", 1, "no table of files below the heading 'Files'; put a table"),
        ("# Files\n|A|\n|-|\n|1|\n", 1, "no table of files"),
        (HEAD + "| x | two words |\n", 5, "'two words' names no file; write it in backquotes"),
        (HEAD + "| x |\n", 5, "'' names no file"),
        (f"{HEAD}| x | `a` |\n\n{HEAD}| x | `b` |\n", 7, "on lines 1 and 7; give them"),
    ],
)
def test_refused(text: str, line: int, says: str) -> None:
    with pytest.raises(IntentError) as caught:
        read_files(document(text), heading("Files"))
    assert caught.value.location.line == line
    assert says in caught.value.message


def test_all_rows_are_told() -> None:
    with pytest.raises(IntentErrors) as caught:
        read_files(document(HEAD + "| x | y z |\n| x | `a` |\n| x | |\n"), heading("Files"))
    assert [problem.location.line for problem in caught.value.diagnostics] == [5, 7]
