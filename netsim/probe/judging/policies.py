"""How the policies of a cluster differ from those of the manifests."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from netsim.model.meaning import meaning
from netsim.model.peers import BlockPeer, Peer
from netsim.model.policies import Direction, Policy, Rule
from netsim.model.resources import Resources


class Drift(Enum):
    """How a policy differs; the value is for people."""

    MISSING = "in the manifests but not in the cluster"
    CHANGED = "different in the cluster"
    EXTRA = "in the cluster but not in the manifests"


class PolicyDifference(Struct, frozen=True):
    """A policy of which manifests and cluster differ; None on the side that lacks it."""

    drift: Drift
    title: str
    written: Policy | None
    live: Policy | None

    def __str__(self) -> str:
        """What differs, with the place in the manifests."""
        place = f" ({self.written.location})" if self.written else ""
        parts = f", in its {' and '.join(self.parts)}" if self.parts else ""
        return f"{self.title}{place} is {self.drift.value}{parts}"

    @property
    def parts(self) -> tuple[str, ...]:
        """What is not alike of two versions, as the API calls it."""
        if self.written is None or self.live is None:
            return ()
        ours, theirs = _parts(self.written), _parts(self.live)
        return tuple(name for name in ours if ours[name] != theirs.get(name))


def differences(
    written: Iterable[Policy], live: Iterable[Policy]
) -> tuple[PolicyDifference, ...]:
    """Compares by name, then by meaning: the order of rules and peers is none."""
    ours = {each.title: each for each in written}
    theirs = {each.title: each for each in live}
    found = []
    for title in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(title), theirs.get(title)
        if mine is None or other is None:
            drift = Drift.EXTRA if mine is None else Drift.MISSING
            found.append(PolicyDifference(drift, title, mine, other))
        elif _parts(mine) != _parts(other):
            found.append(PolicyDifference(Drift.CHANGED, title, mine, other))
    return tuple(found)


def _parts(policy: Policy) -> dict[str, object]:
    """What a policy means, by the names that the API has for its parts."""
    rules = [_rule(rule) for rule in policy.rules]
    ways = {each.word: [r for r in rules if r[0] is each] for each in Direction}
    if policy.tier.is_ordered:
        return {
            "tier": policy.tier,
            "priority": policy.priority,
            "subject": meaning(policy.subject),
            **{word: tuple(several) for word, several in ways.items()},
        }
    return {
        "podSelector": meaning(policy.subject.pods),
        "policyTypes": frozenset(policy.directions),
        **{word: frozenset(several) for word, several in ways.items()},
    }


def _rule(rule: Rule) -> tuple[object, ...]:
    peers = frozenset(_peer(peer) for peer in rule.peers)
    ports = frozenset(meaning(port) for port in rule.ports)
    return rule.direction, rule.action, peers, ports


def _peer(peer: Peer) -> object:
    # 10.0.0.0/8 with exceptions in another order is the same block.
    if isinstance(peer, BlockPeer) and peer.addresses is not None:
        return peer.addresses
    return meaning(peer)


def apply_policies(resources: Resources, policies: Iterable[Policy]) -> Resources:
    """The resources with these policies and no others."""
    return replace(resources, policies=tuple(policies))


def undone(resources: Resources, difference: PolicyDifference) -> Resources:
    """The resources as the cluster has this one policy."""
    others = [p for p in resources.policies if p.title != difference.title]
    live = [difference.live] if difference.live else []
    return apply_policies(resources, (*others, *live))
