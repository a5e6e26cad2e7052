"""How an undocumented connection can be closed: patches, the one that closes least first.

A rule that lets too much through loses its ports that are not documented, else its peer is
narrowed to those that are, else removed, and the rule with its last one.  Pods that nothing
isolates get a default deny.  What a patch closes besides, and is documented, is opened again by
the patches of the findings that it makes.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.judge.case import Case
from netsim.judge.cause import HostCause, OpenCause, RuleCause
from netsim.judge.leak import Leak
from netsim.judge.parties import Party
from netsim.model.edit import Patch
from netsim.model.location import Location
from netsim.model.peers import Peer
from netsim.model.policies import Direction, Rule
from netsim.model.ports import PortSet
from netsim.rules import patches
from netsim.rules.patches import target_at, target_of
from netsim.words.policy_parts import Part, build_peers, build_policy, build_ports


def list_closings(case: Case, leak: Leak) -> Iterator[Patch]:
    """Patches that close a leak."""
    match leak.cause:
        case RuleCause(rule=rule) if rule.policy.namespace:
            yield from _narrow(case, leak, rule)
        case OpenCause(policy=None) as cause:
            yield deny_by_default(case, cause.namespace, cause.location)
        case OpenCause(policy=policy) if policy is not None:
            types = ["Ingress", "Egress"]
            yield patches.replace(target_of(policy), "spec.policyTypes", types)
            yield patches.insert(target_of(policy), "spec.policyTypes", types)
        case HostCause() | RuleCause():
            return


def _narrow(case: Case, leak: Leak, rule: Rule) -> Iterator[Patch]:
    place, field = leak.cause.location, rule.location.field
    target = target_at(rule.policy, rule.location)
    documented = PortSet.union(judgement.required(rule.direction) for judgement in leak.ports)
    if documented and documented != PortSet.full():
        write = patches.replace if rule.ports else patches.insert
        yield write(target, f"{field}.ports", build_ports(documented))
    peer = next((each for each in rule.peers if each.location == place), None)
    if peer is not None:
        meant = _list_documented_peers(case, rule, peer)
        if meant:
            yield patches.replace_item(target, place.field, meant)
    if len(rule.peers) > 1 and place.field != field:
        yield patches.remove(target, place.field)
    else:
        yield patches.remove(target, field)


def _list_documented_peers(case: Case, rule: Rule, peer: Peer) -> list[Part]:
    """What a peer would have to name: the documented ones of those that it admits."""
    admitted = peer.match(case.evaluator.selection, rule.namespace).possible
    bound = {each.name: each.endpoint for each in case.endpoints}
    found: dict[str, Part] = {}
    for judgement in case.judgements:
        ingress = rule.direction is Direction.INGRESS
        subject = judgement.destination if ingress else judgement.source
        party = judgement.source if ingress else judgement.destination
        if not party.names or not party.members & admitted:
            continue
        if judgement.required(rule.direction) and _is_subject(case, rule, subject):
            for each in build_peers(bound[party.names[0]], rule.namespace):
                found[str(each)] = each
    return list(found.values())


def _is_subject(case: Case, rule: Rule, party: Party) -> bool:
    policy = case.resources.policy(rule.policy)
    return bool(case.evaluator.selection.subject(policy).possible & party.members)


def deny_by_default(case: Case, namespace: str, place: Location) -> Patch:
    """A policy that isolates every pod of a namespace: one, whatever it is proposed for.

    It goes into the file that has the policies of the namespace, else of any, else a pod; else
    into that of ``place``.
    """
    policies = case.resources.policies
    here = [each.location for each in policies if each.namespace == namespace]
    places = here or [each.location for each in policies]
    pods = (each.location for each in case.resources.pods if each.location)
    deny = build_policy("default-deny", namespace, {}, tuple(Direction), {})
    return patches.add_document(next(iter(places), next(pods, place)), deny)
