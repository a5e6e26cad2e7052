"""Manifests as a git revision has them: ``main:manifests/``, without a checkout.

A revision is read as the folder of its checkout would be: links are followed within the tree,
each folder is entered once.  What the revision cannot answer for, a submodule or a link that
leaves the tree, is :class:`Unreadable`.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cache
from pathlib import PurePosixPath
from threading import Timer

from msgspec import Struct
from msgspec.structs import replace

from netsim.errors import LoadError
from netsim.loader.sources.files import LARGEST

_MANIFESTS = (".yaml", ".yml", ".json")
_WITHOUT_SUFFIX = "Kustomization"
_TIMEOUT = 60
_SHORT = 12
"""Characters of a commit that tell it from others."""
_MOST_LINKS = 40
"""Links that Linux follows on one way before it takes them for a circle."""

LARGEST_OBJECT = LARGEST
"""Bytes of a file, or of a folder's list, that are read."""

_OFFLINE = {
    "GIT_NO_LAZY_FETCH": "1",
    # Older versions of git know only this one: no protocol to fetch by is allowed.
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
}
"""What is not there stays so: objects that a partial clone left out are not fetched."""


class GitError(LoadError):
    """A revision, or a path in it, that cannot be read."""


class NothingThereError(GitError):
    """A path at which a revision has no file, or a folder without manifests."""


class Blob(Struct, frozen=True):
    """A file of a revision; ``path`` counts from the top of the repository.

    ``origin`` is the same for every name of a file: ``COMMIT:PATH`` once links are followed.
    ``is_named`` says that it was asked for by its own name, not by that of a folder.
    """

    path: PurePosixPath
    data: bytes
    origin: str
    is_named: bool = False


class Unreadable(Struct, frozen=True):
    """What a revision names and does not hold, and why that is."""

    path: PurePosixPath
    reason: str


class _Entry(Struct, frozen=True):
    """An object in a tree; ``mode`` tells files, folders, links and submodules apart."""

    mode: str
    name: str

    @property
    def is_folder(self) -> bool:
        """Whether it is a tree."""
        return self.mode == "40000"

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return self.mode.startswith("120")

    @property
    def is_submodule(self) -> bool:
        """Whether it is a commit of another repository."""
        return self.mode.startswith("160")


class _Place(Struct, frozen=True):
    """Where a path leads, once its links are followed."""

    path: PurePosixPath
    entry: _Entry


class _NowhereError(LoadError):
    """A path that leads to nothing."""


class _OutsideError(LoadError):
    """A path that leads out of the tree: what is there is not known."""


class _MissingError(GitError):
    """An object that the repository lacks, or that is too large to be read."""


_TOP = PurePosixPath()


def blobs(text: str) -> Iterator[Blob | Unreadable]:
    """The files below ``REVISION:PATH``, in the order of a folder; raises :class:`GitError`.

    As git has it, the path counts from the top of the repository, and one that starts with
    ``./`` or ``../`` from the current folder.  Hidden folders are left out.
    """
    revision, _, path = text.partition(":")
    commit = _commit(revision)
    folder = _from_top(path)
    with _reading(commit) as tree:
        missing = f"no file at '{path or '/'}' in revision '{revision}'"
        try:
            start = tree.resolve(folder)
        except _NowhereError as error:
            raise NothingThereError(missing) from error
        except _OutsideError as error:
            raise GitError(f"{missing}: {error.message}") from error
        if not start.entry.is_folder:
            found = tree.blob(folder, start)
            yield replace(found, is_named=True) if isinstance(found, Blob) else found
            return
        is_empty = True
        for each in tree.manifests(folder, start, set()):
            is_empty = False
            yield each
    if is_empty:
        message = f"{missing}: the folder holds no .yaml, .yml or .json file"
        raise NothingThereError(message)


def list_names(text: str) -> tuple[str, ...]:
    """The names in the folder ``REVISION:PATH``, sorted; none where there is no folder.

    Raises :class:`GitError`.
    """
    revision, _, path = text.partition(":")
    with _reading(_commit(revision)) as tree:
        try:
            place = tree.resolve(_from_top(path))
        except (_NowhereError, _OutsideError):
            return ()
        return tree.list_names(place) if place.entry.is_folder else ()


