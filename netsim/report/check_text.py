"""``check`` for the terminal: the verdict, the matrix, then the findings."""

from __future__ import annotations

import io
import textwrap

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from netsim.checks.judgement import Judgement
from netsim.checks.result import Conclusion, Result
from netsim.model.finding import Finding, Severity, Suppressed
from netsim.report.check_words import LEGEND, axes, cell, claims, read, silent, verdict
from netsim.report.style import Colour

STYLES = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.NOTE: "bold blue",
}
CONCLUSIONS = {
    Conclusion.PASSED: "bold green",
    Conclusion.FAILED: "bold red",
    Conclusion.INCONCLUSIVE: "bold yellow",
    Conclusion.BAD_INPUT: "bold red",
}
INDENT = (0, 0, 0, 2)
UNLIMITED = 10_000
WIDEST_TITLE = 18


def render(result: Result, width: int, colour: Colour) -> str:
    """The report, ``width`` columns wide; ends with a line break."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour is Colour.ALWAYS,
        no_color=colour is Colour.NEVER,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(Text(verdict(result), CONCLUSIONS[result.conclusion]))
    if result.parties:
        _matrix(console, result, width)
    for finding in result.findings:
        _finding(console, finding)
    for silenced in result.suppressed:
        _silenced(console, silenced)
    console.print()
    console.print(Text(read(result.scope), "dim"))
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _matrix(console: Console, result: Result, width: int) -> None:
    console.print()
    table = _table(result)
    if Console(width=UNLIMITED).measure(table).maximum > width:
        table = _pairs(result)
    console.print(table)
    marks = {line[0] for each in result.judgements for line in cell(each)}
    shown = ", ".join(f"{mark} {text}" for mark, text in LEGEND.items() if mark in marks)
    console.print(Text(f"{shown}\n{silent(result)}", "dim"))


def _table(result: Result) -> Table:
    sources, destinations = axes(result)
    pairs = {(each.source, each.destination): each for each in result.judgements}
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("from \\ to", no_wrap=True)
    for party in destinations:
        table.add_column(_wrapped(party.title), no_wrap=True)
    for source in sources:
        cells = (_cell(pairs.get((source, party))) for party in destinations)
        table.add_row(_wrapped(source.title), *cells)
    return table


def _wrapped(title: str) -> str:
    return "\n".join(textwrap.wrap(title, WIDEST_TITLE, break_on_hyphens=True))


def _pairs(result: Result) -> Table:
    """The same, a line a pair: for terminals too narrow for the matrix."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("from", overflow="fold")
    table.add_column("to", overflow="fold")
    table.add_column("what", overflow="fold")
    for judgement in result.judgements:
        if judgement.allowed or judgement.documented or judgement.undecided:
            ends = (judgement.source.title, judgement.destination.title)
            table.add_row(*ends, _cell(judgement))
    return table


def _cell(judgement: Judgement | None) -> Text:
    text = Text("\n".join((*cell(judgement), *(f"  ({each})" for each in claims(judgement)))))
    text.highlight_regex(r"(?m)^✓.*$", "green")
    text.highlight_regex(r"(?m)^[!✗].*$", "bold red")
    text.highlight_regex(r"(?m)^\?.*$", "yellow")
    return text


def _finding(console: Console, finding: Finding) -> None:
    console.print()
    head = Text(finding.severity.value, STYLES[finding.severity])
    head.append(f" {finding.rule}", "bold")
    head.append(f"  {finding.location.described}")
    if finding.policy:
        head.append(f"  {finding.policy}", "cyan")
    console.print(head, soft_wrap=True)
    _indented(console, finding.message)
    for related in finding.related:
        _indented(console, f"see {related.location}: {related.message}")
    if finding.remedy:
        _indented(console, f"mend: {finding.remedy}")
    for line in finding.patch.splitlines():
        console.print(Text(f"    {line}"), soft_wrap=True)


def _silenced(console: Console, silenced: Suppressed) -> None:
    console.print()
    finding = silenced.finding
    console.print(Text(f"silenced {finding.rule}  {finding.location}", "dim"))
    _indented(console, f"{silenced.reason} (see {silenced.location})")


def _indented(console: Console, text: str) -> None:
    console.print(Padding(Text(text), INDENT))
