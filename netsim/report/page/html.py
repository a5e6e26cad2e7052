"""The page: verdict, posture, matrix, picture and findings, to be read without JavaScript, too.

Elements are made by :mod:`xml.etree`, which escapes every text: no text of the input becomes
markup.  The matrix and the explanations are made by scripts from the data in the page, as
text nodes.  Style and script are allowed by their hashes, and nothing else is.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from netsim.app.causes import group_causes
from netsim.app.check import CheckResult, Conclusion
from netsim.app.grid import Grid, Opening
from netsim.app.posture import Posture
from netsim.app.report import Drawing, ReportResult
from netsim.judge.judgement import Standing
from netsim.model.finding import Finding, Severity, Suppressed
from netsim.report.check.posture import describe_network, tabulate_isolation
from netsim.report.check.words import (
    NEXT_STEP,
    describe_coverage,
    describe_verdict,
    describe_withheld,
    explain_pair,
    find_above,
    list_related,
)
from netsim.report.graph.svg import LayoutError, draw_bare_svg
from netsim.report.graph.words import (
    describe_picture,
    describe_unread,
    list_legend,
    list_omissions,
)
from netsim.report.page.data import list_opening, write_data
from netsim.report.strict import read_sources, write_policy
from netsim.report.style import Terminal
from netsim.report.table import Table
from netsim.words.lists import count_noun
from netsim.words.pages import locate_rule

MOST_ARTICLES = 500
"""Findings, or causes of them, that are written out."""
MOST_ROWS = 500
"""Differing pairs that are listed."""
MOST_LINES = 25
"""Lines of a change that stand open."""
MOST_FLOWS = 40
"""Flows of one finding that are listed."""

_SCRIPTS = ("data", "explanation", "matrix", "filters", "theme")
_VERDICTS = {
    Conclusion.PASSED: ("good", "✓ Passed"),
    Conclusion.NOT_COMPARED: ("plain", "Not compared"),
    Conclusion.FAILED: ("bad", "✗ Failed"),
    Conclusion.INCONCLUSIVE: ("warn", "? Inconclusive"),
    Conclusion.BAD_INPUT: ("bad", "✗ Bad input"),
}


def render(result: ReportResult, _: Terminal) -> str:
    """The whole document."""
    style = read_sources("graph/drawing.css", "page/page.css")
    script = read_sources(*(f"page/{name}.js" for name in _SCRIPTS))
    page = Element("html", lang="en")
    _fill_head(SubElement(page, "head"), result, style, script)
    body = SubElement(page, "body")
    _add(body, "a", "Skip to the content", href="#content", **{"class": "skip"})
    _add_header(body, result)
    main = SubElement(body, "main", id="content")
    pictures = dict(_draw(result.drawings))
    _add_verdict(main, result.check)
    if result.check.posture:
        _add_posture(main, result.check.posture)
    _add_filters(main)
    for place, grid in enumerate(result.grids):
        _add_matrix(main, grid, place, len(result.errors))
    for place, drawing in enumerate(result.drawings):
        _add_picture(main, drawing, pictures[place], place)
    _add_findings(main, result.check)
    _add(body, "footer", f"{describe_coverage(result.check.coverage)}.")
    _add_dialog(body)
    _add(body, "script", write_data(result), type="application/json", id="data")
    _add(body, "script", script)
    text = tostring(page, encoding="unicode", method="html")
    for place, svg in pictures.items():
        if not isinstance(svg, LayoutError):
            text = text.replace(f"<figure-{place}></figure-{place}>", svg, 1)
    return f"<!DOCTYPE html>\n{text}\n"


def _draw(drawings: Sequence[Drawing]) -> Iterator[tuple[int, str | LayoutError]]:
    for place, drawing in enumerate(drawings):
        try:
            yield place, draw_bare_svg(drawing.picture)
        except LayoutError as error:
            yield place, error


def _add(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    """An element with a text in it."""
    element = SubElement(parent, tag, attributes)
    element.text = text
    return element


def _fill_head(head: Element, result: ReportResult, style: str, script: str) -> None:
    policy = write_policy(style, script)
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": policy})
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    SubElement(head, "meta", name="referrer", content="no-referrer")
    _add(head, "title", f"netsim: {result.check.conclusion.value}")
    _add(head, "style", style)


def _add_header(body: Element, result: ReportResult) -> None:
    header = SubElement(body, "header")
    _add(header, "p", "netsim report", **{"class": "brand"})
    nav = SubElement(header, "nav", {"aria-label": "Sections"})
    links = [("verdict", "Verdict")]
    links += [("posture", "Posture")] if result.check.posture else []
    links += [("matrix-0", "Matrix")] if result.grids else []
    links += [("graph-0", "Graph")] if result.drawings else []
    number = len(result.check.findings)
    for anchor, title in (*links, ("findings", f"Findings ({number})")):
        _add(nav, "a", title, href=f"#{anchor}")
    _add(header, "button", "Dark", type="button", id="theme", hidden="hidden")


def _add_section(parent: Element, anchor: str, title: str) -> Element:
    section = SubElement(
        parent, "section", {"id": anchor, "aria-labelledby": f"{anchor}-title"}
    )
    _add(section, "h2", title, id=f"{anchor}-title")
    return section


# --- the verdict ---


def _add_verdict(main: Element, check: CheckResult) -> None:
    section = SubElement(main, "section", {"id": "verdict", "aria-labelledby": "conclusion"})
    tone, title = _VERDICTS[check.conclusion]
    if check.conclusion is Conclusion.FAILED and not check.coverage.is_compared:
        title = "✗ Findings"
    section.set("class", f"verdict {tone}")
    _add(section, "h1", title, id="conclusion")
    sentence = describe_verdict(check).removeprefix(check.conclusion.value).removeprefix(": ")
    if sentence:
        text = f"{sentence[:1].upper()}{sentence[1:]}."
        _add(section, "p", text, **{"class": "sentence"})
    for text in describe_withheld(check):
        _add(section, "p", f"{text[:1].upper()}{text[1:]}.")
    facts = SubElement(section, "dl")
    coverage = check.coverage
    told = (
        ("Files", str(coverage.files)),
        ("Documents", str(coverage.documents)),
        ("Policies", str(coverage.policies)),
        ("Workloads", str(coverage.workloads)),
        ("Documented flows", str(coverage.flows) if coverage.is_compared else ""),
        ("Scenario", coverage.scenario or ""),
        ("Diagram", coverage.diagram or ""),
    )
    for name, text in told:
        if text:
            pair = SubElement(facts, "div")
            _add(pair, "dt", name)
            _add(pair, "dd", text)
    errors = [each for each in check.diagnostics if each.severity is Severity.ERROR]
    others = [each for each in check.diagnostics if each.severity is not Severity.ERROR]
    if errors:
        _add(section, "h2", "Not everything was read")
        _add_list(section, errors).set("class", "diagnostics")
    remarks = [*others, *check.notes]
    if remarks:
        folded = SubElement(section, "details")
        _add(
            folded,
            "summary",
            count_noun(len(remarks), "remark on the input", "remarks on the input"),
        )
        _add_list(folded, remarks).set("class", "diagnostics")


def _add_list(parent: Element, items: Iterable[object]) -> Element:
    listed = SubElement(parent, "ul")
    for each in items:
        _add(listed, "li", str(each))
    return listed


# --- the posture ---


def _add_posture(main: Element, posture: Posture) -> None:
    section = _add_section(main, "posture", "Posture")
    _add(section, "p", "Nothing is documented, so this is what the manifests alone tell.")
    for limit in posture.limits:
        _add(section, "p", limit, **{"class": "limit"})
    if posture.network:
        _add_table(section, tabulate_isolation(posture.network), "Isolation by namespace")
        for part in describe_network(posture.network):
            _add(section, "p", part.title)
            if part.lines:
                _add_list(section, part.lines)
    if posture.next_step:
        _add(section, "p", NEXT_STEP)
        _add(SubElement(section, "pre"), "code", posture.next_step)


def _add_table(parent: Element, table: Table, caption: str) -> Element:
    frame = SubElement(
        parent,
        "div",
        {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption},
    )
    element = SubElement(frame, "table", {"class": "plain"})
    _add(element, "caption", caption)
    head = SubElement(SubElement(element, "thead"), "tr")
    for cell in table.header:
        _add(head, "th", f"{cell[:1].upper()}{cell[1:]}", scope="col")
    rows = SubElement(element, "tbody")
    for row in table.rows:
        line = SubElement(rows, "tr")
        first, *rest = row
        _add(line, "th", first, scope="row")
        for cell in rest:
            _add(line, "td", cell)
    return element


# --- filters ---


def _add_filters(main: Element) -> None:
    form = SubElement(
        main,
        "form",
        {"id": "filters", "hidden": "hidden", "role": "search", "aria-label": "Filters"},
    )
    label = _add(form, "label", "Search")
    SubElement(
        label, "input", type="search", id="search", placeholder="name, port, rule, text",
        autocomplete="off", spellcheck="false",
    )  # fmt: skip
    for name, title in (
        ("namespace", "Namespace"),
        ("endpoint", "Endpoint"),
        ("rule", "Finding"),
        ("severity", "Severity"),
    ):
        select = SubElement(_add(form, "label", title), "select", id=name)
        _add(select, "option", "any", value="")
    label = SubElement(form, "label", {"class": "check"})
    box = SubElement(label, "input", type="checkbox", id="differing")
    box.tail = "Differing only"
    _add(form, "button", "Reset", type="reset")
    _add(form, "p", role="status", id="count")


# --- the matrix ---


def _add_matrix(main: Element, grid: Grid, place: int, unread: int) -> None:
    title = f"Matrix of {grid.name}" if grid.name else "Matrix"
    section = _add_section(main, f"matrix-{place}", title)
    _add(section, "p", _describe_grid(grid), **{"class": "lead"})
    if unread:
        doubt = "any cell may be another once all of it is"
        _add(section, "p", f"{describe_unread(unread)}: {doubt}.", **{"class": "limit"})
    section.append(
        Element("div", {"class": "grid", "data-grid": str(place), "hidden": "hidden"})
    )
    table, more = _tabulate_pairs(grid)
    if not table.rows:
        if grid.is_documented:
            _add(section, "p", "No pair differs from what is documented.")
        return
    folded = SubElement(section, "details", {"class": "pairs", "open": "open"})
    what = "differing pair" if grid.is_documented else "pair that may connect"
    several = "differing pairs" if grid.is_documented else "pairs that may connect"
    _add(folded, "summary", f"{count_noun(len(table.rows) + more, what, several)} as a list")
    _add_table(folded, table, several.capitalize())
    if more:
        _add(folded, "p", f"{more} more are in the matrix, and in netsim check --format json.")


def _describe_grid(grid: Grid) -> str:
    who = count_noun(len(grid.ends), "endpoint")
    if grid.is_documented:
        return f"{who}: rows connect to columns."
    return f"{who}: rows may connect to columns, as nothing is documented to compare with."


def _tabulate_pairs(grid: Grid) -> tuple[Table, int]:
    """The pairs to look at, and how many more there are."""
    rows = []
    for cell in grid.cells:
        content = cell.content
        ends = (grid.ends[cell.source].title, grid.ends[cell.destination].title)
        if isinstance(content, Opening):
            rows.append((*ends, ", ".join(line for line, _ in list_opening(content))))
        elif content and content.standing is not Standing.AS_DOCUMENTED:
            # Nobody sees the legend there.
            lines = (f"{line} ({meaning})" for line, meaning in explain_pair(content))
            rows.append((*ends, "; ".join(lines)))
    return Table(("from", "to", "connection"), tuple(rows[:MOST_ROWS])), max(
        len(rows) - MOST_ROWS, 0
    )


# --- the picture ---


def _add_picture(main: Element, drawing: Drawing, svg: str | LayoutError, place: int) -> None:
    title = f"Graph of {drawing.name}" if drawing.name else "Graph"
    section = _add_section(main, f"graph-{place}", title)
    picture = drawing.picture
    _add(section, "p", f"{describe_picture(picture)}.", **{"class": "lead"})
    for omission in list_omissions(picture, "netsim graph"):
        _add(section, "p", f"{omission}.", **{"class": "limit"})
    if isinstance(svg, LayoutError):
        _add(section, "p", f"Not drawn: {svg}.", **{"class": "limit"})
        return
    legend = SubElement(section, "ul", {"class": "legend"})
    for _, text in list_legend(picture):
        _add(legend, "li", text)
    frame = SubElement(
        section,
        "div",
        {
            "class": "picture",
            "tabindex": "0",
            "role": "region",
            "aria-label": "Graph, scrollable",
        },
    )
    SubElement(frame, f"figure-{place}")


# --- findings ---


def _add_findings(main: Element, check: CheckResult) -> None:
    section = _add_section(main, "findings", "Findings")
    places = {finding: place for place, finding in enumerate(check.findings)}
    causes = group_causes(check.findings) if check.posture else ()
    groups = [cause.findings for cause in causes] or [(each,) for each in check.findings]
    if not groups:
        _add(section, "p", "None.", **{"class": "lead"})
    changes: dict[Hashable, Finding] = {}
    for group in groups[:MOST_ARTICLES]:
        _add_finding(section, group, places, changes)
    if len(groups) > MOST_ARTICLES:
        more = sum(len(group) for group in groups[MOST_ARTICLES:])
        _add(section, "p", f"{more} more findings are in netsim check --format json.")
    for suppressed in check.suppressed:
        _add_suppressed(section, suppressed)


def _add_finding(
    section: Element,
    group: Sequence[Finding],
    places: dict[Finding, int],
    changes: dict[Hashable, Finding],
) -> None:
    """One of several with the same cause speaks for all of them."""
    first = group[0]
    numbers = " ".join(str(places[each]) for each in group)
    article = SubElement(
        section,
        "article",
        {
            "id": f"finding-{places[first]}",
            "class": f"finding {first.severity.value}",
            "data-findings": numbers,
            "tabindex": "-1",
        },
    )
    heading = SubElement(article, "h3")
    _add(heading, "span", first.severity.value, **{"class": "severity"}).tail = " "
    link = SubElement(heading, "a", href=locate_rule(first.rule))
    _add(link, "code", first.rule)
    if len(group) > 1:
        _add(heading, "span", f" × {len(group)}", **{"class": "times"})
    _add(article, "p", first.message, **{"class": "message"})
    _add(article, "p", first.location.described, **{"class": "place"})
    _add_fix(article, first, places, changes)
    related = list(list_related(first))
    if related:
        _add_fold(article, "Related places", related)
    others = [f"{each.location}: {each.message}" for each in group[1:]]
    if others:
        _add_fold(article, "Others of this kind", others)
    if len(first.flows) > 1:
        _add_fold(article, count_noun(len(first.flows), "connection"), first.flows)


def _add_fold(parent: Element, title: str, lines: Sequence[str]) -> None:
    folded = SubElement(parent, "details")
    _add(folded, "summary", title)
    listed = SubElement(folded, "ul")
    for line in lines[:MOST_FLOWS]:
        _add(listed, "li", line)
    if len(lines) > MOST_FLOWS:
        _add(listed, "li", f"and {len(lines) - MOST_FLOWS} more")


def _add_fix(
    article: Element,
    finding: Finding,
    places: dict[Finding, int],
    changes: dict[Hashable, Finding],
) -> None:
    """What to do; a change that stands in an article above is not written again."""
    above = find_above(finding, changes)
    if finding.fix:
        paragraph = _add(article, "p", **{"class": "fix"})
        _add(paragraph, "strong", "Fix").tail = (
            f" {finding.fix} " if above else f" {finding.fix}"
        )
        if above:
            text = f"The same change as above, for {above.rule} at {above.location}"
            _add(paragraph, "a", text, href=f"#finding-{places[above]}").tail = "."
    if above:
        return
    lines = (finding.diff or finding.patch).count("\n")
    if lines > MOST_LINES:
        article = SubElement(article, "details")
        _add(article, "summary", f"The change, {lines} lines")
    if finding.diff:
        _add_diff(article, finding.diff)
    elif finding.patch:
        _add(SubElement(article, "pre"), "code", finding.patch.rstrip())


_LINES = {"+": "ins", "-": "del"}


def _add_diff(article: Element, diff: str) -> None:
    """Lines that are added and removed, told apart by their signs and as elements."""
    block = SubElement(SubElement(article, "pre", {"class": "diff", "tabindex": "0"}), "code")
    for line in diff.rstrip("\n").split("\n"):
        is_head = line.startswith(("+++", "---", "@@"))
        tag = "b" if is_head else _LINES.get(line[:1], "span")
        _add(block, tag, line).tail = "\n"


def _add_suppressed(section: Element, suppressed: Suppressed) -> None:
    finding = suppressed.finding
    article = SubElement(section, "article", {"class": "finding suppressed"})
    heading = SubElement(article, "h3")
    _add(heading, "span", "suppressed", **{"class": "severity"}).tail = " "
    _add(heading, "code", finding.rule)
    _add(article, "p", finding.message, **{"class": "message"})
    _add(article, "p", finding.location.described, **{"class": "place"})
    _add(article, "p", f"Reason: {suppressed.reason} (see {suppressed.location})")


# --- the explanation of a cell ---


def _add_dialog(body: Element) -> None:
    dialog = SubElement(
        body, "dialog", {"id": "explanation", "aria-labelledby": "explanation-title"}
    )
    head = SubElement(dialog, "div", {"class": "bar"})
    _add(head, "h2", id="explanation-title")
    _add(head, "button", "Close", type="button", id="close")
    SubElement(dialog, "div", id="explanation-body")
