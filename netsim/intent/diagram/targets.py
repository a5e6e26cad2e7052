"""The names at the end of an arrow, each with the label behind it."""

from __future__ import annotations

import re

from msgspec import Struct

from netsim.intent.diagram.labels import UNLABELLED, Label, read_label
from netsim.intent.errors import IntentError
from netsim.model.location import Location


class Target(Struct, frozen=True):
    """A name, and what the arrow to it says."""

    name: str
    label: Label


_ITEM = re.compile(r"\s*([^,()\[\]]+?)\s*(?:\(([^()]*)\)|\[([^\[\]]*)\])?\s*(?:,|$)")
_BARE_PORT = re.compile(r"\bports?\b|:\s*\d|\d/(?:tcp|udp|sctp)\b", re.IGNORECASE)
_NAME = re.compile(r"[\w*][\w .:/*&'@+#-]*")


def read_targets(text: str, location: Location) -> tuple[Target, ...]:
    """Read ``API, Postgres (port 5432)``: a label counts for the names before it, too."""
    found: list[Target] = []
    waiting: list[str] = []
    position = 0
    while position < len(text):
        item = _ITEM.match(text, position)
        if not item:
            raise _unreadable(text, location)
        position = item.end()
        waiting.append(_checked(item[1], location))
        if item[2] is not None or item[3] is not None:
            label = read_label(item[2] or item[3] or "", location)
            found += (Target(name, label) for name in waiting)
            waiting.clear()
    return (*found, *(Target(name, UNLABELLED) for name in waiting))


def _checked(name: str, location: Location) -> str:
    if _BARE_PORT.search(name):
        message = f"{name!r} holds a port; write ports in brackets, as 'API (port 4000)'"
        raise IntentError(message, location)
    if not _NAME.fullmatch(name):
        raise _unreadable(name, location)
    return " ".join(name.split())


def _unreadable(text: str, location: Location) -> IntentError:
    return IntentError(
        f"{text!r} cannot be read; write what an arrow leads to as 'API (port 4000)'", location
    )
