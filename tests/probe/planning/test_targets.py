from __future__ import annotations

import pytest

from netsim.probe.planning.targets import parse_host


@pytest.mark.parametrize(
    ("text", "name", "port", "known"),
    [
        ("192.0.2.1:443", "192.0.2.1", 443, 1),
        (" 192.0.2.1:443 ", "192.0.2.1", 443, 1),
        ("[2001:db8::1]:53", "2001:db8::1", 53, 1),
        # It need not be resolved here.
        ("no.such.name.invalid:80", "no.such.name.invalid", 80, 0),
        ("No.such.name.invalid.:80", "No.such.name.invalid.", 80, 0),
    ],
)
def test_host_and_port(text: str, name: str, port: int, known: int) -> None:
    found = parse_host(text)
    assert (found.name, found.port, len(found.addresses)) == (name, port, known)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com",
        ":80",
        "example.com:",
        "a:0",
        "a:65536",
        "2001:db8::1:53",
        "a b:1",
        "a/b:1",
        "http://a:1",
        # To a netcat, an option.
        "-l:80",
        "a..b:80",
        f"{'a' * 64}:80",
        "256.1.1.1:80",
        "10.1:80",
        "[:::]:80",
        "[a]:80",
        "münchen.example:80",
        # Digits, but not those of ASCII.
        "a:٨٠",
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="write HOST:PORT"):
        parse_host(text)
