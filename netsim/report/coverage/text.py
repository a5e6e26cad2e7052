"""``coverage`` for the terminal: the score, each policy, then what nobody would notice."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.coverage import CoverageResult
from netsim.mutation.trial import Trial
from netsim.report.coverage.words import (
    advise,
    describe_effect,
    describe_idle,
    describe_mutant,
    describe_read,
    describe_verdict,
    explain,
    group_redundant,
    group_survivors,
    tabulate,
    title_idle,
)
from netsim.report.style import Colour, Style, Terminal, styled
from netsim.report.table.text import write_lines
from netsim.report.wrapping import wrap
from netsim.words.lists import count_noun
from netsim.words.printable import printable

GAP = "  "
MOST_REDUNDANT = 12
MOST_FIXES = 4


def render(result: CoverageResult, terminal: Terminal) -> str:
    """The report, wrapped to the width of the terminal; ends with a line break."""
    width, colour = terminal.width, terminal.colour
    doubt = Style.WARN if result.unknown or result.survivors else Style.GOOD
    style = Style.BAD if result.errors else doubt
    verdict = wrap(printable(describe_verdict(result)), "", width)
    lines = [styled(line, style, colour) for line in verdict]
    lines += ["", *write_lines(tabulate(result), width)]
    for title, trials in group_survivors(result):
        lines += _survivors(title, trials, width, colour)
    lines += _redundant(result, width, colour)
    lines += _idle(result, width, colour)
    read = wrap(printable(describe_read(result)), "", width, GAP)
    lines += ["", *(styled(line, Style.FAINT, colour) for line in read)]
    return "".join(f"{line}\n" for line in lines)


def _survivors(
    title: str, trials: tuple[Trial, ...], width: int, colour: Colour
) -> Iterator[str]:
    yield ""
    word = styled("survived", Style.WARN, colour)
    yield f"{word} {count_noun(len(trials), 'change')} of {printable(title)}"
    for trial in trials:
        text = f"{trial.mutant.location} {describe_mutant(trial)}: {describe_effect(trial)}"
        yield from wrap(printable(text), GAP, width, GAP * 2)
    yield from wrap(f"unnoticed, as {explain(trials[0])}", GAP, width, GAP * 2)
    fixes = list(dict.fromkeys(map(advise, trials)))
    for fix in fixes[:MOST_FIXES]:
        yield from wrap(printable(f"fix: {fix}"), GAP, width, GAP * 2)
    if len(fixes) > MOST_FIXES:
        more = count_noun(len(fixes) - MOST_FIXES, "more fix", "more fixes")
        yield f"{GAP}and {more}: see --format json"


def _redundant(result: CoverageResult, width: int, colour: Colour) -> Iterator[str]:
    for title, places in group_redundant(result):
        yield ""
        for line in wrap(f"redundant: {title}", "", width):
            yield styled(line, Style.NOTE, colour)
        for place, text in places[:MOST_REDUNDANT]:
            yield from wrap(printable(f"{place} {text}"), GAP, width, GAP * 2)
        if len(places) > MOST_REDUNDANT:
            more = count_noun(len(places) - MOST_REDUNDANT, "more place", "more places")
            yield f"{GAP}and {more}: see --format json"


def _idle(result: CoverageResult, width: int, colour: Colour) -> Iterator[str]:
    if not result.idle:
        return
    yield ""
    title = f"idle: {title_idle(result)}"
    yield from (styled(line, Style.NOTE, colour) for line in wrap(title, "", width))
    for flow in result.idle:
        yield from wrap(
            printable(f"{flow.location} {describe_idle(flow)}"), GAP, width, GAP * 2
        )
