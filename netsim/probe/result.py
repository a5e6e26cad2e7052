"""The result of a probe, as every format renders it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from netsim.model.finding import Diagnostic
from netsim.probe.cluster import Unseen
from netsim.probe.judging.compare import Agreement, Compared
from netsim.probe.judging.labels import LabelDrift
from netsim.probe.judging.mutual_tls import TlsComparison
from netsim.probe.judging.policies import Drift, PolicyDifference
from netsim.probe.planning.targets import LeftOut
from netsim.probe.preflight import Permitted


class ProbeConclusion(Enum):
    """What a probe comes to."""

    AGREES = "agrees"
    DIFFERS = "differs"
    INCONCLUSIVE = "inconclusive"


class Impact(Enum):
    """Whether live policies that are in no manifest change what may connect."""

    NONE = "none"
    SOME = "some"


class ProbeCoverage(Struct, frozen=True):
    """How much was asked; ``live_policies`` is None where those could not be read.

    ``left_behind`` are the pods that hold a container of the probe's from now on.
    """

    via: str
    namespace: str
    sources: int
    jobs: int
    controls: int
    written_policies: int
    live_policies: int | None
    seconds: float
    interrupted: bool = False
    left_behind: tuple[str, ...] = ()


class ProbeResult(Struct, frozen=True):
    """All that a probe found; ``diagnostics`` are about the manifests."""

    comparisons: tuple[Compared, ...]
    skipped: tuple[LeftOut, ...]
    differences: tuple[PolicyDifference, ...]
    extra: Impact
    labels: tuple[LabelDrift, ...]
    unread: tuple[Unseen, ...]
    extent: ProbeCoverage
    handshakes: tuple[TlsComparison, ...] = ()
    permitted: Permitted = Permitted()
    notes: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def conclusion(self) -> ProbeConclusion:
        """The worst of what was found; nothing tried is nothing shown."""
        agreements = {each.agreement for each in self.comparisons}
        agreements |= {each.agreement for each in self.handshakes}
        if self.labels or Agreement.DIFFER in agreements or any(self.drifted):
            return ProbeConclusion.DIFFERS
        if Agreement.INCONCLUSIVE in agreements or not self.comparisons:
            return ProbeConclusion.INCONCLUSIVE
        return (
            ProbeConclusion.INCONCLUSIVE if self.extent.interrupted else ProbeConclusion.AGREES
        )

    @property
    def drifted(self) -> Iterator[PolicyDifference]:
        """Policies that count as a difference: others may have a say, if it changes nothing."""
        for each in self.differences:
            if each.drift is not Drift.EXTRA or self.extra is Impact.SOME:
                yield each

    def of(self, agreement: Agreement) -> tuple[Compared, ...]:
        """The comparisons that stand so."""
        return tuple(each for each in self.comparisons if each.agreement is agreement)

    def count(self, agreement: Agreement) -> int:
        """How many stand so."""
        return len(self.of(agreement))
