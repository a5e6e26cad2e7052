import pytest

from netsim.intent.document.excerpts import read_excerpts
from netsim.intent.errors import IntentError, IntentErrors
from netsim.model.tree import Mapping, Sequence
from tests.intent.stated import document, heading


def test_lines_are_those_of_the_document() -> None:
    text = (
        "# A\n\n```yaml\na: 1\n---\n# only a comment\n---\nb:\n  - c\n```\n```yml\n- d\n```\n"
    )
    found = read_excerpts(document(text), heading("A"))
    assert [each.location.line for each in found] == [4, 8, 12]
    second, third = found[1].tree, found[2].tree
    assert isinstance(second, Mapping)
    assert second.entries["b"].value.line == 9
    assert isinstance(third, Sequence)


def test_a_block_in_a_list_is_indented() -> None:
    text = "# A\n- x:\n  ```yaml\n  a: 1\n  ---\n  b: 2\n  ```\n"
    assert [e.location.line for e in read_excerpts(document(text), heading("A"))] == [4, 6]


def test_other_blocks_and_sections_quote_nothing() -> None:
    text = "# A\n```bash\na: 1\n```\n## Sub\n```{.yaml}\nb: 1\n```\n# B\n```yaml\nc: 1\n```\n"
    assert [e.location.line for e in read_excerpts(document(text), heading("A"))] == [7]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("# A\nNothing.\n", 1, "no YAML block below the heading 'A'; put one"),
        ("# A\n```yaml\na: b: c\n```\n", 3, "not YAML: mapping values are not allowed"),
        ("# A\n```yaml\na: [\n```\n", 3, "with a comment for what is left out"),
        ("# A\n```yaml\na: 1\na: 2\n```\n", 4, "duplicate key a"),
        ("# A\n```yaml\nkubectl apply\n```\n", 3, "'kubectl apply' is not a field"),
    ],
)
def test_refused(text: str, line: int, says: str) -> None:
    with pytest.raises(IntentError) as caught:
        read_excerpts(document(text), heading("A"))
    assert caught.value.location.line == line
    assert says in caught.value.message


def test_every_block_is_told() -> None:
    text = "# A\n```yaml\n[\n```\n```yaml\na: 1\n```\n```yaml\n]\n```\n"
    with pytest.raises(IntentErrors) as caught:
        read_excerpts(document(text), heading("A"))
    assert [found.location.line for found in caught.value.diagnostics] == [3, 9]
