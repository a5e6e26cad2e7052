"""Random files of objects, in the many ways in which people write them, and random edits."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from netsim.model.edit import END, Edit, FieldPath, Insert, Remove, Replace, Target, Value
from netsim.model.location import Location

KEYS = ("app", "from", "ingress", "ports", "a.b/c", "x y", "on", "1", "port")
TEXTS = (
    "web",
    "yes",
    "1e3",
    "",
    "::/0",
    "10.0.0.0/8",
    "a: b",
    "it's",
    'say "x"',
    "# no",
    "two\nlines",
    "two\nlines\n",
    "- x",
    "{x}",
    "a,b",
    " edge ",
    "ü",
    "null",
    "~",
    "012",
    "y",
    "*x",
    "&x",
)

scalars = st.one_of(st.sampled_from(TEXTS), st.integers(-5, 70_000), st.booleans(), st.none())
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=8,
)
collections = values.filter(lambda value: isinstance(value, (dict, list)))


class Pen:
    """Writes YAML with what a test draws: style, indentation, comments."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._step = draw(st.sampled_from((2, 2, 3, 4)))
        self._inset = draw(st.sampled_from((0, 2, self._step)))
        self._with_comments = draw(st.booleans())

    def _chance(self, of: int = 4) -> bool:
        return bool(self._draw(st.integers(1, of)) == 1)

    def document(self, value: dict[str, Any]) -> list[str]:
        return self._block(value)

    def _comment(self) -> str:
        if self._with_comments and self._chance():
            return str(
                self._draw(st.sampled_from(("  # why", " #", "\t# tab", " # it's: [odd")))
            )
        return ""

    def _comment_lines(self) -> list[str]:
        if self._with_comments and self._chance():
            return [self._draw(st.sampled_from(("# about it", "# - old: x", "", "#")))]
        return []

    def _scalar(self, value: Any, *, is_flow: bool = False) -> list[str]:
        if value is None and not is_flow:
            return [self._draw(st.sampled_from(("null", "~", "")))]
        if not isinstance(value, str):
            return [json.dumps(value)]
        if "\n" in value and not is_flow and self._chance(2) and not value.startswith(" "):
            chomp = "" if value.endswith("\n") else "-"
            lines = [" " * self._step + line for line in value.rstrip("\n").split("\n")]
            return [f"|{chomp}", *lines]
        if value.isalpha() and value not in ("yes", "on", "y", "null") and self._chance(2):
            return [value]
        if self._chance(2) and "\n" not in value:
            return ["'" + value.replace("'", "''") + "'"]
        return [json.dumps(value)]

    def _flow(self, value: Any) -> str:
        gap = self._draw(st.sampled_from(("", " ")))
        if isinstance(value, dict):
            pairs = [f"{self._key(k)}: {self._flow(v)}" for k, v in value.items()]
            return f"{{{gap}{', '.join(pairs)}{gap}}}" if pairs else "{}"
        if isinstance(value, list):
            items = [self._flow(each) for each in value]
            end = "," if items and self._chance(6) else ""
            return f"[{gap}{', '.join(items)}{end}{gap}]" if items else "[]"
        return self._scalar(value, is_flow=True)[0]

    def _spread(self, value: Any) -> list[str]:
        """A flow collection with a line for each entry."""
        pairs = (
            [f"{self._key(k)}: {self._flow(v)}" for k, v in value.items()]
            if isinstance(value, dict)
            else [self._flow(each) for each in value]
        )
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        lines = [opening]
        for number, pair in enumerate(pairs):
            comma = "," if number < len(pairs) - 1 or self._chance() else ""
            lines.append(f"  {pair}{comma}{self._comment()}")
        return [*lines, closing]

    def _key(self, key: str) -> str:
        return key if key.isalpha() and key != "on" else json.dumps(key)

    def _block(self, value: Any) -> list[str]:
        lines: list[str] = []
        if isinstance(value, dict):
            for key, each in value.items():
                lines += self._comment_lines()
                first, rest = self._value(each, self._step, self._inset)
                name = f"{self._key(key)}:"
                lines += [f"{name} {first}".rstrip(" ") + self._comment_after(first), *rest]
        else:
            for each in value:
                lines += self._comment_lines()
                if isinstance(each, (dict, list)) and each and self._chance(2):
                    first, *rest = self._compact(each)
                    lines += [f"- {first}", *(f"  {line}" if line else "" for line in rest)]
                    continue
                first, rest = self._value(each, 2, 2)
                lines += [f"- {first}".rstrip(" ") + self._comment_after(first), *rest]
        return lines

    def _compact(self, value: Any) -> list[str]:
        lines = self._block(value)
        while lines[0].startswith("#") or not lines[0].strip():
            lines = lines[1:]
        return lines

    def _comment_after(self, first: str) -> str:
        return "" if first.startswith("|") else self._comment()

    def _value(self, value: Any, step: int, inset: int) -> tuple[str, list[str]]:
        if not isinstance(value, (dict, list)):
            first, *rest = self._scalar(value)
            return first, rest
        if not value or self._chance():
            return self._flow(value), []
        if self._chance(8):
            first, *rest = self._spread(value)
            return first, [f"{' ' * step}{line}" for line in rest]
        indent = step if isinstance(value, dict) else inset
        return "", [f"{' ' * indent}{line}" if line else "" for line in self._block(value)]


def paths(value: Any, above: FieldPath = ()) -> list[FieldPath]:
    """Every path in a value, its own left out."""
    found: list[FieldPath] = []
    entries: Any = ()
    if isinstance(value, dict):
        entries = value.items()
    elif isinstance(value, list):
        entries = enumerate(value)
    for key, each in entries:
        found += [(*above, key), *paths(each, (*above, key))]
    return found


def follow(value: Any, path: FieldPath) -> Any:
    for key in path:
        value = value[key]
    return value


@st.composite
def objects(draw: st.DrawFn) -> dict[str, Any]:
    spec = draw(st.dictionaries(st.sampled_from(KEYS), values, min_size=1, max_size=4))
    return {
        "apiVersion": "v1",
        "kind": "Thing",
        "metadata": {"name": "it", "namespace": "shop"},
        "spec": spec,
    }


@st.composite
def edits(draw: st.DrawFn, thing: dict[str, Any], location: Location) -> Edit:
    target = Target("Thing", "shop", "it", location)
    inner: list[FieldPath] = [("spec", *path) for path in paths(thing["spec"])]
    kind = draw(st.sampled_from((Insert, Replace, Remove)))
    value = Value.of(draw(st.one_of(collections, values)))
    if kind is Remove:
        return Remove(target, draw(st.sampled_from(inner)))
    if kind is Replace:
        return Replace(target, draw(st.sampled_from(inner)), value)
    parent = draw(st.sampled_from([("spec",), *inner]))
    holder = follow(thing, parent)
    taken = holder if isinstance(holder, dict) else thing["spec"]
    free = [key for key in ("new", "a.b/d", "to", "y") if key not in taken]
    new: FieldPath = (draw(st.sampled_from(free)),)
    if isinstance(holder, list):
        new = (draw(st.sampled_from((END, *range(len(holder) + 1)))),)
    elif holder is None:
        new = draw(st.sampled_from((new, (END,), ("new", END), ("new", END, "from"))))
    elif not isinstance(holder, dict):
        parent = ("spec",)
    if new[0] == END and draw(st.booleans()):
        new = (END, "to", END)
    elif isinstance(new[0], str) and draw(st.booleans()):
        new = (*new, END)
    return Insert(target, (*parent, *new), value)
