"""Documents to objects: lists flattened, apiVersion and kind checked, metadata read."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from netsim.loader.objects import validation
from netsim.loader.objects.fields import Field, Fields, Nulls, Report
from netsim.loader.objects.labels import read_annotations, read_placed_labels
from netsim.loader.objects.other_systems import Unevaluated, read_unevaluated
from netsim.loader.registry import (
    BUNDLE_KINDS,
    ObjectReader,
    ObjectScope,
    Scope,
    build_shape_reader,
    correct_case,
    find_fault,
    find_near_kind,
    group_of,
    is_list,
    qualify,
    readers_of,
    resolve_reader,
)
from netsim.loader.snapshot.kinds import MARK
from netsim.loader.template_kinds import borrows_template, find_template
from netsim.loader.tree.documents import Parsed
from netsim.loader.tree.encrypted import open_encrypted
from netsim.loader.tree.scalars import placeholders
from netsim.model.finding import Severity
from netsim.model.kubernetes_kinds import list_kinds
from netsim.model.labels import Labels
from netsim.model.location import Location
from netsim.model.other_systems import list_kinds_of, resolve_kind
from netsim.model.tree import Mapping, Scalar, Sequence, Tree

SCENARIO = "netsim scenario"
"""What a scenario file is counted as."""

_LFS_POINTER = "version https://git-lfs.github.com/spec/"


class Object(Struct, frozen=True):
    """An object of a kind in use; ``namespace`` is the one it gets when it names none.

    ``scope`` is how much of it the input has: a snapshot keeps what the network needs.
    """

    reader: ObjectReader
    fields: Fields
    namespace: str
    scope: Scope = Scope.NETWORK

    @property
    def kind(self) -> str:
        """The name of its kind."""
        return self.reader.kind

    @property
    def report(self) -> Report:
        """What was noticed about it."""
        return self.fields.report


class Unused(Struct, frozen=True):
    """An object of a kind that netsim does not use, and its line in the file.

    ``fields`` are its own where it was parsed.
    """

    kind: str
    line: int
    fields: Fields | None = None


class Noted(Struct, frozen=True):
    """What there is to say of a document apart from the objects it holds."""

    report: Report


class Metadata(Struct, frozen=True):
    """An object's metadata; ``name`` stands for pods that have only a generateName, too."""

    name: str
    namespace: str
    labels: Labels
    location: Location


class Unread(Struct, frozen=True):
    """A kind of which a snapshot holds none, as it could not be read.

    ``group`` is that of a kind of another system, else empty.
    """

    kind: str
    group: str
    reason: str
    location: Location


Item = Object | Unused | Unevaluated | Noted | Unread


_SOURCE = "# Source: "


class Context(Struct, frozen=True):
    """What holds for every object of a file; ``is_rendered`` where a chart was its source."""

    file: str
    default_namespace: str
    scope: Scope = Scope.NETWORK
    is_rendered: bool = False


def is_rendered(text: str) -> bool:
    """Whether a file is what ``helm template`` wrote, which names the template of each part."""
    return text.startswith(_SOURCE) or f"\n{_SOURCE}" in text


def objects(document: Parsed, context: Context) -> Iterator[Item]:
    """The objects of a document, those of lists one by one."""
    if is_scenario(document.tree):
        yield Unused(SCENARIO, document.line)
        return
    report = Report(context.file, document.chunk.first_line, is_rendered=context.is_rendered)
    if "${" in document.chunk.text:
        note_placeholders(list_weighed(document.tree), report)
        yield Noted(report)
    tree = open_encrypted(document.tree)
    yield from _objects(Field(tree, tree.line, "", report), context, {})


def read_item(
    tree: Tree, place: tuple[int, str], context: Context, defaults: dict[str, str]
) -> Iterator[Item]:
    """The objects of an item of a list, whose first line and path in the document are given.

    ``defaults`` are the ``kind`` and ``apiVersion`` of one that names none.
    """
    first_line, path = place
    report = Report(context.file, first_line, is_rendered=context.is_rendered)
    yield from _objects(Field(tree, tree.line, path, report), context, defaults)


def is_scenario(tree: Tree) -> bool:
    """Whether this is what ``check`` compares with, in a folder that is read as a whole."""
    if not isinstance(tree, Mapping):
        return False
    keys = tree.entries.keys()
    return keys >= {"diagram", "endpoints"} and keys.isdisjoint(("apiVersion", "kind"))


def list_weighed(tree: Tree, of_list: str = "") -> Iterator[Tree]:
    """The objects of which a placeholder may change a verdict, those of lists one by one.

    The text of a ConfigMap may be a script.
    """
    if not isinstance(tree, Mapping):
        yield tree
        return
    written = tree.get("kind")
    kind = written.text if isinstance(written, Scalar) else of_list
    items = tree.get("items")
    if is_list(kind) and isinstance(items, Sequence):
        for item in items.items:
            yield from list_weighed(item, kind.removesuffix("List"))
    elif kind not in BUNDLE_KINDS:
        yield tree


