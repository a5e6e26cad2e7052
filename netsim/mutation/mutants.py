"""Mutants: a policy with one small change, as somebody could make it by mistake.

``list_mutants(policy, families)`` are all of one policy: of a rule that lets ``app=web`` in on
TCP 4000, one without the rule, one that lets every pod of the namespace in, one that lets
``app=web`` in on every port, one on TCP 4001 too, and so on.

A mutant that the API server would refuse is none: a peer or a port is taken away only where
others are left, as an empty list means everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from netsim.model.addresses import AddressSet, Family
from netsim.model.labels import Operator, Requirement, Selector
from netsim.model.location import Location
from netsim.model.peers import BlockPeer, Peer, PodPeer
from netsim.model.policies import (
    Action,
    Direction,
    EveryPort,
    NumberedPorts,
    Policy,
    PolicyPort,
    Rule,
)
from netsim.model.ports import Protocol

WHOLE = {Family.IPV4: "0.0.0.0/0", Family.IPV6: "::/0"}
LAST_PORT = 65535


class Mutation(Enum):
    """What was changed."""

    POLICY_DROPPED = "policy dropped"
    SUBJECT_WIDENED = "subject widened"
    SUBJECT_NARROWED = "subject narrowed"
    ISOLATION_REMOVED = "isolation removed"
    DIRECTION_OPENED = "direction opened"
    RULE_REMOVED = "rule removed"
    ACTION_CHANGED = "action changed"
    PEER_REMOVED = "peer removed"
    ANY_POD = "any pod"
    ANY_NAMESPACE = "any namespace"
    ANY_ADDRESS = "any address"
    EXCEPTION_REMOVED = "exception removed"
    ANYONE = "anyone"
    PORT_REMOVED = "port removed"
    PORT_ADDED = "port added"
    ANY_PORT = "any port"


class Mutant(Struct, frozen=True):
    """A policy in place of another; ``changed`` None is none in its place.

    ``location`` is what was changed, ``what`` says it in words after the title of the policy
    or rule that is ``subject``.
    """

    policy: Policy
    changed: Policy | None
    mutation: Mutation
    location: Location
    subject: str
    what: str


def list_mutants(policy: Policy, families: Iterable[Family]) -> Iterator[Mutant]:
    """All mutants of a policy, from the whole to its parts.

    ``families`` are those of which an address may be.
    """
    whole = _Maker(policy)
    yield whole.make(None, Mutation.POLICY_DROPPED, policy.location, "dropped")
    yield from _mutate_subject(policy)
    known = tuple(families)
    for direction in policy.directions:
        yield from _open(policy, direction, known)
    for rule in policy.rules:
        yield from _mutate_rule(policy, rule, known)


def list_cuts(policies: Iterable[Policy]) -> Iterator[AddressSet]:
    """The blocks that only mutants have, for an evaluator that is to tell them apart."""
    for policy in policies:
        for rule in policy.rules:
            for peer in rule.peers:
                if isinstance(peer, BlockPeer) and len(peer.exceptions) > 1 and peer.addresses:
                    for gone in peer.exceptions:
                        yield _without(peer, gone).addresses or AddressSet.empty()


def list_asking(policies: Iterable[Policy]) -> Iterator[Policy]:
    """Policies with the peers that only mutants have, each once: pods of any namespace.

    A cluster may have such pods, though nobody has written any.
    """
    seen: set[Selector] = set()
    for policy in policies:
        for rule in policy.rules:
            for peer in rule.peers:
                if isinstance(peer, PodPeer) and peer.pods not in seen:
                    seen.add(peer.pods)
                    wide = replace(rule, peers=(replace(peer, namespaces=Selector()),))
                    yield replace(policy, rules=(wide,))


class _Maker(Struct, frozen=True):
    """Makes the mutants of a policy, or of a rule of it."""

    policy: Policy
    rule: Rule | None = None

    def make(
        self, changed: Policy | None, mutation: Mutation, location: Location, what: str
    ) -> Mutant:
        title = (self.rule or self.policy).title
        return Mutant(self.policy, changed, mutation, location, title, what)

    def put(
        self, rule: Rule | None, mutation: Mutation, location: Location, what: str
    ) -> Mutant:
        """With another rule, or none, in place of the rule."""
        kept = (rule if each is self.rule else each for each in self.policy.rules)
        rules = tuple(each for each in kept if each is not None)
        return self.make(replace(self.policy, rules=rules), mutation, location, what)


def _mutate_subject(policy: Policy) -> Iterator[Mutant]:
    maker, subject = _Maker(policy), policy.subject
    if subject.pods.requirements:
        wide = replace(subject, pods=Selector())
        where = "of the namespace" if subject.namespaces is None else "of its namespaces"
        yield maker.make(
            replace(policy, subject=wide),
            Mutation.SUBJECT_WIDENED,
            subject.location,
            f"selects every pod {where}, not only {subject.pods}",
        )
    if subject.namespaces is not None and subject.namespaces.requirements:
        wide = replace(subject, namespaces=Selector())
        yield maker.make(
            replace(policy, subject=wide),
            Mutation.SUBJECT_WIDENED,
            subject.location,
            f"selects pods of every namespace, not only {subject.namespaces}",
        )
    for requirement in subject.pods.requirements:
        for value, narrow in _narrow(requirement):
            kept = (narrow if r is requirement else r for r in subject.pods.requirements)
            pods = replace(subject.pods, requirements=tuple(kept))
            yield maker.make(
                replace(policy, subject=replace(subject, pods=pods)),
                Mutation.SUBJECT_NARROWED,
                subject.location,
                f"no longer selects {requirement.key}={value}",
            )


def _narrow(requirement: Requirement) -> Iterator[tuple[str, Requirement]]:
    """A requirement without one of several values."""
    values = requirement.values
    if requirement.operator is Operator.IN and len(values) > 1:
        for value in values:
            left = tuple(each for each in values if each != value)
            yield value, Requirement(requirement.key, Operator.IN, left)


def _open(
    policy: Policy, direction: Direction, families: tuple[Family, ...]
) -> Iterator[Mutant]:
    maker = _Maker(policy)
    # Without its only direction it would do nothing, as if it were dropped.
    if direction in policy.isolates and len(policy.isolates) > 1:
        yield maker.make(
            replace(
                policy,
                isolates=tuple(each for each in policy.isolates if each is not direction),
                rules=tuple(r for r in policy.rules if r.direction is not direction),
            ),
            Mutation.ISOLATION_REMOVED,
            policy.location,
            f"{direction.value} removed from policyTypes",
        )
    own = policy.rules_of(direction)
    peers = _list_everyone(policy, direction, families, policy.location)
    asked = own[:1] if policy.tier.is_ordered else own
    if any(not (r.peers or r.ports) and r.action is Action.ALLOW for r in asked):
        return
    rule = Rule(policy.id, direction, len(own), peers, (), policy.location)
    # It comes first, as in an ordered tier the first rule that matches decides.
    yield maker.make(
        replace(policy, rules=(rule, *policy.rules)),
        Mutation.DIRECTION_OPENED,
        policy.location,
        f"{direction.word} open to everyone by a further rule",
    )


def _list_everyone(
    policy: Policy, direction: Direction, families: tuple[Family, ...], location: Location
) -> tuple[Peer, ...]:
    """The peers of a rule for everyone; a rule of an admin tier has to name them.

    Its ingress is from pods only (network-policy-api, AdminNetworkPolicyIngressPeer).
    """
    if not policy.tier.is_ordered:
        return ()
    pods = PodPeer(Selector(), Selector(), location)
    if direction is Direction.INGRESS:
        return (pods,)
    return (pods, *_list_blocks(families, location))


def _list_blocks(families: tuple[Family, ...], location: Location) -> Iterator[BlockPeer]:
    for family in families:
        yield BlockPeer(WHOLE[family], (), AddressSet.parse(WHOLE[family]), location)


def _mutate_rule(policy: Policy, rule: Rule, families: tuple[Family, ...]) -> Iterator[Mutant]:
    maker = _Maker(policy, rule)
    yield maker.put(None, Mutation.RULE_REMOVED, rule.location, "removed")
    if policy.tier.is_ordered:
        action = Action.DENY if rule.action is not Action.DENY else Action.ALLOW
        yield maker.put(
            replace(rule, action=action),
            Mutation.ACTION_CHANGED,
            rule.location,
            f"{action.value} instead of {rule.action.value}",
        )
    if rule.peers:
        yield maker.put(
            replace(
                rule, peers=_list_everyone(policy, rule.direction, families, rule.location)
            ),
            Mutation.ANYONE,
            rule.location,
            f"{'from' if rule.direction is Direction.INGRESS else 'to'} anyone",
        )
    for peer in rule.peers:
        yield from _mutate_peer(maker, rule, peer, families)
    yield from _mutate_ports(maker, rule)


def _mutate_peer(
    maker: _Maker, rule: Rule, peer: Peer, families: tuple[Family, ...]
) -> Iterator[Mutant]:
    name = describe_peer(peer)

    def put(others: tuple[Peer, ...], mutation: Mutation, what: str) -> Mutant:
        peers = (new for each in rule.peers for new in (others if each is peer else (each,)))
        return maker.put(replace(rule, peers=tuple(peers)), mutation, peer.location, what)

    if len(rule.peers) > 1:
        yield put((), Mutation.PEER_REMOVED, f"without {name}")
    match peer:
        case PodPeer():
            if peer.pods.requirements:
                wide: Peer = replace(peer, pods=Selector())
                yield put((wide,), Mutation.ANY_POD, f"{describe_peer(wide)}, not only {name}")
            if peer.namespaces is None or peer.namespaces.requirements:
                wide = replace(peer, namespaces=Selector())
                what = f"{describe_peer(wide)}, not only {name}"
                yield put((wide,), Mutation.ANY_NAMESPACE, what)
        case BlockPeer():
            if peer.addresses is not None:
                whole = AddressSet.of(WHOLE[family] for family in families)
                if not whole <= peer.addresses:
                    blocks = tuple(_list_blocks(families, peer.location))
                    yield put(blocks, Mutation.ANY_ADDRESS, f"any address, not only {name}")
                for gone in peer.exceptions:
                    what = f"{peer.cidr} without its exception {gone}"
                    yield put((_without(peer, gone),), Mutation.EXCEPTION_REMOVED, what)


def _without(peer: BlockPeer, gone: str) -> BlockPeer:
    left = tuple(each for each in peer.exceptions if each != gone)
    addresses = AddressSet.parse(peer.cidr) - AddressSet.of(left)
    return BlockPeer(peer.cidr, left, addresses, peer.location)


def _mutate_ports(maker: _Maker, rule: Rule) -> Iterator[Mutant]:
    for port in rule.ports if len(rule.ports) > 1 else ():
        left = tuple(each for each in rule.ports if each is not port)
        yield maker.put(
            replace(rule, ports=left), Mutation.PORT_REMOVED, port.location, f"without {port}"
        )
    if not rule.ports:
        return
    if added := _next_port(rule.ports):
        yield maker.put(
            replace(rule, ports=(*rule.ports, added)),
            Mutation.PORT_ADDED,
            rule.ports[-1].location,
            f"{added}, too",
        )
    yield maker.put(
        replace(rule, ports=()), Mutation.ANY_PORT, rule.ports[0].location, "on every port"
    )


def _next_port(ports: tuple[PolicyPort, ...]) -> NumberedPorts | None:
    """The number after the last one that is listed, or before the first."""
    location = ports[-1].location
    if any(isinstance(port, EveryPort) and port.protocol is Protocol.TCP for port in ports):
        return None
    numbered = [port for port in ports if isinstance(port, NumberedPorts)]
    known = [port for port in numbered if port.protocol is ports[-1].protocol]
    protocol = known[-1].protocol if known else Protocol.TCP
    taken = [(p.first, p.last) for p in numbered if p.protocol is protocol]
    last = max((last for _, last in taken), default=LAST_PORT)
    first = min((first for first, _ in taken), default=LAST_PORT + 1)
    number = last + 1 if last < LAST_PORT else first - 1
    if not taken:
        number = 1  # beside names, whatever they stand for
    return NumberedPorts(protocol, number, number, location) if number > 0 else None


def describe_peer(peer: Peer) -> str:
    """What a peer stands for: ``app=web``, ``any pod of ns team=a``, ``10.0.0.0/8``."""
    if not isinstance(peer, PodPeer):
        return peer.describe().removeprefix("an address of ")
    pods = str(peer.pods) if peer.pods.requirements else "any pod"
    if peer.namespaces is None:
        return pods if peer.pods.requirements else "any pod of the namespace"
    if not peer.namespaces.requirements:
        return f"{pods} of any namespace"
    return f"{pods} of namespaces with {peer.namespaces}"
