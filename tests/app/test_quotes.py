from __future__ import annotations

from pathlib import Path

import pytest

from netsim.app.input import InputRequest
from netsim.app.quotes import Quote, Quotes
from netsim.model.location import Location

BLOCK = """apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {}
  ingress:
    # who
    - from:
        - podSelector: {}

        # which port
      ports: [{port: 80}]

    - {}
"""
JSON = """{"apiVersion": "v1", "kind": "List", "items": [{
  "ingress": [
    {
      "ports": [
        {"port": 80}
      ]
    },
    {}
  ]
}]}
"""


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        (8, BLOCK.splitlines()[7:12]),
        (9, ["        - podSelector: {}"]),
        (14, ["    - {}"]),
        (5, ["  podSelector: {}"]),
    ],
)
def test_a_value_is_its_line_and_what_is_below(
    tmp_path: Path, line: int, lines: list[str]
) -> None:
    file = str(tmp_path / "a.yaml")
    Path(file).write_text(BLOCK, encoding="utf-8")
    quotes = Quotes(InputRequest((file,)).read())
    assert quotes.find(Location(file, line)) == Quote(file, line, tuple(lines))


def test_brackets_are_closed(tmp_path: Path) -> None:
    file = str(tmp_path / "a.json")
    Path(file).write_text(JSON, encoding="utf-8")
    quote = Quotes(InputRequest((file,)).read()).find(Location(file, 3))
    assert quote == Quote(file, 3, tuple(JSON.splitlines()[2:7]))


@pytest.mark.parametrize("line", [0, 99])
def test_what_has_no_line_is_not_quoted(tmp_path: Path, line: int) -> None:
    file = str(tmp_path / "a.yaml")
    Path(file).write_text(BLOCK, encoding="utf-8")
    quotes = Quotes(InputRequest((file,)).read())
    assert quotes.find(Location(file, line)) is None
    assert quotes.find(Location("other.yaml", 1)) is None


def test_much_is_cut(tmp_path: Path) -> None:
    file = str(tmp_path / "a.yaml")
    text = "a:\n" + "  - b\n" * 60 + "c: " + "x" * 900 + "\n"
    Path(file).write_text(text, encoding="utf-8")
    quotes = Quotes(InputRequest((file,)).read())
    long, wide = quotes.find(Location(file, 1)), quotes.find(Location(file, 62))
    assert long
    assert (len(long.lines), long.left_out) == (40, 21)
    assert wide
    assert len(wide.lines[0]) == 401
