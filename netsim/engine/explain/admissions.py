"""How a rule matches a connection: the peers that do, what they match, and the port.

``mine/db ingress[0]`` lets ``team-b/batch`` in by ``from[0]``, "namespaceSelector team=b
matches namespace team-b", and by ``ports[0]``, "TCP 5432".
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.engine.evaluator import Evaluator
from netsim.engine.explain.ends import End, Ends, name_addresses, name_end
from netsim.engine.policy.compile import may_be_port
from netsim.engine.policy.flow import Flow
from netsim.engine.space.bits import contains
from netsim.engine.space.stand_ins import is_invented
from netsim.model.labels import Selector
from netsim.model.location import Location
from netsim.model.peers import BlockPeer, DomainPeer, NodePeer, Peer, PodPeer, UnevaluatedPeer
from netsim.model.policies import Direction, NamedPort, Rule, UnknownPort
from netsim.model.ports import Connection
from netsim.model.resources import Pod
from netsim.model.verdict import Admission, Matched

_PEERS = {Direction.INGRESS: "from", Direction.EGRESS: "to"}


def admit(
    evaluator: Evaluator, rule: Rule, flow: Flow, ends: Ends, connection: Connection
) -> Admission:
    """What of a rule matches, or may match, a connection that it does match, or may."""
    peers = tuple(_match_peers(evaluator, rule, flow, ends.peer(rule.direction)))
    if not rule.peers:
        word = _PEERS[rule.direction]
        end = _OTHER_END[rule.direction]
        peers = (Matched(word, rule.location, f"is left out: any {end} matches"),)
    return Admission(rule, peers, _match_port(evaluator, rule, flow, connection))


_OTHER_END = {Direction.INGRESS: "source", Direction.EGRESS: "destination"}


def _match_peers(evaluator: Evaluator, rule: Rule, flow: Flow, peer: End) -> Iterator[Matched]:
    """The peers that surely match; where none does alone, those that may."""
    sure: list[Matched] = []
    possible: list[Matched] = []
    for item in rule.peers:
        match = item.match(evaluator.selection, rule.namespace)
        certain = contains(match.sure, flow.peer)
        if certain or contains(match.maybe, flow.peer):
            verb = "" if certain else "may "
            says = _say_match(item, rule.namespace, peer, verb)
            into = sure if certain else possible
            into.append(Matched(_field(rule, item.location), item.location, says))
    yield from sure or possible


def _field(rule: Rule, location: Location) -> str:
    """The place of a part within its rule."""
    return location.field.removeprefix(f"{rule.location.field}.")


def _say_match(item: Peer, home: str, peer: End, verb: str) -> str:
    name = name_end(peer)
    match item:
        case PodPeer():
            return _say_pods(item, home, peer, "may match" if verb else "matches")
        case BlockPeer():
            held = _say_held(peer)
            return f"block {item.cidr} {'may hold' if verb else 'holds'} {held}"
        case NodePeer():
            return f"{item.describe()} {'may be' if verb else 'is'} {name}"
        case DomainPeer():
            return f"{', '.join(item.names)} may be {name}"
        case UnevaluatedPeer():
            return item.describe()


def _say_held(peer: End) -> str:
    if not isinstance(peer, Pod):
        return name_addresses(peer)
    if peer.addresses is None:
        return f"{name_end(peer)}, of unknown address"
    what = "address" if len(list(peer.addresses)) == 1 else "addresses"
    return f"{name_addresses(peer.addresses)}, the {what} of {name_end(peer)}"


def _say_pods(item: PodPeer, home: str, peer: End, matches: str) -> str:
    name = name_end(peer)
    namespace = peer.namespace if isinstance(peer, Pod) else ""
    if item.namespaces is None:
        if not item.pods.requirements:
            return f"podSelector {{}} {matches} every pod of namespace {home}"
        return f"podSelector {item.pods} {matches} {name}"
    spaces = f"namespaceSelector {item.namespaces}"
    if item.pods.requirements:
        return f"{spaces} with podSelector {item.pods} {matches} {name}"
    if item.namespaces == Selector():
        return f"{spaces} {matches} every pod of every namespace"
    kind = "" if is_invented(namespace) else "namespace "
    return f"{spaces} {matches} {kind}{namespace}"


def _match_port(
    evaluator: Evaluator, rule: Rule, flow: Flow, connection: Connection
) -> Matched:
    for port in rule.ports:
        says = str(port)
        if not may_be_port(port, connection):
            continue
        if isinstance(port, NamedPort):
            number = resolve_port(evaluator, port, flow.destination)
            if number != connection[1]:
                continue
            says = f"{port} is {number}"
        elif isinstance(port, UnknownPort):
            says = f"{port} may be {connection[1]}"
        return Matched(_field(rule, port.location), port.location, says)
    return Matched("ports", rule.location, "are left out: any port matches")


def resolve_port(evaluator: Evaluator, port: NamedPort, destination: int) -> int | None:
    """The number that a name stands for on the pods of a class."""
    numbers = evaluator.selection.port((port.name, port.protocol))
    return next((n for n, pods in numbers.items() if contains(pods, destination)), None)
