"""Pods that changed while they were probed, of which nothing that was seen is sure.

An address that is given to another pod, or a listener that comes and goes, would look like
something that the network allowed or denied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from netsim.probe.interface import Job, Observation, Outcome
from netsim.probe.pods import LivePod, State

_UNSEEN = (Outcome.DNS, Outcome.NO_TOOL, Outcome.EXEC_ERROR)


def change(before: LivePod, now: LivePod | None) -> str:
    """What became of a pod; empty where it is as before."""
    if now is None:
        return "is gone"
    if now.address != before.address or _differ(before.uid, now.uid):
        return "was replaced"
    if now.state is not before.state:
        return "is ready" if now.state is State.READY else now.state.value
    if now.labels != before.labels:
        return "has other labels"
    # A snapshot has neither.
    return "restarted" if before.uid and now.restarts != before.restarts else ""


def _differ(before: str, now: str) -> bool:
    return bool(before and now and before != now)


def changes(
    before: Iterable[LivePod], now: Mapping[str, LivePod], jobs: Iterable[Job]
) -> dict[str, str]:
    """What became of the pods that take part, by their titles."""
    concerned = {title for job in jobs for title in _ends(job)}
    found = {p.title: change(p, now.get(p.title)) for p in before if p.title in concerned}
    return {title: text for title, text in found.items() if text}


def _ends(job: Job) -> Iterator[str]:
    yield job.source.title
    if job.destination.pod:
        yield job.destination.pod


def without_changed(
    jobs: Iterable[Job], seen: Mapping[str, Observation], changed: Mapping[str, str]
) -> dict[str, Observation]:
    """The observations, but none of pods that changed."""
    found = dict(seen)
    for job in jobs:
        titles = [title for title in _ends(job) if title in changed]
        if titles and job.id in found and found[job.id].outcome not in _UNSEEN:
            why = f"meanwhile {titles[0]} {changed[titles[0]]}"
            found[job.id] = replace(found[job.id], outcome=Outcome.EXEC_ERROR, detail=why)
    return found