_SHALLOW = (
    "this shallow clone: fetch the whole history (fetch-depth: 0 of actions/checkout, "
    "GIT_DEPTH: 0 of GitLab)"
)


def find_merge_base(revision: str) -> str:
    """The commit at which the current branch left another.

    Raises :class:`GitError`, which tells a history that was cut off from one that never met.
    """
    is_cut_off = _git("rev-parse", "--is-shallow-repository").stdout.strip() == b"true"
    try:
        commit = _commit(revision)
    except GitError as error:
        if is_cut_off:
            raise GitError(f"'{revision}' is not in {_SHALLOW}") from error
        raise
    done = _git("merge-base", commit, "HEAD")
    if done.returncode == 0:
        return done.stdout.decode().strip()
    where = f" in {_SHALLOW}" if is_cut_off else ""
    raise GitError(f"'{revision}' and HEAD have no commit in common{where}")


def abbreviate(commit: str) -> str:
    """The first characters of a commit; all of them where a branch or a tag has these as name.

    To git a name comes before the beginning of a hash, and whoever may push can choose one.
    """
    short = commit[:_SHORT]
    done = _git("rev-parse", "--verify", "--quiet", f"{short}^{{commit}}")
    return short if done.stdout.decode().strip() == commit else commit


def find_head() -> str:
    """The commit that is checked out.  Raises :class:`GitError`."""
    return _commit("HEAD")


def find_top() -> str:
    """The top of the working tree.  Raises :class:`GitError`."""
    return _find_top(os.getcwd())  # noqa: PTH109


def find_in_checkout(path: str) -> str:
    """The path of the working tree that a path of a revision stands for.

    Raises :class:`GitError`.
    """
    return os.path.join(find_top(), _from_top(path))  # noqa: PTH118


@cache
def _find_top(folder: str) -> str:  # noqa: ARG001
    """The top of the working tree that a folder, the current one, is in."""
    done = _git("rev-parse", "--show-toplevel")
    if done.returncode:
        raise GitError("no working tree")
    return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")


