"""Arrows within one row of a text drawing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from msgspec import Struct


class LineHeading(Enum):
    """Which end of a line has an arrowhead."""

    NONE = "none"
    FORTH = "forth"
    BACK = "back"
    BOTH = "both"


class Connector(Struct, frozen=True):
    """An arrow or crossed line, where it starts and ends in its row, and its inner label."""

    start: int
    end: int
    heading: LineHeading
    crossed: bool
    branches: bool
    label: str = ""


_CROSS = "✗✘✕✖❌╳×"
_LINE = "─━═╌┄┈╍┅╴╶╼╾—–┬┴┼┯┷┳┻╤╧╦╩"
_HEADS = "→⟶➔➜➝➞⇒▶►▸"
_BACK_HEADS = "←⟵⇐◀◄◂"
_DASHES = (
    rf"(?:[{_LINE}]|--+|==+|[-=](?=[>xX+])|(?<=[-=])\+(?=[-=])|(?<=[-=+x X<])[-=](?=[-=>]))"
)
_RUN = re.compile(
    rf"""
    (?P<branch>[├└╰┗┣╚╠┝┕]|[|+`\\](?=[-=]))?
    (?P<back>[{_BACK_HEADS}]|<(?=[-=]))?
    (?P<line>{_DASHES}*)
    (?P<cross>[{_CROSS}]\0?|(?<=[-=])[xX](?=[-=>\s]|$))?
    (?P<after>(?:[{_LINE}]|[-=])*)
    (?P<head>[{_HEADS}]|(?<=[{_LINE}\-=])>)?
    """,
    re.VERBOSE,
)


def read_connectors(text: str) -> tuple[Connector, ...]:
    """The arrows of a row, from left to right.

    A line without head or cross opens a label, which the next run of line closes.
    """
    found: list[Connector] = []
    opened: re.Match[str] | None = None
    for run in _runs(text):
        if opened:
            found.append(_connector(opened, run, text[opened.end() : run.start()]))
            opened = None
        elif run["cross"] or run["head"] or (run["back"] and not _continues(text, run)):
            found.append(_connector(run, run, ""))
        else:
            opened = run
    if opened:
        found.append(_connector(opened, opened, ""))
    return tuple(found)


def _continues(text: str, run: re.Match[str]) -> bool:
    later = next(_runs(text, run.end()), None)
    return later is not None and not (later["back"] or later["branch"])


def _runs(text: str, start: int = 0) -> Iterator[re.Match[str]]:
    for run in _RUN.finditer(text, start):
        if run["line"] or run["cross"] or run["head"] or run["back"]:
            yield run


def _connector(first: re.Match[str], last: re.Match[str], label: str) -> Connector:
    back, forth = bool(first["back"]), bool(last["head"])
    heading = {
        (False, False): LineHeading.NONE,
        (False, True): LineHeading.FORTH,
        (True, False): LineHeading.BACK,
        (True, True): LineHeading.BOTH,
    }[back, forth]
    crossed = bool(first["cross"] or last["cross"])
    return Connector(first.start(), last.end(), heading, crossed, bool(first["branch"]), label)
