"""What the documentation says and nothing is tried of, so that none of it goes unmentioned.

Endpoints without pods, pods that cannot be asked, and flows: each with the reason, and a flow
only where nothing that was said of its ends explains it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from netsim.model.flow import DocumentedFlow, Intent
from netsim.model.ports import Connection, PortSet, Protocol
from netsim.probe.cluster import Live
from netsim.probe.interface import Job, Purpose
from netsim.probe.planning.documented import Documented
from netsim.probe.planning.targets import (
    Chosen,
    Host,
    LeftOut,
    Omission,
    forbidden_hosts,
    hosts_of,
)
from netsim.probe.pods import LivePod

NO_SCTP = "no common tool speaks SCTP"
_SCTP = PortSet.all_of(Protocol.SCTP)


class Untried:
    """What is left out of a plan for these pods and these targets outside."""

    def __init__(
        self, live: Live, documented: Documented, chosen: Chosen, hosts: Iterable[Host]
    ) -> None:
        self._live = live
        self._documented = documented
        self._chosen = chosen
        self._hosts = tuple(hosts)
        self._pods: dict[str, list[LivePod]] = defaultdict(list)
        for pod in chosen.pods:
            for name in documented.names(pod):
                self._pods[name].append(pod)

    def endpoints(self) -> Iterator[LeftOut]:
        """Documented endpoints without a pod that takes part."""
        for party in self._documented.parties:
            if party.addresses is not None or party.name in self._pods:
                continue
            where = party.namespace or party.workload
            read = not party.namespace or party.namespace in self._live.namespaces
            known = any(map(party.has, self._live.pods))
            reason = "no ready pod" if known else "no pod matches"
            yield LeftOut(party.name, reason if read else f"the pods of {where} were not read")

    def sources(self) -> Iterator[LeftOut]:
        """Pods elsewhere that may be connected to, and not be asked to connect."""
        allowed = (flow for flow in self._documented.flows if flow.intent is Intent.ALLOWED)
        begin = {flow.source for flow in allowed}
        for pod in self._chosen.pods:
            if begin.intersection(self._documented.names(pod)) and not self._live.can_run(pod):
                title = self._chosen.titles[pod.title]
                yield LeftOut(title, f"nothing may be run in {pod.namespace}", Omission.FROM)

    def flows(self, jobs: Iterable[Job], told: Iterable[LeftOut]) -> Iterator[LeftOut]:
        """Flows that no job is about, but for those whose ends are ``told`` of."""
        ranges = {party.name for party in self._documented.parties if party.addresses}
        unnamed = ranges - self._named()
        inside: list[DocumentedFlow] = []
        for flow in self._documented.flows:
            if flow.source in ranges:
                yield LeftOut(
                    flow.title, "it starts outside the cluster, where nothing can be run"
                )
            elif flow.destination in unnamed:
                why = "no address to try is known"
                yield LeftOut(flow.title, f"{why}; name one with --external HOST:PORT")
            else:
                inside.append(flow)
        tried = self._tried(jobs)
        known = {(each.name, each.side) for each in told if not each.ports}
        for flow in inside:
            found = tried.get((flow.source, flow.destination), ())
            if not any(each in flow.ports for each in found) and not self._is_told(flow, known):
                yield LeftOut(flow.title, self._reason(flow))

    def _named(self) -> set[str]:
        """The endpoints outside of which somebody named an address."""
        parties = self._documented.parties
        found = {
            party.name
            for hosts in (hosts_of(self._documented), forbidden_hosts(self._documented))
            for party, _ in hosts
        }
        for host in self._hosts:
            found |= {p.name for p in parties for a in host.addresses if p.holds(a)}
            found |= set() if host.addresses else set(self._documented.outside)
        return found

    def _tried(self, jobs: Iterable[Job]) -> dict[tuple[str, str], set[Connection]]:
        found: dict[tuple[str, str], set[Connection]] = defaultdict(set)
        pods = self._live.by_title
        for job in jobs:
            if job.purpose is not Purpose.CONTROL:
                for ends in self._documented.ends(job, pods):
                    found[ends].add(job.destination.connection)
        return found

    def _is_told(self, flow: DocumentedFlow, told: Collection[tuple[str, Omission]]) -> bool:
        """Whether an end has no pods, or pods of which each cannot ask, or not be asked."""
        return (
            (flow.source, Omission.WHOLE) in told
            or (flow.destination, Omission.WHOLE) in told
            or self._are_told(flow.source, Omission.FROM, told)
            or self._are_told(flow.destination, Omission.TO, told)
        )

    def _are_told(
        self, name: str, side: Omission, told: Collection[tuple[str, Omission]]
    ) -> bool:
        pods = self._pods.get(name, [])
        return bool(pods) and all((self._chosen.titles[p.title], side) in told for p in pods)

    def _reason(self, flow: DocumentedFlow) -> str:
        sources = self._pods.get(flow.source, [])
        ends = self._pods.get(flow.destination, [])
        home = self._documented.namespace
        if not ends:
            return "no address is tried on its ports; name one with --external HOST:PORT"
        if all(pod.namespace != home for pod in (*sources, *ends)):
            return f"neither end is in {home}"
        if not any(map(self._live.can_run, sources)):
            return f"nothing may be run in {_spaces(sources)}"
        if len({pod.title for pod in (*sources, *ends)}) == 1:
            return "one and the same pod is both ends of it"
        if flow.ports <= _SCTP:
            return NO_SCTP
        return f"no pod of {flow.destination} is known to have one of its ports"


def _spaces(pods: Collection[LivePod]) -> str:
    return ", ".join(sorted({pod.namespace for pod in pods}))
