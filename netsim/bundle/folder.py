"""The folder of a document, and what of the input lies in it."""

from __future__ import annotations

import posixpath
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


class Folder(Struct, frozen=True):
    """Files of the input in a document's folder or below.

    ``files`` are their paths relative to the folder, each with its name in the input.
    """

    files: dict[str, str]

    @classmethod
    def of(cls, document: str, bundle: Bundle) -> Folder:
        """The folder that a document is in; links are followed, as for reading the input."""
        own = Path(document).resolve().parent
        resolved = ((name, Path(name).resolve()) for name in bundle.files)
        return cls(
            {
                path.relative_to(own).as_posix(): name
                for name, path in resolved
                if path.is_relative_to(own)
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
            if fnmatchcase(relative, wanted) or _is_in(relative, wanted, depth)
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


def _is_in(relative: str, folder: str, depth: Depth) -> bool:
    parents = _parents(relative)
    return folder in (parents if depth is Depth.TREE else parents[:1])


def _parents(path: str) -> list[str]:
    """The folders around a file, the nearest first."""
    return [parent.as_posix() for parent in Path(path).parents]
