from __future__ import annotations

import json

import pytest

from netsim.app.input import Read
from netsim.app.list import ConnectionList
from netsim.engine.matrix.listing import Pair
from netsim.model.addresses import Family
from netsim.model.ports import PortSet, Protocol
from netsim.report.list.csv import list_left_out
from netsim.report.markdown import fenced, inline, table
from netsim.report.render import Format, render
from netsim.report.style import Terminal

READ = Read(1, 1, 2)
HTTP = PortSet.of(Protocol.TCP, 80)
DNS = PortSet.of(Protocol.UDP, 53)
NOTHING = PortSet.empty()


def written(form: Format, *pairs: Pair) -> str:
    return render(ConnectionList((), READ, pairs=pairs), form, Terminal())


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a|b", "a\\|b"),
        ("a\nb\r\nc", "a b c"),
        ("a\x1b[31m\x07\u202eb", "a\\\\x1b\\[31m\\\\x07\\\\u202eb"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        # An entity is a sign again by the time that people and issues are looked for.
        ("@team a@b.example", "@&#8203;team a@&#8203;b.example"),
        ("#7 acme/shop#8", "\\#&#8203;7 acme/shop\\#&#8203;8"),
        ("https://x.example WWW.x.example", "https:&#8203;//x.example WWW&#8203;.x.example"),
        ("[x](y) `z` \\", "\\[x\\](y) \\`z\\` \\\\"),
        ("*a* _b_ ~c~ #d", "\\*a\\* \\_b\\_ \\~c\\~ \\#d"),
    ],
)
def test_inline(text: str, escaped: str) -> None:
    assert inline(text) == escaped


def test_table() -> None:
    assert table(("a", "b"), [("x|", "y")]) == "| a | b |\n| --- | --- |\n| x\\| | y |\n"


def test_a_fence_is_longer_than_those_inside() -> None:
    assert fenced("````\n", "yaml") == "`````yaml\n````\n`````\n"


@pytest.mark.parametrize(
    ("pair", "shown"),
    [
        (Pair("a", "b", HTTP, NOTHING), "TCP 80"),
        (Pair("a", "b", HTTP, DNS), "TCP 80 (unknown: UDP 53)"),
        (Pair("a", "b", NOTHING, DNS), "unknown: UDP 53"),
        (Pair("a", "b", PortSet.full(), NOTHING), "All Connections"),
        (
            Pair("a", "b", HTTP, DNS, ((Family.IPV4, DNS),)),
            "TCP 80 (IPv4 allowed, IPv6 denied: UDP 53)",
        ),
        (
            Pair("a", "b", NOTHING, HTTP | DNS, ((Family.IPV6, HTTP),)),
            "IPv6 allowed, IPv4 denied: TCP 80; unknown: UDP 53",
        ),
    ],
)
def test_unknown_ports_are_shown(pair: Pair, shown: str) -> None:
    assert written(Format.TEXT, pair).startswith(f"a => b : {shown}\n")
    assert f"| a | b | {shown} |\n" in written(Format.MARKDOWN, pair)


def test_unknown_ports_are_not_in_the_csv() -> None:
    pairs = [Pair("a", "b", HTTP, DNS), Pair("b", "a", NOTHING, DNS)]
    assert written(Format.CSV, *pairs) == "src,dst,conn\na,b,TCP 80\n"


def test_what_depends_on_the_family_is_in_the_json_and_beside_the_csv() -> None:
    pair = Pair("a", "b", NOTHING, HTTP | DNS, ((Family.IPV6, HTTP),))
    shown = json.loads(written(Format.JSON, pair))["connections"][0]
    assert shown["unknown"] == {"TCP": [[80, 80]], "UDP": [[53, 53]]}
    assert shown["IPv6 only"] == {"TCP": [[80, 80]]}
    assert "IPv4 only" not in shown
    (warning,) = list_left_out(ConnectionList((), READ, pairs=(pair,)))
    assert warning.endswith("a => b : IPv6 allowed, IPv4 denied: TCP 80; UDP 53")


def test_json_has_both() -> None:
    shown = written(Format.JSON, Pair("a", "b", HTTP, DNS))
    assert '"conn": "TCP 80"' in shown
    assert '"unknown": {\n        "UDP"' in shown


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (Read(1, 1, 1), "1 document, 1 policy, 1 endpoint"),
        (Read(0, 2, 0), "0 documents, 2 policies, 0 endpoints"),
    ],
)
def test_what_was_read(read: Read, text: str) -> None:
    assert str(read) == text
