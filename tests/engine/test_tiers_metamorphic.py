"""Changes of the admin tiers that must not change an answer, or only in one way."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.listing import listing
from netsim.engine.reachability import Reachability
from netsim.engine.space.bits import contains
from netsim.model.conventions import Conventions
from netsim.model.endpoint import PodEndpoint
from netsim.model.labels import Selector
from netsim.model.location import Location
from netsim.model.peers import PodPeer
from netsim.model.policies import Action, Direction, Policy, Rule, Tier
from netsim.model.ports import PortSet
from netsim.model.resources import Pod, PodNetwork, Resources
from tests.policies import admin_policy_id
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters
from tests.strategies.parts import block

NOWHERE = Location("generated.yaml", 0)
EVERY_POD = PodPeer(Selector(), Selector(), NOWHERE)


def answers(resources: Resources, conventions: Conventions) -> list[tuple[PortSet, PortSet]]:
    """Sure and possible connections between all pods, in order."""
    reachability = Reachability.of(resources, conventions)
    ends = [PodEndpoint(pod.title, (pod,)) for pod in resources.pods]
    found = [reachability.connections(a, b) for a in ends for b in ends]
    return [(connections.some, connections.possible) for connections in found]


def renumbered(policy: Policy, rules: Sequence[Rule]) -> Policy:
    """The policy with these rules, numbered within each direction."""
    seen = dict.fromkeys(Direction, 0)
    found = []
    for rule in rules:
        found.append(replace(rule, policy=policy.id, index=seen[rule.direction]))
        seen[rule.direction] += 1
    return replace(policy, rules=tuple(found))


def with_admin(cluster: Cluster, policies: Sequence[Policy]) -> Resources:
    own = cluster.resources.policies_of(Tier.NETWORK_POLICY)
    return replace(cluster.resources, policies=(*own, *policies))


def admin_policies_of(cluster: Cluster) -> tuple[Policy, ...]:
    return tuple(policy for policy in cluster.resources.policies if policy.tier.is_ordered)


def universal_pass(subject: PodPeer, direction: Direction) -> Policy:
    """Passes everything of a direction on, before any other policy."""
    identity = admin_policy_id("first")
    peers = (EVERY_POD, block("0.0.0.0/0"), block("::/0"))
    own = peers if direction is Direction.EGRESS else peers[:1]
    rule = Rule(identity, direction, 0, own, (), NOWHERE, Action.PASS)
    return Policy(identity, Tier.ADMIN, subject, (rule,), NOWHERE)


def selects(cluster: Cluster, subject: PodPeer, pod: Pod) -> bool:
    spaces = subject.namespaces
    labels = cluster.resources.namespace(pod.namespace).labels
    return (
        pod.network is PodNetwork.POD
        and spaces is not None
        and spaces.matches(labels)
        and subject.pods.matches(pod.labels)
    )


@thorough(150)
@given(clusters(), st.data())
def test_a_universal_pass_on_top_is_as_if_the_admin_tier_were_not_there(
    cluster: Cluster, data: st.DataObject
) -> None:
    admin = admin_policies_of(cluster)
    assume(any(policy.tier is Tier.ADMIN for policy in admin))
    direction = data.draw(st.sampled_from(Direction))
    subject = data.draw(st.sampled_from([EVERY_POD, *(policy.subject for policy in admin)]))
    topped = with_admin(cluster, [universal_pass(subject, direction), *admin])
    without = with_admin(
        cluster,
        [
            policy
            if policy.tier is Tier.BASELINE
            else renumbered(policy, [r for r in policy.rules if r.direction is not direction])
            for policy in admin
        ],
    )
    pods = cluster.resources.pods
    compared = zip(
        ((a, b) for a in pods for b in pods),
        answers(topped, cluster.conventions),
        answers(without, cluster.conventions),
        strict=True,
    )
    for (source, destination), found, expected in compared:
        subject_end = source if direction is Direction.EGRESS else destination
        peer = destination if direction is Direction.EGRESS else source
        # No ingress rule can name a pod on the host's network, so Pass leaves it out.
        named = peer.network is PodNetwork.POD
        if named and selects(cluster, subject, subject_end):
            assert found == expected, (source.title, destination.title)


@thorough(150)
@given(clusters(), st.data())
def test_splitting_a_policy_in_two_that_follow_each_other(
    cluster: Cluster, data: st.DataObject
) -> None:
    admin = admin_policies_of(cluster)
    assume(admin)
    # Room between priorities, and no two alike: a split pair would be a tie of its own.
    apart = [replace(p, priority=10 * number) for number, p in enumerate(admin)]
    split = []
    for policy in apart:
        cut = data.draw(st.integers(0, len(policy.rules)))
        identity = replace(policy.id, name=f"{policy.name}-tail")
        tail = replace(policy, id=identity, priority=policy.priority + 1)
        split.append(renumbered(policy, policy.rules[:cut]))
        split.append(renumbered(tail, policy.rules[cut:]))
    assert answers(with_admin(cluster, split), cluster.conventions) == answers(
        with_admin(cluster, apart), cluster.conventions
    )


@thorough(100)
@given(clusters())
def test_the_kind_of_a_policy_changes_nothing(cluster: Cluster) -> None:
    admin = admin_policies_of(cluster)
    assume(admin)
    kinds = [
        renumbered(
            replace(policy, id=replace(policy.id, kind="ClusterNetworkPolicy")), policy.rules
        )
        for policy in admin
    ]
    assert answers(with_admin(cluster, kinds), cluster.conventions) == answers(
        cluster.resources, cluster.conventions
    )


@thorough(100)
@given(clusters())
def test_the_baseline_is_not_asked_where_a_network_policy_isolates(cluster: Cluster) -> None:
    admin = admin_policies_of(cluster)
    assume(any(policy.tier is Tier.BASELINE for policy in admin))
    without = with_admin(cluster, [p for p in admin if p.tier is not Tier.BASELINE])
    evaluator = Evaluator.of(cluster.resources, cluster.conventions)
    universe, chains = evaluator.universe, evaluator.chains
    pods = cluster.resources.pods
    compared = zip(
        ((a, b) for a in pods for b in pods),
        answers(cluster.resources, cluster.conventions),
        answers(without, cluster.conventions),
        strict=True,
    )
    for (source, destination), found, expected in compared:
        ends = {Direction.EGRESS: source, Direction.INGRESS: destination}
        if all(contains(chains[way].isolated, universe.bit(pod)) for way, pod in ends.items()):
            assert found == expected, (source.title, destination.title)


@thorough(150)
@given(clusters())
def test_a_list_has_what_verdicts_have(cluster: Cluster) -> None:
    evaluator = Evaluator.of(cluster.resources, cluster.conventions)
    found = listing(evaluator)
    universe = evaluator.universe
    for source in cluster.resources.pods:
        for destination in cluster.resources.pods:
            allowed = evaluator.allowed(universe.bit(source), universe.bit(destination))
            ends = (str(source.workload), str(destination.workload))
            if ends[0] != ends[1] and allowed.possible:
                assert allowed.sure <= found.inner[ends].sure
                assert allowed.possible <= found.inner[ends].possible
            elif ends[0] != ends[1]:
                # Workloads of these clusters have one pod each.
                assert ends not in found.inner
