import pytest

from netsim.intent.document import markdown
from netsim.intent.document.markdown import MarkdownTable, find_tables


def read(text: str) -> list[MarkdownTable]:
    return list(find_tables(tuple(markdown.split_parts(text))))


def cells(text: str) -> list[list[tuple[str, ...]]]:
    return [[table.header.cells, *(row.cells for row in table.rows)] for table in read(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("| A | B |\n|---|---|\n| 1 | 2 |", [[("A", "B"), ("1", "2")]]),
        ("A | B\n:-- | --:\n1 | 2", [[("A", "B"), ("1", "2")]]),
        ("|A|\n|-|\n|x \\| y|", [[("A",), ("x | y",)]]),
        ("|A|B|\n|-|-|\n|1|\n|1|2|3|", [[("A", "B"), ("1",), ("1", "2", "3")]]),
        ("|A|B|\n|-|-|\n||2|", [[("A", "B"), ("", "2")]]),
        ("A paragraph\n|A|\n|-|\n|1|", [[("A",), ("1",)]]),
        # What ends a table: an empty line, another block, a heading.
        ("|A|\n|-|\n|1|\n\n|2|", [[("A",), ("1",)]]),
        ("|A|\n|-|\n|1|\n- |2|", [[("A",), ("1",)]]),
        ("|A|\n|-|\n|1|\n# H\n|B|\n|-|", [[("A",), ("1",)], [("B",)]]),
        ("|A|\n|-|\n|1|\n```\n|2|\n```", [[("A",), ("1",)]]),
        # No tables: other dashes, more dashes than headers, or in a block of code.
        ("|A|B|\n|-|x|\n", []),
        ("|A|\n|-|-|\n|1|2|", []),
        ("```\n|A|\n|-|\n```", []),
        ("|A|", []),
        ("", []),
    ],
)
def test_cells(text: str, wanted: list[list[tuple[str, ...]]]) -> None:
    assert cells(text) == wanted


def test_lines_and_columns() -> None:
    (table,) = read("\n\n| **Min Available** | `File` |\n|---|---|\n| 1 | a |\n| 2 |\n")
    assert (table.header.line, [row.line for row in table.rows]) == (3, [5, 6])
    assert [table.column("min", "available"), table.column("file"), table.column("x")] == [
        0,
        1,
        None,
    ]
    assert table.rows[1].cell(1) == ""
