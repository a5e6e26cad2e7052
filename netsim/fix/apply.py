"""Patches applied to what was read, so that it can be judged again before anybody writes it.

Only documents that a patch changes are made anew; the loader's readers read them as they read
any other::

    after = load_input(patch_input(read, patch))
"""

from __future__ import annotations

from msgspec.structs import replace

from netsim.fix.locate import ObjectPlace, locate_object
from netsim.fix.tree import EditError, build_tree, edit_tree
from netsim.loader.load import Input, Original
from netsim.loader.sources.sources import Source
from netsim.loader.tree.documents import Chunk, Document, Parsed, Syntax
from netsim.model.edit import AddDocument, Edit, Patch, Remove
from netsim.model.tree import Mapping, Sequence


def patch_input(read: Input, patch: Patch) -> Input:
    """The input after a patch; one for a file that is not part of it makes that file.

    O(files + what the patch changes).  Raises :class:`EditError` where an object or a field
    that the patch names is not there.
    """
    parts = list(read.parts)
    where = {
        part.source.name: number
        for number, part in enumerate(parts)
        if isinstance(part, Original)
    }
    for file in patch.files:
        edits = tuple(edit for edit in patch.edits if edit.file == file)
        if file in where:
            number = where[file]
            part = parts[number]
            if isinstance(part, Original):
                parts[number] = replace(part, documents=edit_documents(part, edits))
            continue
        new = Original(Source(file, "", guess_syntax(file)), ())
        parts.append(replace(new, documents=edit_documents(new, edits)))
    return replace(read, parts=tuple(parts))


def guess_syntax(file: str) -> Syntax:
    """What a new file is written in."""
    return Syntax.JSON if file.lower().endswith(".json") else Syntax.YAML


def edit_documents(original: Original, edits: tuple[Edit, ...]) -> tuple[Document, ...]:
    """The documents of a file after edits."""
    documents: list[Document] = list(original.documents)
    gone: list[ObjectPlace] = []
    for edit in edits:
        if isinstance(edit, AddDocument):
            _add(documents, original, edit)
            continue
        place = locate_object(original.documents, edit.target)
        if isinstance(edit, Remove) and not edit.path:
            gone.append(place)
            continue
        document = documents[place.document]
        if isinstance(document, Parsed):
            tree = edit_tree(document.tree, edit, place.prefix)
            documents[place.document] = replace(document, tree=tree)
    # From behind, so that the numbers of those before stay what they are.
    for place in sorted(gone, key=lambda each: (each.document, *each.prefix), reverse=True):
        document = documents[place.document]
        if not place.prefix:
            del documents[place.document]
        elif isinstance(document, Parsed):
            edit = Remove(_nobody(original), ())
            documents[place.document] = replace(
                document, tree=edit_tree(document.tree, edit, place.prefix)
            )
    return tuple(documents)
