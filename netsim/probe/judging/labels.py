"""Live pods whose labels are not what manifests or scenario say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from netsim.model.labels import Labels
from netsim.model.resources import Origin, Resources
from netsim.probe.planning.documented import Documented, LiveParty
from netsim.probe.pods import LivePod, PodState


class LabelDrift(Struct, frozen=True):
    """A pod that should have other labels; ``model`` says who wants ``wanted``."""

    pod: str
    model: str
    wanted: Labels
    found: Labels

    def __str__(self) -> str:
        return f"{self.pod} lacks labels of {self.model}: {self.missing}"

    @property
    def missing(self) -> str:
        """The labels it lacks, and what it has in their place."""
        lacking = [
            (key, value) for key, value in self.wanted.pairs if self.found.get(key) != value
        ]
        return ", ".join(
            f"{key}={value} (has {self.found.entry(key)})" for key, value in lacking
        )


def label_drifts(
    pods: Iterable[LivePod], documented: Documented, written: Resources
) -> tuple[LabelDrift, ...]:
    """Pods unlike their template in the manifests, and the likely pods of empty endpoints."""
    running = [pod for pod in pods if pod.state in (PodState.READY, PodState.UNREADY)]
    found = [*_templates(running, written), *_parties(running, documented)]
    return tuple({drift.pod: drift for drift in reversed(found)}.values())


def _templates(pods: list[LivePod], written: Resources) -> Iterator[LabelDrift]:
    wanted = {
        str(pod.workload): pod.labels for pod in written.pods if pod.origin is Origin.READ
    }
    for pod in pods:
        labels = wanted.get(pod.workload)
        if labels and not set(labels.pairs) <= set(pod.labels.pairs):
            yield LabelDrift(pod.title, f"the manifests ({pod.workload})", labels, pod.labels)


def _parties(pods: list[LivePod], documented: Documented) -> Iterator[LabelDrift]:
    """An endpoint that has no pod, while a pod that is no endpoint looks like one of its.

    Or one that has some of the pods of a workload, and not all.
    """
    for party in documented.parties:
        if party.labels is None or party.is_wide:
            continue
        own = [pod for pod in pods if party.has(pod)]
        spaces = [pod for pod in pods if pod.namespace == party.namespace]
        free = [pod for pod in spaces if not _spoken_for(pod, documented)]
        workloads = {pod.workload for pod in own}
        alike = [p for p in free if p.workload in workloads] if own else _nearest(party, free)
        for pod in alike:
            model = f"the scenario's endpoint {party.name!r}"
            yield LabelDrift(pod.title, model, party.labels, pod.labels)


def _spoken_for(pod: LivePod, documented: Documented) -> bool:
    return any(party.has(pod) and not party.is_wide for party in documented.parties)


def _nearest(party: LiveParty, pods: list[LivePod]) -> list[LivePod]:
    scored = [(score, pod) for pod in pods if (score := _likeness(party, pod))]
    best = max((score for score, _ in scored), default=0)
    return [pod for score, pod in scored if score == best]


def _likeness(party: LiveParty, pod: LivePod) -> int:
    """By name, by labels in part, by a value under another key, by port."""
    workload = pod.workload.rpartition("/")[2].partition("[")[0]
    name = "-".join(party.name.casefold().split())
    labels = party.labels.pairs if party.labels else ()
    values = {value for _, value in labels}
    shared = any(value in values for _, value in pod.labels.pairs)
    named = 4 if name == workload else 2 if name in workload or workload in name else 0
    numbers = {port.number for port in party.ports} & {port.number for port in pod.ports}
    return named + (2 if shared else 0) + (1 if numbers else 0)
