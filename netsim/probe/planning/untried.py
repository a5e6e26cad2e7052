"""Documented flows of which nothing is tried, so that none is left out without a word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from netsim.model.flow import DocumentedFlow
from netsim.model.ports import Connection, PortSet, Protocol
from netsim.probe.cluster import Live
from netsim.probe.interface import Job, Purpose
from netsim.probe.planning.documented import Documented
from netsim.probe.planning.targets import Chosen, Skipped
from netsim.probe.pods import LivePod

_SCTP = PortSet.all_of(Protocol.SCTP)


class Untried:
    """What jobs leave untried, where ``told`` is what is said of already."""

    def __init__(
        self, live: Live, documented: Documented, chosen: Chosen, told: Iterable[Skipped]
    ) -> None:
        self._live = live
        self._documented = documented
        self._told = {each.what for each in told}
        self._titles = chosen.titles
        self._pods: dict[str, list[LivePod]] = defaultdict(list)
        for pod in chosen.pods:
            for name in documented.names(pod):
                self._pods[name].append(pod)

    def of(self, jobs: Iterable[Job]) -> Iterator[Skipped]:
        """Each flow that no job is about, and why."""
        tried = self._tried(jobs)
        for flow in self._documented.flows:
            found = tried.get((flow.source, flow.destination), ())
            if not any(each in flow.ports for each in found) and not self._is_told(flow):
                yield Skipped(flow.title, self._reason(flow))

    def _tried(self, jobs: Iterable[Job]) -> dict[tuple[str, str], set[Connection]]:
        found: dict[tuple[str, str], set[Connection]] = defaultdict(set)
        pods = self._live.by_title
        for job in jobs:
            if job.purpose is not Purpose.CONTROL:
                for ends in self._documented.ends(job, pods):
                    found[ends].add(job.destination.connection)
        return found

    def _is_told(self, flow: DocumentedFlow) -> bool:
        """A flow itself, an end without pods, or ends that nothing can be asked of."""
        told = {flow.title, flow.source, flow.destination} & self._told
        mute = self._all_told(flow.source, "{} -> any")
        return bool(told) or mute or self._all_told(flow.destination, "any -> {}")

    def _all_told(self, name: str, form: str) -> bool:
        found = [form.format(self._titles[pod.title]) for pod in self._pods[name]]
        return bool(found) and self._told.issuperset(found)

    def _reason(self, flow: DocumentedFlow) -> str:
        sources, ends = self._pods[flow.source], self._pods[flow.destination]
        home = self._documented.namespace
        if not ends:
            return "no address is tried on a port of it; name one with --external HOST:PORT"
        if all(pod.namespace != home for pod in (*sources, *ends)):
            return f"neither end is in {home}"
        if not any(map(self._live.can_run, sources)):
            return f"nothing may be run in {_spaces(sources)}"
        if len({pod.title for pod in (*sources, *ends)}) == 1:
            return "there is only one pod that is both ends of it"
        if flow.ports <= _SCTP:
            return "no common tool speaks SCTP"
        return f"no pod of {flow.destination} is known to have a port of it"


def _spaces(pods: Collection[LivePod]) -> str:
    return ", ".join(sorted({pod.namespace for pod in pods}))
