"""Policies and rules that have no effect on what is in the input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.policy.compile import rule_rectangles
from netsim.engine.query.removal import Removal, RemovalEffect, of_policy, together
from netsim.model.labels import Labels
from netsim.model.location import Location
from netsim.model.peers import PodPeer
from netsim.model.policies import NamedPort, Policy, Rule
from netsim.model.resources import Origin, Pod, Resources, WorkloadName

ELSEWHERE = "another namespace"


class Reason(Enum):
    """Why something has no effect."""

    NO_SUBJECT = "selects no pod"
    NO_MATCH = "matches nothing"
    UNREAD = "matches nothing in the input, which may lack its peers' namespaces"
    SHADOWED = "is shadowed"
    REDUNDANT = "redundant"
    DENIED_ANYWAY = "changes nothing, as the other end denies the connections anyway"


class Idle(Struct, frozen=True):
    """A policy or a rule without effect; ``by`` are the rules and policies that do as much.

    An admin rule can be redundant without any: what comes after it decides the same.
    """

    title: str
    reason: Reason
    location: Location
    by: tuple[Rule | Policy, ...] = ()


def idle(evaluator: Evaluator) -> tuple[Idle, ...]:
    """All policies and rules without effect, in the order of the input.

    Each is judged on its own: of two equal ones both are redundant, and taking one away
    makes the other needed.  A rule that goes leaves its policy isolating as before.  For each
    policy, and each rule of one that has an effect, all groups of alike peers of the classes
    that it selects are asked about twice.
    """
    resources = evaluator.universe.resources
    whole = Evaluator.of(_with_strangers(resources), evaluator.selection.conventions)
    return tuple(found for policy in resources.policies for found in _of_policy(whole, policy))


def _with_strangers(resources: Resources) -> Resources:
    """The resources with a pod without labels in each namespace, and in one of no name.

    They stand for pods that nobody has written yet: what protects only those is of use.
    """
    spaces = {space.name: None for space in resources.namespaces}
    spaces |= {pod.namespace: None for pod in resources.pods}
    spaces |= {policy.namespace: None for policy in resources.policies if policy.namespace}
    strangers = tuple(
        Pod(WorkloadName(name, "any other pod", "Any"), Labels(), origin=Origin.MODELLED)
        for name in (*spaces, ELSEWHERE)
    )
    return replace(resources, pods=(*resources.pods, *strangers))


def _of_policy(whole: Evaluator, policy: Policy) -> Iterator[Idle]:
    if not whole.selection.subject(policy).possible:
        yield Idle(policy.title, Reason.NO_SUBJECT, policy.location)
        return
    rules = [(rule, _of_rule(whole, policy, rule)) for rule in policy.rules]
    # A policy whose rules are about pods that are not known may have an effect on those.
    if all(_is_tangible(whole, rule) for rule in policy.rules):
        removals = of_policy(whole, policy)
        found = _judge(policy, removals)
        shadowed = rules and all(r and r.reason is Reason.SHADOWED for _, r in rules)
        if found and not shadowed:
            yield found
            return
    yield from (found for _, found in rules if found)


def _of_rule(whole: Evaluator, policy: Policy, rule: Rule) -> Idle | None:
    subject = whole.selection.subject(policy)
    rectangles = tuple(rule_rectangles(whole.universe, whole.selection, rule, subject))
    if not rectangles:
        unread = rule.peers and all(_is_unread(whole, rule, peer) for peer in rule.peers)
        reason = Reason.UNREAD if unread else Reason.NO_MATCH
        return Idle(rule.title, reason, rule.location)
    removal = Removal(whole, rule.direction, (rule,))
    chain = whole.chains[rule.direction]
    if not any(chain.reaching(policy.tier, rule, flow) for flow in removal.flows()):
        return Idle(rule.title, Reason.SHADOWED, rule.location, removal.others())
    return _judge(rule, (removal,)) if _is_tangible(whole, rule) else None


def _judge(subject: Policy | Rule, removals: Iterable[Removal]) -> Idle | None:
    found = tuple(removals)
    match together(removal.change() for removal in found):
        case RemovalEffect.SOMETHING:
            return None
        case RemovalEffect.DENIED_ANYWAY:
            return Idle(subject.title, Reason.DENIED_ANYWAY, subject.location)
    others = dict.fromkeys(other for removal in found for other in removal.others())
    return Idle(subject.title, Reason.REDUNDANT, subject.location, tuple(others))


def _is_tangible(whole: Evaluator, rule: Rule) -> bool:
    """Whether every peer and port of a rule stands for something in the input."""
    peers = (peer.match(whole.selection, rule.namespace) for peer in rule.peers)
    names = (port for port in rule.ports if isinstance(port, NamedPort))
    return all(match.possible for match in peers) and all(
        whole.selection.port((port.name, port.protocol))
        or whole.selection.possible_ports((port.name, port.protocol))
        for port in names
    )


def _is_unread(whole: Evaluator, rule: Rule, peer: object) -> bool:
    """Whether a peer may mean pods of a namespace of which the input has none."""
    if not isinstance(peer, PodPeer):
        return False
    resources, spaces = whole.universe.resources, peer.namespaces
    inhabited = {pod.namespace for pod in resources.pods if pod.origin is Origin.READ}
    if spaces is None:
        return rule.namespace not in inhabited
    known = {space.name: space.labels for space in resources.namespaces}
    # Every whole cluster has this namespace with pods; a part of one may lack others.
    others = set() if "kube-system" in inhabited else {ELSEWHERE}
    for name in (inhabited | others) - known.keys():
        known[name] = resources.namespace(name).labels
    chosen = {name for name, labels in known.items() if spaces.may_match(labels)}
    return not chosen or not chosen <= inhabited
