"""YAML text to trees, from PyYAML's events, and to plain data: all that imports yaml."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from netsim.errors import LoadError, TreeError
from netsim.model.tree import (
    DEEPEST,
    Mapping,
    MappingEntry,
    Scalar,
    ScalarStyle,
    Sequence,
    Tree,
)

PARSER: Any = yaml.CLoader if yaml.__with_libyaml__ else yaml.Loader

LARGEST_EXPANSION = 100_000
"""Nodes that aliases may stand for in one document; more is taken for an alias bomb."""

# Looked up for every node of the input.
_PLAIN, _QUOTED = ScalarStyle.PLAIN, ScalarStyle.QUOTED
_SCALAR, _MAPPING_END = yaml.ScalarEvent, yaml.MappingEndEvent

_MERGE = "<<"
_TYPED_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "float", "null")
)


_NOT_IN_JSON = frozenset(f"tag:yaml.org,2002:{name}" for name in ("set", "omap", "pairs"))
"""Collections that are neither a list nor a mapping of JSON."""


def trees(text: str) -> Iterator[Tree | None]:
    """The documents of a YAML text; None for an empty one.  Raises ``TreeError``."""
    try:
        yield from _Builder(text).documents()
    except yaml.MarkedYAMLError as error:
        raise _explain(error) from error
    except yaml.YAMLError as error:
        raise TreeError(f"not YAML: {error}", 1) from error


def scalar_spans(text: str) -> list[tuple[int, int]]:
    """Where the scalars of a YAML text begin and end.  Raises ``TreeError``."""
    try:
        events = yaml.parse(text, PARSER)
        return [_span(event, text) for event in events if type(event) is _SCALAR]
    except (yaml.YAMLError, UnicodeError) as error:
        raise TreeError(f"not YAML: {error}", 1) from error


def _span(event: Any, text: str) -> tuple[int, int]:
    start, end = event.start_mark.index, event.end_mark.index
    # A comment may follow the | or > that opens a block.
    return (text.find("\n", start, end) if event.style in ("|", ">") else start, end)


def _explain(error: yaml.MarkedYAMLError) -> TreeError:
    problem = error.problem or "it cannot be parsed"
    context = error.context or ""
    # An unclosed quote is noticed at the end of the text, but the fault is where it opens.
    mark = error.context_mark if "quoted scalar" in context else error.problem_mark
    mark = mark or error.problem_mark or error.context_mark
    if "cannot start any token" in problem:
        problem += " (a tab, or an unquoted special character: indent with spaces, quote text)"
    place = f"{context}: " if context else ""
    return TreeError(f"not YAML: {place}{problem}", mark.line + 1 if mark else 1)


class _Builder:
    """Pulls events and makes nodes of them."""

    def __init__(self, text: str) -> None:
        self._next: Any = PARSER(text).get_event
        self._anchors: dict[str, tuple[Tree, int]] = {}
        self._nodes = 0
        self._expanded = 0

    def documents(self) -> Iterator[Tree | None]:
        event = self._next()
        while not isinstance(event, yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors.clear()
                self._expanded = 0
                yield self._document()
            event = self._next()

    def _document(self) -> Tree | None:
        tree = self._node(self._next(), 0)
        empty = isinstance(tree, Scalar) and tree.style is ScalarStyle.PLAIN and not tree.text
        return None if empty else tree

    def _node(self, event: Any, depth: int) -> Tree:
        kind = type(event)
        if kind is _SCALAR and not event.anchor:
            return self._scalar(event)
        if kind is yaml.AliasEvent:
            return self._alias(event)
        before = self._nodes
        tree = self._scalar(event) if kind is _SCALAR else self._collection(event, depth)
        if event.anchor:
            self._anchors[event.anchor] = (tree, self._nodes - before)
        return tree

    def _scalar(self, event: Any) -> Scalar:
        self._nodes += 1
        style = _PLAIN if event.implicit[0] or event.tag in _TYPED_TAGS else _QUOTED
        return Scalar(event.value, style, event.start_mark.line + 1)

    def _collection(self, event: Any, depth: int) -> Tree:
        self._nodes += 1
        line = event.start_mark.line + 1
        if depth >= DEEPEST:
            raise TreeError(f"nested too deeply: use at most {DEEPEST} levels", line)
        if event.tag in _NOT_IN_JSON:
            short = f"!!{event.tag.rpartition(':')[2]}"
            raise TreeError(f"{short} is no value that Kubernetes has: write it out", line)
        if type(event) is yaml.SequenceStartEvent:
            return self._sequence(line, depth + 1)
        return self._mapping(line, depth + 1)

    def _alias(self, event: Any) -> Tree:
        line = event.start_mark.line + 1
        if event.anchor not in self._anchors:
            # The name may be a password that begins with a star.
            raise TreeError("an alias without an anchor before it: quote text after *", line)
        tree, size = self._anchors[event.anchor]
        self._nodes += size
        self._expanded += size
        if self._expanded > LARGEST_EXPANSION:
            raise TreeError(
                f"alias *{event.anchor}: aliases expand to more than {LARGEST_EXPANSION} "
                "values: write them out",
                line,
            )
        return tree

    def _sequence(self, line: int, depth: int) -> Sequence:
        items: list[Tree] = []
        event = self._next()
        while type(event) is not yaml.SequenceEndEvent:
            items.append(self._node(event, depth))
            event = self._next()
        return Sequence(tuple(items), line)

    def _mapping(self, line: int, depth: int) -> Mapping:
        entries: dict[str, MappingEntry] = {}
        merged: dict[str, MappingEntry] = {}
        event = self._next()
        while type(event) is not _MAPPING_END:
            is_plain = type(event) is _SCALAR and not event.anchor
            key = self._scalar(event) if is_plain else self._key(event, depth)
            value = self._node(self._next(), depth)
            if key.text == _MERGE and key.style is ScalarStyle.PLAIN:
                merged = _merge(value, key.line) | merged
            elif key.text in entries:
                raise _duplicate(key, entries[key.text])
            else:
                entries[key.text] = MappingEntry(key.line, value, key.style)
            event = self._next()
        return Mapping(merged | entries if merged else entries, line)

    def _key(self, event: Any, depth: int) -> Scalar:
        key = self._node(event, depth)
        if not isinstance(key, Scalar):
            raise TreeError("a key is not text: quote it", key.line)
        return key


def _duplicate(key: Scalar, first: MappingEntry) -> TreeError:
    return TreeError(f"duplicate key {key.text}: keep one", key.line, first.line)


def _merge(value: Tree, line: int) -> dict[str, MappingEntry]:
    """What ``<<`` brings in; of several mappings the first wins (YAML merge key type)."""
    found: dict[str, MappingEntry] = {}
    for mapping in reversed(value.items if isinstance(value, Sequence) else (value,)):
        if not isinstance(mapping, Mapping):
            raise TreeError("<< merges mappings only", line)
        found |= mapping.entries
    return found


_SAFE_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
YamlError = yaml.YAMLError


class TextError(LoadError):
    """A text that holds no Kubernetes objects."""


def plain_objects(text: str) -> tuple[dict[str, Any], ...]:
    """The objects of JSON or YAML, those of lists one by one; raises :class:`TextError`."""
    import json  # manifests that are checked never come here

    try:
        documents = [json.loads(text)] if text.lstrip()[:1] == "{" else _plain(text)
        return tuple(
            each for found in documents if found is not None for each in _flatten(found)
        )
    except YamlError as error:
        raise TextError(f"not valid YAML{line_of(error)}") from error
    except TextError:
        raise
    except (ValueError, TypeError, RecursionError) as error:
        raise TextError(f"cannot be read: {error}") from error


def _plain(text: str) -> list[Any]:
    try:
        # What is small as text and huge when it is built ends here.
        for _ in trees(text):
            pass
    except TreeError as error:
        if isinstance(error.__cause__, YamlError):
            raise TextError(f"not valid YAML, line {error.line}") from error
        raise TextError(f"line {error.line}: {error}") from error
    return list(yaml.load_all(text, _PlainLoader))


class _PlainLoader(_SAFE_LOADER):  # type: ignore[misc]
    """Values that JSON has: a date is text, as for kubectl."""


for _name in ("timestamp", "binary"):
    _PlainLoader.add_constructor(
        f"tag:yaml.org,2002:{_name}", lambda loader, node: loader.construct_scalar(node)
    )
_PlainLoader.add_constructor(
    "tag:yaml.org,2002:set", lambda loader, node: loader.construct_mapping(node, deep=True)
)


def line_of(error: Exception) -> str:
    """``, line 5``: where YAML is broken; the whole message may quote secrets of the text."""
    mark = getattr(error, "problem_mark", None)
    return f", line {mark.line + 1}" if mark else ""


def _flatten(found: Any, of_kind: str = "", api_version: str = "") -> Iterator[dict[str, Any]]:
    if not isinstance(found, dict):
        raise TextError("not a Kubernetes object: expected a mapping with apiVersion and kind")
    kind = str(found.get("kind") or of_kind)
    if kind.endswith("List") and isinstance(found.get("items"), list):
        inner = kind.removesuffix("List")
        for item in found["items"]:
            yield from _flatten(item, inner, str(found.get("apiVersion", "")) if inner else "")
    else:
        own = {"kind": of_kind, "apiVersion": api_version} if of_kind else {}
        yield own | found
