"""The words that formats of ``list`` and ``diff`` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsim.words.lists import count_noun
from netsim.words.ports import describe_unknown

if TYPE_CHECKING:
    from netsim.app.list import ConnectionList
    from netsim.engine.matrix.listing import Pair


def describe_ports(pair: Pair) -> str:
    """What is allowed, then what may be."""
    if not pair.unknown:
        return str(pair.ports)
    unknown = describe_unknown(pair.unknown, pair.by_family, "unknown: ")
    return f"{pair.ports} ({unknown})" if pair.ports else unknown


def summarise(result: ConnectionList) -> str:
    """How many connections there are, and what was read."""
    return f"{count_noun(len(result.pairs), 'connection')}; read {result.read}"
