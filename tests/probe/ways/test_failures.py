"""What a message of many lines says first."""

from __future__ import annotations

import pytest

from netsim.probe.ways.failures import first_line

LOG = "W1125 08:00:00.000000    4711 gcp.go:119] the gcp auth plugin is deprecated"
SKEW = "Warning: version difference between client (1.20) and server (1.33) exceeds the skew"
CONTAINER = 'Defaulted container "main" out of: main, proxy'


@pytest.mark.parametrize(
    ("lines", "first"),
    [
        (["", "  error: x  ", "y"], "error: x"),
        ([LOG, SKEW, CONTAINER, "Error from server (Forbidden): no"], None),
        (["Flag --x has been deprecated, use --y", "error: no"], None),
        # It says nothing else.
        ([LOG], LOG),
        ([], ""),
    ],
)
def test_first_line(lines: list[str], first: str | None) -> None:
    assert first_line("\n".join(lines)) == (lines[-1] if first is None else first)


def test_what_is_secret_or_long() -> None:
    assert "hush" not in first_line("error: token=hush")
    assert len(first_line("x" * 5000)) == 200


def test_what_a_login_plugin_says_is_not_told() -> None:
    said = "Unable to connect to the server: getting credentials: exec: exit status 7"
    assert first_line(f"my secret is hush\n{said}\n") == said
