import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.intent.diagram.reading import Diagram, read_diagram
from netsim.intent.errors import IntentError
from netsim.model.policies import Direction
from tests.intent.drawn import SEED


def test_default_deny_beside_the_drawing() -> None:
    denies = read_diagram(SEED, "d.md", "Network Policies").default_denies
    assert [(deny.direction, deny.location.line) for deny in denies] == [
        (Direction.INGRESS, 15),
        (Direction.EGRESS, 15),
    ]


def test_a_missing_heading_names_near_ones() -> None:
    with pytest.raises(IntentError, match="did you mean 'Network Policies'"):
        read_diagram(SEED, "d.md", "Network Policy")


def test_no_block_below_the_heading() -> None:
    with pytest.raises(IntentError, match="no diagram below"):
        read_diagram(SEED, "d.md", "Pod Disruption Budgets")


def test_headings_in_code_are_not_headings() -> None:
    text = "```sh\n# Net\n```\n## Other\n\n# Net\n```yaml\na: b -> c\n```\n```\nA → B\n```\n"
    assert read_diagram(text, "d.md", "net").location.line == 11


FENCE = "```\nA → {}\n```\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# Net\n<!--\n" + FENCE.format("B") + "-->\n" + FENCE.format("C"), 8),
        ("# Net\n<!-- old -->\n" + FENCE.format("C"), 4),
        ("<!--\n# Net\n" + FENCE.format("B") + "-->\n# Net\n" + FENCE.format("C"), 9),
        ("# Net\n```\n<!--\n```\n" + FENCE.format("C"), 6),  # no comment in a code block
        ("# Net\n# Net\n" + FENCE.format("C"), 4),  # only one has a diagram
        ("# Net\n## Net\n" + FENCE.format("C"), 4),  # one diagram below both
    ],
)
def test_the_diagram_that_is_shown(text: str, line: int) -> None:
    diagram = read_diagram(text, "d.md", "net")
    assert (diagram.names, diagram.location.line) == (("A", "C"), line)


def test_comments_deny_nothing() -> None:
    text = "# Net\n" + FENCE.format("B") + "<!--\nDefault: deny all\n-->\n"
    assert read_diagram(text, "d.md", "net").default_denies == ()


@pytest.mark.parametrize("second", ["# Net", "## net"])
def test_equal_headings_with_a_diagram_each(second: str) -> None:
    text = "# Net\n" + FENCE.format("B") + second + "\n" + FENCE.format("C")
    with pytest.raises(IntentError, match="on lines 1 and 5") as caught:
        read_diagram(text, "d.md", "Net")
    assert caught.value.location.line == 5


CHARACTERS = '┌─┐│└┘├→✗x|+->`\\❌ \n;&[](){}"=.~<o%'
WORDS = (
    *("──→ API", "(port 80)", "port", "A", "-->", "x--x", "flowchart LR\n", "end", "subgraph"),
    *("+---+\n| A |\n+---+", "TCP", "53/udp", "4000-"),
)
PIECES = st.sampled_from([*CHARACTERS, *WORDS])


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)), st.sampled_from(["", "mermaid"]))
def test_any_text_is_a_diagram_or_an_error(text: str, info: str) -> None:
    for document in (
        text,
        f"# N\n```{info}\n{text}\n```",
        f"# N\n```{info}\nflowchart LR\n{text}",
    ):
        try:
            assert isinstance(read_diagram(document, "d.md", "N"), Diagram)
        except IntentError as error:
            assert error.location.file == "d.md"  # noqa: PT017 - both outcomes are right


def test_a_second_diagram_is_not_passed_over() -> None:
    block = "```\n┌───┐\n│ A │──→ B\n└───┘\n```\n"
    with pytest.raises(IntentError, match="a second diagram"):
        read_diagram(f"# Net\n{block}\ntext\n\n{block}", "a.md", "Net")
    # Under a heading of its own it is about something else.
    assert read_diagram(f"# Net\n{block}\n## Other\n{block}", "a.md", "Net").names == ("A", "B")
