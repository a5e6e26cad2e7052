"""A review as Markdown, for a comment on a pull request: what matters to a reviewer first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from netsim.app.review import Arrival, Group, ReviewResult, Way
from netsim.model.finding import Finding
from netsim.model.location import Location
from netsim.report.budget import Section, fit, text
from netsim.report.check.words import describe_coverage
from netsim.report.markdown import fenced, inline
from netsim.report.review.matrix import write_grid, write_pairs
from netsim.report.review.words import (
    WAYS,
    choose_way,
    count_changes,
    count_severities,
    describe_arrivals,
    describe_base,
    describe_causes,
    describe_change,
    describe_documented,
    describe_redefined,
    describe_standing,
    describe_state,
    describe_verdict,
    is_alarming,
)
from netsim.report.style import Terminal
from netsim.words.lists import count_noun

_SHOWN = 8
"""Connections, findings or flows that are listed below one heading."""
_FEW = 20
"""Causes that are listed of very many."""
_MOST_DRAWN = 2_000
"""Connections beyond which no picture is worth the time that it takes."""


def render(result: ReviewResult, terminal: Terminal) -> str:
    """The verdict, what could not be read, causes and findings; then what is folded away."""
    causes = Section(
        (
            partial(_write_causes, result, _SHOWN),
            partial(_write_causes, result, 1),
            partial(_write_causes, result, 1, _FEW),
            partial(_count_causes, result),
        ),
        "the connections",
    )
    findings = Section(
        (
            partial(_write_findings, result, _write_finding),
            partial(_write_findings, result, _name_finding),
            partial(_name_few_findings, result),
            partial(_count_findings, result),
        ),
        "the findings",
    )
    unread = Section(
        (partial(_list_unread, result, None), partial(_list_unread, result, _SHOWN)),
        "what was not read",
    )
    rest = Section(
        (partial(_write_rest, result), partial(_write_rest, result, _SHOWN), str),
        "what stays as it was",
    )
    grids = (
        partial(_fold, "Who may reach whom now", partial(write_grid, result)),
        partial(_fold, "What the change touches", partial(write_pairs, result)),
    )
    # What was not read may be the policy that makes the difference.
    matrix = Section((*(() if result.now.errors else grids), str), "the matrix")
    picture = Section((partial(_fold, "Picture", partial(_draw, result)), str), "the picture")
    sections = (
        text(f"### netsim: {inline(describe_verdict(result))}\n"),
        unread,
        causes,
        findings,
        rest,
        matrix,
        picture,
        text(f"<sub>{inline(_describe_input(result))}</sub>\n"),
    )
    return fit(sections, (picture, matrix, findings, causes, rest, unread), terminal.limit)


def _list_unread(result: ReviewResult, most: int | None) -> str:
    """What was rejected stands before all that is made of the rest."""
    faults = [f"- {inline(str(each))}" for each in result.errors]
    lines = list(_shorten(faults, most))
    return "\n".join(("**Not everything was read:**\n", *lines, "")) if lines else ""


def _write_causes(result: ReviewResult, shown: int, most: int | None = None) -> str:
    lines: list[str] = []
    for way, heading in WAYS.items():
        groups = [each for each in result.groups if each.way is way]
        if groups:
            lines += [f"**{heading}**\n"]
            bullets = ["\n".join(_write_group(result, each, shown)) for each in groups]
            lines += [*_shorten(bullets, most), ""]
    if result.arrivals:
        lines += ["**Adds workloads**\n"]
        bullets = ["\n".join(_write_arrival(each, shown)) for each in result.arrivals]
        lines += [*_shorten(bullets, most), ""]
    return "\n".join(lines)


def _shorten(bullets: Sequence[str], most: int | None) -> Iterator[str]:
    yield from bullets[:most]
    if most is not None and len(bullets) > most:
        yield f"- and {len(bullets) - most} more"


def _write_arrival(arrival: Arrival, shown: int) -> Iterator[str]:
    yield f"- {inline(arrival.workload)}: {describe_arrivals([arrival])}"
    yield from _list_changes(arrival, shown)


def _write_group(result: ReviewResult, group: Group, shown: int) -> Iterator[str]:
    causes = describe_causes(group, inline, partial(_link, result))
    yield f"- {causes}: {count_changes(group)}"
    yield from _list_changes(group, shown)


def _list_changes(of: Group | Arrival, shown: int) -> Iterator[str]:
    changes = sorted(of.changes, key=is_alarming, reverse=True)
    for change in changes[:shown]:
        way = choose_way(of, change)
        state = describe_state(change) if way is not Way.CLOSES else ""
        may = "may be open: " if way is Way.UNSURE and isinstance(of, Arrival) else ""
        mark = "**" if is_alarming(change) else ""
        told = f" ({mark}{inline(state)}{mark})" if state else ""
        yield f"  - {may}{inline(describe_change(change, way))}{told}"
    if len(changes) > shown:
        yield f"  - and {len(changes) - shown} more"


def _link(result: ReviewResult, location: Location) -> str:
    """A place, as a link to that line of the commit where the forge has one."""
    address = result.links.find(location) if result.links else ""
    shown = inline(str(location))
    return f"[{shown}]({address})" if address else f"({shown})"


def _count_causes(result: ReviewResult) -> str:
    """A line for each way, where even the causes are too many."""
    lines = [
        f"- {heading} {count_noun(result.count(way), 'connection')}"
        for way, heading in WAYS.items()
        if result.count(way)
    ]
    if result.arrivals:
        lines.append(f"- Adds {count_noun(len(result.arrivals), 'workload')}")
    return "\n".join((*lines, ""))


_Writer = Callable[[ReviewResult, Finding], Iterable[str]]


def _write_findings(result: ReviewResult, write: _Writer) -> str:
    if not result.added:
        return ""
    parts = [f"**New findings**: {count_severities(result.added)}\n"]
    shown: set[str] = set()
    for finding in result.added:
        parts += write(result, finding)
        change = finding.diff or finding.patch
        if change and write is _write_finding:
            parts += _fold_fix(finding, change, shown)
    return "\n".join((*parts, ""))


def _name_few_findings(result: ReviewResult) -> str:
    lines = [line for each in result.added for line in _name_finding(result, each)]
    told = ("**New findings**, of which netsim check lists all\n", *_shorten(lines, _SHOWN), "")
    return "\n".join(told) if lines else ""


def _count_findings(result: ReviewResult) -> str:
    told = f"**New findings**: {count_severities(result.added)}, which netsim check lists\n"
    return told if result.added else ""


def _name_finding(result: ReviewResult, finding: Finding) -> Iterator[str]:
    place = _link(result, finding.location)
    kind = f"{finding.severity.value} **{inline(finding.rule)}**"
    yield f"- {kind} {place}: {inline(finding.message)}"


def _write_finding(result: ReviewResult, finding: Finding) -> Iterator[str]:
    yield from _name_finding(result, finding)
    if finding.fix and not (finding.diff or finding.patch):
        yield f"  <br>{inline(finding.fix)}"


def _fold_fix(finding: Finding, change: str, shown: set[str]) -> Iterator[str]:
    """The change that was proven; once, where it fixes several findings."""
    if change in shown:
        yield "  <br>The fix above fixes this, too."
        return
    shown.add(change)
    block = f"{inline(finding.fix)}\n\n{fenced(change, 'diff' if finding.diff else 'yaml')}"
    inner = "\n".join(f"  {line}".rstrip() for line in block.splitlines())
    yield f"  <details><summary>Proven fix</summary>\n\n{inner}\n\n  </details>"


def _write_rest(result: ReviewResult, most: int | None = None) -> str:
    """What is documented, excused and left as it was, a paragraph each."""
    standing = describe_standing(result)
    paragraphs = *_shorten([*_list_rest(result)], most), standing and f"{standing}\n"
    return "\n".join(filter(None, paragraphs))


def _list_rest(result: ReviewResult) -> Iterator[str]:
    for flows, word in (
        (result.documented, "Documents"),
        (result.withdrawn, "Documents no more"),
    ):
        if flows:
            told = [
                f"{inline(describe_documented(each))} {_link(result, each.location)}"
                for each in flows
            ]
            yield f"**{word}**: {_join(told)}\n"
    if redefined := describe_redefined(result):
        yield f"{inline(redefined)}\n"
    for excused in result.excused:
        finding = excused.finding
        what = f"{inline(finding.rule)} {_link(result, finding.location)}"
        reason = inline(excused.reason)
        yield f"**Suppresses** {what} {inline(finding.message)} (reason: {reason})\n"
    found = result.comparison
    for each in (*found.unmatched, *found.cautions) if found else ():
        yield f"- {inline(str(each))}\n"


def _join(told: Sequence[str]) -> str:
    rest = len(told) - _SHOWN
    return "; ".join((*told[:_SHOWN], *((f"and {rest} more",) if rest > 0 else ())))


def _fold(title: str, write: Callable[[], str]) -> str:
    written = write()
    if not written.strip():
        return ""
    return f"<details><summary>{title}</summary>\n\n{written.rstrip()}\n\n</details>\n"


def _draw(result: ReviewResult) -> str:
    """What differs as a Mermaid flowchart, where it is one that GitHub draws."""
    found = result.comparison
    if found is None or found.differs is None or found.diff.is_empty:
        return ""
    if len(found.explained) > _MOST_DRAWN:
        return f"{len(found.explained)} connections differ: too many to draw.\n"
    from netsim.app.graph import graph_comparison
    from netsim.report.graph.mermaid import exceeds_limits, write_mermaid

    picture = graph_comparison(found).picture
    return "" if exceeds_limits(picture) else fenced(write_mermaid(picture), "mermaid")


def _describe_input(result: ReviewResult) -> str:
    return f"{describe_base(result)}. Now: {describe_coverage(result.now.coverage)}."
