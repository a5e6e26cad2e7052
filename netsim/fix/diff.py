"""A file as it was and as it will be, and the unified diff of the two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher, unified_diff

from msgspec import Struct

from netsim.loader.tree.documents import chunks

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
        """The unified diff, as ``patch`` and ``git apply`` read it; empty without a change.

        Where a Secret stands around a change the diff has no lines of context, as they would
        show its values; ``git apply`` needs ``--unidiff-zero`` then.  Where a line of a Secret
        itself changes it is empty.
        """
        if self.before == self.after:
            return ""
        old, new = _split(self.before), _split(self.after)
        hidden = _find_secret_lines(self.before)
        context = _CONTEXT
        for group in SequenceMatcher(None, old, new).get_grouped_opcodes(_CONTEXT):
            if not hidden.isdisjoint(range(group[0][1], group[-1][2])):
                context = 0
            for tag, first, last, *_ in group:
                if tag != "equal" and not hidden.isdisjoint(range(first, last)):
                    # As the last line of a file that lacks its line feed.
                    return ""
        names = f"a/{self.file}" if self.before else "/dev/null", f"b/{self.file}"
        return "".join(
            line if line.endswith("\n") else f"{line}{_NO_NEWLINE}"
            for line in unified_diff(old, new, *names, n=context)
        )


_CONTEXT = 3
_SECRET = re.compile(r"""["']?kind["']?[ \t]*:[ \t]*["']?Secret""")


def _find_secret_lines(text: str) -> frozenset[int]:
    """The lines of documents with a Secret, from 0."""
    if not _SECRET.search(text):
        return frozenset()
    found: set[int] = set()
    for chunk in chunks(text.replace("\r\n", "\n")):
        if _SECRET.search(chunk.text):
            found.update(range(chunk.first_line - 1, chunk.last_line))
    return frozenset(found)


def _split(text: str) -> list[str]:
    """The lines; nothing but a line feed ends one."""
    return list(_list_lines(text))


def _list_lines(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end
