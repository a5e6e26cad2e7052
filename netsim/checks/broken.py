"""A documented connection is denied.

The diagram draws it, or the scenario lists it, but the policies do not let it through: the
system does not work as documented.  Both ends must allow it, so there is one finding for each
end that does not.

Mend it by adding the rule shown to the policy named, or take the connection out of the
documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.checks import remedies
from netsim.checks.cause import isolation
from netsim.checks.interface import Check, Context
from netsim.checks.judgement import Judgement
from netsim.checks.witness import Witness, witness
from netsim.checks.wording import flow_text
from netsim.model.finding import Finding, Related, Severity
from netsim.model.flow import Intent
from netsim.model.policies import Direction
from netsim.model.verdict import DirectionVerdict, Outcome


def _run(context: Context) -> Iterator[Finding]:
    for judgement in context.judgements:
        shown = witness(context.reachability, judgement, judgement.broken, Outcome.DENY)
        for verdict in _denying(shown):
            yield _finding(context, judgement, verdict)


def _denying(shown: Witness | None) -> Iterator[DirectionVerdict]:
    if shown:
        for verdict in (shown.verdict.egress, shown.verdict.ingress):
            if verdict.outcome is Outcome.DENY:
                yield verdict


def _finding(context: Context, judgement: Judgement, verdict: DirectionVerdict) -> Finding:
    flow = flow_text(judgement, judgement.broken)
    policy = isolation(verdict)
    title = verdict.nearest.rule.policy if verdict.nearest else policy.title
    return Finding(
        rule=CHECK.id,
        severity=CHECK.severity,
        message=f"{flow}: documented, but denied. {_because(verdict, title)}",
        location=verdict.nearest.location if verdict.nearest else policy.location,
        policy=title,
        flow=flow,
        related=_documented(judgement),
        remedy=f"Add this to spec.{verdict.direction.word} of {title}, or document otherwise.",
        patch=_patch(context, judgement, verdict),
    )


def _because(verdict: DirectionVerdict, title: str) -> str:
    word = verdict.direction.word
    if verdict.nearest:
        return f"The nearest {word} rule is {verdict.nearest.rule.title}: {verdict.nearest.why}"
    return (
        f"{title} isolates the pods for {word}, and no {word} rule lists the peer or the port"
    )


def _documented(judgement: Judgement) -> tuple[Related, ...]:
    return tuple(
        Related(flow.location, f"documented here{f': {flow.because}' if flow.because else ''}")
        for flow in judgement.flows
        if flow.intent is Intent.ALLOWED
    )


def _patch(context: Context, judgement: Judgement, verdict: DirectionVerdict) -> str:
    ingress = verdict.direction is Direction.INGRESS
    peer = judgement.source if ingress else judgement.destination
    bound = {each.name: each for each in context.intent.endpoints} if context.intent else {}
    home = isolation(verdict).namespace
    return remedies.rule(verdict.direction, bound[peer.names[0]], home, judgement.broken)


CHECK = Check(
    id="broken",
    title="A documented connection is denied",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
