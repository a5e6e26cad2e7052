"""A file as it was and as it will be, and the unified diff of the two."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from msgspec import Struct

_NO_NEWLINE = "\n\\ No newline at end of file\n"


class Rewrite(Struct, frozen=True):
    """The text of a file before and after a patch, with the line ends that it has.

    ``before`` is empty for a file that is new.
    """

    file: str
    before: str
    after: str

    @property
    def diff(self) -> str:
        """The unified diff, as ``patch`` and ``git apply`` read it; empty without a change."""
        if self.before == self.after:
            return ""
        old = f"a/{self.file}" if self.before else "/dev/null"
        lines = unified_diff(_split(self.before), _split(self.after), old, f"b/{self.file}")
        return "".join(
            line if line.endswith("\n") else f"{line}{_NO_NEWLINE}" for line in lines
        )


def _split(text: str) -> list[str]:
    """The lines; nothing but a line feed ends one."""
    return list(_list_lines(text))


def _list_lines(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end
