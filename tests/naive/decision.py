"""Whether one end can connect to the other: from the whole connection down to the first rule.

    both ends permit it
      Admin tier -> NetworkPolicies -> Baseline tier -> allowed
        policies by priority
          rules in order

A tier *allows*, *denies* or *passes* to the next.  Where not all is known, or policies of one
priority differ, more than one result is possible: each step returns a set.
"""

from __future__ import annotations

from netsim.model.conventions import Conventions
from netsim.model.policies import Action, Direction, Policy, Tier
from netsim.model.ports import Protocol
from netsim.model.resources import Pod, PodNetwork, Resources
from netsim.model.verdict import Outcome
from tests.naive import Truth
from tests.naive.families import common_families
from tests.naive.matching import End, Matching, equal, selected
from tests.naive.nodes import is_own_node

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
    """Whether the source can open a connection to this port of the destination.

    A packet has one source address and one destination address, both of one family, so each
    family that both ends have is decided by itself.  Where the answers differ, it depends on
    the family that is used.
    """
    if is_same_pod(source, destination):
        return Outcome.ALLOW
    families = common_families(resources, conventions, source, destination)
    if not families:
        return Outcome.DENY
    outcomes = {
        _Flow(resources, conventions, source, destination, protocol, port, family).outcome()
        for family in families
    }
    return outcomes.pop() if len(outcomes) == 1 else Outcome.UNKNOWN


def is_same_pod(source: End, destination: End) -> bool:
    """Whether both are one pod; the pods of a template are many, and each is another.

    "A pod cannot block access to itself." (concept page)
    """
    if not isinstance(source, Pod) or not isinstance(destination, Pod):
        return False
    names = {(pod.namespace, pod.name) for pod in (source, destination)}
    return source.name is not None and len(names) == 1


class _Flow(Matching):
    def outcome(self) -> Outcome:
        """Whether the packets of one family pass.

        "Both the egress policy on the source pod and the ingress policy on the destination pod
        need to allow the connection." (concept page)

        Policies are asked about opening connections only: "Reply traffic for those allowed
        connections will also be implicitly allowed." (concept page)
        """
        egress = self.permitted(Direction.EGRESS, self.source, self.destination)
        ingress = self.permitted(Direction.INGRESS, self.destination, self.source)
        return _OUTCOMES[min(egress, ingress)]

    def permitted(self, direction: Direction, subject: End, other: End) -> Truth:
        """Whether the policies of one end, the subject, permit this connection.

        What is no pod has no policy.  A pod on the host's network has none either: the network
        plugin "ignores hostNetwork pods when matching podSelector and namespaceSelector".
        (concept page)

        "If a given connection wasn't allowed or denied by any of the tiers, the default
        kubernetes policy is applied, which says that all pods can communicate with each other."
        (CNP, Tier)
        """
        if not isinstance(subject, Pod) or subject.network is PodNetwork.HOST:
            return Truth.YES
        results = self.admin_tier(Tier.ADMIN, direction, subject, other)
        if PASSED in results:
            following = self.at_home(self.network_policies(direction, subject, other))
            results = results - {PASSED} | following
        if PASSED in results:
            following = self.admin_tier(Tier.BASELINE, direction, subject, other)
            results = results - {PASSED} | following
        if PASSED in results:
            results = results - {PASSED} | {ALLOWED}
        if results == {ALLOWED}:
            return Truth.YES
        return Truth.NO if results == {DENIED} else Truth.MAYBE

    def at_home(self, results: set[str]) -> set[str]:
        """What becomes of the answer of NetworkPolicies at the node where a pod runs.

        "Traffic to and from the node where a Pod is running is always allowed, regardless of
        the IP address of the Pod or the node." (concept page)

        The admin tiers make no such exception: a nodes peer "selects the nodeIPs", all of them.
        (CNP, Nodes)
        """
        if results == {PASSED}:
            return results
        own = is_own_node(self.resources, self.source, self.destination)
        if own is Truth.YES:
            return {ALLOWED} | (results & {PASSED})
        return results | {ALLOWED} if own is Truth.MAYBE else results

    def network_policies(self, direction: Direction, subject: Pod, other: End) -> set[str]:
        """What NetworkPolicies make of the connection: all that is possible.

        A pod is isolated in a direction where any policy of its namespace selects it and lists
        the direction; then one rule of any of these policies must match.  "Network policies do
        not conflict; they are additive." (concept page)

        "v1.NetworkPolicy always makes a final decision for selected pods." (CNP, Tier)
        """
        isolated = Truth.NO
        best = Truth.NO
        for policy in self.resources.policies:
            if policy.tier is not Tier.NETWORK_POLICY:
                continue
            if direction not in policy.isolates:
                continue
            is_subject = min(
                equal(policy.namespace, subject.namespace),
                selected(policy.subject.pods, subject.labels),
            )
            isolated = max(isolated, is_subject)
            for rule in policy.rules:
                if rule.direction is direction:
                    matches = self.rule_matches(rule, policy.namespace, other)
                    best = max(best, min(is_subject, matches))
        if isolated is Truth.NO:
            return {PASSED}
        if isolated is Truth.MAYBE:
            return {PASSED, DENIED} if best is Truth.NO else {PASSED, ALLOWED, DENIED}
        if best is Truth.MAYBE:
            return {ALLOWED, DENIED}
        return {ALLOWED} if best is Truth.YES else {DENIED}

    def admin_tier(
        self, tier: Tier, direction: Direction, subject: Pod, other: End
    ) -> set[str]:
        """What one of the ordered tiers makes of it: all that is possible.

        "Policies with lower priority values have higher precedence."  "If two (or more)
        policies in the same tier with the same priority could match a connection, then the
        implementation can apply any of the matching policies." (CNP, Priority)
        """
        results: set[str] = set()
        policies = [
            policy
            for policy in self.resources.policies
            if policy.tier is tier and self.is_subject(policy, subject) is not Truth.NO
        ]
        for priority in sorted({policy.priority for policy in policies}):
            decided = False
            for policy in policies:
                if policy.priority == priority:
                    found, surely = self.first_match(policy, direction, other)
                    results |= found
                    if surely and self.is_subject(policy, subject) is Truth.YES:
                        decided = True
            if decided:
                return results
        return results | {PASSED}

    def first_match(
        self, policy: Policy, direction: Direction, other: End
    ) -> tuple[set[str], bool]:
        """The results of the rules that may be the first to match, and whether one must be.

        "A rule that appears at the top of the ingress rules would take the highest precedence."
        (CNP, Ingress)
        """
        results: set[str] = set()
        for rule in policy.rules:
            if rule.direction is not direction:
                continue
            matches = self.rule_matches(rule, "", other)
            if matches is not Truth.NO:
                results.add(RESULTS[rule.action])
            if matches is Truth.YES:
                return results, True
        return results, False

    def is_subject(self, policy: Policy, pod: Pod) -> Truth:
        spaces = policy.subject.namespaces
        if spaces is None:
            return Truth.NO
        belongs = self.namespace_selected(spaces, pod.namespace)
        return min(belongs, selected(policy.subject.pods, pod.labels))
