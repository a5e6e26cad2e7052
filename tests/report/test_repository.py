"""Paths as other programs count them."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsim.report.repository import Repository

HERE = Repository("/repo", "/repo/infra")


@pytest.mark.parametrize(
    ("file", "path", "uri"),
    [
        ("k8s/a.yaml", "infra/k8s/a.yaml", "infra/k8s/a.yaml"),
        ("./k8s//a.yaml", "infra/k8s/a.yaml", "infra/k8s/a.yaml"),
        ("../apps/a b.yaml", "apps/a b.yaml", "apps/a%20b.yaml"),
        ("/repo/x/a.yaml", "x/a.yaml", "x/a.yaml"),
        ("/other/a b.yaml", "/other/a b.yaml", "file:///other/a%20b.yaml"),
        ("../../up.yaml", "/up.yaml", "file:///up.yaml"),
        ("main:k8s/a.yaml", "k8s/a.yaml", "k8s/a.yaml"),
        ("ä#?%.yaml", "infra/ä#?%.yaml", "infra/%C3%A4%23%3F%25.yaml"),
        ("bad\udcff.yaml", "infra/bad\udcff.yaml", "infra/bad%FF.yaml"),
        ("<stdin>", "infra/<stdin>", "infra/%3Cstdin%3E"),
    ],
)
def test_paths(file: str, path: str, uri: str) -> None:
    assert (HERE.path(file), HERE.uri(file)) == (path, uri)


@pytest.mark.parametrize("kind", ["work tree", "clone"])
def test_the_top_is_where_git_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    mark = tmp_path / ".git"
    if kind == "work tree":
        mark.write_text("gitdir: elsewhere\n", encoding="utf-8")
    else:
        mark.mkdir()
    below = tmp_path / "infra" / "k8s"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert Repository.find() == Repository(str(tmp_path), str(below))


def test_outside_of_git_paths_count_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Repository.find().path("a.yaml") == "a.yaml"
