"""What the policies of all tiers make of one packet."""

from __future__ import annotations

from netsim.model.conventions import Conventions
from netsim.model.policies import Action, Direction, Policy, Tier
from netsim.model.ports import Protocol
from netsim.model.resources import Pod, PodNetwork, Resources
from netsim.model.verdict import Outcome
from tests.naive import Truth
from tests.naive.matching import End, Matching, selected

ALLOWED, DENIED, PASSED = "allowed", "denied", "passed"
RESULTS = {Action.ALLOW: ALLOWED, Action.DENY: DENIED, Action.PASS: PASSED}
_OUTCOMES = {Truth.NO: Outcome.DENY, Truth.MAYBE: Outcome.UNKNOWN, Truth.YES: Outcome.ALLOW}


def decide(
    resources: Resources,
    conventions: Conventions,
    source: End,
    destination: End,
    protocol: Protocol,
    port: int,
) -> Outcome:
    """Whether the source can open a connection to this port of the destination."""
    if is_same_pod(source, destination):
        return Outcome.ALLOW
    if _is_own_node(resources, source, destination):
        return Outcome.ALLOW
    if _is_own_node(resources, destination, source):
        return Outcome.ALLOW
    flow = _Flow(resources, conventions, source, destination, protocol, port)
    egress = flow.permitted(Direction.EGRESS, source, destination)
    if egress is Truth.NO:
        return Outcome.DENY
    ingress = flow.permitted(Direction.INGRESS, destination, source)
    return _OUTCOMES[min(egress, ingress)]


def is_same_pod(source: End, destination: End) -> bool:
    """Whether both are one pod; the pods of a template are many, and each is another."""
    if not isinstance(source, Pod) or not isinstance(destination, Pod):
        return False
    names = {(pod.namespace, pod.name) for pod in (source, destination)}
    return source.name is not None and len(names) == 1


def _is_own_node(resources: Resources, node_end: End, pod: End) -> bool:
    """Whether one end is the node that the other runs on."""
    if not isinstance(pod, Pod) or pod.node is None:
        return False
    if isinstance(node_end, Pod):
        return node_end.network is PodNetwork.HOST and node_end.node == pod.node
    for node in resources.nodes:
        if node.name == pod.node:
            for family, (low, high) in node.addresses:
                if family.value == node_end.max_prefixlen and low <= int(node_end) <= high:
                    return True
    return False


class _Flow(Matching):
    def permitted(self, direction: Direction, subject: End, other: End) -> Truth:
        """What the policies of one end say about the other end."""
        if not isinstance(subject, Pod) or subject.network is PodNetwork.HOST:
            return Truth.YES
        results = self.admin_tier(Tier.ADMIN, direction, subject, other)
        if PASSED in results:
            results.remove(PASSED)
            results |= self.network_policies(direction, subject, other)
        if PASSED in results:
            results.remove(PASSED)
            results |= self.admin_tier(Tier.BASELINE, direction, subject, other)
        if PASSED in results:
            results.remove(PASSED)
            results.add(ALLOWED)
        if results == {ALLOWED}:
            return Truth.YES
        return Truth.NO if results == {DENIED} else Truth.MAYBE

    def network_policies(self, direction: Direction, subject: Pod, other: End) -> set[str]:
        """What NetworkPolicies make of the connection: all that is possible."""
        isolated = False
        best = Truth.NO
        for policy in self.resources.policies:
            if policy.tier is not Tier.NETWORK_POLICY:
                continue
            if policy.namespace != subject.namespace:
                continue
            if direction not in policy.isolates:
                continue
            if not selected(policy.subject.pods, subject.labels):
                continue
            isolated = True
            for rule in policy.rules:
                if rule.direction is direction:
                    best = max(best, self.rule_allows(rule, policy.namespace, other))
        if not isolated:
            return {PASSED}
        if best is Truth.MAYBE:
            return {ALLOWED, DENIED}
        return {ALLOWED} if best is Truth.YES else {DENIED}

    def admin_tier(
        self, tier: Tier, direction: Direction, subject: Pod, other: End
    ) -> set[str]:
        """What one of the ordered tiers makes of it: all that is possible."""
        results: set[str] = set()
        policies = [
            policy
            for policy in self.resources.policies
            if policy.tier is tier and self.is_subject(policy, subject)
        ]
        for priority in sorted({policy.priority for policy in policies}):
            decided = False
            for policy in policies:
                if policy.priority == priority:
                    found, surely = self.first_match(policy, direction, other)
                    results |= found
                    decided = decided or surely
            if decided:
                return results
        return results | {PASSED}

    def first_match(
        self, policy: Policy, direction: Direction, other: End
    ) -> tuple[set[str], bool]:
        """The results of the rules that may be the first to match, and whether one must be."""
        results: set[str] = set()
        for rule in policy.rules:
            if rule.direction is not direction:
                continue
            matches = self.rule_allows(rule, "", other)
            if matches is not Truth.NO:
                results.add(RESULTS[rule.action])
            if matches is Truth.YES:
                return results, True
        return results, False

    def is_subject(self, policy: Policy, pod: Pod) -> bool:
        spaces = policy.subject.namespaces
        if spaces is None or not selected(spaces, self.namespace_labels(pod.namespace)):
            return False
        return selected(policy.subject.pods, pod.labels)
