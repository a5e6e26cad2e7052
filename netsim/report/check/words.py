"""The words that every format of ``check`` shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator

from netsim.app.check import CheckResult, Conclusion, Coverage
from netsim.judge.judgement import Judgement, Standing
from netsim.judge.parties import Ground, Party, is_closed
from netsim.model.finding import Finding, Severity
from netsim.model.ports import PortSet, Protocol
from netsim.words.lists import count_noun, join_phrases
from netsim.words.ports import describe_ports

MARKS = {
    Standing.AS_DOCUMENTED: "✓",
    Standing.EXPOSED: "!",
    Standing.FORBIDDEN: "!",
    Standing.BROKEN: "✗",
    Standing.UNDECIDED: "?",
}
_MEANINGS = {
    Standing.AS_DOCUMENTED: "allowed as documented",
    Standing.EXPOSED: "allowed, not documented",
    Standing.FORBIDDEN: "allowed, but documented as denied",
    Standing.BROKEN: "documented, but denied",
    Standing.UNDECIDED: "cannot be decided",
}
DENIED = "·"
LEFT_OPEN = "○"
UNJUDGED = "–"
LEGEND = {
    # What is exposed and what is forbidden have one mark; neither is documented as allowed.
    **{mark: _MEANINGS[standing] for standing, mark in MARKS.items()},
    MARKS[Standing.EXPOSED]: _MEANINGS[Standing.EXPOSED],
    LEFT_OPEN: "allowed, and left open by the scenario",
    DENIED: "denied as documented",
    UNJUDGED: "not judged, as the scenario closes neither end",
}
MOST_KINDS = 6
"""Kinds without use that are named where nothing is compared."""
NEXT_STEP = "Next: a scenario says what should be allowed. This drafts one, to be reviewed:"


def describe_verdict(result: CheckResult) -> str:
    """The result in one sentence."""
    match result.conclusion:
        case Conclusion.PASSED:
            but = _count_suppressed(result)
            return f"passed: the manifests do what the documentation says{but}"
        case Conclusion.BAD_INPUT:
            return f"bad input: {_unread(result)}{_counts(result)}"
        case Conclusion.INCONCLUSIVE:
            return f"inconclusive{_explain_doubt(result)}{_counts(result)}"
        case Conclusion.FAILED if result.coverage.is_compared:
            return f"failed{_counts(result)}{_doubt(result)}"
        case Conclusion.FAILED | Conclusion.NOT_COMPARED:
            number = count_noun(len(result.findings), "finding")
            but = _count_suppressed(result)
            return f"nothing documented to compare with: {number}{but}{_doubt(result)}"


def _count_suppressed(result: CheckResult) -> str:
    suppressed, withheld = len(result.suppressed), _count_withheld(result)
    parts = (
        count_noun(suppressed, "suppressed finding") if suppressed else "",
        f"{count_noun(withheld, 'finding')} left out" if withheld else "",
    )
    text = " and ".join(filter(None, parts))
    return f", but for {text}" if text else ""


def _count_withheld(result: CheckResult) -> int:
    """Notes fail nothing, so a verdict is the same without them."""
    findings = (finding for each in result.withheld for finding in each.findings)
    return sum(finding.severity is not Severity.NOTE for finding in findings)


def describe_withheld(result: CheckResult) -> Iterator[str]:
    """What the options leave out of the result, in sentences."""
    if result.withheld:
        parts = (
            f"{count_noun(len(each.findings), 'finding')} by --{each.sieve.value} "
            f"({_list_rules(each.findings)})"
            for each in result.withheld
        )
        yield f"left out: {'; '.join(parts)}"
    if result.outdated:
        number = len(result.outdated)
        yield (
            f"note: {count_noun(number, 'finding')} that the baseline accepts "
            f"{'is' if number == 1 else 'are'} no longer there: "
            f"{join_phrases([each.title for each in result.outdated])}; "
            "write it anew with --write-baseline"
        )


def describe_open(result: CheckResult) -> str:
    """What leaves a result open that no finding of it says; empty where nothing does."""
    kinds = ", ".join(result.coverage.unevaluated)
    names = ", ".join(result.coverage.disputed)
    withheld = "; ".join(
        f"{len(each.findings)} undecided, left out by --{each.sieve.value}"
        for each in result.withheld_undecided
    )
    parts = (
        withheld,
        f"policies of kinds that are not evaluated ({kinds})" if kinds else "",
        f"policies that two files define differently ({names})" if names else "",
    )
    return " and ".join(filter(None, parts))


def _explain_doubt(result: CheckResult) -> str:
    reasons = describe_open(result)
    return f": {reasons}" if reasons else ""


def _doubt(result: CheckResult) -> str:
    """Why a result with findings would be inconclusive without them."""
    reasons = _explain_doubt(result)
    return f"; also inconclusive{reasons}" if reasons else ""


def _unread(result: CheckResult) -> str:
    faults = sum(each.severity is Severity.ERROR for each in result.diagnostics)
    return f"{count_noun(faults, 'fault')}, so not everything was checked"


def _counts(result: CheckResult) -> str:
    severities = (
        count_noun(result.count(severity), severity.value)
        for severity in Severity
        if result.count(severity)
    )
    text = ", ".join(severities)
    return f": {text} ({_list_rules(result.findings)})" if text else ""


def _list_rules(findings: Iterable[Finding]) -> str:
    """How many findings each rule has, the most first."""
    rules = Counter(finding.rule for finding in findings)
    return ", ".join(f"{number} {rule}" for rule, number in rules.most_common())


def describe_coverage(coverage: Coverage) -> str:
    """How much was looked at, in a sentence."""
    parts = (
        count_noun(coverage.documents, "document"),
        count_noun(coverage.policies, "policy", "policies"),
        count_noun(coverage.workloads, "workload"),
        *((count_noun(coverage.objects, "other object"),) if coverage.objects else ()),
        *_count_documented(coverage),
        *((count_noun(coverage.statements, "other statement"),) if coverage.statements else ()),
    )
    return f"read {', '.join(parts)}{_name_uncompared(coverage)}{_count_unused(coverage)}"


def _count_documented(coverage: Coverage) -> tuple[str, ...]:
    if not _is_documented(coverage):
        return ()
    return (
        count_noun(coverage.endpoints, "documented endpoint"),
        count_noun(coverage.flows, "documented flow"),
    )


def _is_documented(coverage: Coverage) -> bool:
    return bool(coverage.scenario or coverage.diagram)


def _name_uncompared(coverage: Coverage) -> str:
    if not coverage.uncompared:
        return ""
    files = ", ".join(coverage.uncompared)
    return f"; not compared, as their folders were not fully read: other statements of {files}"


def _count_unused(coverage: Coverage) -> str:
    if not coverage.unused:
        return ""
    shown = coverage.unused
    if len(shown) > MOST_KINDS and not _is_documented(coverage):
        shown = tuple(sorted(shown, key=lambda each: -each[1])[: MOST_KINDS - 1])
    kinds = [f"{kind} ({number})" for kind, number in shown]
    rest = len(coverage.unused) - len(shown)
    return f"; not used: {', '.join(kinds)}{f' and {rest} more kinds' if rest else ''}"


def describe_pair(judgement: Judgement | None, absent: str = DENIED) -> tuple[str, ...]:
    """What a pair has, a mark and ports a line; the mark says it without colour.

    ``absent`` is what stands where the pair was not judged.
    """
    if judgement is None or not is_busy(judgement):
        return (DENIED if judgement else absent,)
    # What is exposed and what is forbidden have one mark, and so one line.
    found: dict[tuple[str, str], PortSet] = {}
    for mark, limits, _, ports in _list_shares(judgement):
        found[mark, limits] = found.get((mark, limits), PortSet.empty()) | ports
    return tuple(line for key, ports in found.items() for line in _lines(*key, ports))


def explain_pair(judgement: Judgement) -> Iterator[tuple[str, str]]:
    """The lines of a pair in which something is to be seen, each with what it means."""
    for mark, limits, meaning, ports in _list_shares(judgement):
        for line in _lines(mark, limits, ports):
            yield line, meaning


def _list_shares(judgement: Judgement) -> Iterator[tuple[str, str, str, PortSet]]:
    """Mark, limits, meaning and ports."""
    for each in judgement.divide():
        yield MARKS[each.standing], each.limits, _MEANINGS[each.standing], each.ports
    yield LEFT_OPEN, "", LEGEND[LEFT_OPEN], judgement.left_open


def mark_absent(source: Party, destination: Party) -> str:
    """The mark of a pair of which there is no judgement."""
    return DENIED if is_closed(source, destination) else UNJUDGED


def is_busy(judgement: Judgement) -> bool:
    """Whether anything passes, should pass, or cannot be decided."""
    return bool(judgement.allowed or judgement.broken or judgement.undecided)


def list_busy(result: CheckResult) -> list[Judgement]:
    """The pairs of which there is something to show."""
    return [judgement for judgement in result.judgements if is_busy(judgement)]


def list_claims(judgement: Judgement | None) -> tuple[str, ...]:
    """What the documentation claims of a connection beyond its ports."""
    flows = judgement.flows if judgement else ()
    return tuple(sorted({claim.value for flow in flows for claim in flow.claims}))


def _lines(mark: str, limits: str, ports: PortSet) -> Iterator[str]:
    """A line for each protocol, as a column has little room."""
    if ports == PortSet.full():
        yield f"{mark} every port {limits}".rstrip()
        return
    for protocol in Protocol if ports else ():
        if of_one := ports.restricted(protocol):
            yield f"{mark} {describe_ports(of_one)} {limits}".rstrip()


def choose_axes(result: CheckResult) -> tuple[tuple[Party, ...], tuple[Party, ...]]:
    """The parties that send something, and those that receive something."""
    busy = list_busy(result)
    sources = {judgement.source for judgement in busy}
    destinations = {judgement.destination for judgement in busy}
    return (
        tuple(party for party in result.parties if party in sources),
        tuple(party for party in result.parties if party in destinations),
    )


def describe_unreached(result: CheckResult) -> str:
    """Parties without a column, in sentences: what nothing reaches, or the pods do not."""
    _, destinations = choose_axes(result)
    unreached = [p for p in result.parties if p.names and p not in destinations]
    own = ", ".join(p.title for p in unreached if p.ground is Ground.GOVERNED)
    others = ", ".join(p.title for p in unreached if p.ground is Ground.ELSEWHERE)
    namespaces, known = " and ".join(result.coverage.namespaces), limit_knowledge(result)
    sentences = (
        f"Nothing reaches {own}{known}." if own else "",
        f"{namespaces} reaches none of {others}{known}." if others else "",
    )
    return " ".join(sentence for sentence in sentences if sentence)


def limit_knowledge(result: CheckResult) -> str:
    """What restricts a statement about all pairs, where something was not read or judged."""
    is_limited = result.errors or result.leaves_open
    return ", as far as is known" if is_limited else ""


_LONGEST_PATCH = 20
"""Lines of a patch where there is a place for a few: GitHub takes no more than 64 KB."""


def describe_fix(finding: Finding) -> str:
    """What to do, and the YAML that does it unless it is long; nothing without a fix."""
    lines = finding.patch.splitlines()
    if len(lines) > _LONGEST_PATCH:
        return f"{finding.fix} ({len(lines)} lines, which --format text shows)"
    return "\n".join((finding.fix, *lines)) if finding.fix else ""


def point_above(finding: Finding, shown: dict[Hashable, Finding]) -> str:
    """Where the change that a finding shows is written out already; else empty."""
    first = find_above(finding, shown)
    return f"the same change as above, for {first.rule} at {first.location}" if first else ""


def find_above(finding: Finding, shown: dict[Hashable, Finding]) -> Finding | None:
    """The finding that shows the same change already.

    ``shown`` are the findings that show theirs, by change, and grows.
    """
    change = finding.diff or (finding.patch and (finding.fix, finding.patch))
    first = shown.setdefault(change, finding) if change else finding
    return None if first is finding else first


_MOST_RELATED = 6


def list_related(finding: Finding) -> Iterator[str]:
    """The places that have to do with a finding, the first few of many."""
    related = finding.related
    shown = related if len(related) <= _MOST_RELATED else related[: _MOST_RELATED - 1]
    for each in shown:
        yield f"{each.location}: {each.message}"
    if len(related) > len(shown):
        yield f"{len(related) - len(shown)} more places, all of which --format json lists"
