"""The YAML blocks of a document that quote the manifests."""

from __future__ import annotations

import textwrap

from netsim.intent import markdown
from netsim.intent.errors import IntentError, read_all
from netsim.intent.scenario_bundle import HeadingReference
from netsim.intent.sections import Document
from netsim.intent.statements import Excerpt
from netsim.loader.errors import LoadError
from netsim.loader.yaml_tree import trees
from netsim.model.tree import Scalar, Tree

_YAML = frozenset(("yaml", "yml"))


def read_excerpts(document: Document, heading: HeadingReference) -> tuple[Excerpt, ...]:
    """The blocks fenced as yaml below every heading of this text, one excerpt a document.

    Raises ``IntentErrors`` with every block that cannot be read.
    """
    sections = document.sections(heading)
    blocks = [
        part
        for section in sections
        for part in section.parts
        if isinstance(part, markdown.Block) and part.language in _YAML
    ]
    if not blocks:
        raise IntentError(
            f"no YAML block below the heading {heading.text!r}; put one that is fenced as yaml "
            "there, or take the heading out of excerpts",
            document.location(sections[0].heading.line),
        )
    found = read_all(lambda block: _excerpts(block, document, heading), blocks)
    return tuple(excerpt for each in found for excerpt in each)


def _excerpts(
    block: markdown.Block, document: Document, heading: HeadingReference
) -> tuple[Excerpt, ...]:
    # Empty lines before it give its nodes the lines of the document.
    above = "\n" * (block.first_line - 1)
    text = above + textwrap.dedent("\n".join(block.lines)) + "\n"
    try:
        found = [tree for tree in trees(text) if tree is not None]
    except LoadError as error:
        line = min(error.line, block.first_line + max(len(block.lines) - 1, 0))
        raise IntentError(
            f"{error.message}; quote the manifest as it stands, with a comment for what is "
            "left out",
            document.location(line),
        ) from error
    return tuple(_excerpt(tree, document, heading) for tree in found)


def _excerpt(tree: Tree, document: Document, heading: HeadingReference) -> Excerpt:
    place = document.location(tree.line)
    if isinstance(tree, Scalar):
        raise IntentError(
            f"{tree.text[:40]!r} quotes no field; write such as 'spec:' with what is below it",
            place,
        )
    return Excerpt(heading.text, tree, place)
