"""The folder of a document, and what of the input lies in it."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import Struct

from netsim.intent.document.statements import Depth
from netsim.model.bundle import Bundle
from netsim.model.finding import Related
from netsim.model.location import Location
from netsim.words.nearness import closest

SUFFIXES = (".yaml", ".yml", ".json")
_OUTSIDE = ".."
_WILDCARDS = frozenset("*?[")


class Folder(Struct, frozen=True):
    """Files of the input in a document's folder or below.

    ``files`` are their paths relative to the folder, each with its name in the input.
    """

    files: dict[str, str]

    @classmethod
    def of(cls, document: str, bundle: Bundle) -> Folder:
        """The folder that a document is in; links are followed, as for reading the input."""
        own = os.path.realpath(document).rpartition(os.sep)[0] + os.sep
        resolved = zip(bundle.files, _resolve(bundle.files), strict=True)
        return cls(
            {
                path.removeprefix(own).replace(os.sep, "/"): name
                for name, path in resolved
                if path.startswith(own)
            }
        )

    def holds(self, file: str) -> bool:
        """Whether a file of the input lies in it."""
        return file in self.files.values()

    def at(self, path: str, depth: Depth = Depth.TREE) -> tuple[str, ...]:
        """The relative paths of a file, or of the files of a folder; ``*`` is expanded."""
        wanted = posixpath.normpath(path)
        return tuple(
            relative
            for relative in self.files
            if _matches(relative, wanted) or _is_in(relative, wanted, depth)
        )

    @property
    def known(self) -> tuple[str, ...]:
        """Every file and folder, as a document writes them."""
        parents = {
            f"{parent}/" for path in self.files for parent in _parents(path) if parent != "."
        }
        return (*self.files, *sorted(parents))

    def nearest(self, path: str) -> str | None:
        """The file or folder that may be meant; that both end in ``.yaml`` says nothing."""
        stems = {_stem(known): known for known in self.known}
        for wanted in (posixpath.basename(_stem(path)), _stem(path)):
            if close := closest(wanted, stems):
                return stems[close]
        return None

    def related(self, nearest: str | None) -> tuple[Related, ...]:
        """The file that may be meant, or the first one of the folder."""
        found = self.at(nearest)[:1] if nearest else ()
        return tuple(Related(Location(self.files[each], 0), "the nearest") for each in found)


def _resolve(files: Iterable[str]) -> Iterator[str]:
    """The paths with links followed; files of one folder have that part in common."""
    folders: dict[str, str] = {}
    for file in files:
        # For each file of the input, where a Path takes far longer.
        folder, name = os.path.split(file)
        if name in ("", ".", "..") or os.path.islink(file):  # noqa: PTH114
            yield os.path.realpath(file)
            continue
        if folder not in folders:
            folders[folder] = os.path.realpath(folder)
        yield os.path.join(folders[folder], name)  # noqa: PTH118


def is_visible(path: str) -> bool:
    """Whether the input would show it: a manifest or a folder, neither outside nor hidden."""
    normal = posixpath.normpath(path)
    parts = normal.split("/")
    hidden = any(part.startswith(".") and part != "." for part in parts)
    return not (posixpath.isabs(path) or parts[0] == _OUTSIDE or hidden)


def is_manifest(path: str) -> bool:
    """Whether a path ends like a file that is read when its folder is."""
    return path.lower().endswith(SUFFIXES)


def _stem(path: str) -> str:
    stem = posixpath.normpath(path)
    return posixpath.splitext(stem)[0] if is_manifest(stem) else stem


def _matches(relative: str, wanted: str) -> bool:
    # Most paths have no wildcard, and a pattern has to be compiled.
    is_pattern = _WILDCARDS.intersection(wanted)
    return fnmatchcase(relative, wanted) if is_pattern else relative == wanted


def _is_in(relative: str, folder: str, depth: Depth) -> bool:
    if depth is not Depth.TREE:
        return folder == (posixpath.dirname(relative) or ".")
    return folder == "." or relative.startswith(f"{folder}/")


def _parents(path: str) -> list[str]:
    """The folders around a file, the nearest first."""
    return [parent.as_posix() for parent in Path(path).parents]