def note_placeholders(trees: Iterator[Tree], report: Report) -> None:
    """Notes each placeholder where it is used first."""
    first: dict[str, int] = {}
    for tree in trees:
        first = placeholders(tree) | first
    for text, line in first.items():
        report.warning(line, "", f"placeholder {text} is not filled in: its value is unknown")


def _objects(root: Field, context: Context, defaults: dict[str, str]) -> Iterator[Item]:
    first = root.report.offset + 1
    report = Report(root.report.file, first, is_rendered=context.is_rendered)
    fields = _open(Field(root.tree, root.line, root.path, report))
    kind = _identifier(fields, "kind", defaults) if fields else None
    if fields is None or kind is None:
        yield Noted(report)
    elif is_list(kind) and _may_hold_items(kind, fields):
        _check_list(kind, fields)
        yield from _items(kind, fields, context)
        yield from _unread(fields)
        _repeat_rejections(fields, context.scope)
        yield Noted(report)
    else:
        yield _object(kind, fields, context, defaults)


def _open(root: Field) -> Fields | None:
    if isinstance(root.tree, Mapping):
        return root.fields()
    if isinstance(root.tree, Scalar) and root.tree.text.startswith(_LFS_POINTER):
        root.refuse("a pointer of Git LFS in place of the file: fetch it with git lfs pull")
        return None
    what = "text" if isinstance(root.tree, Scalar) else "a list"
    root.refuse(f"not a Kubernetes object: {what}, expected a mapping with apiVersion and kind")
    return None


def _identifier(fields: Fields, name: str, defaults: dict[str, str]) -> str | None:
    found = fields.get(name)
    if found:
        return found.text()
    if name in defaults:
        return defaults[name]
    where = f"{fields.path}: " if fields.path else ""
    fields.report.error(
        fields.line,
        "",
        f"{where}not a Kubernetes object: no {name}, add it or leave the file out",
    )
    return None


def _may_hold_items(kind: str, fields: Fields) -> bool:
    """Whether this is a list; a project's own kind may only be called one."""
    if kind == "List" or "items" in fields.entries:
        return True
    version = fields.get("apiVersion")
    group = group_of(version.scalar_text if version else "")
    return bool(list_kinds(group) or list_kinds_of(group))


def _check_list(kind: str, fields: Fields) -> None:
    """What stands beside ``items`` would never be read."""
    fields.only("apiVersion", "kind", "metadata", "items", MARK)
    if fields.entries.keys().isdisjoint(("items", MARK)) and not fields.report.failed:
        fields.missing("items", f"a {kind} holds its objects there")


def _items(kind: str, fields: Fields, context: Context) -> Iterator[Item]:
    """Items of a typed list leave out what the list says (``kubectl get -o json`` does)."""
    if fields.get(MARK) and context.scope is Scope.BUNDLE:
        # A snapshot keeps few fields: the rest looks absent and is not.
        context = replace(context, scope=Scope.PODS)
    api_version = fields.get("apiVersion")
    of_type = {} if kind == "List" else {"kind": kind.removesuffix("List")}
    if of_type and api_version:
        of_type["apiVersion"] = api_version.scalar_text
    for item in fields.items("items"):
        yield from _objects(item, context, of_type)


def _unread(fields: Fields) -> Iterator[Item]:
    """What a snapshot says it does not hold (``netsim snapshot``)."""
    for item in fields.fields(MARK).items("missing"):
        inner = item.fields()
        kind = inner.text("kind") if inner else None
        if inner and kind:
            reason, group = inner.text("reason") or "no reason given", inner.text("group") or ""
            title = f"{kind}.{group}" if group else kind
            item.warn(
                f"the snapshot lacks {title} ({reason}): the verdicts that they may change are "
                "unknown"
            )
            yield Unread(kind, group, reason, item.location)


def _repeat_rejections(fields: Fields, scope: Scope) -> None:
    """What was wrong with the input of a snapshot (``netsim snapshot --from``)."""
    for item in fields.fields(MARK).items("rejected"):
        inner = item.fields()
        network = inner.get("network") if inner else None
        is_network = network is None or network.scalar_text != "false"
        if inner and (is_network or scope is Scope.BUNDLE):
            place, message = inner.text("place"), inner.text("message")
            item.refuse(f"the snapshot lacks what was rejected at {place}: {message}")


