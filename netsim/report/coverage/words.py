"""The words that every format of ``coverage`` shares."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.coverage import CoverageResult, Score
from netsim.model.flow import Intent
from netsim.model.ports import PortSet
from netsim.mutation.idle_flows import IdleFlow
from netsim.mutation.trial import Evidence, Fate, Gap, Redundancy, Trial
from netsim.report.table import Table
from netsim.words.lists import count_noun, join_all, join_first, join_phrases
from netsim.words.ports import describe_flow, describe_ports


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
    rest = f", and miss {missed}" if missed else ""
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


def describe_effect(trial: Trial) -> str:
    """An example of what a mutant changes: ``opens web -> api TCP 4001``."""
    evidence = trial.evidence
    if evidence is None:
        return ""
    change = "opens" if evidence.is_opened else "closes"
    if trial.fate is Fate.UNKNOWN:
        change = "may change"
    flow = describe_flow(evidence.source, evidence.destination, evidence.ports)
    return f"{change} {flow}"


def group_survivors(result: CoverageResult) -> Iterator[tuple[str, tuple[Trial, ...]]]:
    """The survivors of each policy that nobody notices for the same reason."""
    grouped: dict[tuple[str, str, bool], list[Trial]] = {}
    for trial in result.survivors:
        opens = bool(trial.evidence and trial.evidence.is_opened)
        key = trial.mutant.policy.title, explain(trial), opens
        grouped.setdefault(key, []).append(trial)
    for (title, _, _), trials in grouped.items():
        yield title, tuple(trials)


def explain(trial: Trial) -> str:
    """Why nobody noticed a mutant."""
    if trial.fate is Fate.UNKNOWN:
        return "whether it changes a verdict cannot be told from the input"
    evidence = trial.evidence
    return evidence.gap.value if evidence and evidence.gap else ""


def advise(trial: Trial) -> str:
    """What to write so that it is noticed."""
    evidence = trial.evidence
    if evidence is None:
        return ""
    if trial.fate is Fate.UNKNOWN or evidence.gap is None:
        return "fill in what is open there, or say in the scenario where pods are (podRanges)"
    between = f"{evidence.source} -> {evidence.destination}"
    if evidence.gap is Gap.FAULTY:
        return f"first fix what check reports about {between}"
    if evidence.gap is Gap.DOCUMENTED:
        return f"document fewer ports for {between}"
    ways = []
    # No scenario can have a flow from an endpoint to itself.
    if evidence.ends[0] != evidence.ends[1]:
        ways.append(_entry(evidence))
    if evidence.gap is Gap.OUTSIDE:
        spaces = (trial.mutant.policy.namespace, *evidence.namespaces)
        space = next(filter(None, spaces), "of an end")
        ways.append(f"add {space} to namespaces: and document what may connect there")
    if evidence.gap is Gap.ONE_WAY:
        ways.append("list both directions in the scenario")
    return "; or ".join(ways) or "give the pods of both ends endpoints of their own"


def _entry(evidence: Evidence) -> str:
    pair = f"from: {evidence.ends[0]}, to: {evidence.ends[1]}"
    given = [f"an endpoint for {title}" for title in evidence.unnamed]
    names = f", with {join_all(given)}" if given else ""
    if evidence.is_opened:
        return f"add {{{pair}}} to deny: of the scenario{names}"
    return f"if it is needed, draw it or add {{{pair}{_list_ports(evidence)}}} to flows:{names}"


def _list_ports(evidence: Evidence) -> str:
    if evidence.ports == PortSet.full():
        return ""
    text = str(evidence.ports)
    parts: list[str] = []
    for part in text.split(","):
        is_named = not part.strip()[:1].isdigit()
        protocol = parts[-1].split()[0] if parts else ""
        parts.append(part.strip() if is_named else f"{protocol} {part.strip()}")
    return f", ports: [{', '.join(parts)}]" if 0 < len(parts) <= 4 else ""


def title_idle(result: CoverageResult) -> str:
    """What the idle entries have in common."""
    number = len(result.idle)
    each = "one entry" if number == 1 else f"each of {number} entries"
    return f"check would say the same without {each} of the documentation"


def describe_idle(flow: IdleFlow) -> str:
    """An entry that could go, and why."""
    if flow.is_mutual:
        text = f"{' <-> '.join(flow.sources)} {describe_ports(flow.ports)}"
    else:
        ends = join_first(flow.sources), join_first(flow.destinations)
        text = describe_flow(*ends, flow.ports)
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
    before = f"; check reports {faults} without any change, so only what one adds counts"
    flows = count_noun(result.flows, "documented flow")
    return (
        f"checked against {result.scenario}: {flows}; read {result.read}"
        f"{before if result.faults else ''}"
    )
