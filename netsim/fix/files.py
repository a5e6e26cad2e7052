"""The files of an input after a patch, or why they cannot be written.

Standard input, a git revision and what a chart or a kustomization renders to are no files that
can be written, and a file that has changed since it was read is none that was judged::

    rewrite_files(read, patch)  # (Rewrite("policies.yaml", before, after),)
"""

from __future__ import annotations

from collections.abc import Callable

from netsim.fix.diff import Rewrite
from netsim.fix.text import Uneditable, rewrite
from netsim.loader.load import Input, Unjudged
from netsim.loader.sources.files import FileError
from netsim.loader.sources.sources import Origin, read_original
from netsim.loader.tree.documents import Broken, normalise
from netsim.model.edit import Patch
from netsim.model.finding import Diagnostic


def rewrite_files(
    given: Input, patch: Patch, read: Callable[[str], str] = read_original
) -> tuple[Rewrite, ...] | Uneditable:
    """The files that a patch changes; ``read`` gives the text of one as it is stored.

    Raises ``EditError`` where an object or a field that the patch names is not there.
    """
    texts: dict[str, str] = {}
    for file in patch.files:
        obstacle = _find_obstacle(given, file)
        own = given.find(file)
        if own and not obstacle:
            try:
                texts[file] = read(file)
            except FileError as error:
                obstacle = str(error)
            else:
                if normalise(texts[file]) != own.source.text:
                    obstacle = "it has changed since it was read"
        if obstacle:
            return Uneditable(file, obstacle)
    return rewrite(texts, patch)


def _find_obstacle(given: Input, file: str) -> str:
    for part in given.parts:
        if isinstance(part, Unjudged) and part.name == file:
            return "it is part of a chart or a kustomization, of which only the output counts"
        if isinstance(part, Diagnostic) and part.location.file == file:
            return f"it was not read: {part.message}"
    own = given.find(file)
    if own is None:
        return ""
    if own.source.origin is not Origin.FILE:
        return f"it is {own.source.origin.value}"
    broken = [each for each in own.documents if isinstance(each, Broken)]
    return f"line {broken[0].line} cannot be read: {broken[0].message}" if broken else ""
