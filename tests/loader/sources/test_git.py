"""Manifests of a git revision."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from netsim.loader.load import load
from netsim.loader.sources.git import GitError, blobs
from netsim.loader.sources.sources import is_ref


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two revisions, ``v1`` and ``main``, and a file that is in neither."""
    root = tmp_path / "repository"
    root.mkdir()
    monkeypatch.chdir(root)
    for variable in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    git("init", "-q", "-b", "main")
    write("apps/web.yaml", "one")
    write("apps/deep/api.yml", "api")
    write("apps/.hidden/x.yaml", "no")
    write("apps/readme.md", "no")
    Path("apps/link.yaml").symlink_to("web.yaml")
    commit("first")
    git("tag", "v1")
    write("apps/web.yaml", "two")
    commit("second")
    write("apps/new.yaml", "no")
    return root


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True)


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    document = f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {text}}}\n"
    Path(name).write_text(document, encoding="utf-8")


def commit(message: str) -> None:
    git("add", ".")
    git("-c", "user.name=n", "-c", "user.email=e", "commit", "-q", "-m", message)


FOUND = [
    ("main:apps", ["apps/deep/api.yml", "apps/web.yaml"]),
    ("main:apps/", ["apps/deep/api.yml", "apps/web.yaml"]),
    ("v1:", ["apps/deep/api.yml", "apps/web.yaml"]),
    ("HEAD~1:apps/web.yaml", ["apps/web.yaml"]),
    ("main:apps/readme.md", ["apps/readme.md"]),  # named as such
    ("main:./apps/deep", ["apps/deep/api.yml"]),
]


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_what_is_found(text: str, expected: list[str]) -> None:
    assert [str(blob.path) for blob in blobs(text)] == expected


@pytest.mark.usefixtures("repository")
def test_a_path_from_the_current_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("apps/deep")
    assert [str(blob.path) for blob in blobs("main:./")] == ["apps/deep/api.yml"]
    assert [str(blob.path) for blob in blobs("main:../web.yaml")] == ["apps/web.yaml"]
    assert [str(blob.path) for blob in blobs("main:apps/deep")] == ["apps/deep/api.yml"]


@pytest.mark.usefixtures("repository")
def test_the_revision_counts_and_not_the_working_tree() -> None:
    for revision, name in (("v1", "one"), ("main", "two")):
        (space,) = load([f"{revision}:apps/web.yaml"]).resources.namespaces
        assert space.name == name
        assert str(space.location) == f"{revision}:apps/web.yaml:3"


REFUSED = [
    ("mian:apps", "'mian' is not a git revision; did you mean main?"),
    ("main:nothing", "no file at 'nothing' in revision 'main'"),
    ("main:../x", "outside of the repository"),
]


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_what_is_not_found(text: str, said: str) -> None:
    with pytest.raises(GitError) as caught:
        list(blobs(text))
    assert said in str(caught.value)


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(GitError, match="no git repository"):
        list(blobs("main:apps"))


@pytest.mark.usefixtures("repository")
def test_a_path_that_exists_comes_first() -> None:
    write("main:apps", "path")
    (space,) = load(["main:apps"]).resources.namespaces
    assert space.name == "path"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("main:x", True), ("a/b:", True), (":x", False), ("./a:b", False), ("-x:y", False)],
)
def test_the_form_of_a_revision(text: str, expected: bool) -> None:  # noqa: FBT001
    assert is_ref(text) is expected
