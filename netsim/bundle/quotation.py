"""Whether YAML that a document quotes is contained in an object, and where it is not.

A mapping is contained in another that has all its keys; a list in another that has an item
containing each of its items, items being paired by ``name`` where both have one.  A scalar is
contained in one that means the same to kubectl.  What is quoted as ``...``, or as nothing,
stands for whatever is there.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.loader.tree.scalars import is_null, resolve
from netsim.model.tree import Mapping, Scalar, ScalarStyle, Sequence, Tree
from netsim.words.nearness import closest

_LEFT_OUT = frozenset(("...", "…"))
_SHOWN = 60
_ALIKE = 0.8


class QuotedPair(Struct, frozen=True):
    """A quoted node beside the one it should be in, each with the line of its key."""

    quoted: Tree
    line: int
    found: Tree
    found_line: int
    path: str = ""


class Misquote(Struct, frozen=True):
    """What is quoted and not there.

    ``found`` is what stands there instead, None where nothing does; then ``found_line`` is the
    line of what it is missing from.
    """

    path: str
    quoted: Tree
    line: int
    found: Tree | None
    found_line: int

    @property
    def cost(self) -> int:
        """How far apart the two are: another value is nearer than none."""
        return count_values(self.quoted) * (2 if self.found is None else 1)


def sum_costs(found: tuple[Misquote, ...]) -> int:
    """How far a quotation is from an object; 0 where it is contained."""
    return sum(misquote.cost for misquote in found)


def count_values(tree: Tree) -> int:
    """How many values a tree holds, an empty collection being one."""
    match tree:
        case Mapping():
            return max(1, sum(count_values(entry.value) for entry in tree.entries.values()))
        case Sequence():
            return max(1, sum(map(count_values, tree.items)))
    return 1


def find_misquotes(pair: QuotedPair) -> tuple[Misquote, ...]:
    """Everything that is quoted and not there."""
    return tuple(_walk(pair))


def _walk(pair: QuotedPair) -> Iterator[Misquote]:
    match pair.quoted, pair.found:
        case Scalar() as quoted, _ if is_null(quoted) or quoted.text in _LEFT_OUT:
            return
        case Mapping() as quoted, Mapping() as found:
            yield from _walk_mappings(quoted, found, pair)
        case Sequence() as quoted, Sequence() as found:
            for item in quoted.items:
                yield from _walk_item(item, found, pair)
        case Scalar() as quoted, Scalar() as found if _is_same(quoted, found):
            return
        case _:
            yield Misquote(pair.path, pair.quoted, pair.line, pair.found, pair.found_line)


def _walk_mappings(quoted: Mapping, found: Mapping, pair: QuotedPair) -> Iterator[Misquote]:
    for key, entry in quoted.entries.items():
        path = f"{pair.path}.{key}" if pair.path else key
        there = found.entries.get(key)
        if there is None:
            yield Misquote(path, entry.value, entry.line, None, pair.found_line)
        else:
            yield from _walk(QuotedPair(entry.value, entry.line, there.value, there.line, path))


def _walk_item(item: Tree, found: Sequence, pair: QuotedPair) -> Iterator[Misquote]:
    """Against the item of the same name, or nearly, or else the one that comes nearest."""
    name = _read_name(item)
    path = f"{pair.path}[{name}]" if name else f"{pair.path}[]"
    name = _guess_name(name, found)
    compared = [
        find_misquotes(QuotedPair(item, item.line, there, there.line, path))
        for there in found.items
        if name is None or _read_name(there) == name
    ]
    nearest = min(compared, key=sum_costs, default=None)
    is_near = nearest is not None and (
        name is not None or sum_costs(nearest) < count_values(item)
    )
    if nearest is not None and is_near:
        yield from nearest
    elif nearest != ():
        yield Misquote(path, item, item.line, None, pair.found_line)


def _guess_name(name: str | None, found: Sequence) -> str | None:
    """The name of an item, or one that is nearly the same where no item has it."""
    names = [known for each in found.items if (known := _read_name(each))]
    if name is None or name in names:
        return name
    return closest(name, names, _ALIKE) or name


def _read_name(tree: Tree) -> str | None:
    name = tree.get("name") if isinstance(tree, Mapping) else None
    return name.text if isinstance(name, Scalar) else None


def _is_same(quoted: Scalar, found: Scalar) -> bool:
    left, right = resolve(quoted), resolve(found)
    # To Python true is 1, to Kubernetes it is not.
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def list_nodes(tree: Tree) -> Iterator[tuple[Tree, int]]:
    """A tree and every collection in it, each with its line."""
    yield tree, tree.line
    match tree:
        case Mapping():
            for entry in tree.entries.values():
                if not isinstance(entry.value, Scalar):
                    yield from list_nodes(entry.value)
        case Sequence():
            for item in tree.items:
                if not isinstance(item, Scalar):
                    yield from list_nodes(item)


def find_entries(tree: Tree, name: str) -> Iterator[Mapping]:
    """The items of lists that have this name, such as entries of ``env``."""
    for node, _ in list_nodes(tree):
        if isinstance(node, Sequence):
            for item in node.items:
                if isinstance(item, Mapping) and _read_name(item) == name:
                    yield item


def drop_named(tree: Tree, name: str) -> Tree:
    """A tree without the items of lists that have this name."""
    match tree:
        case Mapping():
            entries = {
                key: entry._replace(value=drop_named(entry.value, name))
                for key, entry in tree.entries.items()
            }
            return Mapping(entries, tree.line)
        case Sequence():
            kept = tuple(
                drop_named(item, name) for item in tree.items if _read_name(item) != name
            )
            return Sequence(kept, tree.line)
    return tree


def shorten_value(tree: Tree) -> str:
    """A value for a message: scalars as they are written, apart from what is too long."""
    match tree:
        case Mapping():
            return "a mapping"
        case Sequence():
            return "a list"
    text = " ".join(tree.text.split())
    text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    means_text_only_quoted = tree.style is ScalarStyle.QUOTED and not isinstance(
        resolve(tree._replace(style=ScalarStyle.PLAIN)), str
    )
    return f'"{text}"' if means_text_only_quoted else text
