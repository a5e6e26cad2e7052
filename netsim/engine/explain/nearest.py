"""For a denied connection, the rule that came nearest and the field that failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from netsim.engine.evaluator import Evaluator
from netsim.engine.policy.compile import rule_peers, written_ports
from netsim.engine.policy.flow import Flow
from netsim.engine.space.atoms import Atom
from netsim.engine.space.bits import contains
from netsim.model.addresses import range_text
from netsim.model.labels import Operator
from netsim.model.peers import BlockPeer, Peer, PodPeer
from netsim.model.policies import NamedPort, Policy, PolicyPort, Rule
from netsim.model.ports import Connection
from netsim.model.resources import PodNetwork
from netsim.model.verdict import NearMiss
from netsim.words.misplaced import describe_misplaced

_PROTOCOL, _PORT = range(2)


Candidate = tuple[Policy, Rule]
"""A rule that would have allowed the connection, had it matched, and its policy."""


def nearest(
    evaluator: Evaluator,
    candidates: Iterable[Candidate],
    flow: Flow,
    connection: Connection,
) -> NearMiss | None:
    """The nearest of some rules to a denied connection between two classes.

    Nearest is a rule that fails in the protocol only, then in the port, then in one
    requirement on the peer, then in more; a rule that fails in both port and peer is no near
    miss.  Of equals the one whose policy names its subject most closely, then the first.
    """
    found = [
        (rank, -_closeness(policy), miss)
        for policy, rule in candidates
        for rank, miss in _misses(evaluator, policy, rule, flow, connection)
    ]
    return min(found, key=lambda each: each[:2])[2] if found else None


def _misses(
    evaluator: Evaluator, policy: Policy, rule: Rule, flow: Flow, connection: Connection
) -> Iterator[tuple[int, NearMiss]]:
    """The near miss of a rule, if it is one, with the higher number the farther."""
    if _admits(evaluator, rule, flow.peer):
        rank = _PORT if _same_number(rule, connection) is None else _PROTOCOL
        yield rank, _port_miss(evaluator, rule, flow.destination, connection)
    elif _lists(evaluator, rule, flow.destination, connection):
        for failing, miss in _peer_misses(evaluator, policy, rule, flow.peer):
            yield _PORT + failing, miss


def _closeness(policy: Policy) -> int:
    return sum(each.operator is Operator.IN for each in policy.subject.pods.requirements)


def _same_number(rule: Rule, connection: Connection) -> PolicyPort | None:
    """The port of a rule that has the number of a connection, in another protocol."""
    _, number = connection
    for port in rule.ports:
        if (port.protocol, number) in written_ports(port):
            return port
    return None


def _admits(evaluator: Evaluator, rule: Rule, peer: int) -> bool:
    universe, selection = evaluator.universe, evaluator.selection
    return contains(rule_peers(universe, selection, rule).sure, peer)


def _lists(evaluator: Evaluator, rule: Rule, destination: int, connection: Connection) -> bool:
    if not rule.ports:
        return True
    protocol, number = connection
    for port in rule.ports:
        if isinstance(port, NamedPort):
            pods = evaluator.selection.port((port.name, port.protocol)).get(number, 0)
            if port.protocol is protocol and contains(pods, destination):
                return True
        elif connection in written_ports(port):
            return True
    return False


def _port_miss(
    evaluator: Evaluator, rule: Rule, destination: int, connection: Connection
) -> NearMiss:
    protocol, number = connection
    closest = _same_number(rule, connection) or rule.ports[0]
    listed = ", ".join(str(port) for port in rule.ports)
    why = f"allows {listed}, the connection is {protocol} {number}"
    for port in rule.ports:
        if isinstance(port, NamedPort) and port.protocol is protocol:
            why = f"{why}; {_resolution(evaluator, port, destination)}"
            return NearMiss(rule, port.location, why)
    return NearMiss(rule, closest.location, why)


def _resolution(evaluator: Evaluator, port: NamedPort, destination: int) -> str:
    for number, pods in evaluator.selection.port((port.name, port.protocol)).items():
        if contains(pods, destination):
            return f"{port.name} is {number} there"
    return f"the destination has no {port.protocol} port named {port.name}"


def _peer_misses(
    evaluator: Evaluator, policy: Policy, rule: Rule, peer: int
) -> Iterator[tuple[int, NearMiss]]:
    for item in rule.peers:
        why = tuple(_differences(evaluator, policy, item, peer))
        if why:
            hint = _find_misplaced(evaluator, item, peer)
            text = "; ".join((*why, hint) if hint else why)
            yield len(why), NearMiss(rule, item.location, text)


def _find_misplaced(evaluator: Evaluator, item: Peer, peer: int) -> str:
    pods = evaluator.universe.pods
    if not isinstance(item, PodPeer) or peer >= len(pods):
        return ""
    return describe_misplaced(item.pods, pods[peer][:1])


def _differences(evaluator: Evaluator, policy: Policy, item: Peer, peer: int) -> Iterator[str]:
    pods = evaluator.universe.pods
    if peer >= len(pods):
        yield from _address_differences(item, evaluator.universe.atoms.all[peer - len(pods)])
        return
    pod = pods[peer][0]
    if not isinstance(item, PodPeer):
        yield f"wants {item.describe()}, {pod.title} is a pod outside it"
    elif pod.network is PodNetwork.HOST:
        yield f"{pod.title} is on the host's network, which no selector matches"
    else:
        space = evaluator.universe.resources.namespace(pod.namespace).labels
        yield from item.failing(pod.labels, pod.namespace, space, policy.namespace)


def _address_differences(item: Peer, atom: Atom) -> Iterator[str]:
    if isinstance(item, BlockPeer):
        may_hold = item.addresses is None or bool(atom.addresses & item.addresses)
        if may_hold:
            return
    low, high = atom.interval
    alone = str(atom.family.address(low))
    peer = alone if low == high else f"any of {range_text(atom.family, atom.interval)}"
    yield f"wants {item.describe()}, the peer is {peer}"
