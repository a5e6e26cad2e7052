"""How an undocumented connection can be closed: patches, the one that closes least first.

A rule that lets too much through loses its ports that are not documented, else the peer, else
goes itself.  Pods that nothing isolates get a default deny.  What a patch closes besides, and
is documented, is opened again by the fixes of the findings that it makes.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.judge.case import Case
from netsim.judge.cause import HostCause, OpenCause, RuleCause
from netsim.judge.leak import Leak
from netsim.model.edit import Patch
from netsim.model.location import Location
from netsim.model.policies import Direction, Rule
from netsim.model.ports import PortSet
from netsim.rules import patches
from netsim.rules.patches import target_at, target_of
from netsim.words.policy_parts import build_policy, build_ports


def list_closings(case: Case, leak: Leak) -> Iterator[Patch]:
    """Patches that close a leak."""
    match leak.cause:
        case RuleCause(rule=rule) if rule.policy.namespace:
            yield from _narrow(leak, rule)
        case OpenCause(policy=None) as cause:
            document = build_policy("default-deny", cause.namespace, {}, tuple(Direction), {})
            yield patches.add_document(_locate_policies(case, cause), document)
        case OpenCause(policy=policy) if policy is not None:
            types = ["Ingress", "Egress"]
            yield patches.replace(target_of(policy), "spec.policyTypes", types)
            yield patches.insert(target_of(policy), "spec.policyTypes", types)
        case HostCause() | RuleCause():
            return


def _narrow(leak: Leak, rule: Rule) -> Iterator[Patch]:
    place, field = leak.cause.location, rule.location.field
    target = target_at(rule.policy, rule.location)
    documented = PortSet.union(judgement.required(rule.direction) for judgement in leak.ports)
    if documented and documented != PortSet.full():
        write = patches.replace if rule.ports else patches.insert
        yield write(target, f"{field}.ports", build_ports(documented))
    if len(rule.peers) > 1 and place.field != field:
        yield patches.remove(target, place.field)
    else:
        yield patches.remove(target, field)


def _locate_policies(case: Case, cause: OpenCause) -> Location:
    """A place in the file that has the policies of the namespace, else of any; else its own."""
    policies = case.resources.policies
    here = [each.location for each in policies if each.namespace == cause.namespace]
    places = here or [each.location for each in policies]
    pods = (each.location for each in case.resources.pods if each.location)
    return next(iter(places), next(pods, cause.location))
