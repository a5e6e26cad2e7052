"""Manifests of a git revision."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from netsim.loader.load import load
from netsim.loader.sources.git import GitError, blobs
from netsim.loader.sources.sources import is_ref, locate


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
    write("apps/new.yaml", "new")
    return root


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True)


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    document = f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {text}}}\n"
    Path(name).write_text(document, encoding="utf-8")


def commit(message: str) -> None:
    git("-c", "advice.addEmbeddedRepo=false", "add", ".")
    git("-c", "user.name=n", "-c", "user.email=e", "commit", "-q", "-m", message)


FOUND = [
    ("main:apps", ["apps/deep/api.yml", "apps/link.yaml", "apps/web.yaml"]),
    ("main:apps/", ["apps/deep/api.yml", "apps/link.yaml", "apps/web.yaml"]),
    ("v1:", ["apps/deep/api.yml", "apps/link.yaml", "apps/web.yaml"]),
    ("v1:apps/link.yaml", ["apps/link.yaml"]),
    ("HEAD~1:apps/web.yaml", ["apps/web.yaml"]),
    ("main:apps/readme.md", ["apps/readme.md"]),  # named as such
    ("main:./apps/deep", ["apps/deep/api.yml"]),
]


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_what_is_found(text: str, expected: list[str]) -> None:
    assert [str(blob.path) for blob in blobs(text)] == expected


def trim(place: str) -> str:
    """A place without the revision, so that a folder and a revision compare."""
    return place.removeprefix("main:")


LINKS = {
    "apps/linked.yaml": "../shared/one.yaml",
    "apps/chain.yaml": "linked.yaml",
    "apps/folder": "../shared/more",
    "apps/folder.yaml": "../shared/dotted",
    "apps/through.yaml": "folder/../one.yaml",
    "apps/circle": "..",
    "apps/.hidden-link": "/",
    "apps/.hidden-file.yaml": "../shared/one.yaml",
    "apps/.text": "../shared/none",
    "apps/to-readme": "readme.md",
    "apps/.more": "../shared/more",
    "apps/upper.YML": "../shared/one.yaml",
    "apps/api": "deep",
    "linked": "apps",
}


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("path", ["apps", ".", "linked", "linked/folder", "apps/chain.yaml"])
def test_a_revision_is_read_as_its_checkout_is(path: str) -> None:
    for name in ("one", "more/two", "more/three", "dotted/four"):
        write(f"shared/{name}.yaml", name.rpartition("/")[2])
    write("apps/deep.yaml", "order")
    for name, target in LINKS.items():
        Path(name).symlink_to(target)
    commit("links")
    folder, revision = load([path]), load([f"main:{path}"])
    assert not folder.diagnostics
    assert not revision.diagnostics
    read = [
        [trim(str(each.location)) for each in found.resources.namespaces]
        for found in (folder, revision)
    ]
    assert read[0] == read[1]
    assert read[0]
    assert folder.inventory == revision.inventory


UNREADABLE = [
    ("/etc/x.yaml", "link.yaml", "leads out of the repository, to /etc/x.yaml"),
    ("/etc", "folder", "leads out of the repository, to /etc"),
    ("../../other", "folder", "leads out of the repository"),
    ("nothing.yaml", "link.yaml", "leads to nothing"),
    ("web.yaml/x.yaml", "link.yaml", "leads to nothing"),
    ("nothing", "folder", "leads to nothing"),
    ("web.yaml/folder", "folder", "leads to nothing"),
    ("folder", "folder", "leads in a circle"),
    ("nothing", "v1.2", "leads to nothing"),
    ("self.yaml", "self.yaml", "leads in a circle"),
    ("part/x.yaml", "link.yaml", "apps/part is a submodule"),
]


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(("target", "name", "said"), UNREADABLE)
def test_a_link_that_cannot_be_followed_is_named(target: str, name: str, said: str) -> None:
    Path("apps/link.yaml").unlink()
    Path("apps", name).symlink_to(target)
    if "part" in target:
        submodule()
    commit("link")
    found = load(["main:apps"])
    messages = [str(error) for error in found.errors if name in str(error)]
    assert len(messages) == 1
    assert f"main:apps/{name}: cannot be read: a link that cannot be followed" in messages[0]
    assert said in messages[0]
    if not said.startswith("leads out") and "part" not in target:
        (same,) = (str(error) for error in load(["apps"]).errors)
        assert f"apps/{name}: cannot be read: a link that cannot be followed" in same
    assert found.resources.namespaces


def submodule() -> None:
    """A repository in the repository, at ``apps/part``."""
    git("init", "-q", "-b", "main", "apps/part")
    write("apps/part/x.yaml", "part")
    git("-C", "apps/part", "add", ".")
    identity = ("-c", "user.name=n", "-c", "user.email=e")
    git("-C", "apps/part", *identity, "commit", "-q", "-m", "part")


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("name", ["main:apps", "main:apps/web.yaml", "main:./apps"])
def test_a_revision_lies_where_its_checkout_does(name: str) -> None:
    expected = Path(name.partition(":")[2]).resolve()
    assert Path(locate(name)).resolve() == expected


def test_other_names_lie_where_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    for name in ("apps", "-", "<stdin>", "main:apps", "main:../../x"):
        assert locate(name) == name


@pytest.mark.usefixtures("repository")
def test_a_submodule_is_named() -> None:
    submodule()
    commit("submodule")
    (error,) = load(["main:apps"]).errors
    assert str(error).startswith("main:apps/part: cannot be read: a submodule")
    with pytest.raises(GitError, match="apps/part is a submodule"):
        list(blobs("main:apps/part/x.yaml"))
    assert not load(["main:apps/deep"]).errors


def test_nothing_is_fetched(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("config", "uploadpack.allowFilter", "true")
    git("clone", "-q", "--no-checkout", "--filter=blob:none", repository.as_uri(), "../partial")
    monkeypatch.chdir("../partial")
    found = load(["origin/main:apps"])
    assert not found.resources.namespaces
    assert "missing" in str(found.errors[0])


@pytest.mark.usefixtures("repository")
def test_a_file_of_two_arguments_is_read_once() -> None:
    assert load(["main:apps", "main:apps/web.yaml"]).inventory.files == 2


@pytest.mark.usefixtures("repository")
def test_a_nul_is_no_traceback() -> None:
    assert "NUL" in str(load(["main\0:apps"]).errors[0])
    assert "no file at" in str(load(["main:a\0pps"]).errors[0])


@pytest.mark.usefixtures("repository")
def test_a_file_that_is_too_large_takes_nothing_from_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("apps/large.yaml", "x" * 4000)
    commit("large")
    monkeypatch.setattr("netsim.loader.sources.git.LARGEST_OBJECT", 3000)
    found = load(["main:apps"])
    assert [str(error) for error in found.errors] == [
        "main:apps/large.yaml: cannot be read: larger than 3000 bytes"
    ]
    assert len(found.resources.namespaces) == 3


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
    # To git it is all but main, and no commit.
    ("^main:apps", "'^main' is not a git revision"),
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
