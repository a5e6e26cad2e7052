import pytest

from netsim.intent.document.order_list import read_steps
from netsim.intent.errors import IntentError
from tests.intent.stated import document, heading

Shown = list[tuple[int, str, tuple[str, ...], int]]


def steps(body: str) -> Shown:
    found = read_steps(document(f"# Order\n{body}"), heading("Order"))
    return [(s.number, s.title, s.paths, s.location.line) for s in found]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("1. **A** (`a.yaml`)\n2. **B**\n", [(1, "A", ("a.yaml",), 2), (2, "B", (), 3)]),
        # As a reader sees them: numbered on, whatever is written.
        ("3) A\n3) B\n", [(3, "A", (), 2), (4, "B", (), 3)]),
        ("1. A `a.yaml`: why\n", [(1, "A", ("a.yaml",), 2)]),
        ("1. A – `b/` and `c.json`\n", [(1, "A", ("b/", "c.json"), 2)]),
        ("1. Helm chart\n", [(1, "Helm chart", (), 2)]),
        ("1. `a.yaml`\n", [(1, "a.yaml", ("a.yaml",), 2)]),
        # Text over several lines, also lazy ones, and what is listed in an item.
        (
            "1. **A**, which\n   takes `a.yaml`\nand `b.yaml`\n   - `c.yaml`\n   1. `d.yaml`\n",
            [(1, "A", ("a.yaml", "b.yaml", "c.yaml", "d.yaml"), 2)],
        ),
        ("1. **A**\n\n   `a.yaml`\n\n2. B\n", [(1, "A", ("a.yaml",), 2), (2, "B", (), 6)]),
        # Text after the list is no part of it.
        ("1. **A**\n\nSee `b.yaml`.\n", [(1, "A", (), 2)]),
        ("1. **A**\n\nThen:\n\n2. B\n", [(1, "A", (), 2), (2, "B", (), 6)]),
        ("1. A\n## More\n1. B\n", [(1, "A", (), 2)]),
        ("1. **All** (`.`)\n", [(1, "All", (".",), 2)]),
        # A link leads to the file, unless its text or another names one.
        ("1. [A](a.yaml), [B](b/)\n", [(1, "A, B", ("a.yaml", "b/"), 2)]),
        ("1. **A** [`a.yaml`](./a.yaml)\n", [(1, "A", ("a.yaml",), 2)]),
        ("1. **A**, see [the chart](https://x/y.yaml)\n", [(1, "A", (), 2)]),
        # What is no file: commands, labels, versions, addresses.
        ("1. **A** `kubectl get x.yaml` `app` `v1.2` `https://x/y.yaml`\n", [(1, "A", (), 2)]),
        (
            "1. **A**\n   ```bash\n   kubectl apply -f a.yaml -f b/\n   ```\n2. B\n",
            [(1, "A", ("a.yaml", "b/"), 2), (2, "B", (), 6)],
        ),
        (
            "1. **A**\n```bash\nkubectl apply -f a.yaml\n```\n2. B\n",
            [(1, "A", (), 2), (2, "B", (), 6)],
        ),
    ],
)
def test_steps(body: str, wanted: Shown) -> None:
    assert steps(body) == wanted


@pytest.mark.parametrize(
    ("body", "line", "says"),
    [
        ("- a\n- b\n", 1, "no numbered list below the heading 'Order'; put the steps there"),
        (
            "1. A\n2. B\n\nOr:\n\n1. C\n",
            7,
            "follows the one that ends with 2; number the steps",
        ),
        ("1. A\n2.\n", 3, "step 2 is empty"),
    ],
)
def test_refused(body: str, line: int, says: str) -> None:
    with pytest.raises(IntentError) as caught:
        steps(body)
    assert caught.value.location.line == line
    assert says in caught.value.message
