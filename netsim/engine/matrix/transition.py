"""What a change does on its way, which a comparison of two manifests does not show.

While a rolling update replaces pods, those of the old version meet the new policies::

    kv/quorum[StatefulSet] has chart=quorum-8.8.0, and chart=quorum-8.8.1 once replaced; until
    then kv/quorum (podSelector) misses the old pods, which lose connections

And a policy that leaves ``policyTypes`` out keeps those that were stored when it was created:
they are filled in once (``SetDefaults_NetworkPolicy``), and neither ``kubectl apply`` nor Helm
touches a field that neither the old nor the new manifest has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.diff import Side
from netsim.model.location import Location
from netsim.model.peers import PodPeer
from netsim.model.policies import Direction, Listing, Policy, Tier
from netsim.model.ports import PortSet
from netsim.model.resources import Origin, Pod, WorkloadName


class Hazard(Enum):
    """What goes another way than the two sides show."""

    ROLLING_UPDATE = "rolling update"
    STORED_POLICY_TYPES = "stored policyTypes"


class Caution(Struct, frozen=True):
    """Something to know of a change: of which workload or policy, and where it comes from."""

    hazard: Hazard
    title: str
    says: str
    location: Location

    def __str__(self) -> str:
        return f"{self.title} {self.says} ({self.location})"


def find_cautions(old: Side, new: Side) -> tuple[Caution, ...]:
    """All that there is to know of a change."""
    return (*_warn_of_rolling_updates(old, new), *_warn_of_stored_types(old, new))


def _warn_of_stored_types(old: Side, new: Side) -> Iterator[Caution]:
    before = {policy.id: policy for policy in old.resources.policies_of(Tier.NETWORK_POLICY)}
    for policy in new.resources.policies_of(Tier.NETWORK_POLICY):
        stored = before.get(policy.id)
        if (
            stored
            and stored.isolates != policy.isolates
            and stored.notation.listing is not Listing.WRITTEN
            and policy.notation.listing is Listing.DEFAULTED
        ):
            yield Caution(
                Hazard.STORED_POLICY_TYPES,
                policy.title,
                _describe_stored(stored, policy),
                policy.location,
            )


def _describe_stored(stored: Policy, policy: Policy) -> str:
    kept = f"[{', '.join(each.value for each in stored.isolates)}]"
    text = f"leaves policyTypes out, and an object that exists keeps those it has, {kept}: "
    wanted = f"[{', '.join(each.value for each in policy.isolates)}]"
    effects = []
    for direction in Direction:
        if direction not in stored.isolates and direction in policy.isolates:
            effects.append(f"its {direction.word} rules close nothing")
        elif direction in stored.isolates and direction not in policy.isolates:
            effects.append(f"{direction.word} stays isolated, without a rule")
    return f"{text}{' and '.join(effects)} until the manifest says policyTypes: {wanted}"


class _Rolled(Struct, frozen=True):
    """A workload whose pods get other labels; ``old`` is one of those that are replaced."""

    old: Pod
    new: Pod
    keys: frozenset[str]


def _warn_of_rolling_updates(old: Side, new: Side) -> Iterator[Caution]:
    found = [
        (rolled, misses)
        for rolled in _find_rolled(old, new)
        if (misses := _find_misses(new, rolled))
    ]
    if not found:
        return
    left = [replace(rolled.old, origin=Origin.MODELLED) for rolled, _ in found]
    resources = replace(new.resources, pods=(*new.resources.pods, *left))
    during = Evaluator.of(resources, new.evaluator.selection.conventions)
    for (rolled, misses), pod in zip(found, left, strict=True):
        effect = _describe_effect(during, pod, rolled.new)
        if effect:
            yield _caution(rolled, misses, effect)


def _find_rolled(old: Side, new: Side) -> Iterator[_Rolled]:
    """Workloads of both sides whose pods change labels that some selector asks for."""
    asked = {
        requirement.key
        for policy in new.resources.policies
        for _, peer in _list_selectors(policy)
        for requirement in peer.pods.requirements
    }
    before, now = _templates(old), _templates(new)
    for name, was in before.items():
        is_ = now.get(name)
        if is_ is None or was.labels == is_.labels:
            continue
        changed = set(was.labels.pairs) ^ set(is_.labels.pairs)
        keys = frozenset(key for key, _ in changed) & asked
        if keys:
            yield _Rolled(was, is_, keys)


def _templates(side: Side) -> dict[WorkloadName, Pod]:
    """The pods of each workload, by one; a bare pod is replaced by no rolling update."""
    found: dict[WorkloadName, Pod] = {}
    for pod in side.resources.pods:
        if pod.origin is Origin.READ and pod.workload.kind != "Pod":
            found.setdefault(pod.workload, pod)
    return found


def _list_selectors(policy: Policy) -> Iterator[tuple[str, PodPeer]]:
    yield "podSelector", policy.subject
    for rule in policy.rules:
        for peer in rule.peers:
            if isinstance(peer, PodPeer):
                yield f"{rule.direction.word}[{rule.index}]", peer


_Misses = dict[str, list[tuple[str, Policy]]]
"""Label keys to the selectors that ask for them: where, and in which policy."""


def _find_misses(new: Side, rolled: _Rolled) -> _Misses:
    """The selectors that match the new pods of a workload and not the old ones."""
    namespace = rolled.new.namespace
    space = new.resources.namespace(namespace).labels
    found: _Misses = defaultdict(list)
    for policy in new.resources.policies:
        for place, peer in _list_selectors(policy):
            asked = {each.key for each in peer.pods.requirements}
            if asked.isdisjoint(rolled.keys):
                continue
            was, is_ = (
                peer.selects(labels, namespace, space, policy.namespace)
                for labels in (rolled.old.labels, rolled.new.labels)
            )
            if is_ and not was:
                failing = peer.pods.failing(rolled.old.labels)
                for key in dict.fromkeys(each.key for each in failing):
                    found[key].append((place, policy))
    return found


def _describe_effect(during: Evaluator, old: Pod, new: Pod) -> str:
    """What old pods can do less, or more, than new ones while both are there."""
    universe = during.universe
    first, second = universe.bit(old), universe.bit(new)
    lost = gained = PortSet.empty()
    for other in range(universe.size):
        for mine, theirs in (
            (during.allowed(first, other), during.allowed(second, other)),
            (during.allowed(other, first), during.allowed(other, second)),
        ):
            lost |= theirs.sure - mine.sure
            gained |= mine.sure - theirs.sure
        if lost and gained:
            break
    effects = (
        "lose connections" if lost else "",
        "are open where the new ones are not" if gained else "",
    )
    return " and ".join(filter(None, effects))


def _caution(rolled: _Rolled, misses: _Misses, effect: str) -> Caution:
    old, new = rolled.old.labels, rolled.new.labels
    changes = (f"{old.entry(key)} now and {new.entry(key)} once replaced" for key in misses)
    uses: dict[str, dict[str, None]] = defaultdict(dict)
    policies = [use for found in misses.values() for use in found]
    for place, policy in policies:
        uses[policy.title][place] = None
    who = "; ".join(f"{title} ({', '.join(places)})" for title, places in uses.items())
    return Caution(
        Hazard.ROLLING_UPDATE,
        str(rolled.new.workload),
        f"has {' and '.join(changes)}: until then {who} misses the old pods, which {effect}",
        policies[0][1].location,
    )
