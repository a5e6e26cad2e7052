"""The words that formats of ``list`` and ``diff`` share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from netsim.words.lists import count_noun
from netsim.words.ports import describe_unknown

if TYPE_CHECKING:
    from netsim.app.input import Read
    from netsim.engine.matrix.listing import Pair, Part, Pods

NOTHING = "No Connections"
"""Of pods that nobody has written, where others of them may connect."""

FUTURE = "Pods that nobody has written yet:"
NONE_FUTURE = "no workload is open to them, nor may any connect to them"

NAMED = 3
"""Of how many pods of a workload the names are shown."""


def mark_ends(source: str, destination: str, parts: tuple[Part, ...]) -> tuple[str, str, str]:
    """Both ends, with the pods that a row is about, and what to say beside its ports.

    ``shop/db[StatefulSet] (1 of 2 pods: db-0)``.  Where each pod of one end goes with others
    of the other end, that is said instead.
    """
    if not parts:
        return source, destination, ""
    if len(parts) == 1:
        part = parts[0]
        return name_end(source, part.sources), name_end(destination, part.destinations), ""
    if len(parts) > NAMED:
        return source, destination, " (only between some of their pods)"
    ways = (f"{_name(part.sources)} to {_name(part.destinations)}" for part in parts)
    return source, destination, f" (only {'; '.join(ways)})"


def name_end(title: str, pods: Pods | None) -> str:
    """An end, and which of its pods are meant where not all are."""
    if pods is None or pods.are_all:
        return title
    count = f"{len(pods.titles)} of {count_noun(pods.total, 'pod')}"
    return f"{title} ({count}: {_name(pods)})"


def _name(pods: Pods) -> str:
    """The first pods by their names, as the workload beside them tells the namespace."""
    names = [title.partition("/")[2].removesuffix("[Pod]") or title for title in pods.titles]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"


def describe_ports(pair: Pair) -> str:
    """What is allowed, then what may be."""
    if not pair.unknown:
        return str(pair.ports) or NOTHING
    unknown = describe_unknown(pair.unknown, pair.by_family, "unknown: ")
    return f"{pair.ports} ({unknown})" if pair.ports else unknown


def describe_pair(pair: Pair) -> tuple[str, str, str]:
    """A row of a table: both ends, with the pods that are meant, and the ports."""
    source, destination, note = mark_ends(pair.source, pair.destination, pair.parts)
    return source, destination, describe_ports(pair) + note


def summarise(pairs: Sequence[Pair], read: Read) -> str:
    """How many connections there are, and what was read."""
    return f"{count_noun(len(pairs), 'connection')}; read {read}"
