"""Findings about connections that are allowed and should not be, one for each cause."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from netsim.checks import snippets
from netsim.checks.cause import Cause, HostCause, OpenCause, RuleCause, causes
from netsim.checks.interface import Check, Context
from netsim.checks.judge import members
from netsim.checks.judgement import Judgement
from netsim.checks.wording import enumerated, judged_text, stated
from netsim.model.finding import Finding, Related
from netsim.model.flow import Intent
from netsim.model.location import Location
from netsim.model.policies import Direction
from netsim.model.ports import PortSet

Key = tuple[Location, type[Cause], Direction]


@dataclass(slots=True)
class _Case:
    """A cause, and what it lets through: the ports of each judgement."""

    why: Cause
    flows: dict[Judgement, PortSet] = field(default_factory=dict)

    def add(self, judgement: Judgement, ports: PortSet) -> None:
        self.flows[judgement] = self.flows.get(judgement, PortSet.empty()) | ports


def surplus_findings(
    context: Context,
    check: Check,
    ports_of: Callable[[Judgement], PortSet],
    charge: str,
) -> Iterator[Finding]:
    """A finding for each cause of surplus connections; ``charge`` says what is wrong."""
    outside = context.reachability.universe.external
    for case in _cases(context, ports_of):
        judgements = sorted(case.flows, key=lambda each: _is_inside(each, outside))
        yield _finding(context, check, case, judgements, charge)


def _cases(context: Context, ports_of: Callable[[Judgement], PortSet]) -> tuple[_Case, ...]:
    """Every rule that lets some of it through has its case: none hides behind another."""
    found: dict[Key, _Case] = {}
    reachability = context.reachability
    for judgement in context.judgements:
        surplus = ports_of(judgement)
        ends = (judgement.source, judgement.destination) if surplus else None
        for source, destination in members(reachability, *ends) if ends else ():
            ports = reachability.allowed_by_policies(source, destination).sure & surplus
            for why, part in causes(context, source, destination, ports) if ports else ():
                key = (why.location, type(why), why.direction)
                found.setdefault(key, _Case(why)).add(judgement, part)
    return tuple(found.values())


def _is_inside(judgement: Judgement, outside: int) -> bool:
    """The ways in and out of the cluster come first."""
    return not (judgement.source.members | judgement.destination.members) & outside


def _finding(
    context: Context,
    check: Check,
    case: _Case,
    judgements: list[Judgement],
    charge: str,
) -> Finding:
    why = case.why
    flows = [judged_text(each, case.flows[each]) for each in judgements]
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
        remedy=_remedy(context, why),
        patch=_patch(context, why),
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
            return why.rule.policy
        case OpenCause():
            return why.policy.title if why.policy else None
        case HostCause():
            return None


def _other_rules(why: Cause) -> Iterator[Related]:
    for rule in why.others if isinstance(why, RuleCause) else ():
        yield Related(rule.location, f"{rule.title} allows it at the other end")


def _remedy(context: Context, why: Cause) -> str:
    match why:
        case RuleCause():
            return (
                "Remove or narrow this peer or its ports; if the flow is wanted, document it."
            )
        case HostCause():
            return "Take hostNetwork away from the pods, or guard the node itself."
    if why.policy is not None:
        return f"Add {why.direction.value} to policyTypes of {why.policy.title}."
    return f"Add a policy that denies by default in {_namespace(context)}."


def _patch(context: Context, why: Cause) -> str:
    if not isinstance(why, OpenCause):
        return ""
    if why.policy is not None:
        return "policyTypes: [Ingress, Egress]"
    return snippets.default_deny(_namespace(context))


def _namespace(context: Context) -> str:
    return context.intent.scenario.namespace if context.intent else ""
