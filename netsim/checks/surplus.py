"""Findings about connections that are allowed and should not be, one for each cause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from netsim.checks import remedies
from netsim.checks.cause import Cause, OpenCause, RuleCause, cause
from netsim.checks.interface import Check, Context
from netsim.checks.judgement import Judgement
from netsim.checks.witness import witness
from netsim.checks.wording import enumerated, flow_text
from netsim.model.finding import Finding, Related
from netsim.model.flow import DocumentedFlow, Intent
from netsim.model.location import Location
from netsim.model.policies import Direction
from netsim.model.ports import PortSet
from netsim.model.verdict import Outcome

Key = tuple[Location, type, Direction]


def surplus_findings(
    context: Context,
    check: Check,
    ports_of: Callable[[Judgement], PortSet],
    charge: str,
) -> Iterator[Finding]:
    """A finding for each cause of surplus connections; ``charge`` says what is wrong."""
    grouped: dict[Key, list[tuple[Judgement, Cause]]] = defaultdict(list)
    for judgement in context.judgements:
        ports = ports_of(judgement)
        shown = witness(context.reachability, judgement, ports, Outcome.ALLOW)
        if shown:
            why = cause(context, shown)
            grouped[_key(why)].append((judgement, why))
    outside = context.reachability.universe.external
    for cases in grouped.values():
        cases.sort(key=lambda case: _is_inside(case[0], outside))
        flows = tuple(flow_text(judgement, ports_of(judgement)) for judgement, _ in cases)
        yield _finding(context, check, cases, flows, charge)


def _is_inside(judgement: Judgement, outside: int) -> bool:
    """The ways in and out of the cluster come first."""
    return not (judgement.source.members | judgement.destination.members) & outside


def _key(why: Cause) -> Key:
    if isinstance(why, OpenCause):
        return why.location, OpenCause, why.direction
    return why.rule.location, RuleCause, why.rule.direction


def _finding(
    context: Context,
    check: Check,
    cases: list[tuple[Judgement, Cause]],
    flows: tuple[str, ...],
    charge: str,
) -> Finding:
    why = cases[0][1]
    denials = (
        _denial(flow)
        for judgement, _ in cases
        for flow in judgement.flows
        if flow.intent is Intent.DENIED
    )
    related = dict.fromkeys((*_other_rules(why), *denials))
    return Finding(
        rule=check.id,
        severity=check.severity,
        message=f"{enumerated(flows)}: {charge}. {_because(why)}",
        location=why.location,
        policy=_policy(why),
        flow=flows[0],
        related=tuple(related),
        remedy=_remedy(context, why),
        patch=_patch(context, why),
    )


def _because(why: Cause) -> str:
    if isinstance(why, RuleCause):
        return f"{why.rule.title} allows it"
    word = why.direction.word
    partly = f"; {why.policy.title} selects them, but not for {word}" if why.policy else ""
    return f"No policy isolates the pods for {word}{partly}"


def _policy(why: Cause) -> str | None:
    if isinstance(why, RuleCause):
        return why.rule.policy
    return why.policy.title if why.policy else None


def _other_rules(why: Cause) -> Iterator[Related]:
    for rule in why.others if isinstance(why, RuleCause) else ():
        yield Related(rule.location, f"{rule.title} allows it at the other end")


def _denial(flow: DocumentedFlow) -> Related:
    reason = f": {flow.because}" if flow.because else ""
    return Related(flow.location, f"documented as denied here{reason}")


def _remedy(context: Context, why: Cause) -> str:
    if isinstance(why, RuleCause):
        return "Remove or narrow this peer or its ports; if the flow is wanted, document it."
    if why.policy is not None:
        return f"Add {why.direction.value} to policyTypes of {why.policy.title}."
    return f"Add a policy that denies by default in {_namespace(context)}."


def _patch(context: Context, why: Cause) -> str:
    if isinstance(why, RuleCause):
        return ""
    if why.policy is not None:
        return "policyTypes: [Ingress, Egress]"
    return remedies.default_deny(_namespace(context))


def _namespace(context: Context) -> str:
    return context.intent.scenario.namespace if context.intent else ""
