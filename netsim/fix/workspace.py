"""A workspace: the texts of the input, as they were read or as patches have left them.

``workspace.apply(patch)`` is another one, or says why a file has to be edited by hand.  Nothing
is written: ``workspace.list_changes(original)`` are the files that somebody may write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TextIO

from msgspec import Struct
from msgspec.structs import replace

from netsim.fix.diff import Rewrite
from netsim.fix.text import Uneditable, rewrite
from netsim.fix.tree import EditError
from netsim.loader.load import Input, Loaded, read_input
from netsim.loader.registry import Scope
from netsim.loader.sources.sources import Origin, read_original
from netsim.loader.unrendered import Rendering
from netsim.model.edit import Patch


class Workspace(Struct, frozen=True):
    """The input, and the texts of its files as they are stored, with their line ends.

    Only what a patch changes is parsed again.
    """

    read: Input
    raw: Mapping[str, str]

    def apply(self, patch: Patch) -> Workspace | str:
        """The texts after a patch; else why they cannot be changed."""
        for file in patch.files:
            own = self.read.find(file)
            if own and own.source.origin is not Origin.FILE:
                return f"{file} is {own.source.origin.value}, which cannot be changed"
        try:
            changed = rewrite(self.raw, patch)
        except EditError as error:
            return error.message
        if isinstance(changed, Uneditable):
            return str(changed)
        read = self.read
        for each in changed:
            read = read.rewrite(each.file, each.after)
        texts = {each.file: each.after for each in changed}
        return replace(self, read=read, raw={**self.raw, **texts})

    def load(self) -> Loaded:
        """What the texts say."""
        return self.read.load()

    def list_changes(self, original: Workspace) -> tuple[Rewrite, ...]:
        """The files that differ, in the order of the input."""
        return tuple(
            Rewrite(file, original.raw.get(file, ""), text)
            for file, text in self.raw.items()
            if text != original.raw.get(file, "")
        )


def open_workspace(
    paths: Sequence[str], namespace: str, stdin: TextIO | None, rendering: Rendering
) -> Workspace:
    """The workspace of an input.  What cannot be read is in it, as a diagnostic."""
    read = read_input(paths, namespace, stdin, Scope.BUNDLE, rendering)
    files = (each.source for each in read.originals if each.source.origin is Origin.FILE)
    return Workspace(read, {source.name: read_original(source.name) for source in files})
