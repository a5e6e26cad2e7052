"""How a denied connection can be let through: patches, the one that opens least first.

For ``web -> api TCP 4000`` that the policies of ``api`` deny:

1. the nearest rule, if it is for that peer alone: its ports and these
2. the nearest rule, if it is for these ports alone: its peers and this one
3. one more rule of a policy that selects ``api`` and nothing else
4. one more policy for ``api``

A rule is never added to a policy that selects other pods, too: it would open those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

from netsim.engine.space import bits
from netsim.judge.case import Case
from netsim.judge.parties import Party
from netsim.model.edit import Patch, Target
from netsim.model.endpoint import Endpoint, PodEndpoint
from netsim.model.policies import Direction, NumberedPorts, Policy, Rule
from netsim.model.ports import PortSet
from netsim.rules import patches
from netsim.rules.patches import target_at, target_of
from netsim.words.policy_parts import (
    Part,
    build_peers,
    build_policy,
    build_ports,
    build_rule,
    match_labels,
    shared_labels,
)


def list_openings(
    case: Case,
    direction: Direction,
    subject: Party,
    peer: Endpoint,
    ports: PortSet,
    policy: Policy,
    near: Rule | None,
) -> Iterator[Patch]:
    """Patches that let the subject's policies pass some ports from or to a peer.

    ``policy`` is one that isolates the subject, ``near`` the rule of its policies that comes
    nearest.
    """
    if near is not None and _is_own(case, near.policy.title, subject):
        yield from _widen(case, near, peer, ports)
    if _is_own(case, policy.title, subject):
        rule = build_rule(direction, build_peers(peer, policy.namespace), ports)
        yield patches.append(target_of(policy), f"spec.{direction.word}", rule)
    endpoint = _find_endpoint(case, subject)
    if endpoint is not None:
        written = _write_policy(case, endpoint, direction, peer, ports)
        yield patches.add_document(policy.location, written)


def _widen(case: Case, near: Rule, peer: Endpoint, ports: PortSet) -> Iterator[Patch]:
    """The nearest rule with more ports, or one more peer, where that opens nothing else."""
    target, field = target_at(near.policy, near.location), near.location.field
    evaluator = case.evaluator
    word = "from" if near.direction is Direction.INGRESS else "to"
    wanted = evaluator.universe.of(peer)
    admitted = bits.union(
        each.match(evaluator.selection, near.namespace).possible for each in near.peers
    )
    if near.peers and near.ports and admitted == wanted:
        yield _extend(
            target_at(near.policy, near.location), f"{field}.ports", build_ports(ports)
        )
    numbered = [each for each in near.ports if isinstance(each, NumberedPorts)]
    own = PortSet.union(_port_set(each) for each in numbered)
    if near.peers and len(numbered) == len(near.ports) and own == ports:
        yield _extend(target, f"{field}.{word}", build_peers(peer, near.namespace))


def _port_set(port: NumberedPorts) -> PortSet:
    return PortSet.of(port.protocol, port.first, port.last)


def _extend(target: Target, field: str, values: list[Part]) -> Patch:
    found = Patch(())
    for each in values:
        found |= patches.append(target, field, each)
    return found


def _is_own(case: Case, title: str, subject: Party) -> bool:
    """Whether a policy selects pods of the subject, by labels, and no others."""
    policy = next((each for each in case.resources.policies if each.title == title), None)
    if policy is None or not policy.subject.pods.requirements:
        return False
    selected = case.evaluator.selection.subject(policy).possible
    return bool(selected) and not selected & ~subject.members


def _find_endpoint(case: Case, subject: Party) -> PodEndpoint | None:
    """The pods of a party that has a name and labels of its own."""
    for bound in case.endpoints:
        if bound.name in subject.names and isinstance(bound.endpoint, PodEndpoint):
            has_labels = bound.endpoint.pods and shared_labels(bound.endpoint.pods).pairs
            return bound.endpoint if has_labels else None
    return None


def _write_policy(
    case: Case, endpoint: PodEndpoint, direction: Direction, peer: Endpoint, ports: PortSet
) -> Part:
    namespace = endpoint.pods[0].namespace
    subject = match_labels(dict(shared_labels(endpoint.pods).pairs))
    rules = {direction: [build_rule(direction, build_peers(peer, namespace), ports)]}
    name = _pick_name(case, endpoint, direction)
    return build_policy(name, namespace, subject, (direction,), rules)


def _pick_name(case: Case, endpoint: PodEndpoint, direction: Direction) -> str:
    first = endpoint.pods[0]
    taken = {each.name for each in case.resources.policies if each.namespace == first.namespace}
    # A scenario may call pods as it likes.
    own = re.sub(r"[^a-z0-9.-]+", "-", first.workload.name.lower()).strip("-.") or "pods"
    name = f"{own}-{direction.word}"
    names = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(free for free in names if free not in taken)
