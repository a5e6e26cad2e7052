"""Random policies of all tiers, with their rules and peers."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from msgspec.structs import replace

from netsim.model.labels import Selector
from netsim.model.location import Location
from netsim.model.peers import DomainPeer, NodePeer, Peer, PodPeer
from netsim.model.policies import Action, Direction, Policy, PolicyId, Rule, Tier
from tests.policies import admin_policy_id, network_policy, network_policy_id
from tests.strategies.parts import (
    BLOCKS,
    NAMESPACE_SELECTORS,
    NOWHERE,
    PLACEHOLDER_BLOCK,
    POD_SELECTORS,
    POLICY_PORTS,
    SUBJECTS,
    tuples_of,
)

_ports_of_rules = tuples_of(POLICY_PORTS, 3)
_peer_forms = st.sampled_from(
    (*("pods", "namespaces", "both", "block") * 2, "block", "placeholder")
)


@st.composite
def peers(draw: st.DrawFn) -> Peer:
    """One item of ``from`` or ``to``; seldom with a placeholder."""
    match draw(_peer_forms):
        case "pods":
            return PodPeer(None, draw(st.sampled_from(POD_SELECTORS)), NOWHERE)
        case "namespaces":
            return PodPeer(draw(st.sampled_from(NAMESPACE_SELECTORS)), Selector(), NOWHERE)
        case "both":
            return PodPeer(
                draw(st.sampled_from(NAMESPACE_SELECTORS)),
                draw(st.sampled_from(POD_SELECTORS)),
                NOWHERE,
            )
        case "placeholder":
            return PLACEHOLDER_BLOCK
    return draw(st.sampled_from(BLOCKS))


_peer_lists = st.lists(peers(), max_size=3).map(tuple)


def located(policy: Policy, rules: Sequence[Rule]) -> Policy:
    """The policy with these rules, numbered and placed as if they were read in this order."""
    seen = dict.fromkeys(Direction, 0)
    placed: list[Rule] = []
    for rule in rules:
        index = seen[rule.direction]
        seen[rule.direction] += 1
        field = f"spec.{rule.direction.word}[{index}]"
        side = "from" if rule.direction is Direction.INGRESS else "to"
        place = replace(policy.location, field=field)
        placed.append(
            Rule(
                policy=policy.id,
                direction=rule.direction,
                index=index,
                peers=tuple(
                    replace(peer, location=replace(place, field=f"{field}.{side}[{i}]"))
                    for i, peer in enumerate(rule.peers)
                ),
                ports=tuple(
                    replace(port, location=replace(place, field=f"{field}.ports[{i}]"))
                    for i, port in enumerate(rule.ports)
                ),
                location=place,
            )
        )
    return replace(policy, rules=tuple(placed))


@st.composite
def rules(draw: st.DrawFn, directions: Sequence[Direction]) -> Rule:
    """A rule of one of these directions, as yet of no policy."""
    direction = draw(st.sampled_from(directions))
    return Rule(
        network_policy_id("", ""),
        direction,
        0,
        draw(_peer_lists),
        draw(_ports_of_rules),
        NOWHERE,
    )


_DIRECTIONS = ((Direction.INGRESS,), (Direction.EGRESS,), (Direction.INGRESS, Direction.EGRESS))


@st.composite
def policies(draw: st.DrawFn, number: int, namespaces: Sequence[str]) -> Policy:
    """One policy."""
    directions = draw(st.sampled_from(_DIRECTIONS))
    identity = network_policy_id(draw(st.sampled_from(namespaces)), f"policy-{number}")
    subject = draw(st.sampled_from(SUBJECTS))
    place = Location("generated.yaml", number + 1)
    policy = network_policy(identity, subject, directions, (), place)
    return located(policy, draw(st.lists(rules(directions), max_size=3)))


_subject_peers = st.builds(
    PodPeer,
    st.sampled_from((Selector(), *NAMESPACE_SELECTORS)),
    st.sampled_from((Selector(), *SUBJECTS)),
    st.just(NOWHERE),
)
_PEERS_OUTSIDE: tuple[Peer, ...] = (
    *BLOCKS,
    NodePeer(Selector(), NOWHERE),
    NodePeer(Selector.of({"zone": "x"}), NOWHERE),
    DomainPeer(("example.com",), NOWHERE),
)


@st.composite
def admin_rules(draw: st.DrawFn, policy: PolicyId, direction: Direction, index: int) -> Rule:
    """A rule of an admin tier; only egress has peers outside of pods."""
    outside = st.sampled_from(_PEERS_OUTSIDE)
    several: st.SearchStrategy[Peer] = _subject_peers
    if direction is Direction.EGRESS:
        several = _subject_peers | outside
    found = draw(st.lists(several, min_size=1, max_size=2))
    action = draw(st.sampled_from(tuple(Action)))
    ports = draw(_ports_of_rules)
    place = Location("generated.yaml", index + 1, f"{policy.title} {direction.word}")
    return Rule(policy, direction, index, tuple(found), ports, place, action)


@st.composite
def admin_policies(draw: st.DrawFn, number: int) -> Policy:
    """A policy of an admin tier; priorities collide."""
    identity = admin_policy_id(f"a{number}")
    listed = tuple(
        draw(admin_rules(identity, direction, index))
        for direction in Direction
        for index in range(draw(st.integers(0, 3)))
    )
    return Policy(
        id=identity,
        tier=draw(st.sampled_from((Tier.ADMIN, Tier.ADMIN, Tier.BASELINE))),
        priority=draw(st.integers(1, 3)),
        subject=draw(_subject_peers),
        rules=listed,
        location=NOWHERE,
    )
