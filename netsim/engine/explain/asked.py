"""One connection between two classes, as one direction is asked about it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from netsim.engine.reachability import Reachability, subject_of
from netsim.model.policies import Direction, Rule, UnknownPort
from netsim.model.ports import Connection


class Asked(Struct, frozen=True):
    """``source`` and ``destination`` are classes, by number."""

    reachability: Reachability
    direction: Direction
    source: int
    destination: int
    connection: Connection

    @property
    def subject(self) -> int:
        """The end that the direction's policies select."""
        return subject_of(self.direction, self.source, self.destination)

    @property
    def peer(self) -> int:
        """The other end."""
        return self.source if self.direction is Direction.INGRESS else self.destination


def why_unknown(asked: Asked, rules: Iterable[Rule]) -> str:
    """What the input leaves open about rules that may match."""
    possible = tuple(rules)
    protocol, _ = asked.connection
    for rule in possible:
        for port in rule.ports:
            if isinstance(port, UnknownPort) and port.protocol is protocol:
                return f"{port.location}: the port is still the placeholder {port.text}"
    return _unknown_peer(asked, possible)


def _unknown_peer(asked: Asked, rules: tuple[Rule, ...]) -> str:
    pods = asked.reachability.universe.pods
    selection = asked.reachability.selection
    for rule in rules:
        for peer in rule.peers:
            why = peer.why_unknown()
            if why and peer.match(selection, rule.namespace).maybe >> asked.peer & 1:
                return why
    if asked.peer < len(pods) and pods[asked.peer][0].addresses is not None:
        title = pods[asked.peer][0].title
        return f"{title} has several addresses, of which an ipBlock holds only some"
    return "an ipBlock covers only a part of the range in which a pod of unknown address may be"
