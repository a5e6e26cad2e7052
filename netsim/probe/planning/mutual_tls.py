"""Which servers are documented to demand client certificates: a handshake for each."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.model.flow import DocumentedFlow
from netsim.model.ports import Connection, Protocol
from netsim.probe.planning.documented import Documented
from netsim.probe.planning.targets import Chosen, LeftOut, ports_of
from netsim.probe.pods import LivePod


class TlsJob(Struct, frozen=True):
    """A handshake with a port of a pod; ``flows`` are those that claim mutual TLS with it."""

    pod: LivePod
    title: str
    port: int
    flows: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.title} TCP {self.port}"


def tls_jobs(
    chosen: Chosen, documented: Documented
) -> tuple[tuple[TlsJob, ...], list[LeftOut]]:
    """One job for each port of a pod that some flow claims mutual TLS with."""
    flows: dict[tuple[str, int], list[str]] = {}
    skipped: list[LeftOut] = []
    pods = {pod.title: pod for pod in chosen.pods}
    for flow in documented.mutual:
        ends = [pod for pod in chosen.pods if flow.destination in documented.names(pod)]
        found = [(pod.title, port) for pod in ends for port in _ports(pod, flow, documented)]
        for title, (protocol, number) in found:
            if protocol is Protocol.TCP:
                flows.setdefault((title, number), []).append(flow.title)
        if not any(protocol is Protocol.TCP for _, (protocol, _) in found):
            skipped.append(
                LeftOut(f"mutual TLS of {flow.title}", "no pod with one of its TCP ports")
            )
    jobs = (
        TlsJob(pods[title], chosen.titles[title], number, tuple(dict.fromkeys(texts)))
        for (title, number), texts in flows.items()
    )
    return tuple(jobs), skipped


def _ports(pod: LivePod, flow: DocumentedFlow, documented: Documented) -> Iterator[Connection]:
    return (each for each in ports_of(pod, documented) if each in flow.ports)
