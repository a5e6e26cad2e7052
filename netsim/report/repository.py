"""Files as other programs find them: by their path from the top of the repository.

In ``infra``, a folder of a repository, ``./k8s/web.yaml`` is ``infra/k8s/web.yaml``.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct

from netsim.loader.sources.sources import is_ref

_MARK = ".git"
"""What a checkout has at its top: a folder, or in a further work tree a file."""


class Repository(Struct, frozen=True):
    """The folder that paths count from, and the one that the input's paths count from."""

    top: str
    here: str

    @classmethod
    def find(cls) -> Repository:
        """The repository around the current folder; outside of any, this folder itself."""
        here = Path.cwd()
        tops = (each for each in (here, *here.parents) if os.path.lexists(each / _MARK))
        return cls(str(next(tops, here)), str(here))

    def path(self, file: str) -> str:
        """The path of a file, with forward slashes; one outside the repository stays absolute.

        A file of a git revision is where a checkout has it.
        """
        if is_ref(file) and not os.path.lexists(file):
            return file.partition(":")[2]
        whole = os.path.normpath(Path(self.here) / file)
        return Path(
            os.path.relpath(whole, self.top) if self._holds(whole) else whole
        ).as_posix()

    def uri(self, file: str) -> str:
        """The path as a URI: relative within the repository, percent-encoded."""
        path = self.path(file)
        quoted = quote(path.encode("utf-8", "surrogateescape"))
        return f"file://{quoted}" if path.startswith("/") else quoted

    def _holds(self, path: str) -> bool:
        return os.path.commonpath((path, self.top)) == self.top