def _commit(revision: str) -> str:
    done = _git(
        "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    # Of "^main" git says what it leaves out.
    if done.returncode == 0 and not done.stdout.startswith(b"^"):
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
        shown = _git("rev-parse", "--show-prefix").stdout
        start = shown.decode("utf-8", "surrogateescape").removesuffix("\n")
    parts: list[str] = []
    for part in PurePosixPath(start, path.strip("/")).parts:
        if part == "..":
            if not parts:
                raise GitError(f"'{path}' is outside of the repository")
            parts.pop()
        else:
            parts.append(part)
    return PurePosixPath(*parts)


class _Tree:
    """The tree of a commit, of which only what is asked for is read."""

    def __init__(self, commit: str, root: str, process: subprocess.Popen[bytes]) -> None:
        self._commit = commit
        self._root = _Place(_TOP, _Entry("40000", root))
        self._process = process
        self._listed: dict[str, dict[str, _Entry]] = {}

    def manifests(
        self, shown: PurePosixPath, folder: _Place, entered: set[PurePosixPath]
    ) -> Iterator[Blob | Unreadable]:
        """The manifests in a folder, sorted, under the names by which they are reached.

        ``entered`` are the folders that were read before, by whatever name.
        """
        if folder.path in entered:
            return
        entered.add(folder.path)
        for name, entry in sorted(self._list(folder).items()):
            own, is_hidden = shown / name, name.startswith(".")
            is_manifest = own.suffix.lower() in _MANIFESTS or name == _WITHOUT_SUFFIX
            try:
                place = self.resolve(folder.path / name)
            except (_OutsideError, _NowhereError) as error:
                # It may be a folder of manifests.
                if is_manifest or not is_hidden:
                    yield Unreadable(own, _explain(entry, error))
                continue
            if place.entry.is_folder:
                if not is_hidden:
                    yield from self.manifests(own, place, entered)
            elif is_manifest:
                yield self.blob(own, place)

    def list_names(self, folder: _Place) -> tuple[str, ...]:
        """The names in a folder, sorted."""
        return tuple(sorted(self._list(folder)))

    def blob(self, shown: PurePosixPath, place: _Place) -> Blob | Unreadable:
        """A file, under the name by which it is reached."""
        try:
            data = self._read(place.entry.name)
        except _MissingError as error:
            return Unreadable(shown, error.message)
        return Blob(shown, data, f"{self._commit}:{place.path}")

    def resolve(self, path: PurePosixPath) -> _Place:
        """Where a path leads.  Raises ``_NowhereError``, ``_OutsideError``."""
        places, todo, links = [self._root], [*reversed(path.parts)], 0
        while todo:
            part = todo.pop()
            if part == "..":
                if len(places) == 1:
                    raise _OutsideError("leads out of the repository")
                places.pop()
                continue
            here = places[-1]
            entry = self._list(here).get(part) if here.entry.is_folder else None
            if entry is None:
                raise _NowhereError("leads to nothing")
            own = here.path / part
            if entry.is_submodule:
                raise _OutsideError(f"{own} is a submodule, {_NOT_HELD}")
            if not entry.is_link:
                places.append(_Place(own, entry))
                continue
            links += 1
            if links > _MOST_LINKS:
                raise _NowhereError("leads in a circle")
            target = self._read(entry.name).decode("utf-8", "surrogateescape")
            if target.startswith("/"):
                raise _OutsideError(f"leads out of the repository, to {target}")
            todo += reversed(PurePosixPath(target).parts)
        return places[-1]

    def _list(self, folder: _Place) -> dict[str, _Entry]:
        """The entries of a folder, which git writes as ``mode name NUL hash``."""
        tree = folder.entry.name
        if tree in self._listed:
            return self._listed[tree]
        data, at = self._read(tree), 0
        entries: dict[str, _Entry] = {}
        while at < len(data):
            end = data.index(b"\0", at)
            mode, _, name = data[at:end].partition(b" ")
            at = end + 1 + len(tree) // 2
            shown = name.decode("utf-8", "surrogateescape")
            entries[shown] = _Entry(mode.decode(), data[end + 1 : at].hex())
        self._listed[tree] = entries
        return entries

    def _read(self, name: str) -> bytes:
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None  # noqa: S101
        assert answers is not None  # noqa: S101
        try:
            requests.write(f"{name}\n".encode())
            requests.flush()
        except OSError as error:
            raise self._gone() from error
        head = answers.readline().split()
        if len(head) == 2:
            raise _MissingError(
                f"git object {name} is missing from the repository: in a partial clone, "
                "fetch it first"
            )
        if len(head) != 3:
            raise self._gone()
        size = int(head[2])
        if size > LARGEST_OBJECT:
            while size > 0 and (passed := answers.read(min(size + 1, 1 << 20))):
                size -= len(passed)
            raise _MissingError(f"larger than {LARGEST_OBJECT} bytes")
        data = answers.read(size + 1)
        if len(data) != size + 1:
            raise self._gone()
        return data[:-1]

    def _gone(self) -> GitError:
        if self._process.wait() < 0:
            return GitError(f"git gave no answer in {_TIMEOUT} seconds")
        return GitError(
            "git cannot read the repository: an object is missing, or cannot be read"
        )


_NOT_HELD = "whose files the revision does not hold"


def _explain(entry: _Entry, error: LoadError) -> str:
    if entry.is_submodule:
        return f"a submodule, {_NOT_HELD}"
    return f"a link that cannot be followed: {error.message}"


@contextmanager
def _reading(commit: str) -> Iterator[_Tree]:
    """One git for everything that is read, as starting it takes longer than reading a file."""
    root = _git("rev-parse", "--verify", "--quiet", f"{commit}^{{tree}}")
    if root.returncode:
        raise GitError(f"the tree of {commit} is missing from the repository")
    process = subprocess.Popen(
        ["git", "cat-file", "--batch"],  # noqa: S607
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | _OFFLINE,
    )
    timer = Timer(_TIMEOUT, process.kill)
    timer.daemon = True
    timer.start()
    try:
        yield _Tree(commit, root.stdout.decode().strip(), process)
    finally:
        timer.cancel()
        process.kill()
        process.communicate()


def _git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603
            ["git", *arguments],  # noqa: S607
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
            env=os.environ | _OFFLINE,
        )
    except FileNotFoundError as error:
        raise GitError(
            "no such file, and git is not installed to look for a revision"
        ) from error
    except ValueError as error:
        raise GitError("no such file, and no git revision: it holds a NUL") from error
    except subprocess.TimeoutExpired as error:
        raise GitError(f"git gave no answer in {_TIMEOUT} seconds") from error
