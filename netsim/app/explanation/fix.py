"""What would allow a denied connection: YAML to add to a policy, or a policy to add."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from netsim.app.explanation.attempt import Attempt
from netsim.app.explanation.cited import Cited
from netsim.app.explanation.snippet import write_parts
from netsim.engine.explain.ends import name_end
from netsim.engine.explain.proposal import (
    choose_name,
    is_about,
    is_labelled,
    name_namespace,
    name_policy,
    propose_policies,
    propose_rule,
)
from netsim.engine.reachability import Reachability
from netsim.engine.space.stand_ins import is_invented
from netsim.model.conventions import IpBlockPods
from netsim.model.endpoint import Endpoint, PodEndpoint
from netsim.model.placeholders import find_placeholders, has_placeholder
from netsim.model.policies import Policy, Tier
from netsim.model.ports import PortSet
from netsim.model.resources import Pod, PodNetwork, Resources
from netsim.model.verdict import DirectionVerdict


class Fix(Struct, frozen=True):
    """What would allow a denied connection.

    ``snippet`` is one more rule for ``field`` of ``policy``; where ``policy`` is None it is a
    policy, or several, by itself.  It is empty where only words help.  ``note`` says what else
    there is to know.
    """

    policy: Cited | None
    field: str
    snippet: str
    note: str = ""


def suggest_fix(
    reachability: Reachability, attempt: Attempt, verdict: DirectionVerdict
) -> Fix | None:
    """What to add so that one direction allows a connection that it denies."""
    resources = reachability.universe.resources
    subject, peer = attempt.ends(verdict.direction)
    direction, field = verdict.direction, f"spec.{verdict.direction.word}"
    if verdict.tier is not Tier.NETWORK_POLICY:
        return _narrow(verdict)
    if not isinstance(subject, PodEndpoint):
        return None
    subject = replace(subject, pods=tuple(filter(_is_selectable, subject.pods)))
    home = subject.pods[0].namespace
    nowhere = _say_nowhere(resources, (subject, peer))
    if nowhere:
        return Fix(None, field, "", nowhere)
    if (
        _is_on_host(peer)
        and reachability.selection.conventions.ipblock_pods is IpBlockPods.IGNORE
    ):
        return Fix(None, field, "", _say_ignored(peer))
    ports = PortSet.of(attempt.protocol, attempt.port)
    rule = propose_rule(resources, direction, home, peer, ports)
    if not rule:
        return Fix(None, field, "", _say_missing_address(peer))
    note = _say_unlabelled(peer, subject)
    policy = _pick_policy(resources, subject, verdict)
    if policy is None:
        workload = subject.pods[0].workload.name
        own = workload if has_placeholder(workload) else name_policy(workload)
        name = choose_name((each.name for each in resources.policies), own, direction)
        written = propose_policies(resources, name, subject.pods, direction, peer, ports)
        return Fix(None, field, write_parts(*written), note)
    cited = Cited(policy.title, policy.location)
    if policy.rules_of(direction):
        return Fix(cited, field, write_parts([rule]), note)
    return Fix(cited, "spec", write_parts({direction.word: [rule]}), note)


def _narrow(verdict: DirectionVerdict) -> Fix | None:
    """A rule of an ordered tier counts before any that is added to another tier."""
    if not verdict.rules:
        return None
    rule = verdict.rules[0]
    does = "allows this" if verdict.tier is Tier.BASELINE else "allows or passes this on"
    note = f"narrow {rule.title}, or put a rule before it that {does}"
    return Fix(Cited(rule.title, rule.location), f"spec.{rule.direction.word}", "", note)


def _say_nowhere(resources: Resources, ends: tuple[Endpoint, Endpoint]) -> str:
    """That no rule can ask for the namespace of an end; empty where one can."""
    found = ((end, pod) for end in ends if isinstance(end, PodEndpoint) for pod in end.pods)
    for end, pod in found:
        for placeholder in find_placeholders(pod.namespace):
            return f"the namespace of {end.title} is still the placeholder {placeholder}"
        if not name_namespace(resources, pod.namespace):
            return (
                f"a rule for {end.title} needs the name of its namespace or a label of it, and "
                "neither is given"
            )
    return ""


def _is_selectable(pod: Pod) -> bool:
    return pod.network is PodNetwork.POD


def _is_on_host(end: Endpoint) -> bool:
    return isinstance(end, PodEndpoint) and any(
        pod.network is PodNetwork.HOST for pod in end.pods
    )


def _say_ignored(peer: Endpoint) -> str:
    return (
        f"{peer.title} is on the host's network, which no podSelector matches, and "
        "--ipblock-pods ignore applies blocks to no pods"
    )


def _say_missing_address(peer: Endpoint) -> str:
    return (
        f"{peer.title} is on the host's network, which no podSelector matches: add an ipBlock "
        "with the addresses of its nodes, which the input does not say"
    )


def _say_unlabelled(peer: Endpoint, subject: PodEndpoint) -> str:
    """A selector without labels is wider than what was asked for."""
    pods = (*subject.pods, *(peer.pods if isinstance(peer, PodEndpoint) else ()))
    bare = [pod for pod in pods if _is_selectable(pod) and not is_labelled(pod)]
    if not bare:
        return ""
    space = bare[0].namespace
    space = space if is_invented(space) else f"namespace {space}"
    return (
        f"{name_end(bare[0])} has no labels, so this is about every pod of {space}; to name it "
        "alone, label its pods"
    )


def _pick_policy(
    resources: Resources, subject: PodEndpoint, verdict: DirectionVerdict
) -> Policy | None:
    """The policy to extend: one that selects other workloads, too, would open those."""
    near = verdict.nearest.rule.policy if verdict.nearest else None
    isolating = (policy for policy in verdict.policies if not policy.tier.is_ordered)
    return max(
        (policy for policy in isolating if is_about(resources, policy, subject.pods)),
        key=lambda policy: (policy.id == near, len(policy.subject.pods.requirements)),
        default=None,
    )
