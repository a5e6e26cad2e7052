"""Nothing that is documented is left out without a word."""

from __future__ import annotations

import random
from itertools import permutations
from typing import Any

import pytest
from msgspec.structs import replace

from netsim.model.addresses import AddressSet, parse_address
from netsim.model.flow import DocumentedFlow, Intent
from netsim.model.labels import Labels
from netsim.model.location import Location
from netsim.model.ports import PortSet, Protocol
from netsim.probe.cluster import Live, of_file
from netsim.probe.interface import Purpose
from netsim.probe.planning.documented import Documented, LiveParty
from netsim.probe.planning.plan import ProbePlan, Wanted, plan
from netsim.probe.planning.targets import Replicas, ports_of
from netsim.probe.pods import PodState
from tests.probe.samples import TCP, UDP, port, raw_pod

HOME = "shop"
SPACES = (HOME, "shop", "tools", "edge")
APPS = ("web", "api", "db", "cache")
PORTS = (80, 443, 5432)
NOWHERE = Location("README.md", 1)


class Worlds:
    """Random clusters with their documentation."""

    def __init__(self, seed: int) -> None:
        self._any = random.Random(seed)  # noqa: S311 - the same worlds every time

    def live(self) -> Live:
        pods = [self._pod(number) for number in range(self._any.randint(2, 7))]
        home = raw_pod("home-0", "10.1.0.99", 80, app="web")
        found = of_file([*pods, home], HOME)
        runnable = {HOME, *self._any.sample(SPACES, 2)}
        namespaces = frozenset(pod.namespace for pod in found.pods)
        return replace(found, runnable=frozenset(runnable), namespaces=namespaces)

    def _pod(self, number: int) -> dict[str, Any]:
        ports = self._any.sample(PORTS, self._any.randint(0, 2))
        app = self._any.choice(APPS)
        found = raw_pod(f"{app}-{number}", f"10.1.0.{number + 1}", *ports, app=app)
        found["metadata"]["namespace"] = self._any.choice(SPACES)
        if self._any.random() < 0.3:
            owner = {"kind": "StatefulSet", "name": app, "controller": True}
            found["metadata"]["ownerReferences"] = [owner]
            labels = found["metadata"]["labels"]
            labels["statefulset.kubernetes.io/pod-name"] = found["metadata"]["name"]
        if self._any.random() < 0.1:
            found["status"]["conditions"] = []
        for each in found["spec"]["containers"][0]["ports"]:
            each["protocol"] = self._any.choice(("TCP", "TCP", "UDP", "SCTP"))
        return found

    def documented(self) -> Documented:
        parties = [
            *(LiveParty(app, HOME, Labels.of({"app": app})) for app in APPS),
            LiveParty("tools", "tools", Labels.of({})),
            LiveParty("edge", "edge", Labels.of({"app": "web"}), ports=(port(8443),)),
            LiveParty("metadata", addresses=AddressSet.parse("169.254.169.254/32")),
            LiveParty("internet", addresses=AddressSet.parse("0.0.0.0/0")),
        ]
        names = [party.name for party in parties]
        flows = tuple(self._flow(names) for _ in range(self._any.randint(1, 8)))
        return Documented(HOME, tuple(parties), flows)

    def _flow(self, names: list[str]) -> DocumentedFlow:
        intent = self._any.choice(tuple(Intent))
        ends = self._any.choice(names), self._any.choice(names)
        return DocumentedFlow(*ends, self._ports(), intent, NOWHERE)

    def _ports(self) -> PortSet:
        protocol = self._any.choice((TCP, TCP, UDP, Protocol.SCTP))
        every = (PortSet.full(), PortSet.all_of(protocol))
        return self._any.choice((*every, *(PortSet.of(protocol, each) for each in PORTS)))


def ends(live: Live, party: LiveParty) -> set[str]:
    return {pod.title for pod in live.pods if party.has(pod)}


def is_tried(
    found: ProbePlan, live: Live, documented: Documented, flow: DocumentedFlow
) -> bool:
    """Whether a job is about a flow, in the plainest way to say it."""
    parties = {party.name: party for party in documented.parties}
    begin, end = (ends(live, parties[name]) for name in (flow.source, flow.destination))
    return any(
        job.source.title in begin
        and (
            job.destination.pod in end
            or parties[flow.destination].holds(parse_address(job.destination.host))
        )
        and job.destination.connection in flow.ports
        for job in found.jobs
        if job.purpose is not Purpose.CONTROL
    )


def is_named(
    found: ProbePlan, live: Live, documented: Documented, flow: DocumentedFlow
) -> bool:
    """Whether it is said of a flow that it is left out, or of all pods of one of its ends."""
    said = {each.what for each in found.skipped}
    if said & {flow.source, flow.destination, f"{flow.source} -> {flow.destination}"}:
        return True
    ready = [pod for pod in live.pods if pod.state is PodState.READY]
    begin, end = (
        [documented.title(pod) for pod in ready if name in documented.names(pod)]
        for name in (flow.source, flow.destination)
    )
    mute = all(
        any(w.startswith(title) and w.endswith("-> any") for w in said) for title in begin
    )
    deaf = all(any(w.startswith(f"any -> {title}") for w in said) for title in end)
    return bool(begin and mute) or bool(end and deaf)


@pytest.mark.parametrize("replicas", Replicas)
@pytest.mark.parametrize("seed", range(100))
def test_every_documented_flow_is_tried_or_named(seed: int, replicas: Replicas) -> None:
    worlds = Worlds(seed)
    live, documented = worlds.live(), worlds.documented()
    found = plan(live, documented, Wanted(replicas))
    for flow in documented.flows:
        is_known = is_tried(found, live, documented, flow)
        assert is_known or is_named(found, live, documented, flow), (flow, found.skipped)


@pytest.mark.parametrize("seed", range(100))
def test_every_pair_of_the_closed_world_is_tried(seed: int) -> None:
    """Of the namespace itself; also what no flow speaks of, on the ports that are known."""
    worlds = Worlds(seed)
    live, documented = worlds.live(), worlds.documented()
    found = plan(live, documented, Wanted(Replicas.ALL))
    tried = {
        (job.source.title, job.destination.pod, job.destination.connection)
        for job in found.jobs
        if job.purpose is Purpose.FLOW
    }
    home = [pod for pod in live.pods if pod.namespace == HOME and pod.state is PodState.READY]
    for source, end in permutations(home, 2):
        for connection in ports_of(end, documented):
            if connection[0] is not Protocol.SCTP:
                assert (source.title, end.title, connection) in tried
