"""Manifests as a git revision has them: ``main:manifests/``, without a checkout."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import PurePosixPath

from msgspec import Struct

from netsim.errors import LoadError

_FILE, _TIMEOUT = "blob", 60


class GitError(LoadError):
    """A revision, or a path in it, that cannot be read."""


class Blob(Struct, frozen=True):
    """A file of a revision; ``path`` counts from the top of the repository."""

    path: PurePosixPath
    data: bytes


class _Listed(Struct, frozen=True):
    mode: str
    kind: str
    name: str
    path: PurePosixPath


def blobs(text: str) -> Iterator[Blob]:
    """The files below ``REVISION:PATH``, sorted; raises :class:`GitError`.

    As git has it, the path counts from the top of the repository, and one that starts with
    ``./`` or ``../`` from the current folder.  Hidden folders, links and submodules are left
    out.
    """
    revision, _, path = text.partition(":")
    commit = _commit(revision)
    folder = _from_top(path)
    found = [entry for entry in _tree(commit, folder) if _is_wanted(entry, folder)]
    if not found:
        raise GitError(f"no file at '{path or '/'}' in revision '{revision}'")
    contents = _contents([entry.name for entry in found])
    for entry, data in zip(found, contents, strict=True):
        yield Blob(entry.path, data)


def _commit(revision: str) -> str:
    done = _git(
        "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    if done.returncode == 0:
        return done.stdout.decode().strip()
    if _git("rev-parse", "--git-dir").returncode:
        raise GitError(f"no such file, and no git repository to find '{revision}' in")
    names = _git("for-each-ref", "--format=%(refname:short)").stdout.decode().split()
    near = get_close_matches(revision, names, 3)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise GitError(f"no such file, and '{revision}' is not a git revision{hint}")


def _from_top(path: str) -> PurePosixPath:
    start = ""
    if path in (".", "..") or path.startswith(("./", "../")):
        start = _git("rev-parse", "--show-prefix").stdout.decode().strip()
    parts: list[str] = []
    for part in PurePosixPath(start, path.strip("/")).parts:
        if part == "..":
            if not parts:
                raise GitError(f"'{path}' is outside of the repository")
            parts.pop()
        else:
            parts.append(part)
    return PurePosixPath(*parts)


def _tree(commit: str, folder: PurePosixPath) -> Iterator[_Listed]:
    where = [] if folder == PurePosixPath() else [str(folder)]
    done = _git("ls-tree", "-r", "-z", "--full-tree", commit, "--", *where)
    for line in done.stdout.decode("utf-8", "surrogateescape").split("\0"):
        if line:
            described, _, path = line.partition("\t")
            mode, kind, name = described.split()
            yield _Listed(mode, kind, name, PurePosixPath(path))


def _is_wanted(entry: _Listed, folder: PurePosixPath) -> bool:
    if entry.kind != _FILE or entry.mode.startswith("120"):
        return False
    if entry.path == folder:
        return True
    if not entry.path.is_relative_to(folder):
        return False
    inside = entry.path.relative_to(folder)
    hidden = any(part.startswith(".") for part in inside.parts[:-1])
    return not hidden and inside.suffix.lower() in (".yaml", ".yml", ".json")


def _contents(names: Sequence[str]) -> Iterator[bytes]:
    """All in one call, as starting git takes longer than reading a file."""
    output = _git("cat-file", "--batch", stdin="".join(f"{name}\n" for name in names)).stdout
    at = 0
    for name in names:
        end = output.index(b"\n", at)
        parts = output[at:end].split()
        if len(parts) != 3:
            raise GitError(f"object {name} is missing from the repository")
        size = int(parts[2])
        yield output[end + 1 : end + 1 + size]
        at = end + 1 + size + 1


def _git(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603
            ["git", *arguments],  # noqa: S607
            input=stdin.encode(),
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except FileNotFoundError as error:
        raise GitError(
            "no such file, and git is not installed to look for a revision"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise GitError(f"git gave no answer in {_TIMEOUT} seconds") from error
