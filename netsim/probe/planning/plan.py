"""What to try: a job for each connection that somebody said something about."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import islice

from msgspec import Struct

from netsim.engine.naming.services import Services
from netsim.model.flow import Intent
from netsim.model.ports import Connection, Protocol
from netsim.model.resources import Pod
from netsim.probe.cluster import Live
from netsim.probe.interface import Destination, Job, Purpose
from netsim.probe.planning.documented import Documented, LiveParty, Stated
from netsim.probe.planning.mutual_tls import TlsJob, tls_jobs
from netsim.probe.planning.targets import (
    STAND_IN,
    Chosen,
    Host,
    LeftOut,
    Omission,
    Replicas,
    chosen,
    forbidden_hosts,
    hosts_of,
    is_never,
    ports_of,
    siblings,
)
from netsim.probe.planning.untried import NO_SCTP, Untried
from netsim.probe.pods import LivePod


class ByName(Enum):
    """Whether Services are tried by their names, besides the pods behind them."""

    NO = "no"
    YES = "yes"


class Wanted(Struct, frozen=True):
    """What the caller asks for."""

    replicas: Replicas = Replicas.ONE
    hosts: tuple[Host, ...] = ()
    services: ByName = ByName.NO


class ProbePlan(Struct, frozen=True):
    """The jobs, in the order in which they are reported, and what is left out."""

    jobs: tuple[Job, ...]
    skipped: tuple[LeftOut, ...]
    handshakes: tuple[TlsJob, ...] = ()


def plan(live: Live, documented: Documented, wanted: Wanted) -> ProbePlan:
    """All that is to be tried of a cluster."""
    return _Planning(live, documented, wanted).plan()


class _Planning:
    def __init__(self, live: Live, documented: Documented, wanted: Wanted) -> None:
        self._live = live
        self._documented = documented
        self._wanted = wanted
        self._chosen: Chosen = chosen(live.pods, documented, wanted.replicas)
        self._skipped = list(self._chosen.skipped)
        self._jobs: list[Job] = []

    def plan(self) -> ProbePlan:
        untried = Untried(self._live, self._documented, self._chosen, self._wanted.hosts)
        self._skipped += [*untried.endpoints(), *untried.sources()]
        for pod in self._chosen.pods:
            self._to_pod(pod)
        for named in self._hosts():
            self._to_host(named)
        for party, host in forbidden_hosts(self._documented):
            self._to_forbidden(party, host)
        if self._wanted.services is ByName.YES:
            self._to_services()
        self._skipped += untried.flows(self._jobs, tuple(self._skipped))
        self._add_controls()
        handshakes, skipped = tls_jobs(self._chosen, self._documented)
        self._skipped += skipped
        return ProbePlan(tuple(self._jobs), tuple(dict.fromkeys(self._skipped)), handshakes)

    def _add(self, source: LivePod, to: Destination, purpose: Purpose) -> None:
        title = self._chosen.titles.get(source.title, source.title)
        number = str(len(self._jobs) + 1)
        self._jobs.append(Job(number, source, title, to, purpose))

    def _to_pod(self, pod: LivePod) -> None:
        connections = ports_of(pod, self._documented)
        sources = [source for source in self._sources(pod) if self._is_meant(source, pod)]
        if not connections:
            self._to_stand_in(pod, sources)
        for connection in connections:
            to = self._destination(pod, connection)
            if to.protocol is Protocol.SCTP:
                ports = f"{to.protocol} {to.port}"
                self._skipped.append(LeftOut(to.title, NO_SCTP, Omission.TO, ports))
                continue
            for source in sources:
                self._add(source, to, Purpose.FLOW)

    def _to_stand_in(self, pod: LivePod, sources: list[LivePod]) -> None:
        """Whether what must never reach a pod does, shows even where nothing listens."""
        to = self._destination(pod, STAND_IN)
        never = [source for source in sources if self._is_never(source, pod)]
        for source in never:
            self._add(source, to, Purpose.STAND_IN)
        if sources and not never:
            why = "no known port, so there is nothing to try"
            self._skipped.append(LeftOut(to.title, why, Omission.TO))

    def _is_never(self, source: LivePod, pod: LivePod) -> bool:
        names = self._documented.names(source), self._documented.names(pod)
        return any(map(is_never, self._documented.stated(*names)))

    def _destination(self, pod: LivePod, connection: Connection) -> Destination:
        title = self._chosen.titles.get(pod.title, pod.title)
        return Destination(pod.address or "", *connection, title, pod.title)

    def _sources(self, pod: LivePod) -> list[LivePod]:
        """Others that take part; for its workload one more of its pods, if there is one."""
        home = self._is_home(pod)
        found = [
            each
            for each in self._chosen.pods
            if (home or self._is_home(each))
            and self._live.can_run(each)
            and each.title != pod.title
        ]
        if home and self._wanted.replicas is Replicas.ONE:
            others = (each for each in siblings(pod, self._live.pods) if each not in found)
            found += islice(others, 1)
        return found

    def _is_home(self, pod: LivePod) -> bool:
        return pod.namespace == self._documented.namespace

    def _is_meant(self, source: LivePod, pod: LivePod) -> bool:
        """Pods elsewhere are asked only where a flow says what they do, or may not do."""
        if self._is_home(source):
            return self._is_home(pod) or bool(self._documented.names(pod))
        names = self._documented.names(source)
        if any(self._documented.stated(names, self._documented.names(pod))):
            return True
        flows = self._documented.flows
        return any(f.source in names and f.intent is Intent.ALLOWED for f in flows)

    def _hosts(self) -> Iterator[tuple[str, Host]]:
        for party, host in hosts_of(self._documented):
            yield _named(party, host), host
        for host in self._wanted.hosts:
            yield host.name, host

    def _to_host(self, found: tuple[str, Host]) -> None:
        title, host = found
        to = Destination(host.name, host.protocol, host.port, title)
        for source in self._chosen.pods:
            if self._is_home(source):
                self._add(source, to, Purpose.EXTERNAL)

    def _to_forbidden(self, party: LiveParty, host: Host) -> None:
        """That something gets there shows at least if it is open."""
        to = Destination(host.name, host.protocol, host.port, _named(party, host))
        if to.key in {job.destination.key for job in self._jobs}:
            return
        for source in self._chosen.pods:
            stated = self._documented.stated(self._documented.names(source), (party.name,))
            if self._live.can_run(source) and any(map(is_never, stated)):
                self._add(source, to, Purpose.STAND_IN)

    def _to_services(self) -> None:
        services = Services(self._live.resources)
        taking = {pod.title for pod in self._chosen.pods}
        for service in self._live.resources.services:
            host = f"{service.name}.{service.namespace}.svc"
            title = f"svc/{service.namespace}/{service.name}"
            for port in service.ports:
                ends = [
                    Destination(
                        host, port.protocol, port.number, title, each.at.title, each.number
                    )
                    for each in services.arrivals(service, port)
                    if isinstance(each.at, Pod)
                ]
                one = next((each for each in ends if each.pod in taking), None)
                if one and port.protocol is not Protocol.SCTP:
                    self._to_service(one, ends)

    def _to_service(self, one: Destination, ends: list[Destination]) -> None:
        """From where the pods behind it are documented to be reached, all of them.

        Who is among them may be led to itself, which no policy denies.
        """
        pods = self._live.by_title
        for source in self._sources(pods[one.pod or ""]):
            jobs = (Job("", source, "", to, Purpose.SERVICE) for to in ends)
            stated = {self._documented.about(job, pods) for job in jobs}
            if Stated.ALLOWED not in stated:
                continue
            if source.title in {to.pod for to in ends}:
                why = "the Service may lead it to itself"
            elif len(stated) > 1:
                why = "the Service may lead it to a pod that it is not documented to reach"
            else:
                self._add(source, one, Purpose.SERVICE)
                continue
            title = self._chosen.titles.get(source.title, source.title)
            self._skipped.append(LeftOut(f"{title} -> {one.title}", why))

    def _add_controls(self) -> None:
        """Each listener is also asked by the pod that has it."""
        pods = self._live.by_title
        purposes = (Purpose.FLOW, Purpose.STAND_IN)
        asked = {
            job.destination
            for job in self._jobs
            if job.purpose in purposes and job.destination.pod
        }
        for to in sorted(asked, key=lambda each: (each.title, each.protocol.value, each.port)):
            if self._live.can_run(pods[to.pod or ""]):
                self._add(pods[to.pod or ""], to, Purpose.CONTROL)


def _named(party: LiveParty, host: Host) -> str:
    return f"{party.name} ({host.name})"
