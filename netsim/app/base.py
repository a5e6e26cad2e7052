"""What a change starts from: the commit at which it left its base, or a folder.

``find_base(BaseRevision("origin/main"), ("manifests/",))`` has the manifests as
``4f2a1c9...:./manifests/`` and reads documents as that commit has them.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from netsim.app.input import STDIN
from netsim.errors import LoadError, RequestError
from netsim.loader.sources.files import is_folder
from netsim.loader.sources.sources import has_manifests, is_ref
from netsim.loader.sources.texts import FileTree, Revision, Texts


class BaseRevision(Struct, frozen=True):
    """The revision that a change is to be merged into, such as ``origin/main``."""

    name: str


class BaseFolder(Struct, frozen=True):
    """A folder with a copy of the current one, as it was before the change."""

    path: str


class Base(Struct, frozen=True):
    """The input before a change.

    ``before`` and ``now`` are the paths to read on either side: one that a side lacks was
    added or removed with all that is in it.  ``commit`` is empty for a folder.
    """

    title: str
    texts: Texts
    before: tuple[str, ...]
    now: tuple[str, ...]
    commit: str = ""


def choose_base(revision: str | None, folder: str | None) -> BaseRevision | BaseFolder:
    """What a change starts from.  Raises :class:`RequestError` for none and for both."""
    if revision and not folder:
        return BaseRevision(revision)
    if folder and not revision:
        return BaseFolder(folder)
    raise RequestError("give a base revision or a base folder: where the change starts", "base")


def find_base(base: BaseRevision | BaseFolder, paths: tuple[str, ...]) -> Base:
    """What some paths were before a change.

    Raises :class:`RequestError` for paths that have no state before, and for a base that
    cannot be found.
    """
    for path in paths:
        if path == STDIN or (is_ref(path) and not Path(path).exists()):
            wrong = "standard input" if path == STDIN else f"{path!r}, a git revision,"
            raise RequestError(f"{wrong} has no state before the change: name files or folders")
    match base:
        case BaseFolder(path=folder):
            if not is_folder(Path(folder)):
                raise RequestError(f"{folder!r} is no folder", "base_dir")
            return _divide(folder, FileTree(folder), paths)
        case BaseRevision(name=name):
            from netsim.loader.sources.git import GitError, abbreviate, find_merge_base

            try:
                commit = find_merge_base(name)
            except GitError as error:
                raise RequestError(error.message, "base") from error
            short = abbreviate(commit)
            return _divide(short, Revision(short), paths, commit)


def _divide(title: str, texts: Texts, paths: tuple[str, ...], commit: str = "") -> Base:
    found = [(texts.locate(path), path) for path in paths]
    try:
        sides = [(has_manifests(was), has_manifests(now)) for was, now in found]
    except LoadError as error:
        raise RequestError(error.message, "base") from error
    # What neither side has is no change: reading it says what is wrong.
    before = [was for (was, _), (had, has) in zip(found, sides, strict=True) if had or not has]
    now = [now for (_, now), (had, has) in zip(found, sides, strict=True) if has or not had]
    return Base(title, texts, tuple(before), tuple(now), commit)
