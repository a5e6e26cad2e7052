import pytest

from netsim.intent.document.stated_tables import read_budgets
from netsim.intent.errors import IntentError, IntentErrors
from tests.intent.stated import document, heading

HEAD = "# PDBs\n| Max Unavailable | Service | Min Available |\n|---|---|---|\n"


def rows(text: str) -> list[tuple[str, str, str]]:
    found, _ = read_budgets(document(text), heading("PDBs"))
    return [(b.service, str(b.min_available), str(b.max_unavailable)) for b in found]


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ("| N/A | API | 1 |", ("API", "1", "None")),
        ("| `50%` | **Runner Pool** | n/a |", ("Runner Pool", "None", "50%")),
        ("| - | x | 100% |", ("x", "100%", "None")),
        ("| 0 | x | – |", ("x", "None", "0")),
        ("|  | x | — |", ("x", "None", "None")),
        ("| 25 % | x |", ("x", "None", "25%")),
    ],
)
def test_cells(cells: str, wanted: tuple[str, str, str]) -> None:
    assert rows(HEAD + cells) == [wanted]


def test_headers_as_the_fields_are_called() -> None:
    text = "# PDBs\n\n|service|minAvailable|maxUnavailable|\n|-|-|-|\n|a|2||\n"
    assert rows(text) == [("a", "2", "None")]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("# PDBs\n|Service|Min Available|\n|-|-|\n|a|1|\n", 1, "no table of budgets below"),
        (HEAD + "| one | x | |", 4, "'one' is not an amount of pods; write a number"),
        (HEAD + "| 1.5 | x | |", 4, "'1.5' is not an amount"),
        (HEAD + "| -1 | x | |", 4, "'-1' is not an amount"),
        (HEAD + "| 101% | x | |", 4, "more than 100%"),
        (HEAD + "| 1 | x | 1 |", 4, "not both; write N/A"),
        (HEAD + "| 1 | | 1 |", 4, "a row without a service"),
    ],
)
def test_refused(text: str, line: int, says: str) -> None:
    with pytest.raises(IntentError) as caught:
        read_budgets(document(text), heading("PDBs"))
    assert caught.value.location.line == line
    assert says in caught.value.message


def test_every_cell_is_told() -> None:
    with pytest.raises(IntentErrors) as caught:
        rows(HEAD + "| a | x | b |\n| 1 | y | |\n| c | z | |\n")
    assert [found.location.line for found in caught.value.diagnostics] == [4, 4, 6]
