"""Which conventions took part in a verdict."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.explanation.attempt import Attempt
from netsim.engine.explain.verdicts import MAYBE_OWN_NODE, NO_FAMILY, OWN_NODE, SELF
from netsim.engine.policy.compile import may_allow_port
from netsim.model.conventions import AS_GIVEN, TEXTS, Conventions
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.labels import Selector
from netsim.model.peers import BlockPeer, DomainPeer, NodePeer, PodPeer
from netsim.model.placeholders import has_placeholder
from netsim.model.policies import NamedPort, Rule, Tier
from netsim.model.resources import Origin, PodNetwork, Resources
from netsim.model.verdict import DirectionVerdict, Outcome, Verdict


def list_used_conventions(
    resources: Resources, conventions: Conventions, attempt: Attempt, verdict: Verdict
) -> tuple[tuple[str, str], ...]:
    """The conventions that took part in a verdict, as (name, text), in the form in force."""
    used = frozenset(_name_used(resources, attempt, verdict))
    given = {"ipblock-pods": AS_GIVEN.get(conventions.ipblock_pods)}
    return tuple((name, given.get(name) or text) for name, text in TEXTS if name in used)


def _name_used(resources: Resources, attempt: Attempt, verdict: Verdict) -> Iterator[str]:
    for endpoint in (attempt.source, attempt.destination):
        yield from _name_used_of_end(endpoint)
    whys = [verdict.why, verdict.egress.why, verdict.ingress.why]
    if any(OWN_NODE in why or MAYBE_OWN_NODE in why for why in whys):
        yield "own-node"
    if verdict.families or NO_FAMILY in whys:
        yield "address-families"
    if verdict.why == SELF:
        yield "self"
        return
    for each in (verdict.egress, verdict.ingress):
        subject, peer = attempt.ends(each.direction)
        selectors = [policy.subject.pods for policy in each.policies]
        if any(selector.is_open for selector in selectors):
            yield "placeholders"
        if any(_asks_for_generated(selector, subject) for selector in selectors):
            yield "generated-labels"
        if isinstance(subject, ExternalEndpoint):
            yield "external-policy"
        yield from _name_used_in_tiers(each)
        for rule in _list_weighed_rules(attempt, each):
            yield from _name_used_in_rule(resources, rule, peer, attempt.destination)


def _name_used_of_end(endpoint: Endpoint) -> Iterator[str]:
    if _has_host(endpoint):
        yield "host-network"
    if _has_placeholder(endpoint):
        yield "placeholders"


def _name_used_in_tiers(verdict: DirectionVerdict) -> Iterator[str]:
    evaluated = [s for s in verdict.steps if s.policy.tier is not Tier.OTHER_SYSTEMS]
    policies = [step.policy for step in evaluated]
    if len({(policy.tier, policy.priority) for policy in policies}) < len(policies):
        yield "same-priority"
    if len({policy.kind for policy in policies if policy.tier is Tier.BASELINE}) > 1:
        yield "baseline-order"
    peers = [p for step in verdict.steps for rule in step.rules for p in rule.peers]
    if any(isinstance(peer, DomainPeer) for peer in peers):
        yield "domain-names"
    if any(isinstance(peer, NodePeer) for peer in peers):
        yield "node-peers"


def _list_weighed_rules(attempt: Attempt, verdict: DirectionVerdict) -> Iterator[Rule]:
    """The rules that decide; for a denial those that the ports do not rule out."""
    if verdict.outcome is not Outcome.DENY:
        yield from verdict.rules
        return
    if verdict.tier is not Tier.NETWORK_POLICY:
        yield from verdict.rules
    connection = (attempt.protocol, attempt.port)
    for policy in verdict.policies:
        for rule in policy.rules_of(verdict.direction):
            if may_allow_port(rule, connection):
                yield rule


def _name_used_in_rule(
    resources: Resources, rule: Rule, peer: Endpoint, destination: Endpoint
) -> Iterator[str]:
    if not isinstance(peer, PodEndpoint):
        return
    selecting = [item for item in rule.peers if isinstance(item, PodPeer)]
    chosen = (chosen for item in selecting for chosen in (item.pods, item.namespaces))
    if any(selector.is_open for selector in chosen if selector):
        yield "placeholders"
    if any(_asks_for_generated(item.pods, peer) for item in selecting):
        yield "generated-labels"
    if any(isinstance(item, BlockPeer) for item in rule.peers):
        yield "ipblock-pods"
    by_namespace = any(item.namespaces for item in selecting)
    spaces = (resources.namespace(pod.namespace) for pod in peer.pods)
    if by_namespace and any(space.origin is Origin.IMPLIED for space in spaces):
        yield "implied-namespace"
    named = {port.name for port in rule.ports if isinstance(port, NamedPort)}
    if isinstance(destination, PodEndpoint) and _repeats_names(destination, named):
        yield "repeated-port-name"


def _repeats_names(endpoint: PodEndpoint, names: set[str]) -> bool:
    for pod in endpoint.pods:
        declared = [(p.name, p.protocol) for p in pod.ports if p.name in names]
        if len(declared) != len(set(declared)):
            return True
    return False


def _asks_for_generated(selector: Selector, endpoint: Endpoint) -> bool:
    if not isinstance(endpoint, PodEndpoint):
        return False
    added = {label.key for pod in endpoint.pods for label in pod.labels.generated}
    return any(requirement.key in added for requirement in selector.requirements)


def _has_placeholder(endpoint: Endpoint) -> bool:
    return isinstance(endpoint, PodEndpoint) and any(
        pod.labels.has_placeholder or has_placeholder(pod.namespace) for pod in endpoint.pods
    )


def _has_host(endpoint: Endpoint) -> bool:
    return isinstance(endpoint, PodEndpoint) and any(
        pod.network is PodNetwork.HOST for pod in endpoint.pods
    )
