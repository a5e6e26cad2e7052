"""Documents that state something about manifests, and the scenario's entry for them."""

from netsim.intent.document import markdown
from netsim.intent.document.sections import Document
from netsim.intent.scenario.bundle import DocumentReference, HeadingReference
from netsim.model.location import Location

ENTRY = Location("s.yaml", 7)


def document(text: str) -> Document:
    return Document(tuple(markdown.split_parts(text)), "d.md")


def heading(text: str) -> HeadingReference:
    return HeadingReference(text, ENTRY)


def reference(
    files: str = "", order: str = "", budgets: str = "", warm_pool: str = "", excerpts: str = ""
) -> DocumentReference:
    """Excerpts are separated by semicolons; nothing stands for no heading."""
    named = [heading(text) if text else None for text in (files, order, budgets, warm_pool)]
    quoted = tuple(heading(text) for text in excerpts.split("; ") if text)
    return DocumentReference("d.md", named[0], named[1], named[2], named[3], quoted, ENTRY)
