"""Parts that the JSON formats share."""

from __future__ import annotations

from typing import Any

from netsim.app.read import Diagnosed
from netsim.model.location import Location
from netsim.model.ports import PortSet, Protocol


def by_protocol(ports: PortSet) -> dict[str, list[list[int]]]:
    """Protocol to its ranges ``[first, last]``; protocols without any are left out."""
    return {
        protocol.value: [list(interval) for interval in ports.ports(protocol)]
        for protocol in Protocol
        if ports.ports(protocol)
    }


def describe_input(result: Diagnosed) -> dict[str, Any]:
    """What is wrong with the input of a result, and with it missing from all the rest."""
    return {
        "diagnostics": [
            {
                "severity": each.severity.value,
                "message": each.message,
                "location": place(each.location),
            }
            for each in result.diagnostics
        ]
    }


def place(location: Location) -> dict[str, Any]:
    """A place in the input."""
    return {"file": location.file, "line": location.line, "field": location.field}
