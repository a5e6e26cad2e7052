"""Whatever the cluster: a fix that is shown, pasted where it says, allows the connection."""

from __future__ import annotations

from io import StringIO
from textwrap import indent

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from netsim.app.explanation.attempt import Attempt
from netsim.app.explanation.explanation import ExplainedDirection, Explanation, explain_attempt
from netsim.app.explanation.fix import Fix
from netsim.engine.reachability import Reachability
from netsim.loader.load import load
from netsim.model.addresses import AddressSet
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.policies import Direction, Policy, Rule, Tier
from netsim.model.ports import Protocol
from netsim.model.resources import Resources
from netsim.model.verdict import Outcome
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters


@st.composite
def attempts(draw: st.DrawFn) -> tuple[Cluster, Attempt]:
    cluster = draw(clusters())
    ends: list[Endpoint] = [PodEndpoint(pod.title, (pod,)) for pod in cluster.resources.pods]
    ends += [
        ExternalEndpoint(text, AddressSet.parse(text)) for text in ("8.8.8.0/28", "2001::1")
    ]
    ends.append(PodEndpoint("all", cluster.resources.pods))
    source, destination = draw(st.sampled_from(ends)), draw(st.sampled_from(ends))
    protocol, port = (
        draw(st.sampled_from(list(Protocol))),
        draw(st.sampled_from((53, 80, 8080))),
    )
    return cluster, Attempt(source, destination, protocol, port)


def explain(cluster: Cluster, resources: Resources, attempt: Attempt) -> Explanation:
    cuts = [
        end.addresses
        for end in (attempt.source, attempt.destination)
        if isinstance(end, ExternalEndpoint)
    ]
    return explain_attempt(Reachability.of(resources, cluster.conventions, cuts), attempt)


def find_fix(part: ExplainedDirection) -> Fix | None:
    return next((step.fix for step in part.steps if step.fix), None)


def is_several(attempt: Attempt) -> bool:
    return "all" in (attempt.source.title, attempt.destination.title)


def is_denied_by_network_policies(part: ExplainedDirection) -> bool:
    is_denied = part.outcome is Outcome.DENY
    return is_denied and part.steps[-1].tier is Tier.NETWORK_POLICY


def is_left_to_other_tiers(part: ExplainedDirection) -> bool:
    """Whether nothing but an admin tier may still deny it, by a rule with a placeholder."""
    if part.outcome is Outcome.ALLOW:
        return True
    return part.outcome is Outcome.UNKNOWN and part.steps[-1].tier.is_ordered


def pasted(resources: Resources, direction: Direction, fix: Fix) -> Resources:
    if fix.policy is None:
        added = read(fix.snippet)
        return replace(resources, policies=(*added, *resources.policies))
    policies = [policy for policy in resources.policies if policy.title == fix.policy.title]
    (extended,) = policies
    rule = read_rule(fix, extended.namespace, direction)
    wider = replace(extended, rules=(*extended.rules, replace(rule, policy=extended.id)))
    others = (wider if each is extended else each for each in resources.policies)
    return replace(resources, policies=tuple(others))


def read(text: str) -> tuple[Policy, ...]:
    loaded = load(["-"], stdin=StringIO(text))
    assert not loaded.errors
    return loaded.resources.policies


def read_rule(fix: Fix, namespace: str, direction: Direction) -> Rule:
    head = (
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
        f"metadata: {{name: policy, namespace: {namespace}}}\n"
        f"spec:\n  podSelector: {{}}\n  policyTypes: [{direction.value}]\n"
    )
    key = "" if fix.field == "spec" else f"  {direction.word}:\n"
    (policy,) = read(f"{head}{key}{indent(fix.snippet, '  ')}")
    (rule,) = policy.rules_of(direction)
    return rule


@thorough(300)
@given(attempts())
def test_a_pasted_fix_allows_the_direction(found: tuple[Cluster, Attempt]) -> None:
    cluster, attempt = found
    before = explain(cluster, cluster.resources, attempt)
    for part in before.parts:
        fix = find_fix(part)
        if fix is None or not fix.snippet:
            continue
        resources = pasted(cluster.resources, part.direction, fix)
        after = explain(cluster, resources, attempt)
        # Of several pods another pair may be shown, for which another tier has a say.
        others = [each for each in after.parts if each.direction is part.direction]
        assert not any(is_denied_by_network_policies(each) for each in others)
        assert is_several(attempt) or all(map(is_left_to_other_tiers, others))
        assert "podSelector: {}" not in fix.snippet or fix.note
