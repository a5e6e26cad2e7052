"""The documents of a text, of which those that hold usual objects need no tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import DecodeError, Raw, Struct, ValidationError
from msgspec.json import Decoder

from netsim.loader.catalogue import Known
from netsim.loader.objects.fields import Report
from netsim.loader.objects.objects import Context, Noted, list_weighed, note_placeholders
from netsim.loader.registry import Scope, is_list, is_skippable
from netsim.loader.template_kinds import may_hold_template
from netsim.loader.tree.documents import (
    Chunk,
    Document,
    Syntax,
    chunks,
    documents,
    find_unreadable,
    guess_kind,
    read_chunk,
    skip,
)
from netsim.loader.usual.item import Item, YamlItem
from netsim.loader.usual.kinds import KINDS, get_kind
from netsim.loader.usual.lists import read_envelope
from netsim.model.tree import Tree

if TYPE_CHECKING:
    from netsim.loader.tree.yaml_values import ListedItem
    from netsim.loader.usual.json_list import JsonList

_PLACEHOLDER = b"${"
_ENCRYPTED = "sops"
_TEMPLATE = "containers:"


class Usual(Struct, frozen=True):
    """What a usual object means, and what its kind is called."""

    title: str
    known: Known


class Passed(Struct, frozen=True):
    """An object of a kind that is not used."""

    kind: str


class Usuals(Struct, frozen=True):
    """A document that is an object, or a list of objects of which nothing is to be said itself.

    ``defaults`` are ``kind`` and ``apiVersion`` of items that name none, ``notes`` are about
    the placeholders of a list of JSON, which no other text here has.  It is read once.
    """

    items: Iterator[Item]
    defaults: dict[str, str]
    notes: tuple[Noted, ...] = ()

    def read(self, context: Context) -> Iterator[tuple[Item, Usual | Passed | None]]:
        """The objects, with what they mean; None is for :meth:`Item.open` to tell."""
        for item in self.items:
            is_open = bool(self.notes) and _PLACEHOLDER in bytes(item.value)
            yield item, None if is_open else _read(item, context, self.defaults)


class _Head(Struct):
    kind: str | None = None
    apiVersion: str | None = None  # noqa: N815


_HEAD = Decoder(_Head)


def _read(item: Item, context: Context, defaults: dict[str, str]) -> Usual | Passed | None:
    value = item.value
    if isinstance(value, Raw):
        try:
            head = _HEAD.decode(value)
        except (DecodeError, ValidationError):
            return None
        api_version, kind = head.apiVersion, head.kind
    elif isinstance(value, dict):
        api_version, kind = value.get("apiVersion"), value.get("kind")
    else:
        return None
    api_version = defaults.get("apiVersion") if api_version is None else api_version
    kind = defaults.get("kind") if kind is None else kind
    if not isinstance(api_version, str) or not isinstance(kind, str):
        return None
    reader = get_kind(api_version, kind)
    if reader is None:
        return _pass(api_version, kind, context)
    known = reader.read(item, context.default_namespace)
    return None if known is None else Usual(kind, known)


def _pass(api_version: str, kind: str, context: Context) -> Passed | None:
    """A kind of Kubernetes' own that means nothing to the network."""
    is_passed = (
        context.scope is Scope.NETWORK
        and is_skippable(kind, api_version)
        and not may_hold_template(kind, api_version, _TEMPLATE)
    )
    return Passed(kind) if is_passed else None


def usual_documents(text: str, syntax: Syntax, context: Context) -> Iterator[Document | Usuals]:
    """The documents of a text, as :func:`documents` has them or better."""
    if syntax is Syntax.JSON:
        from netsim.loader.usual.json_list import open_list

        opened = open_list(text, context.file)
        if opened:
            yield _open_json(opened, context)
        else:
            yield from documents(text, syntax, context.scope)
        return
    for chunk in chunks(text):
        skipped = skip(chunk, context.scope)
        usuals = None if skipped else _open_yaml(chunk, context.file)
        found = skipped or usuals
        if found:
            yield found
        else:
            yield from read_chunk(chunk, syntax)


def _open_json(found: JsonList, context: Context) -> Usuals:
    if _PLACEHOLDER.decode() not in found.text:
        return Usuals(found.items(), found.defaults)
    report = Report(context.file)
    note_placeholders(_list_weighed(found), report)
    return Usuals(found.items(), found.defaults, (Noted(report),))


def _list_weighed(found: JsonList) -> Iterator[Tree]:
    for item in found.items():
        if _PLACEHOLDER in bytes(item.value):
            yield from list_weighed(item.tree(), found.defaults.get("kind", ""))


def _open_yaml(chunk: Chunk, file: str) -> Usuals | None:
    from netsim.loader.tree.yaml_values import NotPlainError, read_list, read_value

    guess = guess_kind(chunk)
    if guess is None or not (guess in KINDS or is_list(guess[1])):
        return None
    if _PLACEHOLDER.decode() in chunk.text or find_unreadable(chunk.text):
        return None
    try:
        if is_list(guess[1]):
            envelope, items = read_list(chunk.text, "items")
            return _open_yaml_list(envelope, items, chunk, file)
        value = read_value(chunk.text)
    except NotPlainError:
        return None
    if not isinstance(value, dict) or _ENCRYPTED in value:
        return None
    if not value.keys() >= {"apiVersion", "kind"}:
        return None
    return Usuals(iter((YamlItem(file, value, chunk=chunk),)), {})


def _open_yaml_list(
    envelope: dict[str, Any], items: list[ListedItem], chunk: Chunk, file: str
) -> Usuals | None:
    defaults = read_envelope(envelope)
    if defaults is None:
        return None
    above = chunk.first_line - 1
    found = (
        YamlItem(file, each.value, index, chunk=Chunk(each.text, above + each.line, 0))
        for index, each in enumerate(items)
    )
    return Usuals(found, defaults)
