"""The words that every format of ``coverage`` shares."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.coverage import CoverageResult, Score
from netsim.coverage.idle_flows import IdleFlow
from netsim.coverage.trial import Evidence, Fate, Gap, Redundancy, Trial
from netsim.model.flow import Intent
from netsim.report.table import Table
from netsim.words.lists import count_noun, join_all, join_first, join_phrases
from netsim.words.ports import describe_flow


def describe_verdict(result: CoverageResult) -> str:
    """The score in one sentence."""
    if result.errors:
        wrong = count_noun(len(result.errors), "fault")
        return f"bad input: {wrong}, so the score lacks what could not be read"
    if result.unknown:
        return (
            f"inconclusive: {_count(result)}, but not evaluated or decided: "
            f"{join_phrases(result.unknown)}"
        )
    return f"coverage {result.score.whole}%: {_count(result)}"


def _count(result: CoverageResult) -> str:
    score = result.score
    missed = score.counted - score.noticed
    rest = f", {missed} would not" if missed else ""
    changes = count_noun(score.counted, "change")
    return f"check would notice {score.noticed} of {changes} to policies{rest}"


def describe_score(score: Score) -> str:
    """``5/6``; a dash where nothing counts."""
    return f"{score.noticed}/{score.counted}" if score.counted else "-"


def tabulate(result: CoverageResult) -> Table:
    """A row for each policy."""
    rows = (
        (
            policy.title,
            describe_score(policy.score),
            str(policy.redundant or ""),
            str(policy.location),
        )
        for policy in result.policies
    )
    return Table(("policy", "noticed", "redundant", "place"), tuple(rows)).used()


def describe_mutant(trial: Trial) -> str:
    """What was changed: ``shop/api ingress[0]: removed``."""
    return f"{trial.mutant.subject}: {trial.mutant.what}"


def explain(trial: Trial) -> str:
    """Why nobody noticed a mutant."""
    evidence = trial.evidence
    if evidence is None:
        return "it changes no verdict"
    flow = describe_flow(evidence.source, evidence.destination, evidence.ports)
    if trial.fate is Fate.UNKNOWN:
        return f"whether it changes {flow} is unknown"
    change = "opens" if evidence.is_opened else "closes"
    gap = evidence.gap.value if evidence.gap else ""
    return f"it {change} {flow}, and {gap}"


def advise(trial: Trial) -> str:
    """What to write so that it is noticed."""
    evidence = trial.evidence
    if evidence is None:
        return ""
    pair = f"from: {evidence.source}, to: {evidence.destination}"
    if trial.fate is Fate.UNKNOWN or evidence.gap is None:
        return "fill in what is open there, or say in the scenario where pods are (podRanges)"
    names = f", after naming {join_all(evidence.unnamed)} there" if evidence.unnamed else ""
    denial = f"add {{{pair}}} to deny: of the scenario{names}"
    match evidence.gap:
        case Gap.OUTSIDE if evidence.is_opened:
            return f"{denial}, or add the namespace of an end to namespaces:"
        case Gap.ONE_WAY:
            return f"{denial}, or list both directions"
        case Gap.DOCUMENTED:
            return f"document fewer ports for {evidence.source} -> {evidence.destination}"
        case Gap.FAULTY:
            between = f"{evidence.source} -> {evidence.destination}"
            return f"first fix what check reports about {between}"
    ports = _list_ports(evidence)
    return f"if it is needed, draw it or add {{{pair}{ports}}} to flows:{names}"


def _list_ports(evidence: Evidence) -> str:
    text = str(evidence.ports)
    parts: list[str] = []
    for part in text.split(","):
        is_named = not part.strip()[:1].isdigit()
        protocol = parts[-1].split()[0] if parts else ""
        parts.append(part.strip() if is_named else f"{protocol} {part.strip()}")
    return f", ports: [{', '.join(parts)}]" if 0 < len(parts) <= 4 else ""


def describe_idle(flow: IdleFlow) -> str:
    """An entry that could go, and why."""
    text = describe_flow(join_first(flow.sources), join_first(flow.destinations), flow.ports)
    denied = " (denied)" if flow.intent is Intent.DENIED else ""
    places = [str(each) for each in flow.others[:3]]
    seen = f" ({join_all(places)})" if places else ""
    return f"{text}{denied}: {flow.idleness.value}{seen}"


def group_redundant(result: CoverageResult) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Why mutants are redundant, with their places and what was changed there."""
    for redundancy in Redundancy:
        grouped: dict[tuple[str, str], list[str]] = {}
        for trial in result.trials:
            if trial.redundancy is redundancy:
                mutant = trial.mutant
                own = grouped.setdefault((str(mutant.location), mutant.subject), [])
                own.append(mutant.what)
        if grouped:
            number = count_noun(sum(map(len, grouped.values())), "change")
            lines = [
                (place, f"{subject}: {'; '.join(changes)}")
                for (place, subject), changes in grouped.items()
            ]
            yield f"{number} without effect: {redundancy.value}", lines


def describe_read(result: CoverageResult) -> str:
    """How much was looked at."""
    faults = count_noun(result.faults, "pair")
    before = f"; check already reports {faults}, of which only more counts"
    flows = count_noun(result.flows, "documented flow")
    return (
        f"checked against {result.scenario}: {flows}; read {result.read}"
        f"{before if result.faults else ''}"
    )
