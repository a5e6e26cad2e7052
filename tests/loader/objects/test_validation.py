from __future__ import annotations

import pytest

from netsim.loader.objects import validation

GOOD = [
    (validation.dns_label, ["a", "a-1", "1a", "a" * 63, "${NAME}"]),
    (validation.dns_subdomain, ["a.b", "1.2", "a" * 63 + ".b"]),
    (validation.label_key, ["app", "App_1.x", "example.com/App", "a" * 63, "x.y/${KEY}"]),
    (validation.label_value, ["", "A_b-c.9", "1", "a" * 63, "${VALUE}"]),
    (validation.port_name, ["http", "a", "8a", "a-b-c", "a" * 15]),
]
BAD = [
    (validation.dns_label, ["", "A", "-a", "a-", "a.b", "a_b", "a" * 64, "a\n", "é"]),
    (validation.dns_subdomain, ["", "a..b", ".a", "a.", "a_b", "a/b", "a" * 254]),
    (
        validation.label_key,
        ["", "-a", "a b", "/a", "a/", "A.b/c", "a/b/c", "a" * 64, "a" * 254 + "/b", "é"],
    ),
    (validation.label_value, ["-", "a b", "a-", "é", "a" * 64, "a\n", "${open"]),
    (validation.port_name, ["", "80", "HTTP", "a--b", "-a", "a-", "a" * 16, "a_b"]),
]


@pytest.mark.parametrize(("rule", "texts"), GOOD)
def test_what_the_server_accepts(rule: validation.Rule, texts: list[str]) -> None:
    assert [rule(text) for text in texts] == [None] * len(texts)


@pytest.mark.parametrize(("rule", "texts"), BAD)
def test_what_the_server_refuses(rule: validation.Rule, texts: list[str]) -> None:
    assert [text for text in texts if rule(text) is None] == []


def test_port_numbers() -> None:
    assert [validation.port_number(port) for port in (1, 65535)] == [None, None]
    assert validation.port_number(65536) == "65536 is not a port: use 1 to 65535"
    assert validation.port_number(0)


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.0/8",
        "10.0.0.1/8",  # bits after the prefix may be set
        "0.0.0.0/0",
        "::/0",
        "2001:db8::1/64",
        "1.2.3.4/32",
    ],
)
def test_cidr(text: str) -> None:
    assert validation.parse_cidr(text)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("10.0.0.0", "such as 10.0.0.0/32"),
        ("fe80::1", "such as fe80::1/128"),
        ("10.0.0.0/33", "above 32"),
        ("::/129", "above 128"),
        ("10.0.0.256/24", "256"),
        ("010.0.0.0/8", "[Ll]eading zeros"),  # octal to some, decimal to others
        ("10.0.0/24", "4 octets"),
        ("10.0.0.0/255.0.0.0", "number of bits"),
        ("10.0.0.0/08", "number of bits"),
        ("10.0.0.0/", "number of bits"),
        ("fe80::1%eth0/64", "number of bits"),
        ("", "add a prefix"),
        ("１0.0.0.0/8", "not a CIDR"),  # a digit of another script
    ],
)
def test_not_a_cidr(text: str, phrase: str) -> None:
    with pytest.raises(ValueError, match=phrase):
        validation.parse_cidr(text)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        ("10.1.0.0/16", "10.0.0.0/8", True),
        ("10.0.0.0/8", "10.0.0.0/8", False),  # equal leaves nothing
        ("10.0.0.0/7", "10.0.0.0/8", False),
        ("11.0.0.0/16", "10.0.0.0/8", False),
        ("fd00::/64", "10.0.0.0/8", False),
        ("fd00::/64", "fd00::/8", True),
        ("10.0.0.0/16", "::/0", False),
    ],
)
def test_exceptions_lie_strictly_inside(part: str, whole: str, expected: bool) -> None:  # noqa: FBT001
    networks = validation.parse_cidr(part), validation.parse_cidr(whole)
    assert validation.inside(*networks) is expected
