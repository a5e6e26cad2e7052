"""A snapshot of objects that are at hand, such as the output of ``kubectl get -o json``.

The objects are read as every command reads them, so that what is rejected there, or not
evaluated, is not lost on the way: a snapshot names the one and keeps the other.
"""

from __future__ import annotations

from collections import Counter
from math import isfinite
from typing import Any

from netsim.loader.objects.fields import Fields, Report
from netsim.loader.objects.objects import Context, Item, Noted, Object, Unread, Unused, objects
from netsim.loader.objects.other_systems import Unevaluated
from netsim.loader.registry import Scope
from netsim.loader.snapshot.kinds import (
    NAMED_KINDS,
    SNAPSHOT_KINDS,
    build_shape_kind,
    identify,
    kind_of_others,
)
from netsim.loader.snapshot.snapshot import Missing, Rejected, Snapshot
from netsim.loader.tree.documents import Broken, Skipped, Syntax, documents, normalise
from netsim.loader.tree.scalars import resolve
from netsim.model.finding import Severity
from netsim.model.location import Location
from netsim.model.tree import Mapping, MappingEntry, Scalar, ScalarStyle, Sequence, Tree

_BY_KIND = {kind.kind: kind for kind in SNAPSHOT_KINDS}
_YAML = (".yaml", ".yml")


def take(text: str, source: str) -> Snapshot:
    """A snapshot of a text of JSON or YAML; never raises for what it holds.

    Kinds that netsim does not read, Secrets first of all, are counted and left out.
    """
    text = normalise(text)
    taking = _Taking(source)
    for document in documents(text, _syntax(text, source), Scope.BUNDLE):
        if isinstance(document, Broken):
            taking.reject(Location(source, document.line), document.message)
        elif isinstance(document, Skipped):
            taking.left_out[document.kind] += 1
        else:
            for item in objects(document, Context(source, "", Scope.BUNDLE)):
                taking.add(item)
    return taking.snapshot()


def _syntax(text: str, source: str) -> Syntax:
    start = text.lstrip()[:2]
    is_json = start[:1] in ("{", "[") and start != "{{" and not source.endswith(_YAML)
    return Syntax.JSON if is_json else Syntax.YAML


class _Taking:
    """Gathers what a text holds."""

    def __init__(self, source: str) -> None:
        self.left_out: Counter[str] = Counter()
        self._source = source
        self._objects: list[dict[str, Any]] = []
        self._missing: dict[Missing, None] = {}
        self._rejected: dict[Rejected, None] = {}

    def add(self, item: Item) -> None:
        """Takes in one object, or what there is to say of one."""
        match item:
            case Object():
                self._add_object(item)
            case Unevaluated():
                self._add_policy_of_others(item)
            case Unused() if item.fields and item.kind in NAMED_KINDS:
                self._objects.append(identify(_to_plain(item.fields) | {"kind": item.kind}))
            case Unused():
                self.left_out[item.kind] += 1
            case Unread():
                self._missing[Missing(item.kind, item.reason, item.group)] = None
            case Noted():
                self._reject_errors(item.report, is_network=True)

    def _add_object(self, item: Object) -> None:
        is_rejected = False
        if item.reader.network:
            item.reader.read_network(item)
            is_rejected = item.report.failed
            self._reject_errors(item.report, is_network=True)
        if not is_rejected and item.scope is Scope.BUNDLE:
            # A Pod whose volumes are wrong still is a Pod to the network.
            item.reader.read_bundle(item)
            self._reject_errors(item.report, is_network=False)
        if item.reader.is_by_shape:
            if not is_rejected:
                kept = build_shape_kind(item.reader)
                self._objects.append(kept.reduced(_to_plain(item.fields)))
            return
        kind = _BY_KIND.get(item.kind)
        if kind is None or kind.group != item.reader.group:
            self.left_out[item.reader.title] += 1
        elif not is_rejected:
            self._objects.append(kind.reduced(_to_plain(item.fields)))

    def _add_policy_of_others(self, item: Unevaluated) -> None:
        found, policy = _to_plain(item.fields), item.policy.id
        kind = kind_of_others(str(found.get("apiVersion") or f"{policy.group}/v1"), policy.kind)
        if kind:
            self._objects.append(kind.reduced(found))

    def _reject_errors(self, report: Report, *, is_network: bool) -> None:
        for found in report.diagnostics:
            if found.severity is Severity.ERROR:
                self.reject(found.location, found.message, is_network=is_network)

    def reject(self, location: Location, message: str, *, is_network: bool = True) -> None:
        """Notes a document that is rejected; the first to say so counts."""
        told = Rejected(str(location), message, is_network)
        if is_network or Rejected(told.place, message) not in self._rejected:
            self._rejected[told] = None

    def snapshot(self) -> Snapshot:
        """Everything that was gathered."""
        return Snapshot(
            tuple(self._objects),
            tuple(self._missing),
            left_out=tuple(sorted(self.left_out.items())),
            source=self._source,
            rejected=tuple(self._rejected),
        )


def _to_plain(fields: Fields) -> dict[str, Any]:
    return {_key(name, entry): _value(entry.value) for name, entry in fields.entries.items()}


def _value(tree: Tree) -> Any:
    """What a tree says, as the values of JSON."""
    if isinstance(tree, Mapping):
        return {_key(name, entry): _value(entry.value) for name, entry in tree.entries.items()}
    if isinstance(tree, Sequence):
        return [_value(item) for item in tree.items]
    value = resolve(tree)
    return tree.text if isinstance(value, float) and not isfinite(value) else value


def _key(name: str, entry: MappingEntry) -> str:
    """A key as kubectl sends it: ``y`` is ``true``."""
    value = resolve(Scalar(name, entry.style, entry.line))
    if entry.style is ScalarStyle.QUOTED or not isinstance(value, bool):
        return name
    return str(value).lower()
