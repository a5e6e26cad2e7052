"""Where documents are read: in the working tree, or as a git revision has them.

``WORKING_TREE.read(Path("README.md"))``; ``Revision("4f2a1c9").read(Path("README.md"))`` is
what this file was then.  Paths are those of the working tree for both.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from netsim.loader.sources.files import FileError, explain, read_text


class Texts(Protocol):
    """A place to read documents from."""

    def read(self, path: Path) -> str:
        """The content of a file, which is UTF-8.  Raises :class:`FileError`."""

    def list_folder(self, folder: Path) -> tuple[Path, ...]:
        """What is in a folder, sorted; nothing where there is none.

        Raises :class:`FileError` where it cannot be read.
        """

    def locate(self, path: str | Path) -> str:
        """The path of the input that a path of the working tree stands for."""


class FileTree(Struct, frozen=True):
    """Files as they are now; ``root`` holds a copy of the current folder, if it is not that."""

    root: str = ""

    def read(self, path: Path) -> str:
        """Reads a file."""
        return read_text(Path(self.locate(path)))

    def list_folder(self, folder: Path) -> tuple[Path, ...]:
        """Lists a folder; a link to nothing is no folder that is not there."""
        own = Path(self.locate(folder))
        try:
            return tuple(folder / each.name for each in sorted(own.iterdir()))
        except (FileNotFoundError, NotADirectoryError) as error:
            if not own.is_symlink():
                return ()
            raise FileError("a link to nothing") from error
        except (OSError, ValueError) as error:
            raise FileError(explain(error)) from error

    def locate(self, path: str | Path) -> str:
        """Where a path of the working tree is."""
        return os.path.join(self.root, os.path.relpath(path)) if self.root else str(path)  # noqa: PTH118


WORKING_TREE = FileTree()


class Revision(Struct, frozen=True):
    """The files as a commit has them."""

    commit: str

    def read(self, path: Path) -> str:
        """Reads a file of the commit."""
        from netsim.loader.sources.git import Blob, GitError, blobs

        try:
            found = next(blobs(self.locate(path)))
        except GitError as error:
            raise FileError(error.message) from error
        if not isinstance(found, Blob):
            raise FileError(f"cannot be read: {found.reason}")
        if not found.is_named:
            raise FileError("cannot be read: it is a folder")
        try:
            return found.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise FileError("cannot be read: it is not UTF-8") from error

    def list_folder(self, folder: Path) -> tuple[Path, ...]:
        """Lists a folder of the commit."""
        from netsim.loader.sources.git import GitError, list_names

        try:
            return tuple(folder / name for name in list_names(self.locate(folder)))
        except GitError as error:
            raise FileError(error.message) from error

    def locate(self, path: str | Path) -> str:
        """``COMMIT:PATH`` for a path of the working tree."""
        return f"{self.commit}:./{os.path.relpath(path)}"
