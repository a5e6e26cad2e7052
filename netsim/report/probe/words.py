"""The words that every format of ``probe`` shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from netsim.model.verdict import Outcome
from netsim.probe.interface import Purpose, Symptom
from netsim.probe.judging.compare import Agreement, Compared
from netsim.probe.judging.labels import LabelDrift
from netsim.probe.judging.mutual_tls import TlsComparison
from netsim.probe.judging.policies import Drift, PolicyDifference
from netsim.probe.planning.documented import Stated
from netsim.probe.result import Impact, ProbeConclusion, ProbeResult
from netsim.words.lists import count_noun
from netsim.words.printable import printable

HEAD = ("", "from", "to", "port", "documented", "simulated", "observed")
MARKS = {Agreement.AGREE: "✓", Agreement.DIFFER: "✗", Agreement.INCONCLUSIVE: "?"}
_ANSWERS = {Outcome.ALLOW: "allowed", Outcome.DENY: "denied", Outcome.UNKNOWN: "unknown"}
_DEMANDED = {
    Agreement.AGREE: "yes",
    Agreement.DIFFER: "no",
    Agreement.INCONCLUSIVE: "unclear",
}
_NOTHING = "-"
_ROWS = 60
"""A terminal shows about as many, and a comment on GitHub has place for ten times that."""
NOTHING_TRIED = "no connection could be tried"
STAYS = "an ephemeral container of the probe stays until the pod goes"


def verdict(result: ProbeResult) -> str:
    """The result in one sentence."""
    match result.conclusion:
        case ProbeConclusion.AGREES:
            what = "what was tried does" if result.skipped else "the cluster does"
            return (
                f"agrees: {what} what manifests and documentation say{_count_skipped(result)}"
            )
        case ProbeConclusion.INCONCLUSIVE if not result.comparisons:
            return f"inconclusive: {NOTHING_TRIED}"
        case conclusion:
            return f"{conclusion.value}: {', '.join(_counts(result))}"


def _count_skipped(result: ProbeResult) -> str:
    number = len(result.skipped)
    return f"; {count_noun(number, 'target')} skipped" if number else ""


def _counts(result: ProbeResult) -> Iterator[str]:
    total = len(result.comparisons)
    for agreement, verb in (
        (Agreement.DIFFER, "differ"),
        (Agreement.INCONCLUSIVE, "inconclusive"),
    ):
        if number := result.count(agreement):
            yield f"{number} of {count_noun(total, 'connection')} {verb}"
        if shaken := [e for e in result.handshakes if e.agreement is agreement]:
            every = count_noun(len(result.handshakes), "TLS handshake")
            yield f"{len(shaken)} of {every} {verb}"
    if drifted := len(tuple(result.drifted)):
        yield f"{count_noun(drifted, 'policy', 'policies')} not as in the manifests"
    if result.labels:
        yield f"{count_noun(len(result.labels), 'pod')} with other labels than the model"
    if result.extent.interrupted:
        yield "interrupted"


def row(found: Compared) -> tuple[str, ...]:
    """A connection as the columns of a table."""
    job = found.job
    return (
        MARKS[found.agreement],
        printable(job.title),
        printable(job.destination.title),
        job.ports,
        describe_documented(found),
        describe_simulated(found),
        observed(found),
    )


def describe_documented(found: Compared) -> str:
    """What the documentation says."""
    stated = found.columns.documented
    return _NOTHING if stated is Stated.SILENT else stated.value


def describe_simulated(found: Compared) -> str:
    """What the manifests say."""
    return _ANSWERS[found.columns.simulated.outcome]


def observed(found: Compared) -> str:
    """What the cluster did."""
    seen = found.columns.observed
    if seen.answer is Outcome.ALLOW:
        return "open" if seen.outcome is Symptom.OPEN else "permitted"
    word = "denied" if seen.answer is Outcome.DENY else "unclear"
    return f"{word} ({seen.outcome.value})"


class Shown(Struct, frozen=True):
    """The connections worth a row of their own, and those that everyone agrees are denied.

    ``left`` are further rows, for which there is no place.
    """

    rows: tuple[Compared, ...]
    denied: tuple[Compared, ...]
    left: int = 0


def select_shown(result: ProbeResult) -> Shown:
    """What disagrees first; denials that everyone agrees on are only counted."""
    agreeing = result.of(Agreement.AGREE)
    kept = [e for e in agreeing if e.columns.observed.answer is Outcome.ALLOW]
    others = [e for e in agreeing if e.columns.observed.answer is not Outcome.ALLOW]
    rows = (*differing(result), *result.of(Agreement.INCONCLUSIVE), *kept)
    return Shown(rows[:_ROWS], tuple(others), len(rows[_ROWS:]))


def differing(result: ProbeResult) -> list[Compared]:
    """What differs, and first of it what must never be."""
    never = Stated.NEVER
    found = result.of(Agreement.DIFFER)
    return sorted(found, key=lambda each: each.columns.documented is not never)


def left(number: int) -> str:
    """The rows for which there is no place, in a sentence."""
    return (
        f"{count_noun(number, 'more row')} left out: --format json has all." if number else ""
    )


def denied(found: tuple[Compared, ...]) -> str:
    """The denials that are not shown, in a sentence."""
    if not found:
        return ""
    never = sum(each.columns.documented is Stated.NEVER for each in found)
    also = f"; {never} of them must never be" if never else ""
    return f"{count_noun(len(found), 'more connection')} denied, as it should be{also}."


def reasons(found: Compared) -> Iterator[str]:
    """What speaks for the columns of a connection."""
    columns = found.columns
    if columns.simulated.reason:
        yield f"manifests: {columns.simulated.reason}"
    if columns.observed.why:
        yield f"observed: {columns.observed.why}"


def cause(found: Compared) -> str:
    """Why the columns disagree, or what else there is to know."""
    return f"{found.diagnosis.cause.value}: {found.diagnosis.text}" if found.diagnosis else ""


def flow(found: Compared) -> str:
    """``web -> api TCP 4000``, and what kind of target it is where that is no pod."""
    by_name = found.job.purpose is Purpose.SERVICE
    return f"{found.job}{' (by name)' if by_name else ''}"


def by_cause(result: ProbeResult) -> dict[str, list[Compared]]:
    """The connections that differ, by why they do."""
    found: dict[str, list[Compared]] = {}
    for each in differing(result):
        found.setdefault(cause(each), []).append(each)
    return found


def why_unclear(found: Compared) -> str:
    """Why nothing can be concluded."""
    return found.why or "neither manifests nor documentation decide it"


def handshake(found: TlsComparison) -> str:
    """``api TCP 4000 demands a client certificate: yes, TLSv1.3``."""
    version = found.handshake.version
    answer = _DEMANDED[found.agreement] + (f", {version}" if version else "")
    why = f" ({found.why})" if found.why else ""
    return f"{found.job} demands a client certificate: {answer}{why}"


def group_by_reason(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """What shares a reason, by reason."""
    found: dict[str, list[str]] = {}
    for reason, what in pairs:
        found.setdefault(reason, []).append(what)
    return found


_FIXES = {
    Drift.MISSING: "apply it",
    Drift.CHANGED: "apply it, or change the manifest; kubectl diff shows the difference",
    Drift.EXTRA: "delete it, or add it to the manifests",
}


def difference(found: PolicyDifference, result: ProbeResult) -> str:
    """A policy of which cluster and manifests differ, and what to do."""
    quiet = found.drift is Drift.EXTRA and result.extra is Impact.NONE
    return f"{found}: {'it changes nothing' if quiet else _FIXES[found.drift]}"


def labels(found: LabelDrift) -> str:
    """A pod with other labels than the model, and what to do."""
    advice = "fix its template, or the model"
    return f"{found}; policies that select by them do not apply to it: {advice}"


def read(result: ProbeResult) -> str:
    """How much was tried, in a sentence."""
    extent = result.extent
    live = extent.live_policies
    cluster = "those of the cluster not read" if live is None else f"{live} in the cluster"
    policies = count_noun(extent.written_policies, "policy", "policies")
    shaken = count_noun(len(result.handshakes), "TLS handshake")
    also = f" and {shaken}" if result.handshakes else ""
    return (
        f"tried {count_noun(extent.jobs, 'connection')} from "
        f"{count_noun(extent.sources, 'pod')} in {extent.seconds:.1f} s (--via {extent.via}), "
        f"with {count_noun(extent.controls, 'control')}{also}; {policies} in the manifests, "
        f"{cluster}; {count_noun(len(result.skipped), 'target')} skipped"
    )
