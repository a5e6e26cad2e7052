"""A workspace: the texts of the input, as they were read or as patches have left them.

``workspace.apply(patch)`` is another one, or says why a file has to be edited by hand.  Nothing
is written: ``workspace.list_changes(original)`` are the files that somebody may write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from msgspec import Struct
from msgspec.structs import replace

from netsim.fix.diff import Rewrite
from netsim.fix.text import Uneditable, rewrite
from netsim.fix.tree import EditError
from netsim.loader.load import Loaded, load_sources
from netsim.loader.registry import Scope
from netsim.loader.sources.files import read_bytes
from netsim.loader.sources.sources import Origin, Source, sources
from netsim.loader.tree.documents import normalise
from netsim.loader.unrendered import Rendering
from netsim.model.edit import Patch
from netsim.model.finding import Diagnostic


class Workspace(Struct, frozen=True):
    """The texts of the input, in its order, beside what could not be read.

    ``raw`` are those of files, as they are stored; ``namespace`` is that of objects that name
    none.
    """

    parts: tuple[Source | Diagnostic, ...]
    raw: Mapping[str, str]
    namespace: str
    rendering: Rendering = Rendering.NEVER

    def apply(self, patch: Patch) -> Workspace | str:
        """The texts after a patch; else why they cannot be changed."""
        for each in self.parts:
            if isinstance(each, Diagnostic) or each.name not in patch.files:
                continue
            if each.origin is not Origin.FILE:
                return f"{each.name} is {each.origin.value}, which cannot be changed"
        try:
            changed = rewrite(self.raw, patch)
        except EditError as error:
            return error.message
        if isinstance(changed, Uneditable):
            return str(changed)
        texts = {each.file: each.after for each in changed}
        parts = tuple(
            replace(each, text=normalise(texts[each.name]))
            if isinstance(each, Source) and each.name in texts
            else each
            for each in self.parts
        )
        return replace(self, parts=parts, raw={**self.raw, **texts})

    def load(self) -> Loaded:
        """What the texts say."""
        parts = list(self.parts)
        return load_sources(parts, self.namespace, Scope.BUNDLE, self.rendering)

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
    parts = tuple(sources(paths, stdin))
    raw = {
        part.name: read_bytes(Path(part.name)).decode("utf-8", "surrogateescape")
        for part in parts
        if isinstance(part, Source) and part.origin is Origin.FILE
    }
    return Workspace(parts, raw, namespace, rendering)
