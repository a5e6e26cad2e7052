"""Connections as JSON."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import asdict

from netsim.app.list import ConnectionList
from netsim.engine.matrix.listing import Pair
from netsim.report.json_parts import by_protocol, describe_input
from netsim.report.style import Terminal


def render(result: ConnectionList, _: Terminal) -> str:
    """An object with the connections and what was read."""
    found = {
        **describe_input(result),
        "connections": [_connection(p) for p in result.pairs],
        "read": asdict(result.read),
    }
    return json.dumps(found, indent=2) + "\n"


def _connection(pair: Pair) -> dict[str, Any]:
    return {
        "src": pair.source,
        "dst": pair.destination,
        "conn": str(pair.ports),
        "ports": by_protocol(pair.ports),
        "unknown": by_protocol(pair.unknown),
        **{f"{family} only": by_protocol(ports) for family, ports in pair.by_family},
    }
