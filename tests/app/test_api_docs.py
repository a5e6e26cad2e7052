"""The examples of ``docs/api.md`` say what they print."""

from __future__ import annotations

import doctest
import shutil
from pathlib import Path

import pytest

from tests.cli.command import MANIFESTS, ROOT


def test_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (ROOT / "manifests", ROOT / "scenarios"):
        shutil.copytree(folder, tmp_path / folder.name)
    for name in ("half", "shop", "tiers", "tiers-new"):
        shutil.copytree(MANIFESTS / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    test = doctest.DocTestParser().get_doctest(text, {}, "api.md", "docs/api.md", 0)
    failures: list[str] = []
    ran = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=failures.append)
    assert ran.attempted > 20
    assert not failures, "".join(failures)
