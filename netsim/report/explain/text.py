"""Explanations as text for a terminal or a file."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from netsim.app.explain import ExplainResult
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
from netsim.model.verdict import NearMiss, Outcome
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
from netsim.report.style import Style, Terminal, style_lines, styled
from netsim.report.wrapping import wrap

_STYLES = {Outcome.ALLOW: Style.GOOD, Outcome.DENY: Style.BAD, Outcome.UNKNOWN: Style.WARN}


def render(result: ExplainResult, terminal: Terminal) -> str:
    """Each connection or all ports: the answer, then both directions tier by tier."""
    parts = [f"{UNREAD}\n"] if result.errors else []
    for answer in result.answers:
        if isinstance(answer, Overview):
            parts += _overview(answer, terminal)
        elif isinstance(answer, ServiceExplanation):
            parts += _service(answer, terminal)
        else:
            parts.append(_text(answer, terminal))
    read = styled(f"read {result.read}", Style.FAINT, terminal.colour)
    return "\n".join((*parts, f"{read}\n"))


def _overview(overview: Overview, terminal: Terminal) -> Iterator[str]:
    width = terminal.width
    title = f"{overview.source} => {overview.destination}"
    head = [styled(title, Style.STRONG, terminal.colour)]
    head += wrap(f"allowed: {overview.allowed or 'nothing'}", "  ", width)
    if overview.unknown:
        head += wrap(f"unknown: {overview.unknown}", "  ", width)
    yield "\n".join(head) + "\n"
    yield from (_text(each, terminal) for each in overview.explanations)


def _service(answer: ServiceExplanation, terminal: Terminal) -> Iterator[str]:
    """The answer, each way to it, and the conventions of all."""
    width = terminal.width
    title = wrap(f"{title_service(answer)}: {WORDS[answer.outcome]}", "", width)
    head = list(style_lines(title, _STYLES[answer.outcome], terminal.colour))
    for text in filter(None, (answer.leads, answer.why)):
        head += wrap(text, "  ", width)
    yield "\n".join(head) + "\n"
    for number, way in enumerate(answer.ways, 1):
        way_title = wrap(describe_way(number, way), "", width)
        lines = style_lines(way_title, Style.STRONG, terminal.colour)
        yield "\n".join((*lines, _text(way.explanation, terminal)))
    if answer.conventions:
        yield "\n".join(_conventions(answer.conventions, width)) + "\n"


def _text(explanation: Explanation, terminal: Terminal) -> str:
    return "\n".join(_lines(explanation, terminal)) + "\n"


def _lines(explanation: Explanation, terminal: Terminal) -> Iterator[str]:
    """The answer, what may have been meant, the direction that decides, then the rest."""
    width = terminal.width
    title = wrap(f"{explanation.attempt}: {WORDS[explanation.outcome]}", "", width)
    yield from style_lines(title, _STYLES[explanation.outcome], terminal.colour)
    for text in filter(None, (explanation.leads, explanation.why)):
        yield from wrap(text, "  ", width)
    for divided in explanation.divided:
        yield from wrap(say_part(divided), "  ", width, "    ")
    for hint in explanation.hints:
        yield from wrap(hint, "  ", width, "    ")
    for section in list_sections(explanation):
        yield ""
        if isinstance(section, tuple):
            yield from _fix(*section, terminal)
        else:
            yield from _part(section, terminal)
    if explanation.conventions:
        yield ""
        yield from _conventions(explanation.conventions, width)


def _conventions(texts: Texts, width: int) -> Iterator[str]:
    yield "Conventions applied"
    for name, text in texts:
        yield from wrap(f"{name}: {text} See {page_of(name)}", "  ", width, "    ")


def _part(part: ExplainedDirection, terminal: Terminal) -> Iterator[str]:
    title = f"{part.direction.value} of {part.subject}: {WORDS[part.outcome]}"
    width = terminal.width
    yield from style_lines(wrap(title, "", width), _STYLES[part.outcome], terminal.colour)
    for number, step in enumerate(part.steps, 1):
        yield from _step(number, step, width)


def _step(number: int, step: ExplainedStep, width: int) -> Iterator[str]:
    answer = f" ({WORDS[step.outcome]})" if step.outcome else ""
    yield from wrap(f"{number}. {step.tier.value}: {step.says}{answer}", "  ", width, "     ")
    if step.tier.is_ordered:
        yield from (line for each in step.policies for line in _place(each, width))
    yield from _cite(step.by, step.rules, width)
    if step.nearest:
        yield from _near("nearest rule", step.nearest, width)
    if step.also_near:
        yield from _near("also near", step.also_near, width)
    if not step.tier.is_ordered:
        policies, more = list_policies(step)
        yield from _cite(step.selected, policies, width)
        yield from wrap(more, "     ", width)


def _cite(label: str, items: Iterable[Cited], width: int) -> Iterator[str]:
    for item in items:
        yield from wrap(f"{label} {item.title}", "     ", width, "       ")
        yield from _place(item, width, "       ")
        for line in say_matched(item):
            yield from wrap(line, "       ", width, "         ")


def _place(item: Cited, width: int, indent: str = "     ") -> Iterator[str]:
    yield from wrap(f"at {item.location.described}", indent, width, f"{indent}  ")


def _near(label: str, miss: NearMiss, width: int) -> Iterator[str]:
    yield from wrap(f"{label} {miss.rule.title}", "     ", width, "       ")
    yield from wrap(f"at {miss.location.described}", "       ", width, "         ")
    yield from wrap(miss.why, "       ", width)


def _fix(lead: str, fix: Fix, terminal: Terminal) -> Iterator[str]:
    width = terminal.width
    if not fix.snippet:
        yield from wrap(f"{lead}: {fix.note}", "", width, "  ")
        return
    title = wrap(f"{lead}, add {say_where(fix)}:", "", width, "  ")
    yield from style_lines(title, Style.STRONG, terminal.colour)
    yield from textwrap.indent(fix.snippet.rstrip(), "  ").splitlines()
    if fix.note:
        yield from wrap(f"Note: {fix.note}", "", width, "  ")
