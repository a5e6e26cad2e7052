import pytest

from netsim.intent.diagram.reading import read_diagram
from netsim.intent.errors import IntentError
from netsim.model.flow import Claim
from tests.intent.drawn import SEED, drawn, shown

WEB = "┌─────┐\n│ Web │{}\n└─────┘"


def test_the_documented_drawing() -> None:
    diagram = read_diagram(SEED, "README.md", "network policies")
    assert [(shown(flow), flow.location.line) for flow in diagram.flows] == [
        ("Web -> API TCP 4000", 6),
        ("Web x> Runner All Connections", 8),
        ("Runner x> Web All Connections", 8),
        ("Runner -> API TCP 4000", 10),
        ("Runner -> Postgres TCP 5432", 11),
        ("Runner -> External All Connections", 12),
    ]
    assert [flow.destination for flow in diagram.flows if Claim.MTLS in flow.claims] == ["API"]
    assert set(diagram.names) == {"Web", "API", "Runner", "Postgres", "External"}


@pytest.mark.parametrize(
    ("arrow", "flows"),
    [
        ("──→ API", ["Web -> API All Connections"]),
        (" ─> API", ["Web -> API All Connections"]),
        ("→ API (80)", ["Web -> API TCP 80"]),
        ("--> kube-dns (UDP 53)", ["Web -> kube-dns UDP 53"]),
        ("-> API", ["Web -> API All Connections"]),
        ("── port 80 ──→ API", ["Web -> API TCP 80"]),
        ("--(port 80)--> API", ["Web -> API TCP 80"]),
        ("──→ API, DB (port 80)", ["Web -> API TCP 80", "Web -> DB TCP 80"]),
        ("──→ API (80) ──→ DB (90)", ["Web -> API TCP 80", "API -> DB TCP 90"]),
        ("←── LB (80)", ["LB -> Web TCP 80"]),
        ("←─→ API (80)", ["Web -> API TCP 80", "API -> Web TCP 80"]),
        ("──✗ DB", ["Web x> DB All Connections"]),
        ("--x DB", ["Web x> DB All Connections"]),
        (
            "──┬─→ API (80)\n         ├─→ DB\n         │\n         └─✗ Vault",
            [
                "Web -> API TCP 80",
            ],
        ),
    ],
)
def test_arrows(arrow: str, flows: list[str]) -> None:
    first, *rest = arrow.split("\n")
    if rest:
        drawing = f"┌─────┐\n│ Web │{first}\n└─────┘  {rest[0].strip()}\n" + "\n".join(rest[1:])
        flows = [*flows, "Web -> DB All Connections", "Web x> Vault All Connections"]
    else:
        drawing = WEB.format(first)
    assert drawn(drawing) == flows


@pytest.mark.parametrize("mark", ["✗", "x", "X", "✕", "❌", "❌\ufe0f"])
@pytest.mark.parametrize(
    "form",
    [
        "┌───┐\n│ A │\n└───┘\n  {}\n┌───┐\n│ B │\n└───┘",
        "+---+\n| A |\n+---+\n  {}\n+---+\n| B |\n+---+",
        "┌───┐\n│ A │\n└───┘\n  │\n  {}\n  │\n┌───┐\n│ B │\n└───┘",
        "┌───┐     ┌───┐\n│ A │     │ B │\n└───┘  {}  └───┘",
    ],
)
def test_a_cross_denies_both_directions(form: str, mark: str) -> None:
    if "└───┘  {}" in form and "❌" in mark:
        form = form.replace("  {}  ", "  {} ")  # it is two columns wide
    assert drawn(form.format(mark)) == ["A x> B All Connections", "B x> A All Connections"]


def test_ascii_only() -> None:
    drawing = "+-----+\n| Web |--> API (port 80)\n+-----+    |-> DB (90)\n           `-> Ext"
    assert drawn(drawing) == [
        "Web -> API TCP 80",
        "Web -> DB TCP 90",
        "Web -> Ext All Connections",
    ]


def test_arrow_between_boxes() -> None:
    drawing = "┌───┐             ┌───┐\n│ A │── (443) ───→│ B │\n└───┘             └───┘"
    assert drawn(drawing) == ["A -> B TCP 443"]


def test_wide_names_keep_columns() -> None:
    assert drawn("┌──────┐\n│ 日本 │──→ API\n└──────┘") == ["日本 -> API All Connections"]


@pytest.mark.parametrize(
    ("drawing", "line"),
    [
        (WEB.format("──→ API (port 99999)"), 4),
        (WEB.format("──→ API (port http4000x)"), 4),
        (WEB.format("──→ API port 80"), 4),
        (WEB.format("──→ API (denied)"), 4),  # an arrow that says the opposite
        (WEB.format("──→"), 4),
        (WEB.format("──── API"), 4),
        (WEB.format("──→ API (80"), 4),
        (WEB.format("──→ Web"), 4),
        (WEB.format("── 80 ──→ API (443)"), 4),  # two labels
        (WEB.format("") + "\n|\n" + WEB.format(""), 6),  # a line that says nothing
        (WEB.format("") + "\nLegend here", 6),
        (WEB.format("") + "\n  ✗", 6),  # nothing below
        (WEB.format("") + "\n   │\n   ▼", 6),
        (WEB.format("") + "\n      └─→ API", 6),  # a branch of no arrow
        ("┌─────┐\n│ Web  │──→ API\n└─────┘", 3),  # the side is out of line
        ("┌─────┐\n│     │\n└─────┘", 3),
    ],
)
def test_unreadable_lines_are_shown(drawing: str, line: int) -> None:
    with pytest.raises(IntentError) as caught:
        drawn(drawing)
    assert caught.value.location.file == "d.md"
    assert caught.value.location.line == line


def test_branch_below_another_box_is_ambiguous() -> None:
    below = "┌─────┐\n│ Run │\n└─────┘\n         └─→ DB"
    with pytest.raises(IntentError, match="may belong to 'Web' or 'Run'"):
        drawn(WEB.format("──→ API") + "\n" + below)
