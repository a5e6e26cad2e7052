"""``netsim eval --expect``: answers as tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Done, netsim

HEAD = "src,dst,protocol,port\n"
ALLOWED = "shop/web,shop/api,TCP,4000\n"
DENIED = "shop/web,shop/api,TCP,9090\n"
UNKNOWN = "shop/web,tools/cache,TCP,443\n"
REFUSED = "shop/wep,shop/api,TCP,1\n"


def ask(folder: Path, rows: str, *options: str) -> Done:
    file = folder / "q.csv"
    file.write_text(HEAD + rows, encoding="utf-8")
    return netsim("eval", "shop", "--queries", str(file), *options)


@pytest.mark.parametrize(
    ("rows", "expect", "code", "said"),
    [
        (ALLOWED, "allow", 0, []),
        (DENIED, "deny", 0, []),
        (DENIED, "allow", 1, ["2: shop/web -> shop/api TCP 9090: allow is expected, not deny"]),
        (ALLOWED + DENIED, "deny", 1, ["2: shop/web -> shop/api TCP 4000: deny is expected"]),
        (
            UNKNOWN,
            "allow",
            2,
            ["2: shop/web -> tools/cache TCP 443: allow is expected, not unk"],
        ),
        (UNKNOWN + DENIED, "allow", 1, ["TCP 9090: allow", "TCP 443: allow"]),
        (ALLOWED + REFUSED, "allow", 2, ["did you mean"]),
        (DENIED + REFUSED, "allow", 2, ["did you mean"]),
    ],
)
def test_exit_codes(tmp_path: Path, rows: str, expect: str, code: int, said: list[str]) -> None:
    done = ask(tmp_path, rows, "--expect", expect)
    assert done.code == code, done
    for text in said:
        assert text in done.err
    assert bool(done.err) is bool(said)
    assert done.out.startswith("src,dst,protocol,port,verdict\n")


def test_what_is_unknown_may_be_allowed(tmp_path: Path) -> None:
    options = ("--expect", "allow", "--allow-inconclusive")
    assert ask(tmp_path, UNKNOWN, *options).code == 0
    assert ask(tmp_path, UNKNOWN + DENIED, *options).code == 1


def test_no_question_has_no_answer(tmp_path: Path) -> None:
    assert ask(tmp_path, "").code == 0
    done = ask(tmp_path, "", "--expect", "allow")
    assert (done.code, done.out) == (2, "")
    assert "q.csv has no question" in " ".join(done.err.split())


def test_rejected_input_is_no_answer() -> None:
    ends = ("--src", "1.1.1.1", "--dst", "2.2.2.2", "--port", "1")
    assert netsim("eval", "half", *ends, "--expect", "allow").code == 2


def test_bad_usage(tmp_path: Path) -> None:
    done = ask(tmp_path, ALLOWED, "--expect", "maybe")
    assert (done.code, done.out) == (2, "")
    assert "'maybe' is not one of 'allow', 'deny'" in done.err
