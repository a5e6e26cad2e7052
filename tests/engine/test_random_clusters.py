"""The engine against the naive evaluator and against itself, on random small clusters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from netsim.engine.reachability import Reachability
from netsim.model.addresses import Address, AddressSet
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.policies import Policy, Rule, Tier
from netsim.model.ports import PortSet, Protocol
from netsim.model.resources import Pod, Resources
from netsim.model.verdict import Outcome
from tests.naive.blocks import addresses_of
from tests.naive.decision import decide
from tests.naive.families import common_families
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters
from tests.strategies.policies import located, rules
from tests.strategies.questions import interesting_addresses, interesting_ports

End = Pod | Address


def endpoint(*ends: End) -> Endpoint:
    """The endpoint of one end, or of several pods."""
    first = ends[0]
    if isinstance(first, Pod):
        return PodEndpoint(first.title, tuple(end for end in ends if isinstance(end, Pod)))
    return ExternalEndpoint(str(first), AddressSet.single(first))


def ends_of(draw: st.DataObject, resources: Resources) -> list[End]:
    """Every pod, one by an address of its own, and up to three addresses on edges of blocks."""
    candidates = interesting_addresses(resources)
    chosen = draw.draw(
        st.lists(st.sampled_from(candidates), min_size=1, max_size=3, unique=True), "external"
    )
    parts = [
        replace(pod, addresses=AddressSet.single(address))
        for pod in resources.pods
        for address in addresses_of(pod)
    ]
    asked = [draw.draw(st.sampled_from(parts), "by address")] if parts else []
    return [*resources.pods, *asked, *chosen]


def answers(
    cluster: Cluster, source: End, destination: End, ports: Sequence[tuple[Protocol, int]]
) -> Iterator[tuple[tuple[Protocol, int], Outcome]]:
    """What the naive evaluator says for each port."""
    for protocol, port in ports:
        yield (
            (protocol, port),
            decide(cluster.resources, cluster.conventions, source, destination, protocol, port),
        )


def shown(source: End, destination: End, connection: tuple[Protocol, int]) -> str:
    """A question, for a failing test."""
    names = [end.title if isinstance(end, Pod) else str(end) for end in (source, destination)]
    return f"{names[0]} -> {names[1]} {connection[0]} {connection[1]}"


@thorough(400)
@given(clusters(), st.data())
def test_verdicts_are_those_of_the_naive_evaluator(
    cluster: Cluster, data: st.DataObject
) -> None:
    reachability = Reachability.of(cluster.resources, cluster.conventions)
    ends = ends_of(data, cluster.resources)
    ports = interesting_ports(cluster.resources)
    asked = data.draw(st.lists(st.sampled_from(ports), min_size=1, max_size=5, unique=True))
    for source in ends:
        for destination in ends:
            for connection, expected in answers(cluster, source, destination, asked):
                found = reachability.verdict(
                    endpoint(source), endpoint(destination), *connection
                ).outcome
                assert found is expected, shown(source, destination, connection)


@thorough(700)
@given(clusters(), st.data())
def test_connections_are_those_of_the_naive_evaluator(
    cluster: Cluster, data: st.DataObject
) -> None:
    reachability = Reachability.of(cluster.resources, cluster.conventions)
    ends = ends_of(data, cluster.resources)
    ports = interesting_ports(cluster.resources)
    for source in ends:
        for destination in ends:
            found = reachability.connections(endpoint(source), endpoint(destination))
            assert found.every == found.some
            for connection, expected in answers(cluster, source, destination, ports):
                question = (source, destination, connection)
                assert (connection in found.some) == (expected is Outcome.ALLOW), shown(
                    *question
                )
                assert (connection in found.possible) == (expected is not Outcome.DENY), shown(
                    *question
                )


@thorough(300)
@given(clusters(), st.data())
def test_connections_of_several_pods_are_those_of_every_and_some_pair(
    cluster: Cluster, data: st.DataObject
) -> None:
    pods = cluster.resources.pods
    assume(len(pods) >= 2)
    cut = data.draw(st.integers(1, len(pods) - 1), "sources")
    sources, destinations = pods[:cut], pods[cut:]
    reachability = Reachability.of(cluster.resources, cluster.conventions)
    found = reachability.connections(endpoint(*sources), endpoint(*destinations))
    for connection in interesting_ports(cluster.resources):
        pairs = [(source, destination) for source in sources for destination in destinations]
        # Pods without a family in common count only where all are without.
        meeting = [
            pair
            for pair in pairs
            if common_families(cluster.resources, cluster.conventions, *pair)
        ]
        outcomes = [
            outcome
            for source, destination in meeting or pairs
            for _, outcome in answers(cluster, source, destination, [connection])
        ]
        sure = [outcome is Outcome.ALLOW for outcome in outcomes]
        assert (connection in found.every) == all(sure), connection
        assert (connection in found.some) == any(sure), connection
        possible = any(outcome is not Outcome.DENY for outcome in outcomes)
        assert (connection in found.possible) == possible, connection


# --- the engine against itself ---


def every_connection(cluster: Cluster, ends: Sequence[End]) -> list[tuple[PortSet, PortSet]]:
    """Sure and possible connections of every pair, in order."""
    reachability = Reachability.of(cluster.resources, cluster.conventions)
    found = [reachability.connections(endpoint(a), endpoint(b)) for a in ends for b in ends]
    return [(connections.some, connections.possible) for connections in found]


def with_policies(cluster: Cluster, policies: Sequence[Policy]) -> Cluster:
    """The same cluster under other NetworkPolicies."""
    every = (*policies, *(p for p in cluster.resources.policies if p.tier.is_ordered))
    return replace(cluster, resources=replace(cluster.resources, policies=every))


def renamed(policy: Policy, name: str, rules: Sequence[Rule]) -> Policy:
    """A policy of the same subject and directions with these rules."""
    return located(replace(policy, id=replace(policy.id, name=name)), rules)


@thorough(150)
@given(clusters(), st.data())
def test_a_further_rule_never_removes_a_connection(
    cluster: Cluster, data: st.DataObject
) -> None:
    policies = list(cluster.resources.policies_of(Tier.NETWORK_POLICY))
    assume(policies)
    chosen = data.draw(st.integers(0, len(policies) - 1), "policy")
    policy = policies[chosen]
    further = data.draw(rules(policy.isolates), "rule")
    policies[chosen] = located(policy, [*policy.rules, further])
    larger = with_policies(cluster, policies)
    ends = ends_of(data, larger.resources)
    before, after = every_connection(cluster, ends), every_connection(larger, ends)
    for (sure, possible), (sure_after, possible_after) in zip(before, after, strict=True):
        assert sure <= sure_after
        assert possible <= possible_after


@thorough(150)
@given(clusters(), st.data())
def test_order_changes_nothing(cluster: Cluster, data: st.DataObject) -> None:
    ends = ends_of(data, cluster.resources)
    turned = [
        located(
            policy,
            [
                replace(rule, peers=rule.peers[::-1], ports=rule.ports[::-1])
                for rule in data.draw(st.permutations(policy.rules))
            ],
        )
        for policy in data.draw(
            st.permutations(cluster.resources.policies_of(Tier.NETWORK_POLICY))
        )
    ]
    other = with_policies(cluster, turned)
    reordered = replace(
        other,
        resources=replace(
            other.resources,
            pods=tuple(data.draw(st.permutations(other.resources.pods))),
            policies=other.resources.policies[::-1],
            namespaces=other.resources.namespaces[::-1],
            nodes=other.resources.nodes[::-1],
        ),
    )
    assert every_connection(reordered, ends) == every_connection(cluster, ends)


@thorough(150)
@given(clusters(), st.data())
def test_one_policy_a_rule_is_the_same_as_one_policy(
    cluster: Cluster, data: st.DataObject
) -> None:
    ends = ends_of(data, cluster.resources)
    split: list[Policy] = []
    for policy in cluster.resources.policies_of(Tier.NETWORK_POLICY):
        cut = data.draw(st.integers(0, len(policy.rules)), "cut")
        split.append(renamed(policy, f"{policy.name}-head", policy.rules[:cut]))
        split.append(renamed(policy, f"{policy.name}-tail", policy.rules[cut:]))
    assert every_connection(with_policies(cluster, split), ends) == every_connection(
        cluster, ends
    )
