"""Connections as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from msgspec.structs import asdict

from netsim.app.list import ConnectionList
from netsim.engine.matrix.listing import Pair, split_pairs
from netsim.engine.query.exposure import Exposure
from netsim.model.policies import Direction
from netsim.report.json_parts import by_protocol, describe_input
from netsim.report.list.words import NOTHING
from netsim.report.style import Terminal


def render(result: ConnectionList, _: Terminal) -> str:
    """An object with the connections and what was read."""
    found = {
        **describe_input(result),
        "connections": [describe_connection(p) for p in split_pairs(result.pairs)],
    }
    if result.exposures is not None:
        found["exposure"] = [row for each in result.exposures for row in _exposure(each)]
    found["read"] = asdict(result.read)
    return json.dumps(found, indent=2) + "\n"


def _exposure(exposure: Exposure) -> Iterator[dict[str, Any]]:
    """An object for each kind of pods that nobody has written."""
    about = {"workload": exposure.workload, "direction": exposure.direction.word}
    for pair in exposure.pairs():
        is_ingress = exposure.direction is Direction.INGRESS
        pods = pair.source if is_ingress else pair.destination
        for each in pair.split():
            closed = {} if each.ports or each.unknown else {"conn": NOTHING}
            yield {**about, "pods": pods, **describe_connection(each), **closed}


def describe_connection(pair: Pair) -> dict[str, Any]:
    """A pair with its ports, allowed and unknown."""
    return {
        "src": pair.source,
        "dst": pair.destination,
        "conn": str(pair.ports),
        "ports": by_protocol(pair.ports),
        "unknown": by_protocol(pair.unknown),
        **{f"{family} only": by_protocol(ports) for family, ports in pair.by_family},
    }