def _object(kind: str, fields: Fields, context: Context, defaults: dict[str, str]) -> Item:
    right = correct_case(kind, context.scope)
    if right:
        found = fields.get("kind")
        fields.report.error(
            found.line if found else fields.line,
            "kind",
            f"unknown kind {kind}: did you mean {right}?",
        )
        return Noted(fields.report)
    readers = readers_of(kind, context.scope)
    if readers:
        api_version = _identifier(fields, "apiVersion", defaults)
        if api_version is None:
            return Noted(fields.report)
    else:
        written = fields.get("apiVersion")
        api_version = written.scalar_text if written else defaults.get("apiVersion")
    reader = resolve_reader(readers, api_version or "")
    if reader is None:
        return _other(kind, api_version, fields, context)
    if reader.is_served_as(api_version or ""):
        fields.report.nulls = Nulls.REFUSED if reader.is_custom else Nulls.EMPTY
        return Object(reader, fields, context.default_namespace, context.scope)
    field = fields.get("apiVersion")
    fields.report.error(
        field.line if field else fields.line,
        "apiVersion",
        f"{kind} is not served as {api_version}: use {reader.api_version}",
    )
    return Noted(fields.report)


def _other(kind: str, api_version: str | None, fields: Fields, context: Context) -> Item:
    """An object of a kind that is not in use: a policy, one that can't exist, or any other."""
    title = kind
    near = find_near_kind(kind) if api_version is None else None
    if near:
        # Nothing else tells whose it is.
        message = f"unknown kind {kind}, without an apiVersion: did you mean {near}?"
        fields.report.error(fields.line, "kind", message)
        return Noted(fields.report)
    if readers_of(kind, context.scope) and api_version:
        title = qualify(kind, api_version)
    if api_version is not None:
        fault = find_fault(kind, api_version)
        if fault:
            found = fields.get("kind")
            fields.report.error(found.line if found else fields.line, "kind", fault)
            return Noted(fields.report)
    known = resolve_kind(group_of(api_version or ""), kind)
    if known:
        return read_unevaluated(known, title, fields, context.default_namespace)
    reader = _find_shape_reader(kind, api_version or "", fields)
    if reader:
        # Its other fields are nobody's business here, and its schema is not known.
        fields.report.gravity = Severity.WARNING
        return Object(reader, fields, context.default_namespace, context.scope)
    return Unused(title, fields.line + fields.report.offset, fields)


def check_metadata(obj: Object) -> None:
    """Notes fields that no metadata has, and lists that are none (meta/v1 ``ObjectMeta``)."""
    metadata = obj.fields.fields("metadata")
    metadata.only(*_METADATA)
    for name in _METADATA_LISTS:
        metadata.items(name)


_METADATA_LISTS = ("ownerReferences", "finalizers", "managedFields")
_METADATA = (
    "name", "generateName", "namespace", "labels", "annotations", *_METADATA_LISTS, "uid",
    "resourceVersion", "generation", "selfLink", "creationTimestamp", "deletionTimestamp",
    "deletionGracePeriodSeconds", "clusterName",
)  # fmt: skip


def _find_shape_reader(kind: str, api_version: str, fields: Fields) -> ObjectReader | None:
    """The reader of an object that is a workload by its shape."""
    group, tree = group_of(api_version), Mapping(fields.entries, fields.line)
    template = find_template(group, kind, tree)
    if template is not None or borrows_template(group, kind, tree):
        return build_shape_reader(kind, api_version, template)
    return None


def read_metadata(obj: Object) -> Metadata | None:
    """The metadata of an object; None where it has no usable name."""
    metadata = obj.fields.fields("metadata")
    name = metadata.get("name")
    if name is None:
        metadata.missing("name", f"a {obj.kind} needs a name")
        return None
    return named_metadata(obj, name, name.text())


def named_metadata(obj: Object, name: Field, text: str | None) -> Metadata | None:
    """The metadata of an object whose name is known."""
    metadata = obj.fields.fields("metadata")
    namespace = _namespace(obj, metadata)
    labels = read_placed_labels(metadata.get("labels"))
    read_annotations(metadata.get("annotations"))
    if text is None:
        return None
    _check_name(obj.reader, name, text)
    return Metadata(text, namespace, labels, name.location)


def _check_name(reader: ObjectReader, name: Field, text: str) -> None:
    """Names that the API server refuses.

    That of a namespace is an error, as it is the value of a label, too; no rule depends on
    any other name, and the object is read.
    """
    if reader.kind in ("Namespace", "Service"):
        wrong = validation.dns_label(text)
    elif reader.group == "rbac.authorization.k8s.io":
        wrong = validation.path_segment(text)
    else:
        wrong = validation.dns_subdomain(text)
    if wrong and reader.kind == "Namespace":
        name.refuse(wrong)
    elif wrong:
        name.warn(f"{wrong}; netsim reads it, the API server refuses it")


def _namespace(obj: Object, metadata: Fields) -> str:
    """The namespace as written, else the default; empty for a kind of the whole cluster."""
    field = metadata.get("namespace")
    text = field.text() if field else None
    wrong = validation.dns_label(text) if text else None
    if field and wrong:
        field.refuse(wrong)
    return "" if obj.reader.scope is ObjectScope.CLUSTER else text or obj.namespace
