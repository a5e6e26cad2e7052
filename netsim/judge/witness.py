"""One concrete connection that shows what a judgement says, and what decides it."""

from __future__ import annotations

from msgspec import Struct

from netsim.engine.explain.verdicts import class_verdict
from netsim.engine.reachability import Reachability
from netsim.judge.judgement import Judgement
from netsim.judge.judging import members
from netsim.model.ports import PortSet, Protocol
from netsim.model.verdict import Outcome, Verdict


class Witness(Struct, frozen=True):
    """A connection between two classes, given by number, with its verdict."""

    source: int
    destination: int
    verdict: Verdict


def witness(
    reachability: Reachability, judgement: Judgement, ports: PortSet, outcome: Outcome
) -> Witness | None:
    """A connection on one of ``ports`` whose outcome is ``outcome``, or None."""
    ends = (judgement.source, judgement.destination)
    for protocol in Protocol:
        for port, _ in ports.ports(protocol):
            for source, destination in members(reachability, *ends):
                found = class_verdict(
                    reachability.evaluator, source, destination, (protocol, port)
                )
                if found.outcome is outcome:
                    return Witness(source, destination, found)
    return None
