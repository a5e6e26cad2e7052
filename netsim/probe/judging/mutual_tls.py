"""Which servers are documented to demand client certificates, and whether they do."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.model.flow import DocumentedFlow
from netsim.model.ports import Connection, Protocol
from netsim.probe.judging.compare import Agreement
from netsim.probe.judging.diagnosis import Cause, Diagnosis
from netsim.probe.planning.documented import Documented
from netsim.probe.planning.targets import Chosen, Skipped, ports_of
from netsim.probe.pods import LivePod
from netsim.probe.ways.tls import Handshake, TlsOutcome


class TlsJob(Struct, frozen=True):
    """A handshake with a port of a pod; ``flows`` are those that claim mutual TLS with it."""

    pod: LivePod
    title: str
    port: int
    flows: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.title} TCP {self.port}"


class TlsComparison(Struct, frozen=True):
    """A handshake held against the claim."""

    job: TlsJob
    handshake: Handshake

    @property
    def agreement(self) -> Agreement:
        """Whether the server does what is claimed.

        What is behind the proxy of a service mesh is reached past the proxy, which may well
        be what demands the certificate.
        """
        if self.handshake.outcome is TlsOutcome.DEMANDED:
            return Agreement.AGREE
        if self.handshake.outcome in _CAUSES and not self.job.pod.mesh:
            return Agreement.DIFFER
        return Agreement.INCONCLUSIVE

    @property
    def why(self) -> str:
        """What speaks for it."""
        found = self.handshake
        if found.outcome in _CAUSES and self.job.pod.mesh:
            return f"{found.detail}, past {self.job.pod.mesh}, which may do what is claimed"
        return found.detail

    @property
    def diagnosis(self) -> Diagnosis | None:
        """What differs."""
        if self.agreement is not Agreement.DIFFER:
            return None
        return Diagnosis(_CAUSES[self.handshake.outcome], f"{self.job} {self.why}")


_CAUSES = {
    TlsOutcome.NOT_DEMANDED: Cause.NO_CERTIFICATE,
    TlsOutcome.NOT_TLS: Cause.NO_TLS,
}


def tls_jobs(
    chosen: Chosen, documented: Documented
) -> tuple[tuple[TlsJob, ...], list[Skipped]]:
    """One job for each port of a pod that some flow claims mutual TLS with."""
    flows: dict[tuple[str, int], list[str]] = {}
    skipped: list[Skipped] = []
    pods = {pod.title: pod for pod in chosen.pods}
    for flow in documented.mutual:
        ends = [pod for pod in chosen.pods if flow.destination in documented.names(pod)]
        found = [(pod.title, port) for pod in ends for port in _ports(pod, flow, documented)]
        for title, (protocol, number) in found:
            if protocol is Protocol.TCP:
                flows.setdefault((title, number), []).append(flow.title)
        if not any(protocol is Protocol.TCP for _, (protocol, _) in found):
            skipped.append(
                Skipped(f"mutual TLS of {flow.title}", "no pod with a TCP port of it")
            )
    jobs = (
        TlsJob(pods[title], chosen.titles[title], number, tuple(dict.fromkeys(texts)))
        for (title, number), texts in flows.items()
    )
    return tuple(jobs), skipped


def _ports(pod: LivePod, flow: DocumentedFlow, documented: Documented) -> Iterator[Connection]:
    return (each for each in ports_of(pod, documented) if each in flow.ports)
