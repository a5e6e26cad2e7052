"""The examples of the documentation say what they print."""

from __future__ import annotations

import doctest
import shutil
from pathlib import Path

import pytest

from tests.cli.command import MANIFESTS, ROOT


def run_examples(page: str, least: int) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    test = doctest.DocTestParser().get_doctest(text, {}, page, f"docs/{page}", 0)
    failures: list[str] = []
    ran = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=failures.append)
    assert ran.attempted > least
    assert not failures, "".join(failures)


def test_the_python_api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (ROOT / "manifests", ROOT / "scenarios"):
        shutil.copytree(folder, tmp_path / folder.name)
    for name in ("half", "shop", "tiers", "tiers-new"):
        shutil.copytree(MANIFESTS / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    run_examples("api.md", 20)


def test_how_it_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8")
    (tmp_path / "shop.yaml").write_text(text.split("```yaml\n")[1].split("```")[0], "utf-8")
    monkeypatch.chdir(tmp_path)
    run_examples("how-it-works.md", 15)
