import pytest

from netsim.intent.diagram.reading import read_diagram
from netsim.intent.errors import IntentError
from tests.intent.drawn import drawn

ALL = "All Connections"


@pytest.mark.parametrize(
    ("statement", "flows"),
    [
        ("A-->B", [f"A -> B {ALL}"]),
        ("A ---> B", [f"A -> B {ALL}"]),
        ("A -->|port 80| B", ["A -> B TCP 80"]),
        ("A -- port 80 --> B", ["A -> B TCP 80"]),
        ("A == port 80 ==> B", ["A -> B TCP 80"]),
        ("A -. port 80 .-> B", ["A -> B TCP 80"]),
        ('A -- "port 80; --> mTLS" --> B', ["A -> B TCP 80"]),
        ("A ==> B", [f"A -> B {ALL}"]),
        ("A -.-> B", [f"A -> B {ALL}"]),
        ("A --x B", [f"A x> B {ALL}"]),
        ("A -- denied --x B", [f"A x> B {ALL}"]),
        ("A x--x B", [f"A x> B {ALL}", f"B x> A {ALL}"]),
        ("A <-->|80| B", ["A -> B TCP 80", "B -> A TCP 80"]),
        ("A --> B --> C", [f"A -> B {ALL}", f"B -> C {ALL}"]),
        ("A & B --> C; C --> D", [f"A -> C {ALL}", f"B -> C {ALL}", f"C -> D {ALL}"]),
        ("A ~~~ B", []),
        ("kube-dns --> b.c", [f"kube-dns -> b.c {ALL}"]),
        ("A[Web] --> B(API)", [f"Web -> API {ALL}"]),
        ("A([Web]) --> B[(My DB)]", [f"Web -> My DB {ALL}"]),
        ("A{{Web}} --> B((API)):::red", [f"Web -> API {ALL}"]),
        ('A{Web} --> B["API<br/>(v2)"]', [f"Web -> API (v2) {ALL}"]),
        ("A --> B\nA[Web]", [f"Web -> B {ALL}"]),  # the text may come later
        ("click-house --> style", [f"click-house -> style {ALL}"]),  # begins like a keyword
        ("subgraph one [Prod]\nA --> B\nend\nclass A red\n%% --- note", [f"A -> B {ALL}"]),
    ],
)
def test_statements(statement: str, flows: list[str]) -> None:
    assert drawn(f"flowchart LR\n{statement}", "mermaid") == flows


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("flowchart LR\nA --- B", 4),
        ("flowchart LR\nA --o B", 4),
        ("flowchart LR\nA --> B\nB -->|port x| C", 5),
        ("flowchart LR\nA -->|blocked| B", 4),
        ("flowchart LR\nA -->", 4),
        ("flowchart LR\nA[Web --> B", 4),
        ("flowchart LR\nsubgraph x\nA --> B", 4),
        ("flowchart LR\nend", 4),
        ("sequenceDiagram\nA->>B: x", 3),
        ("", 3),
    ],
)
def test_unreadable_lines_are_shown(text: str, line: int) -> None:
    with pytest.raises(IntentError) as caught:
        drawn(text, "mermaid")
    assert caught.value.location.line == line


def test_nodes_without_arrows_are_names() -> None:
    text = "# N\n```mermaid\ngraph TD\nA[Web]\nB --> A\n```"
    assert read_diagram(text, "d.md", "N").names == ("Web", "B")
