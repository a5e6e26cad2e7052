from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from tests.fakes.apiserver import kubectl


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The folders of scripts and of PATH, both empty."""
    scripts, path = tmp_path / "scripts", tmp_path / "path"
    scripts.mkdir()
    path.mkdir()
    monkeypatch.setattr(sysconfig, "get_path", {"scripts": str(scripts)}.__getitem__)
    monkeypatch.setenv("PATH", str(path))
    return scripts, path


def test_the_wheel_comes_first(places: tuple[Path, Path]) -> None:
    assert kubectl.find() is None
    for folder in reversed(places):
        file = folder / "kubectl"
        file.touch(mode=0o755)
        assert kubectl.find() == file
