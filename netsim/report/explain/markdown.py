"""Explanations as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.explain import ExplainResult
from netsim.app.explanation.explanation import (
    Cited,
    ExplainedDirection,
    ExplainedStep,
    Explanation,
    Overview,
)
from netsim.app.explanation.through_service import ServiceExplanation, Texts
from netsim.report.explain.words import UNREAD, WORDS, describe_way, title_service
from netsim.report.markdown import fenced, inline
from netsim.report.style import Terminal


def render(result: ExplainResult, _: Terminal) -> str:
    """One connection under a heading, or all ports and single ones explained."""
    answer = result.answer
    match answer:
        case Explanation():
            lines = _lines(answer)
        case ServiceExplanation():
            lines = _service(answer)
        case Overview():
            lines = _overview(answer)
    unread = (f"{UNREAD}\n",) if result.errors else ()
    return "\n".join((*unread, *lines, f"Read {result.read}.\n"))


def _overview(overview: Overview) -> Iterator[str]:
    yield f"## {inline(overview.source)} => {inline(overview.destination)}\n"
    yield f"- allowed: {overview.allowed or 'nothing'}"
    if overview.unknown:
        yield f"- unknown: {overview.unknown}"
    yield ""
    for each in overview.explanations:
        yield from _lines(each)


def _service(answer: ServiceExplanation) -> Iterator[str]:
    yield f"## {inline(title_service(answer))}: {WORDS[answer.outcome]}\n"
    for text in filter(None, (answer.leads, answer.why)):
        yield f"{inline(text)}\n"
    for number, way in enumerate(answer.ways, 1):
        yield f"{inline(describe_way(number, way))}\n"
        yield from _lines(way.explanation)
    yield from _conventions(answer.conventions)


def _lines(explanation: Explanation) -> Iterator[str]:
    yield f"### {inline(str(explanation.attempt))}: {WORDS[explanation.outcome]}\n"
    for text in filter(None, (explanation.leads, explanation.why)):
        yield f"{inline(text)}\n"
    for part in explanation.parts:
        yield from _part(part)
    yield from _conventions(explanation.conventions)


def _conventions(texts: Texts) -> Iterator[str]:
    if texts:
        yield "Conventions applied:\n"
        for name, text in texts:
            yield f"- {inline(name)}: {inline(text)}"
        yield ""


def _part(part: ExplainedDirection) -> Iterator[str]:
    title = f"{part.direction.value} of {inline(part.subject)}"
    yield f"**{title}: {WORDS[part.outcome]}**\n"
    for number, step in enumerate(part.steps, 1):
        answer = f" ({WORDS[step.outcome]})" if step.outcome else ""
        yield f"{number}. {step.tier.value}: {inline(step.says)}{answer}"
        yield from _reasons(step)
    yield ""
    for step in part.steps:
        if step.fix:
            policy = step.fix.policy
            where = f"to the spec of {_cite(policy)}" if policy else "a policy"
            yield f"To allow it, add {where}:\n"
            yield fenced(step.fix.snippet, "yaml")


def _reasons(step: ExplainedStep) -> Iterator[str]:
    for policy in step.policies:
        yield f"   - selected by {_cite(policy)}"
    for rule in step.rules:
        yield f"   - {step.by} {_cite(rule)}"
    if step.nearest:
        near = Cited(step.nearest.rule.title, step.nearest.location)
        yield f"   - nearest rule {_cite(near)}: {inline(step.nearest.why)}"


def _cite(item: Cited) -> str:
    return f"{inline(item.title)}, {inline(item.location.described)}"
