"""A probe from plan to result."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from msgspec import Struct

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.listing import listing
from netsim.model.addresses import Address
from netsim.model.conventions import Conventions
from netsim.model.policies import Policy
from netsim.model.resources import Resources
from netsim.probe.campaign import Campaign, Seen
from netsim.probe.cluster import Live, Unseen
from netsim.probe.interface import Job, ProbeError, Purpose
from netsim.probe.judging.compare import (
    Compared,
    Said,
    compare,
    denials,
    diagnosed,
    in_vain,
    shows_nothing,
)
from netsim.probe.judging.diagnosis import Evidence, Path
from netsim.probe.judging.labels import LabelDrift, label_drifts
from netsim.probe.judging.policies import (
    Drift,
    PolicyDifference,
    apply_policies,
    differences,
    undone,
)
from netsim.probe.judging.simulate import Simulator, world, written_policies
from netsim.probe.judging.verdicts import changes, drop_changed
from netsim.probe.planning.documented import Documented, Stated
from netsim.probe.planning.plan import ProbePlan
from netsim.probe.pods import LivePod
from netsim.probe.result import Impact, ProbeCoverage, ProbeResult

Again = Callable[[Sequence[str]], Mapping[str, LivePod]]
"""Reads the pods of namespaces once more.  Raises ``ProbeError``."""


class ProbeSubject(Struct, frozen=True):
    """What is compared: a cluster, manifests, documentation.

    ``addresses`` are those of host names among the targets.
    """

    live: Live
    written: Resources
    documented: Documented
    conventions: Conventions
    addresses: dict[str, tuple[Address, ...]]


class Session:
    """Knows what is said of each job before it is run, and judges it afterwards."""

    def __init__(self, subject: ProbeSubject, plan: ProbePlan) -> None:
        self._subject = subject
        self._plan = plan
        live, home = subject.live, subject.documented.namespace
        policies = written_policies(live.resources, subject.written, home)
        self._world = world(live.resources, subject.written, policies)
        self._unseen = tuple(live.unseen(subject.written.policies))
        self.differences = _differences(live, policies)
        simulator = self._simulator(self._world)
        pods = live.by_title
        self.said = {
            job.id: Said(
                _stated(job, subject.documented.about(job, pods)), simulator.verdict(job)
            )
            for job in plan.jobs
        }

    def _simulator(self, resources: Resources) -> Simulator:
        return Simulator(resources, self._subject.conventions, self._subject.addresses)

    def run(self, campaign: Campaign, via: str, again: Again | None = None) -> ProbeResult:
        """Tries everything and says what it shows, of pods that are still what they were."""
        began = time.monotonic()
        campaign.expected = {name: said.expected for name, said in self.said.items()}
        seen = campaign.run(self._plan.jobs)
        unread = (*self._subject.live.unread, *self._unseen)
        if again and not campaign.interrupted:
            try:
                seen = self._still(seen, again)
            except ProbeError as error:
                unread = (*unread, Unseen("pods once more, in case they changed", str(error)))
        every = tuple(compare(self.said, self._plan.jobs, seen))
        compared = tuple(each for each in every if not shows_nothing(each))
        labels = label_drifts(
            self._subject.live.pods, self._subject.documented, self._subject.written
        )
        evidence = self._evidence(denials(compared), labels)
        seconds = time.monotonic() - began
        return ProbeResult(
            comparisons=tuple(diagnosed(each, evidence) for each in compared),
            skipped=(*self._plan.skipped, *in_vain(every)),
            differences=self.differences,
            extra=self._effect(),
            labels=labels,
            unread=unread,
            extent=self._extent(compared, via, seconds, interrupted=campaign.interrupted),
        )

    def _still(self, seen: Seen, again: Again) -> Seen:
        jobs = self._plan.jobs
        ends = {job.source.namespace for job in jobs}
        ends |= {job.destination.pod.split("/")[0] for job in jobs if job.destination.pod}
        changed = changes(self._subject.live.pods, again(sorted(ends)), jobs)
        return drop_changed(jobs, seen, changed)

    def _evidence(self, denied: frozenset[Path], labels: tuple[LabelDrift, ...]) -> Evidence:
        live = self._subject.live

        @cache
        def with_(difference: PolicyDifference) -> Simulator:
            return self._simulator(undone(self._world, difference))

        known = None
        if live.policies is not None:
            known = self._simulator(apply_policies(self._world, live.policies))
        texts = {drift.pod: str(drift) for drift in labels}
        return Evidence(known, self.differences, with_, denied, texts, _why(live))

    def _effect(self) -> Impact:
        """Whether the policies that no manifest has change anything, for any pod or address."""
        extra = [each for each in self.differences if each.drift is Drift.EXTRA]
        if not extra:
            return Impact.NONE
        changed = self._world
        for each in extra:
            changed = undone(changed, each)
        before, now = (
            listing(Evaluator.of(each, self._subject.conventions))
            for each in (self._world, changed)
        )
        return Impact.NONE if before == now else Impact.SOME

    def _extent(
        self, compared: tuple[Compared, ...], via: str, seconds: float, *, interrupted: bool
    ) -> ProbeCoverage:
        live = self._subject.live
        return ProbeCoverage(
            via=via,
            namespace=self._subject.documented.namespace,
            sources=len({each.job.source.title for each in compared}),
            jobs=len(compared),
            controls=sum(job.purpose is Purpose.CONTROL for job in self._plan.jobs),
            written_policies=_count(self._subject.written),
            live_policies=None if live.policies is None else len(live.policies),
            seconds=seconds,
            interrupted=interrupted,
        )


def _stated(job: Job, found: Stated) -> Stated:
    """Whatever a pod asks itself, nobody documents."""
    return Stated.SILENT if job.purpose is Purpose.CONTROL else found


def _differences(live: Live, written: Iterable[Policy]) -> tuple[PolicyDifference, ...]:
    """Of the policies that would have been read."""
    if live.policies is None:
        return ()
    return differences(filter(live.shows, written), filter(live.shows, live.policies))


def _count(resources: Resources) -> int:
    return len(resources.policies)


def _why(live: Live) -> str:
    found = [each for each in live.unread if "Policies" in each.what or "Policy" in each.what]
    return "; ".join(f"{each.what}: {each.reason}" for each in found)
