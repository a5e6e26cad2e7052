"""Documents as the text of a YAML file, with comments above them and above items of lists.

``write([Remarked({"kind": "Pod"}, ("why it is there",))])`` is ``# why it is there`` and, in
the next line, ``kind: Pod``.  Keys stay in the order in which they are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from netsim.words.printable import printable
from netsim.words.yaml import scalar

_LONGEST_LINE = 60


class Remarked(Struct, frozen=True):
    """A value with comments, a line each."""

    value: Mapping[str, Value]
    remarks: tuple[str, ...] = ()


Value = str | int | Mapping[str, "Value"] | Sequence["Value"] | Remarked


def write(documents: Iterable[Remarked]) -> str:
    """The text of a file that holds these documents."""
    return "---\n".join(
        "".join(f"{line}\n" for line in (*_remark(each), *_write(each.value)))
        for each in documents
    )


def _remark(value: Remarked) -> Iterator[str]:
    for remark in value.remarks:
        yield f"# {printable(remark)}".rstrip()


def _write(value: Mapping[str, Value]) -> Iterator[str]:
    for key, given in value.items():
        each = given.value if isinstance(given, Remarked) else given
        if isinstance(each, Mapping) and each:
            yield f"{scalar(key)}:"
            yield from (f"  {line}" for line in _write(each))
        elif isinstance(each, (Mapping, str, int)):
            yield f"{scalar(key)}: {_write_scalar(each)}"
        elif (line := _write_line(key, each)) is not None:
            yield line
        else:
            yield f"{scalar(key)}:"
            for item in each:
                yield from (f"  {line}" for line in _write_item(item))


def _write_line(key: str, items: Sequence[Value]) -> str | None:
    """A list of a few words in one line; None where it takes several."""
    if not all(isinstance(item, str) for item in items):
        return None
    line = f"{scalar(key)}: [{', '.join(map(_write_scalar, items))}]"
    return line if len(line) <= _LONGEST_LINE else None


def _write_item(item: Value) -> Iterator[str]:
    if isinstance(item, Remarked):
        yield from _remark(item)
        item = item.value
    if isinstance(item, Mapping) and item:
        for number, line in enumerate(_write(item)):
            yield f"{'  ' if number else '- '}{line}"
    else:
        yield f"- {_write_scalar(item)}"


def _write_scalar(value: object) -> str:
    if isinstance(value, str):
        return scalar(value)
    return str(value) if isinstance(value, int) else "{}"
