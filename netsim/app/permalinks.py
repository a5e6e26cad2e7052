"""Links to lines of files as a commit has them, on the forge that shows a review."""

from __future__ import annotations

import os
from pathlib import PurePath
from urllib.parse import quote

from msgspec import Struct

from netsim.model.location import Location


class Permalinks(Struct, frozen=True):
    """Where a forge shows the files of two commits: the one at hand, and its base.

    ``repository`` is the address before the commit; ``top`` is the top of the working tree.
    """

    repository: str
    head: str
    base: str
    top: str

    def find(self, location: Location) -> str:
        """The address of a place in the input; empty where the forge has none."""
        commit, colon, path = location.file.partition(":")
        if colon and commit and self.base.startswith(commit):
            return self._write(self.base, path, location.line)
        relative = os.path.relpath(location.file, self.top)
        if relative.startswith(os.pardir):
            return ""
        return self._write(self.head, PurePath(relative).as_posix(), location.line)

    def _write(self, commit: str, path: str, line: int) -> str:
        anchor = f"#L{line}" if line else ""
        return f"{self.repository}/{commit}/{quote(path)}{anchor}"


def find_permalinks(repository: str, base: str) -> Permalinks | None:
    """The links of the current checkout; None where the forge is not known."""
    if not repository:
        return None
    from netsim.loader.sources.git import GitError, find_head, find_top

    try:
        return Permalinks(repository.rstrip("/"), find_head(), base, find_top())
    except GitError:
        return None
