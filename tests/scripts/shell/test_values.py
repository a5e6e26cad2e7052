from __future__ import annotations

import pytest

from netsim.scripts.shell.values import TEXT, print_format

PRINTED: tuple[tuple[list[str], str], ...] = (
    (["a\\n"], "a\n"),
    (["%s-%s", "a", "b"], "a-b"),
    # Once more for each round of arguments, and empty where they end.
    (["%s,", "a", "b"], "a,b,"),
    (["%s-%s;", "a", "b", "c"], "a-b;c-;"),
    (["%%%d", "3"], "%3"),
    (["no more", "a"], "no more"),
    (["%s", "a\\n"], "a\\n"),
    (["%b", "a\\n"], "a\n"),
    (["\\101"], "A"),
    (["%s", TEXT], TEXT),
    ([], ""),
)


@pytest.mark.parametrize(("arguments", "expected"), PRINTED)
def test_printf(arguments: list[str], expected: str) -> None:
    assert print_format(arguments) == expected
