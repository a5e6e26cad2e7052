"""A workspace: the input, as it was read or as patches have left it.

A patch changes the texts of files, and those are read again; where a text cannot be changed
faithfully it changes the parsed documents alone.  Nothing is written:
``workspace.list_changes(original)`` are the files that somebody may write.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from netsim.fix.apply import apply_patch
from netsim.fix.diff import Rewrite
from netsim.fix.text import Uneditable, rewrite
from netsim.fix.tree import EditError
from netsim.loader.load import Input, Loaded, Unjudged
from netsim.loader.sources.files import FileError
from netsim.loader.sources.sources import Origin, read_original
from netsim.loader.tree.documents import Broken, normalise
from netsim.model.edit import Patch
from netsim.model.finding import Diagnostic


class Workspace(Struct, frozen=True):
    """The input, and the texts of its files as they are stored, with their line ends.

    ``by_hand`` says which of the changes so far are in no text, and why: a file has an alias
    there, or is none.  Only what a patch changes is parsed again.
    """

    read: Input
    raw: Mapping[str, str]
    by_hand: tuple[str, ...] = ()

    def apply(self, patch: Patch) -> Workspace | str:
        """The input after a patch; else why it cannot be made."""
        try:
            changed = self._rewrite(patch)
            if isinstance(changed, str):
                read = apply_patch(self.read, patch)
                return replace(self, read=read, by_hand=(*self.by_hand, changed))
        except EditError as error:
            return error.message
        read = self.read
        for each in changed:
            read = read.rewrite(each.file, each.after)
        texts = {each.file: each.after for each in changed}
        return replace(self, read=read, raw={**self.raw, **texts})

    def _rewrite(self, patch: Patch) -> tuple[Rewrite, ...] | str:
        """The texts after a patch; else why they cannot be changed."""
        if self.by_hand:
            return self.by_hand[0]
        for file in patch.files:
            obstacle = self._find_obstacle(file)
            if obstacle:
                return f"{file}: {obstacle}"
        changed = rewrite(self.raw, patch)
        return str(changed) if isinstance(changed, Uneditable) else changed

    def _find_obstacle(self, file: str) -> str:
        """Why a file cannot be changed, whatever the patch; or nothing."""
        for part in self.read.parts:
            if isinstance(part, Unjudged) and part.name == file:
                return "of a chart or a kustomization only the output counts"
            if isinstance(part, Diagnostic) and part.location.file == file:
                return f"it was not read: {part.message}"
        own = self.read.find(file)
        if own is None:
            return ""
        if own.source.origin is not Origin.FILE:
            return f"it is {own.source.origin.value}"
        if file not in self.raw:
            return "it has changed since it was read"
        broken = [each for each in own.documents if isinstance(each, Broken)]
        return f"line {broken[0].line} cannot be read: {broken[0].message}" if broken else ""

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


def open_workspace(read: Input) -> Workspace:
    """The workspace of an input.  What cannot be read is in it, as a diagnostic."""
    raw: dict[str, str] = {}
    for each in read.originals:
        if each.source.origin is not Origin.FILE:
            continue
        with suppress(FileError):
            text = read_original(each.source.name)
            if normalise(text) == each.source.text:
                raw[each.source.name] = text
    return Workspace(read, raw)
