"""Text that cannot steer what shows it."""

from __future__ import annotations

import json

import pytest

from netsim.words.printable import printable, printable_json, printable_lines

STEERING = [
    *map(chr, [*range(0x20), *range(0x7F, 0xA0)]),
    *"\u061c\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2060\u2064\ufeff\u00ad",
    *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    *"\u034f\u115f\u1160\u17b4\u3164\ufe0f\uffa0\U000e0041\U000e0101\ufdd0\ud800",
]


@pytest.mark.parametrize("char", STEERING, ids=[f"U+{ord(char):04X}" for char in STEERING])
def test_what_steers_is_shown(char: str) -> None:
    assert printable(f"a{char}b").isascii()
    assert printable_lines(f"a{char}b").isascii() or char in "\n\t"
    found = printable_json(json.dumps({"a": f"a{char}b"}, ensure_ascii=False))
    assert found.isascii()
    assert json.loads(found) == {"a": f"a{char}b"}


@pytest.mark.parametrize("text", ["Büro", "図書", "مكتب", "деньги", "e\u0301", "✓ ✗ · →", "💡"])
def test_letters_of_any_script_stay(text: str) -> None:
    assert printable(text) == printable_lines(text) == printable_json(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::now", r"\x3a:error::now"),
        ("a\n  ::add-mask::x", "a\n  \\x3a:add-mask::x"),
        ("::error file=a,line=1::x", r"\x3a:error file=a,line=1::x"),
        ("::stop-commands::dead", r"\x3a:stop-commands::dead"),
        ("see ##[error]x", r"see \x23#[error]x"),
        ("##vso[task.setvariable variable=a]b", r"\x23#vso[task.setvariable variable=a]b"),
    ],
)
def test_no_line_orders_anything(text: str, shown: str) -> None:
    assert printable_lines(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "::/0,shop/a,TCP",
        "::-ffff:ffff[External] => shop/a",
        "::1",
        "::ffff:1.2.3.4/96 x",
        "rule::x",
        "## Heading",
    ],
)
def test_what_orders_nothing_stays(text: str) -> None:
    assert printable_lines(text) == text


def test_json_orders_nothing() -> None:
    found = printable_json(json.dumps(["##[error]x"]))
    assert "##" not in found
    assert json.loads(found) == ["##[error]x"]
