"""What a scenario says of the bundle: documents, warm pool, and what is made elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.intent.diagram.drawing import fold
from netsim.loader.objects.fields import Field, Fields
from netsim.model.location import Location
from netsim.words.nearness import suggest

_HEADINGS = ("files", "order", "budgets", "warmPool")


class HeadingReference(Struct, frozen=True):
    """A heading of a document, and where the scenario names it."""

    text: str
    location: Location


class DocumentReference(Struct, frozen=True):
    """A document that speaks of the manifests; ``file`` is relative to the scenario file.

    Each heading is the one below which a statement stands; None where the document makes no
    such statement.  Commands and paths in it are relative to its own folder.
    """

    file: str
    files: HeadingReference | None
    order: HeadingReference | None
    budgets: HeadingReference | None
    warm_pool: HeadingReference | None
    excerpts: tuple[HeadingReference, ...]
    location: Location


class WarmPool(Struct, frozen=True):
    """The CronJob that keeps pods ready, and the environment variables that configure it.

    ``endpoint`` is the endpoint whose policies select warm pods.  The variable ``size`` has
    the number of pods, ``template`` the name of the PodTemplate they are made from, ``labels``
    what is set on them besides (``key=value,...``).  Where a ``deployment`` keeps the pods,
    these and ``cron_job`` are empty.
    """

    cron_job: str
    endpoint: str
    size: str
    template: str
    labels: str
    location: Location
    deployment: str = ""


class Provided(Struct, frozen=True):
    """An object that exists without being in the manifests, and why."""

    kind: str
    name: str
    because: str
    location: Location


def read_documents(root: Fields) -> tuple[DocumentReference, ...]:
    """The entries of ``documents``; what is wrong with one is noted."""
    found = (_document(item) for item in root.items("documents"))
    return tuple(document for document in found if document)


def _document(item: Field) -> DocumentReference | None:
    fields = item.fields()
    if fields is None:
        return None
    fields.only("file", "excerpts", *_HEADINGS)
    file = _read_required(fields, "file", "name a Markdown file")
    files, order, budgets, warm_pool = (_heading(fields.get(name)) for name in _HEADINGS)
    excerpts = tuple(h for each in fields.items("excerpts") if (h := _heading(each)))
    return DocumentReference(file, files, order, budgets, warm_pool, excerpts, item.location)


def require_pool(root: Fields, documents: tuple[DocumentReference, ...]) -> None:
    """Notes headings about a warm pool where ``warmPool`` does not say which that is."""
    for document in documents:
        if document.warm_pool and root.get("warmPool") is None:
            place = document.warm_pool.location
            root.report.error(
                place.line,
                place.field,
                "the section warmPool is missing; name the CronJob there",
            )


def _heading(field: Field | None) -> HeadingReference | None:
    text = field.text("heading") if field else None
    if field is None or text is None:
        return None
    if not text.strip():
        field.refuse("empty; name a heading of the document")
    return HeadingReference(text, field.location)


def _read_required(fields: Fields, name: str, fix: str) -> str:
    field = fields.get(name)
    if field is None:
        fields.missing(name, fix)
        return ""
    text = field.text()
    if text is not None and not text.strip():
        field.refuse(f"empty; {fix}")
    return text or ""


def read_warm_pool(root: Fields, names: dict[str, str]) -> WarmPool | None:
    """The section ``warmPool``; ``names`` are the endpoints' names and aliases, folded."""
    field = root.get("warmPool")
    fields = field.fields() if field else None
    if field is None or fields is None:
        return None
    if fields.get("deployment"):
        fields.only("deployment", "endpoint")
        name = _read_required(fields, "deployment", "name the Deployment of the waiting pods")
        return WarmPool("", _endpoint(fields, names), "", "", "", field.location, name)
    fields.only("cronJob", "deployment", "endpoint", "size", "template", "labels")
    return WarmPool(
        _read_required(fields, "cronJob", "name the CronJob that keeps the pool filled"),
        _endpoint(fields, names),
        _read_required(fields, "size", "name the variable that has the number of pods"),
        _read_required(fields, "template", "name the variable that has the PodTemplate's name"),
        _read_required(fields, "labels", "name the variable that has the labels of warm pods"),
        field.location,
    )


def _endpoint(fields: Fields, names: dict[str, str]) -> str:
    text = _read_required(
        fields, "endpoint", "name the endpoint whose policies select warm pods"
    )
    field = fields.get("endpoint")
    if field and text and fold(text) not in names:
        field.refuse(f"no endpoint {text!r}{suggest(text, names.values())}")
    return names.get(fold(text), text)


def read_provided(root: Fields) -> tuple[Provided, ...]:
    """The entries of ``provided``."""
    return tuple(_read_provided_objects(root))


def _read_provided_objects(root: Fields) -> Iterator[Provided]:
    for item in root.items("provided"):
        if fields := item.fields():
            fields.only("kind", "name", "because")
            kind = _read_required(fields, "kind", "name a kind, such as Secret")
            name = _read_required(fields, "name", "name the object")
            because = _read_required(fields, "because", "say what provides it")
            yield Provided(kind, name, because, item.location)
