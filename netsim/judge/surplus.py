"""Findings about connections that are allowed and should not be, one for each cause."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct, field

from netsim.judge.case import Case
from netsim.judge.cause import Cause, HostCause, OpenCause, RuleCause, causes
from netsim.judge.judgement import Judgement
from netsim.judge.judging import members
from netsim.judge.wording import enumerated, judged_text, stated
from netsim.model.finding import Finding, Related
from netsim.model.flow import Intent
from netsim.model.location import Location
from netsim.model.policies import Direction
from netsim.model.ports import PortSet
from netsim.rules.interface import Check
from netsim.words import yaml as snippets

Key = tuple[Location, type[Cause], Direction]


class _Leak(Struct):
    """A cause, and what it lets through: the ports of each judgement."""

    why: Cause
    flows: dict[Judgement, PortSet] = field(default_factory=dict)

    def add(self, judgement: Judgement, ports: PortSet) -> None:
        self.flows[judgement] = self.flows.get(judgement, PortSet.empty()) | ports


def surplus_findings(
    case: Case,
    check: Check,
    ports_of: Callable[[Judgement], PortSet],
    charge: str,
) -> Iterator[Finding]:
    """A finding for each cause of surplus connections; ``charge`` says what is wrong."""
    outside = case.reachability.universe.external
    for leak in _leaks(case, ports_of):
        judgements = sorted(leak.flows, key=lambda each: _is_inside(each, outside))
        yield _finding(case, check, leak, judgements, charge)


def _leaks(case: Case, ports_of: Callable[[Judgement], PortSet]) -> tuple[_Leak, ...]:
    """Every rule that lets some of it through has its leak: none hides behind another."""
    found: dict[Key, _Leak] = {}
    reachability = case.reachability
    for judgement in case.judgements:
        surplus = ports_of(judgement)
        ends = (judgement.source, judgement.destination) if surplus else None
        for source, destination in members(reachability, *ends) if ends else ():
            allowed = reachability.evaluator.allowed_by_policies(source, destination)
            ports = allowed.sure & surplus
            for why, part in causes(case, source, destination, ports) if ports else ():
                key = (why.location, type(why), why.direction)
                found.setdefault(key, _Leak(why)).add(judgement, part)
    return tuple(found.values())


def _is_inside(judgement: Judgement, outside: int) -> bool:
    """The ways in and out of the cluster come first."""
    return not (judgement.source.members | judgement.destination.members) & outside


def _finding(
    case: Case,
    check: Check,
    leak: _Leak,
    judgements: list[Judgement],
    charge: str,
) -> Finding:
    why = leak.why
    flows = [judged_text(each, leak.flows[each]) for each in judgements]
    denials = (
        denial
        for judgement in judgements
        for denial in stated(judgement, Intent.DENIED, "documented as denied here")
    )
    return Finding(
        rule=check.id,
        severity=check.severity,
        message=f"{enumerated(flows)}: {charge}. {_because(why)}",
        location=why.location,
        policy=_policy(why),
        flows=tuple(flows),
        related=tuple(dict.fromkeys((*_other_rules(why), *denials))),
        fix=_remedy(case, why),
        patch=_patch(case, why),
    )


def _because(why: Cause) -> str:
    match why:
        case RuleCause():
            return f"{why.rule.title} allows it"
        case HostCause():
            return f"{why.pod.title} uses its node's network, where no policy applies"
    word = why.direction.word
    partly = f"; {why.policy.title} selects them, but not for {word}" if why.policy else ""
    return f"No policy isolates the pods for {word}{partly}"


def _policy(why: Cause) -> str | None:
    match why:
        case RuleCause():
            return why.rule.policy.title
        case OpenCause():
            return why.policy.title if why.policy else None
        case HostCause():
            return None


def _other_rules(why: Cause) -> Iterator[Related]:
    for rule in why.others if isinstance(why, RuleCause) else ():
        yield Related(rule.location, f"{rule.title} allows it at the other end")


def _remedy(case: Case, why: Cause) -> str:
    match why:
        case RuleCause():
            return (
                "Remove or narrow this peer or its ports; if the flow is wanted, document it."
            )
        case HostCause():
            return "Take hostNetwork away from the pods, or guard the node itself."
    if why.policy is not None:
        return f"Add {why.direction.value} to policyTypes of {why.policy.title}."
    return f"Add a policy that denies by default in {_namespace(case)}."


def _patch(case: Case, why: Cause) -> str:
    if not isinstance(why, OpenCause):
        return ""
    if why.policy is not None:
        return "policyTypes: [Ingress, Egress]"
    return snippets.default_deny(_namespace(case))


def _namespace(case: Case) -> str:
    return case.intent.scenario.namespace if case.intent else ""
