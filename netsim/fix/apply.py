"""Patches of input that was read: what it would say, for proof.

The documents that a patch names are edited, all others stay as they were parsed, and the
readers read them as they read those of files.
"""

from __future__ import annotations

from pathlib import PurePath

from netsim.fix.documents import apply_edits
from netsim.loader.load import Input
from netsim.loader.tree.documents import Syntax
from netsim.model.edit import Patch


def apply_patch(given: Input, patch: Patch) -> Input:
    """The input after a patch; ``.load()`` reads its objects.  Raises ``EditError``.

    What was not edited keeps its lines, and what is new has the line of the value around it.
    """
    for file in patch.files:
        own = given.find(file)
        is_json = PurePath(file).suffix.lower() == ".json"
        syntax = own.source.syntax if own else Syntax.JSON if is_json else Syntax.YAML
        edits = [edit for edit in patch.edits if edit.file == file]
        edited = apply_edits(own.documents if own else (), syntax, edits)
        given = given.replace(file, edited, syntax)
    return given
