"""The YAML blocks of a document that quote the manifests."""

from __future__ import annotations

import re
import textwrap

from msgspec.structs import replace

from netsim.errors import TreeError
from netsim.intent.document import markdown
from netsim.intent.document.markdown import find_code
from netsim.intent.document.sections import Document
from netsim.intent.document.statements import Excerpt
from netsim.intent.errors import IntentError, read_all
from netsim.intent.scenario.bundle import HeadingReference
from netsim.loader.tree.yaml import trees
from netsim.model.tree import Scalar, Tree

_YAML = frozenset(("yaml", "yml"))
_FILE = re.compile(r"\S+\.(?:ya?ml|json)", re.IGNORECASE)


def read_excerpts(document: Document, heading: HeadingReference) -> tuple[Excerpt, ...]:
    """The blocks fenced as yaml below every heading of this text, one excerpt a document.

    Raises ``IntentErrors`` with every block that cannot be read.
    """
    sections = document.sections(heading)
    blocks = [
        (part, section)
        for section in sections
        for part in section.parts
        if isinstance(part, markdown.Block) and part.language in _YAML
    ]
    if not blocks:
        raise IntentError(
            f"no YAML block below the heading {heading.text!r}; put one that is fenced as yaml "
            "there, or remove the heading from excerpts",
            document.location(sections[0].heading.line),
        )
    found = read_all(lambda each: _excerpts(each[0], document, heading), blocks)
    return tuple(
        replace(excerpt, files=_files(section))
        for each, (_, section) in zip(found, blocks, strict=True)
        for excerpt in each
    )


def _files(section: markdown.Section) -> tuple[str, ...]:
    """The manifests that a section names."""
    text = "\n".join(part.text for part in section.parts if isinstance(part, markdown.Prose))
    return tuple(dict.fromkeys(span for span in find_code(text) if _FILE.fullmatch(span)))


def _excerpts(
    block: markdown.Block, document: Document, heading: HeadingReference
) -> tuple[Excerpt, ...]:
    # Empty lines before it give its nodes the lines of the document.
    above = "\n" * (block.first_line - 1)
    text = above + textwrap.dedent("\n".join(block.lines)) + "\n"
    try:
        found = [tree for tree in trees(text) if tree is not None]
    except TreeError as error:
        line = min(error.line, block.first_line + max(len(block.lines) - 1, 0))
        raise IntentError(
            f"{error.message}; quote the manifest as it is, with a comment for what is "
            "left out",
            document.location(line),
        ) from error
    return tuple(_excerpt(tree, document, heading) for tree in found)


def _excerpt(tree: Tree, document: Document, heading: HeadingReference) -> Excerpt:
    place = document.location(tree.line)
    if isinstance(tree, Scalar):
        raise IntentError(
            f"{tree.text[:40]!r} is not a field; write it as 'spec:' with its fields below",
            place,
        )
    return Excerpt(heading.text, tree, place)
