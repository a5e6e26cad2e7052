"""Explanations as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.explain import Answer, ExplainResult
from netsim.app.explanation.cited import Cited
from netsim.app.explanation.explanation import (
    ExplainedDirection,
    ExplainedStep,
    Explanation,
    Overview,
)
from netsim.app.explanation.fix import Fix
from netsim.app.explanation.through_service import ServiceExplanation, Texts
from netsim.model.conventions import page_of
from netsim.model.verdict import NearMiss
from netsim.report.explain.words import (
    UNREAD,
    WORDS,
    describe_way,
    list_policies,
    list_sections,
    say_matched,
    say_part,
    say_where,
    title_service,
)
from netsim.report.markdown import fenced, inline
from netsim.report.style import Terminal


def render(result: ExplainResult, _: Terminal) -> str:
    """Each connection under a heading, or all ports and single ones explained."""
    lines = (line for answer in result.answers for line in _answer(answer))
    unread = (f"{UNREAD}\n",) if result.errors else ()
    refused = tuple(f"- {inline(each)}" for each in result.refused)
    if refused:
        unread = (*unread, "Not answered:\n", *refused, "")
    return "\n".join((*unread, *lines, f"Read {result.read}.\n"))


def _answer(answer: Answer) -> Iterator[str]:
    if isinstance(answer, Explanation):
        return _lines(answer)
    return _service(answer) if isinstance(answer, ServiceExplanation) else _overview(answer)


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
    asides = (*(say_part(each) for each in explanation.divided), *explanation.hints)
    yield from (f"- {inline(each)}" for each in asides)
    if asides:
        yield ""
    for section in list_sections(explanation):
        yield from _fix(*section) if isinstance(section, tuple) else _part(section)
    yield from _conventions(explanation.conventions)


def _conventions(texts: Texts) -> Iterator[str]:
    if texts:
        yield "Conventions applied:\n"
        for name, text in texts:
            yield f"- {inline(name)}: {inline(text)} See {page_of(name)}"
        yield ""


def _part(part: ExplainedDirection) -> Iterator[str]:
    title = f"{part.direction.value} of {inline(part.subject)}"
    yield f"**{title}: {WORDS[part.outcome]}**\n"
    for number, step in enumerate(part.steps, 1):
        answer = f" ({WORDS[step.outcome]})" if step.outcome else ""
        yield f"{number}. {step.tier.value}: {inline(step.says)}{answer}"
        yield from _reasons(step)
    yield ""


def _reasons(step: ExplainedStep) -> Iterator[str]:
    for rule in step.rules:
        yield f"   - {step.by} {_cite(rule)}"
        yield from (f"     - {inline(line)}" for line in say_matched(rule))
    if step.nearest:
        yield f"   - nearest rule {_near(step.nearest)}"
    if step.also_near:
        yield f"   - also near {_near(step.also_near)}"
    policies, more = list_policies(step)
    for policy in policies:
        yield f"   - {step.selected} {_cite(policy)}"
    if more:
        yield f"   - {more}"


def _near(miss: NearMiss) -> str:
    return f"{_cite(Cited(miss.rule.title, miss.location))}: {inline(miss.why)}"


def _fix(lead: str, fix: Fix) -> Iterator[str]:
    if fix.snippet:
        yield f"{lead}, add {inline(say_where(fix))}:\n"
        yield fenced(fix.snippet, "yaml")
    if fix.note:
        yield f"{'Note' if fix.snippet else lead}: {inline(fix.note)}\n"


def _cite(item: Cited) -> str:
    return f"{inline(item.title)}, {inline(item.location.described)}"
