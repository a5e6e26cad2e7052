"""A file as it was and as it will be, and the unified diff of the two."""

from __future__ import annotations

import os
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

        Around a change it shows lines of policies, Services, budgets and Namespaces.  Other
        documents may hold passwords: beside one there are no lines of context, and ``git
        apply`` needs ``--unidiff-zero``.  It is empty, too, where the last line of such a
        document only gets a line feed.
        """
        if self.before == self.after:
            return ""
        old, new = _split(self.before), _split(self.after)
        hidden = _find_hidden(self.before)
        context = _CONTEXT
        for group in SequenceMatcher(None, old, new).get_grouped_opcodes(_CONTEXT):
            if not hidden.isdisjoint(range(group[0][1], group[-1][2])):
                context = 0
            for tag, first, last, start, end in group:
                kept = {line.rstrip() for line in new[start:end]}
                same = (n for n in range(first, last) if old[n].rstrip() in kept)
                if tag == "replace" and not hidden.isdisjoint(same):
                    return ""
        name = _name(self.file)
        names = f"a/{name}" if self.before else "/dev/null", f"b/{name}"
        return "".join(
            line if line.endswith("\n") else f"{line}{_NO_NEWLINE}"
            for line in unified_diff(old, new, *names, n=context)
        )


def _name(file: str) -> str:
    """A path from where the diff is applied, or from the root: no tool follows ``..``."""
    path = os.path.relpath(file)
    is_outside = path == os.pardir or path.startswith(os.pardir + os.sep)
    return os.path.realpath(file).lstrip(os.sep) if is_outside else path


_CONTEXT = 3
_KIND = re.compile(r"^kind:[ \t]*[\"']?([A-Za-z]+)[\"']?[ \t]*(?:#.*)?$", re.MULTILINE)
_HARMLESS = frozenset(
    (
        *("AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy"),
        *("Namespace", "NetworkPolicy", "PodDisruptionBudget", "Service"),
    )
)
"""Kinds that hold no values of programs."""


def _find_hidden(text: str) -> frozenset[int]:
    """The lines, from 0, of documents that may hold what is to be shown to nobody."""
    found: set[int] = set()
    for chunk in chunks(text.replace("\r\n", "\n")):
        kinds = _KIND.findall(chunk.text)
        is_object = "kind" in chunk.text
        if is_object and not (kinds and _HARMLESS.issuperset(kinds)):
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
