import pytest

from netsim.intent.document.markdown import find_code, find_leading_bold, strip_marks


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("**Runner** `pool`", "Runner pool"),
        ("`WARM_POOL_SIZE` and WARM_POOL_SIZE", "WARM_POOL_SIZE and WARM_POOL_SIZE"),
        ("_all_ of __them__ *now*", "all of them now"),
        ("[`a.yaml`](../a.yaml) and [b](c)", "a.yaml and b"),
        ("**`a`** and __b `c`__", "a and b c"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("`*.yaml` \\*", "*.yaml *"),  # no emphasis in code, nor after a backslash
        ("over\n  two lines", "over two lines"),
    ],
)
def test_plain(text: str, wanted: str) -> None:
    assert strip_marks(text) == wanted


def test_code_spans_end_with_as_many_backquotes() -> None:
    assert find_code("`a` and `` b`c `` and ` open") == ("a", "b`c")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("**A `b`** c", "A b"), ("__A__ c", "A"), ("a **b**", None), ("*A* c", None)],
)
def test_leading_bold(text: str, wanted: str | None) -> None:
    assert find_leading_bold(text) == wanted
