"""What an explanation says beside the policies: what a question may have got wrong.

A port that nobody listens on is often one of a reply, or the port of a Service.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.explanation.attempt import Attempt
from netsim.engine.explain.ends import name_end
from netsim.engine.naming.services import Services, port_of
from netsim.engine.reachability import Reachability
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.policies import Direction, Tier
from netsim.model.ports import Connection, PortSet
from netsim.model.resources import Pod, PodNetwork, Resources
from netsim.model.verdict import Outcome, Verdict
from netsim.words.lists import join_first
from netsim.words.nearness import is_near


def list_hints(reachability: Reachability, attempt: Attempt, verdict: Verdict) -> Iterator[str]:
    """What else there is to say, the most helpful first."""
    resources = reachability.universe.resources
    if verdict.outcome is Outcome.DENY:
        yield from _say_service_port(resources, attempt)
        yield from _say_reply(reachability, attempt)
    for each in (verdict.egress, verdict.ingress):
        if verdict.outcome is not Outcome.DENY and each.tier is Tier.DEFAULT:
            yield from _say_not_isolating(reachability, attempt, each.direction)
    for end in (attempt.source, attempt.destination):
        if isinstance(end, ExternalEndpoint):
            yield from _say_finished(resources, end)
            yield from _say_pods_inside(resources, end)


def _say_service_port(resources: Resources, attempt: Attempt) -> Iterator[str]:
    """That a port is a Service's, whose pods listen on another; policies see that one."""
    pods = _list_pods(attempt.destination)
    if _is_declared(attempt):
        return
    services = Services(resources)
    for service in resources.services:
        port = port_of(service, attempt.protocol, attempt.port)
        arrivals = services.targets(service, port) if port else ()
        numbers = {to.number for to in arrivals if to.pod in pods}
        if numbers and attempt.port not in numbers:
            there = " and ".join(map(str, sorted(numbers)))
            yield (
                f"{attempt.port} is the port of {service.title}; its pods listen on "
                f"{attempt.protocol} {there}, and policies see that port"
            )
            return


def _say_reply(reachability: Reachability, attempt: Attempt) -> Iterator[str]:
    """That the reverse is allowed, where the question may be about its replies.

    "The reply traffic for those allowed connections will also be implicitly allowed"
    (concepts/services-networking/network-policies, "The two sorts of pod isolation").  It may
    be where the source says that it listens, or nobody says that the destination does.
    """
    source = _list_declared(attempt.source)
    if not _list_pods(attempt.source):
        return
    reverse = reachability.connections(attempt.destination, attempt.source).every
    serving = reverse & PortSet.union(PortSet.of(*each) for each in source)
    is_open = reverse == PortSet.full()
    is_reply = not _is_declared(attempt) and (not is_open or attempt.port >= _EPHEMERAL)
    if reverse and (is_reply or (serving and not is_open)):
        ends = f"{attempt.destination.title} => {attempt.source.title}"
        yield (
            f"the reverse, {ends} : {serving or reverse}, is allowed, and replies to it always "
            "are"
        )


_EPHEMERAL = 32768
"""The first port that Linux gives to clients (net.ipv4.ip_local_port_range)."""


def _is_declared(attempt: Attempt) -> bool:
    """Whether the destination says that it listens on the port."""
    return (attempt.protocol, attempt.port) in _list_declared(attempt.destination)


def _list_declared(end: Endpoint) -> set[Connection]:
    return {(port.protocol, port.number) for pod in _list_pods(end) for port in pod.ports}


def _say_not_isolating(
    reachability: Reachability, attempt: Attempt, direction: Direction
) -> Iterator[str]:
    """The policies that look as if they isolate an end that nothing isolates."""
    subject, _ = attempt.ends(direction)
    pods = [pod for pod in _list_pods(subject) if pod.network is PodNetwork.POD]
    for policy in reachability.universe.resources.policies if pods else ():
        if policy.tier is not Tier.NETWORK_POLICY or policy.namespace != pods[0].namespace:
            continue
        wanted, pod = policy.subject.pods, pods[0]
        failing = wanted.failing(pod.labels)
        ruled = [rule for rule in policy.without_effect if rule.direction is direction]
        if ruled and not failing:
            yield (
                f"{ruled[0].title} ({ruled[0].location}) has no effect, as policyTypes of "
                f"{policy.title} does not list {direction.value}"
            )
        elif direction in policy.isolates and len(failing) == 1:
            if reachability.selection.subject(policy).possible or not is_near(
                failing[0], pod.labels
            ):
                continue
            yield (
                f"{policy.title} would isolate {name_end(pod)}, but selects {failing[0]} "
                f"({policy.subject.location}), which no pod has; {name_end(pod)} has "
                f"{pod.labels.entry(failing[0].key)}"
            )


def _say_finished(resources: Resources, end: ExternalEndpoint) -> Iterator[str]:
    for pod in resources.finished:
        if pod.addresses and pod.addresses <= end.addresses:
            yield f"{end.title} was the address of a pod: {pod.why}"


def _say_pods_inside(resources: Resources, end: ExternalEndpoint) -> Iterator[str]:
    """That a range stands for the addresses in it that no pod has."""
    inside = [
        pod
        for pod in resources.pods
        if pod.network is PodNetwork.POD and pod.addresses and pod.addresses & end.addresses
    ]
    if inside:
        names = join_first([pod.title for pod in inside])
        yield f"{end.title} means those addresses that no pod has: ask about {names} by name"


def _list_pods(end: Endpoint) -> tuple[Pod, ...]:
    return end.pods if isinstance(end, PodEndpoint) else ()
