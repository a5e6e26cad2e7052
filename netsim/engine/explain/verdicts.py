"""Why a connection is allowed or denied: the rules that decide, or the nearest one."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from netsim.engine.explain.admin import Answer, admin_answers
from netsim.engine.explain.asked import Asked, why_unknown
from netsim.engine.explain.nearest import nearest
from netsim.engine.policy.rectangle import Certainty
from netsim.engine.reachability import Reachability, is_same_pod
from netsim.engine.space import bits
from netsim.model.endpoint import Endpoint
from netsim.model.policies import Direction, Rule, Tier
from netsim.model.ports import Connection, Protocol
from netsim.model.verdict import DirectionVerdict, Outcome, TierStep, Verdict

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
    """What one direction says of a connection between two classes: the first tier that does.

    A tier that only may decide makes the answer unknown, unless every other way leads to the
    same one.
    """
    asked = Asked(reachability, direction, source, destination, connection)
    steps: tuple[TierStep, ...] = ()
    doubtful: DirectionVerdict | None = None
    for more, found in _answers(asked):
        steps += more
        if found is None:
            continue
        if found.outcome is Outcome.UNKNOWN:
            doubtful = doubtful or found
        elif doubtful is None or found.outcome is _certain(asked):
            return replace(found, steps=steps)
    return replace(_either_way(asked, doubtful) if doubtful else _open(asked), steps=steps)


def _answers(asked: Asked) -> Iterator[Answer]:
    yield from admin_answers(asked, Tier.ADMIN)
    if asked.reachability.is_isolated(asked.direction, asked.subject):
        yield (), _isolated(asked)
        return
    yield from admin_answers(asked, Tier.BASELINE)
    yield (), _open(asked)


def _either_way(asked: Asked, doubtful: DirectionVerdict) -> DirectionVerdict:
    """Rules of one priority may agree although some of them only may match."""
    outcome = _certain(asked)
    if outcome is Outcome.UNKNOWN:
        return doubtful
    why = f"{doubtful.why}; the answer is the same either way"
    return replace(doubtful, outcome=outcome, why=why)


def _certain(asked: Asked) -> Outcome:
    """The answer to which all ways lead, where a tier leaves open whether it decides."""
    allowed = asked.reachability.allowed_by(asked.direction, asked.source, asked.destination)
    if asked.connection in allowed.sure:
        return Outcome.ALLOW
    return Outcome.UNKNOWN if asked.connection in allowed.possible else Outcome.DENY


def _isolated(asked: Asked) -> DirectionVerdict:
    reachability, direction = asked.reachability, asked.direction
    policies = reachability.isolating(direction, asked.subject)
    deciding = [
        rectangle
        for rectangle in reachability.deciding(direction, asked.source, asked.destination)
        if asked.connection in rectangle.ports
    ]
    tier = Tier.NETWORK_POLICY
    sure = _rules(r.rule for r in deciding if r.certainty is Certainty.SURE)
    if sure:
        return DirectionVerdict(direction, Outcome.ALLOW, tier, policies, sure)
    possible = _rules(r.rule for r in deciding)
    if possible:
        why = why_unknown(asked, possible)
        return DirectionVerdict(direction, Outcome.UNKNOWN, tier, policies, possible, why=why)
    candidates = ((p, rule) for p in policies for rule in p.rules_of(direction))
    miss = nearest(reachability, candidates, asked.peer, asked.destination, asked.connection)
    return DirectionVerdict(direction, Outcome.DENY, tier, policies, nearest=miss)


def _rules(rules: Iterator[Rule]) -> tuple[Rule, ...]:
    return tuple(dict.fromkeys(rules))


def _open(asked: Asked) -> DirectionVerdict:
    universe, direction = asked.reachability.universe, asked.direction
    if universe.external >> asked.subject & 1:
        why = "an address outside the cluster has no policy of its own"
    elif universe.hosts >> asked.subject & 1:
        why = "policies do not apply to pods on the host's network"
    else:
        why = f"no policy isolates it for {direction.word}"
    return DirectionVerdict(direction, Outcome.ALLOW, Tier.DEFAULT, why=why)


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
