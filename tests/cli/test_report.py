"""The page as a file: exit codes, where it goes, and what it says where ``dot`` is missing."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import MANIFESTS, environment, netsim
from tests.project import ROOT
from tests.report.page.systems import write_shop


@pytest.mark.parametrize(
    ("arguments", "code", "title"),
    [
        ((str(ROOT / "manifests"),), 0, "netsim: passed"),
        (("shop", "--no-scenario"), 1, "netsim: failed"),
        (("half",), 2, "netsim: bad input"),
        (("nowhere",), 2, "netsim: bad input"),
    ],
)
def test_the_code_is_that_of_check(
    arguments: tuple[str, ...], code: int, title: str, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    page.write_text("old")
    done = netsim("report", *arguments, "-o", str(page))
    checked = netsim("check", *arguments)
    assert (done.code, done.out) == (code, "")
    assert (done.code, done.err) == (checked.code, checked.err)
    assert f"<title>{title}</title>" in page.read_text(encoding="utf-8")


def test_a_pipe_gets_the_page() -> None:
    done = netsim("report", "shop")
    assert done.out.startswith("<!DOCTYPE html>\n<html")
    assert done.out.endswith("</html>\n")


def test_a_terminal_does_not() -> None:
    shown, terminal = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "netsim", "report", "shop"],
        stdout=terminal,
        stderr=subprocess.PIPE,
        check=False,
        text=True,
        cwd=MANIFESTS,
        env=environment(),
        timeout=60,
    )
    os.close(terminal)
    os.close(shown)
    assert done.returncode == 2
    assert "give a file" in done.stderr


def test_a_place_that_cannot_be_written_is_told_at_once() -> None:
    done = netsim("report", "shop", "-o", "nowhere/report.html")
    assert (done.code, done.out) == (2, "")
    assert done.err == "nowhere/report.html: cannot be written: there is no folder nowhere\n"


def test_without_graphviz_the_rest_is_there(tmp_path: Path) -> None:
    write_shop(tmp_path)
    done = netsim("report", "k8s", "-s", "net.yaml", cwd=tmp_path, PATH=str(tmp_path))
    assert "Not drawn: dot is not on the PATH" in done.out
    assert "<svg" not in done.out
    assert "Books -&gt; Stock TCP 5433" in done.out


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    write_shop(tmp_path)
    options = ("-s", "net.yaml", "--select", "exposed", "--exit-zero")
    done = netsim("report", "k8s", *options, cwd=tmp_path)
    assert done.code == 0
    assert "Left out: 6 findings by --select (" in done.out


def test_what_is_shown_is_visible_and_gives_no_orders(tmp_path: Path) -> None:
    (tmp_path / "k8s").mkdir()
    (tmp_path / "k8s" / "##[error]\u202e.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\n"
        "spec: {containers: [{name: c}]}\n---\n"
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
        "metadata: {name: web, namespace: shop}\n"
        "spec:\n  podSelector: {}  # \u202e ##[error]\n  ingress: [{}]\n",
        encoding="utf-8",
    )
    done = netsim("report", "k8s", cwd=tmp_path)
    assert "\u202e" not in done.out
    assert "##[error]" not in done.out
    assert r"\u202e" in done.out
