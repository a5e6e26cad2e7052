"""Connections as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from msgspec.structs import asdict

from netsim.engine.matrix.listing import Pair
from netsim.report.json_parts import by_protocol
from netsim.report.summary import Read


def render(pairs: Sequence[Pair], read: Read) -> str:
    """An object with the connections and what was read."""
    found = {"connections": [_connection(pair) for pair in pairs], "read": asdict(read)}
    return json.dumps(found, indent=2) + "\n"


def _connection(pair: Pair) -> dict[str, Any]:
    return {
        "src": pair.source,
        "dst": pair.destination,
        "conn": str(pair.ports),
        "ports": by_protocol(pair.ports),
        "unknown": by_protocol(pair.unknown),
    }
