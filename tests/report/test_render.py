"""Every result in every format that it is written in."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import TYPE_CHECKING

import pytest

import netsim
from netsim.report.render import RENDERERS, Format, render
from netsim.report.style import Colour, Terminal
from tests.cli.command import MANIFESTS

if TYPE_CHECKING:
    from netsim.report.render import Result

SHOP = MANIFESTS / "shop"
RESULTS: dict[str, Result] = {
    type(result).__name__: result
    for result in (
        netsim.check(SHOP),
        netsim.list_connections(SHOP),
        netsim.evaluate(SHOP, [("shop/web", "shop/api", 4000)]),
        netsim.explain(SHOP, "shop/web", "shop/api"),
        netsim.diff(MANIFESTS / "tiers", MANIFESTS / "tiers-new"),
        netsim.query(SHOP, "exposed"),
        netsim.order(SHOP),
        netsim.drain_node(SHOP),
    )
}


def test_every_result_is_tried() -> None:
    assert RESULTS.keys() == RENDERERS.keys()


@pytest.mark.parametrize(
    ("name", "form"), [(name, form) for name, forms in RENDERERS.items() for form in forms]
)
def test_formats(name: str, form: Format) -> None:
    text = render(RESULTS[name], form, Terminal(80, Colour.ALWAYS))
    assert text.endswith("\n")
    match form:
        case Format.JSON:
            assert isinstance(json.loads(text), dict)
        case Format.CSV:
            assert len({len(row) for row in csv.reader(StringIO(text))}) == 1
        case Format.MARKDOWN:
            assert "\x1b" not in text
        case Format.TEXT:
            assert text.strip()
