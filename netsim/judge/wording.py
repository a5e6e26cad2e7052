"""How findings put flows and ports into words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netsim.judge.judgement import Judgement
from netsim.model.finding import Related
from netsim.model.flow import Intent
from netsim.model.ports import PortSet, Protocol

SHOWN = 4


def ports_text(ports: PortSet) -> str:
    """``TCP 4000``, ``UDP every port``, ``every port``."""
    if ports == PortSet.full():
        return "every port"
    return ", ".join(
        _protocol_text(ports, protocol) for protocol in Protocol if ports.ports(protocol)
    )


def _protocol_text(ports: PortSet, protocol: Protocol) -> str:
    of_one = ports.restricted(protocol)
    return f"{protocol} every port" if of_one == PortSet.all_of(protocol) else str(of_one)


def flow_text(source: str, destination: str, ports: PortSet) -> str:
    """``web -> api TCP 4000``."""
    return f"{source} -> {destination} {ports_text(ports)}"


def judged_text(judgement: Judgement, ports: PortSet) -> str:
    """Some ports of a judged pair as a flow."""
    return flow_text(judgement.source.title, judgement.destination.title, ports)


def stated(judgement: Judgement, intent: Intent, word: str) -> Iterator[Related]:
    """Where the documentation says this of a pair, each place with the reason it gives."""
    for flow in judgement.flows:
        if flow.intent is intent:
            reason = f": {flow.because}" if flow.because else ""
            yield Related(flow.location, f"{word}{reason}")


def enumerated(texts: Sequence[str]) -> str:
    """The first few texts, and how many more there are."""
    shown = "; ".join(texts[:SHOWN])
    rest = len(texts) - SHOWN
    return f"{shown}; and {rest} more" if rest > 0 else shown
