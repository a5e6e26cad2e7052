"""Why a connection is allowed or denied: the rules that decide, or the nearest one."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.engine import bits
from netsim.engine.nearest import nearest
from netsim.engine.reachability import Reachability, is_same_pod, subject_of
from netsim.engine.rectangle import Certainty
from netsim.model.endpoint import Endpoint
from netsim.model.policies import Direction, Rule, Tier, UnknownPort
from netsim.model.ports import Connection, Protocol
from netsim.model.verdict import DirectionVerdict, Outcome, Verdict

SELF = "a pod always reaches itself"
OWN_NODE = "a pod and the node it runs on always reach each other"


def verdict(
    reachability: Reachability,
    source: Endpoint,
    destination: Endpoint,
    protocol: Protocol,
    port: int,
) -> Verdict:
    """The verdict of one connection; see :meth:`Reachability.verdict`."""
    if is_same_pod(source, destination):
        return _unconditional(SELF)
    found = tuple(_pairs(reachability, source, destination, (protocol, port)))
    if not found:
        return _nothing("an endpoint without pods has no connections")
    if len({each.outcome for each in found}) > 1:
        return _divided(found, source, destination)
    return found[0]


def _pairs(
    reachability: Reachability,
    source: Endpoint,
    destination: Endpoint,
    connection: Connection,
) -> Iterator[Verdict]:
    for origin in bits.members(reachability.universe.of(source)):
        for target in bits.members(reachability.universe.of(destination)):
            yield class_verdict(reachability, origin, target, connection)


def class_verdict(
    reachability: Reachability, source: int, destination: int, connection: Connection
) -> Verdict:
    """The verdict between two classes, given by number."""
    if reachability.is_neighbour(source, destination):
        return _unconditional(OWN_NODE)
    egress, ingress = (
        direction_verdict(reachability, direction, source, destination, connection)
        for direction in (Direction.EGRESS, Direction.INGRESS)
    )
    return Verdict(_both(egress.outcome, ingress.outcome), egress, ingress)


def _both(egress: Outcome, ingress: Outcome) -> Outcome:
    for outcome in (Outcome.DENY, Outcome.UNKNOWN):
        if outcome in (egress, ingress):
            return outcome
    return Outcome.ALLOW


def direction_verdict(
    reachability: Reachability,
    direction: Direction,
    source: int,
    destination: int,
    connection: Connection,
) -> DirectionVerdict:
    """What one direction says of a connection between two classes."""
    subject = subject_of(direction, source, destination)
    if reachability.is_open(direction, subject):
        return _open(reachability, direction, subject)
    policies = reachability.isolating(direction, subject)
    deciding = [
        rectangle
        for rectangle in reachability.deciding(direction, source, destination)
        if connection in rectangle.ports
    ]
    tier = Tier.NETWORK_POLICY
    sure = _rules(r.rule for r in deciding if r.certainty is Certainty.SURE)
    if sure:
        return DirectionVerdict(direction, Outcome.ALLOW, tier, policies, sure)
    possible = _rules(r.rule for r in deciding)
    if possible:
        peer = source if direction is Direction.INGRESS else destination
        why = _unknown(reachability, possible, connection, peer)
        return DirectionVerdict(direction, Outcome.UNKNOWN, tier, policies, possible, why=why)
    miss = nearest(reachability, direction, source, destination, connection)
    return DirectionVerdict(direction, Outcome.DENY, tier, policies, nearest=miss)


def _rules(rules: Iterator[Rule]) -> tuple[Rule, ...]:
    return tuple(dict.fromkeys(rules))


def _open(reachability: Reachability, direction: Direction, subject: int) -> DirectionVerdict:
    universe = reachability.universe
    if universe.external >> subject & 1:
        why = "an address outside the cluster has no policy of its own"
    elif universe.hosts >> subject & 1:
        why = "policies do not apply to pods on the host's network"
    else:
        why = f"no policy isolates it for {direction.word}"
    return DirectionVerdict(direction, Outcome.ALLOW, Tier.DEFAULT, why=why)


def _unknown(
    reachability: Reachability, rules: tuple[Rule, ...], connection: Connection, peer: int
) -> str:
    protocol, _ = connection
    for rule in rules:
        for port in rule.ports:
            if isinstance(port, UnknownPort) and port.protocol is protocol:
                return f"{port.location}: the port is still the placeholder {port.text}"
    pods = reachability.universe.pods
    if peer < len(pods) and pods[peer][0].addresses is not None:
        title = pods[peer][0].title
        return f"{title} has several addresses, of which an ipBlock holds only some"
    return "an ipBlock covers only a part of the range in which a pod of unknown address may be"


def _unconditional(why: str) -> Verdict:
    return _everywhere(Outcome.ALLOW, why)


def _nothing(why: str) -> Verdict:
    return _everywhere(Outcome.UNKNOWN, why)


def _everywhere(outcome: Outcome, why: str) -> Verdict:
    egress, ingress = (
        DirectionVerdict(direction, outcome, Tier.DEFAULT, why=why)
        for direction in (Direction.EGRESS, Direction.INGRESS)
    )
    return Verdict(outcome, egress, ingress, why)


def _divided(found: tuple[Verdict, ...], source: Endpoint, destination: Endpoint) -> Verdict:
    """Some pairs are allowed and others not: the first denied one shows why."""
    denied = next((v for v in found if v.outcome is Outcome.DENY), found[0])
    allowed = sum(v.outcome is Outcome.ALLOW for v in found)
    why = (
        f"{source.title} and {destination.title} stand for {len(found)} pairs that policies "
        f"tell apart, of which {allowed} may connect"
    )
    return Verdict(Outcome.UNKNOWN, denied.egress, denied.ingress, why)
