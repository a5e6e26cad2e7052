"""Why a cluster does something other than manifests or documentation say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

from msgspec import Struct, field

from netsim.model.ports import Connection
from netsim.model.verdict import Outcome
from netsim.probe.interface import Job, Purpose, Symptom
from netsim.probe.judging.policies import Drift, PolicyDifference
from netsim.probe.judging.simulate import Simulated, Simulator
from netsim.probe.judging.verdicts import Observed
from netsim.probe.planning.documented import Stated


class Mismatch(Enum):
    """What a disagreement comes from; the value is for people."""

    NOT_APPLIED = "policy not applied"
    CHANGED = "applied version differs"
    EXTRA = "extra live policy"
    LABELS = "labels differ from the model"
    NOT_ENFORCED = "policies are not enforced"
    NOTHING_LISTENS = "nothing listens"
    MANIFESTS = "manifests differ from the documentation"
    SERVICE = "Service leads elsewhere"
    NO_CERTIFICATE = "server accepts clients without certificate"
    NO_TLS = "server speaks no TLS"
    UNKNOWN = "unknown cause"


class Diagnosis(Struct, frozen=True):
    """A cause, and what speaks for it."""

    cause: Mismatch
    text: str


class Views(Struct, frozen=True):
    """What is said of one job."""

    documented: Stated
    simulated: Simulated
    observed: Observed


_CAUSES = {
    Drift.MISSING: Mismatch.NOT_APPLIED,
    Drift.CHANGED: Mismatch.CHANGED,
    Drift.EXTRA: Mismatch.EXTRA,
}

Path = tuple[str, str, Connection]
"""The title of the source, the pod or host that it leads to, and the port there."""


def path(job: Job) -> Path:
    """What a job asks about, by whatever address."""
    to = job.destination
    return job.source.title, to.pod or to.host, to.connection


With = Callable[[PolicyDifference], Simulator]
"""The manifests' policies, but one policy as the cluster has it."""


class Evidence(Struct, frozen=True):
    """What is known beyond one job.

    ``live`` evaluates the policies of the cluster, None where they are not known.
    ``denied`` are the denials seen anywhere, but for those of Services; ``labels`` says of
    pods what is wrong with their labels.
    """

    live: Simulator | None
    differences: tuple[PolicyDifference, ...]
    with_: With
    denied: frozenset[Path]
    labels: Mapping[str, str] = field(default_factory=dict)
    unread: str = ""


def diagnose(job: Job, columns: Views, evidence: Evidence) -> Diagnosis:
    """Why a job's columns disagree."""
    seen, simulated = columns.observed.answer, columns.simulated.outcome
    directly = path(job) in evidence.denied
    if job.purpose is Purpose.SERVICE and seen is Outcome.DENY and not directly:
        return Diagnosis(
            Mismatch.SERVICE,
            f"the pods behind {job.destination.title} are not denied where they are tried "
            "themselves: check its endpoints and what forwards to them",
        )
    if simulated is seen:
        if found := _of_labels(job, evidence):
            return Diagnosis(Mismatch.LABELS, found)
        text = "the cluster does what the manifests say; netsim check shows the policies"
        return Diagnosis(Mismatch.MANIFESTS, text)
    if evidence.live is None:
        why = f": {evidence.unread}" if evidence.unread else ""
        return Diagnosis(Mismatch.UNKNOWN, f"the policies of the cluster are not known{why}")
    live = evidence.live.verdict(job)
    if live.outcome is seen:
        return _of_policies(job, seen, evidence)
    return _beyond(columns, live, evidence)


def _of_labels(job: Job, evidence: Evidence) -> str:
    ends = (job.source.title, job.destination.pod or "")
    return "; ".join(text for end in ends if (text := evidence.labels.get(end, "")))


def _of_policies(job: Job, seen: Outcome, evidence: Evidence) -> Diagnosis:
    """The differences that explain the answer, each alone, or all that there are."""
    alone = [each for each in evidence.differences if _explains(each, job, seen, evidence)]
    found = alone or list(evidence.differences)
    if not found:
        return Diagnosis(Mismatch.UNKNOWN, "policies of other namespaces may decide it")
    texts = "; ".join(map(str, found))
    causes = {_CAUSES[each.drift] for each in found}
    return Diagnosis(next(cause for cause in Mismatch if cause in causes), texts)


def _explains(
    difference: PolicyDifference, job: Job, seen: Outcome, evidence: Evidence
) -> bool:
    return evidence.with_(difference).verdict(job).outcome is seen


def _beyond(columns: Views, live: Simulated, evidence: Evidence) -> Diagnosis:
    """What no policy that netsim evaluates explains."""
    seen = columns.observed
    if live.outcome is Outcome.UNKNOWN:
        return Diagnosis(Mismatch.UNKNOWN, "the policies of the cluster do not decide it")
    if seen.answer is Outcome.ALLOW and live.outcome is Outcome.DENY:
        where = (
            "no denial was seen anywhere: the network plugin enforces no policies; use one "
            "that does, such as Calico or Cilium"
            if not evidence.denied
            else "the policies of the cluster deny it, and the network plugin does "
            "not enforce them here; check its agents on the nodes of both pods"
        )
        return Diagnosis(Mismatch.NOT_ENFORCED, where)
    how = "rejects" if seen.outcome is Symptom.REFUSED else "drops"
    text = (
        f"something other than these policies {how} it: a policy of the network plugin, a "
        "mesh, a firewall on the node"
    )
    return Diagnosis(Mismatch.UNKNOWN, text)
