"""``netsim rule``: the documentation of a rule in the terminal."""

from __future__ import annotations

import re

import pytest

from netsim.report.render import Format, render
from netsim.report.rules_page import describe_rule, list_rules
from netsim.report.style import Colour, Terminal
from netsim.rules.registry import RULES, load_checks
from tests.cli.command import MANIFESTS, assert_snapshot, netsim
from tests.project import DOCS

LINK = re.compile(r"\x1b\]8;;(\S*?)\x1b\\")
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def test_all_rules_have_a_line() -> None:
    done = netsim("rule", COLUMNS="120")
    assert (done.code, done.err) == (0, "")
    assert [line.split()[0] for line in done.out.splitlines()] == [each.id for each in RULES]


def test_the_page_of_a_rule() -> None:
    done = netsim("rule", "peer-matches-nothing", COLUMNS="80")
    assert_snapshot("rule/peer-matches-nothing", done)


@pytest.mark.parametrize("width", [40, 80])
def test_prose_fits(width: int) -> None:
    for check in load_checks():
        text = describe_rule(check, Terminal(width))
        assert text.startswith(f"{check.id}  {check.severity.value}\n\n")
        assert not re.search("^```", text, re.MULTILINE)
        assert not text.endswith("\n\n")
        for line in text.splitlines():
            # Examples stay as they are, and so does a word that is longer than a line.
            assert len(line) <= width or line.startswith("    ") or " " not in line.strip()
    for line in list_rules(load_checks(), Terminal(width)).splitlines():
        assert len(line) <= max(width, 60)


def test_markdown_is_that_of_the_documentation() -> None:
    page = (DOCS / "rules.md").read_text(encoding="utf-8")
    assert netsim("rule", "--format", "markdown").out == page
    assert netsim("rule", "exposed", "-f", "markdown").out in page


def test_an_unknown_rule_is_bad_usage() -> None:
    done = netsim("rule", "exposd", COLUMNS="120")
    assert (done.code, done.out) == (2, "")
    assert "no rule is called 'exposd'; did you mean 'exposed'?" in done.err


@pytest.mark.parametrize("colour", Colour)
def test_ids_are_links_in_terminals_only(colour: Colour) -> None:
    import netsim as api

    result = api.check(MANIFESTS / "tiers")
    plain = render(result, Format.TEXT, Terminal(80))
    text = render(result, Format.TEXT, Terminal(80, colour))
    found = [address for address in LINK.findall(text) if address]
    assert len(found) == (len(result.findings) if colour is Colour.LINKED else 0)
    for address in found:
        assert re.fullmatch(r"https://\S+/docs/rules\.md#[a-z-]+", address)
    assert ESCAPE.sub("", LINK.sub("", text)) == plain
    listed = list_rules(load_checks(), Terminal(80, colour))
    assert ("\x1b]8;;" in listed) is (colour is Colour.LINKED)
