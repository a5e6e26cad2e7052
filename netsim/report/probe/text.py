"""``probe`` for the terminal: the verdict, the table, then what there is to explain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netsim.probe.judging.compare import Agreement, Compared
from netsim.probe.result import ProbeConclusion, ProbeResult
from netsim.report.probe import words
from netsim.report.style import Colour, Style, Terminal, styled
from netsim.report.wrapping import wrap
from netsim.words.printable import printable

_CONCLUSIONS = {
    ProbeConclusion.AGREES: Style.GOOD,
    ProbeConclusion.DIFFERS: Style.BAD,
    ProbeConclusion.INCONCLUSIVE: Style.WARN,
}
_MARKS = {
    Agreement.AGREE: Style.GOOD,
    Agreement.DIFFER: Style.BAD,
    Agreement.INCONCLUSIVE: Style.WARN,
}
_GAP = "  "
_SHOWN = 6


def render(result: ProbeResult, terminal: Terminal) -> str:
    """The report, as wide as the terminal; ends with a line break."""
    width, colour = terminal.width, terminal.colour
    lines = [
        *(
            styled(line, _CONCLUSIONS[result.conclusion], colour)
            for line in _head(result, width)
        ),
        *_connections(result, width, colour),
        *_handshakes(result, width, colour),
        *_differing(result, width, colour),
        *_cluster(result, width),
        *_lists(result, width),
        "",
        *(styled(each, Style.FAINT, colour) for each in wrap(words.read(result), "", width)),
    ]
    return "".join(f"{line}\n" for line in lines)


def _head(result: ProbeResult, width: int) -> list[str]:
    return wrap(words.verdict(result), "", width)


def _connections(result: ProbeResult, width: int, colour: Colour) -> Iterator[str]:
    shown = words.select_shown(result)
    rows = [words.row(each) for each in shown.rows]
    if rows:
        yield ""
        yield from _table(shown.rows, rows, width, colour)
    for text in (words.left(shown.left), words.denied(shown.denied)):
        yield from wrap(text, "", width)


def _table(
    found: Sequence[Compared], rows: list[tuple[str, ...]], width: int, colour: Colour
) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(words.HEAD, *rows, strict=True)]
    if sum(widths) + len(_GAP) * (len(widths) - 1) > width:
        yield from _narrow(found, rows, width, colour)
        return
    yield styled(_line(words.HEAD, widths), Style.STRONG, colour)
    for each, row in zip(found, rows, strict=True):
        line = _line(row, widths)
        yield styled(line[:1], _MARKS[each.agreement], colour) + line[1:]


def _line(row: Sequence[str], widths: list[int]) -> str:
    return _GAP.join(
        text.ljust(width) for text, width in zip(row, widths, strict=True)
    ).rstrip()


def _narrow(
    found: Sequence[Compared], rows: list[tuple[str, ...]], width: int, colour: Colour
) -> Iterator[str]:
    """The rows as sentences, where the columns do not fit."""
    for each, (mark, source, target, port, *columns) in zip(found, rows, strict=True):
        names = zip(words.HEAD[4:], columns, strict=True)
        said = ", ".join(f"{name} {text}" for name, text in names)
        lines = wrap(f"{mark} {source} -> {target} {port}: {said}", "", width, "    ")
        yield styled(lines[0][:1], _MARKS[each.agreement], colour) + lines[0][1:]
        yield from lines[1:]


def _handshakes(result: ProbeResult, width: int, colour: Colour) -> Iterator[str]:
    if result.handshakes:
        yield ""
        yield "mutual TLS"
    for each in result.handshakes:
        mark, style = words.MARKS[each.agreement], _MARKS[each.agreement]
        line = f"{mark} {printable(words.handshake(each))}"
        first, *rest = wrap(line, _GAP, width, _GAP * 2)
        yield first.replace(mark, styled(mark, style, colour), 1)
        yield from rest


def _differing(result: ProbeResult, width: int, colour: Colour) -> Iterator[str]:
    for cause, several in words.by_cause(result).items():
        yield ""
        first, *rest = wrap(f"differs, {printable(cause)}", "", width, _GAP)
        yield first.replace("differs", styled("differs", Style.BAD, colour), 1)
        yield from rest
        for each in several[:_SHOWN]:
            yield f"{_GAP}{printable(words.flow(each))}"
            for reason in words.reasons(each):
                yield from wrap(printable(reason), _GAP * 2, width, _GAP * 3)
        if len(several) > _SHOWN:
            yield f"{_GAP}and {len(several) - _SHOWN} more"
    notes = [each for each in result.of(Agreement.AGREE) if each.diagnosis]
    if notes:
        yield ""
        texts = {each.diagnosis.text for each in notes if each.diagnosis}
        line = f"permitted, but {'; '.join(sorted(texts))}"
        yield from wrap(printable(line), "", width, _GAP)


def _cluster(result: ProbeResult, width: int) -> Iterator[str]:
    """What differs of policies and pods, whether a connection shows it or not."""
    policies = [words.difference(each, result) for each in result.differences]
    pods = [words.labels(each) for each in result.labels]
    for title, texts in (("policies", policies), ("labels", pods)):
        if texts:
            yield ""
            yield title
            for text in texts:
                yield from wrap(printable(text), _GAP, width, _GAP * 2)


def _lists(result: ProbeResult, width: int) -> Iterator[str]:
    unclear = words.group_by_reason(
        (words.why_unclear(each), words.flow(each))
        for each in result.of(Agreement.INCONCLUSIVE)
    )
    skipped = words.group_by_reason((each.reason, each.what) for each in result.skipped)
    unread = words.group_by_reason((each.reason, each.what) for each in result.unread)
    left = {words.STAYS: list(result.extent.left_behind)} if result.extent.left_behind else {}
    lists = {"inconclusive": unclear, "skipped": skipped, "not read": unread, "left": left}
    for title, groups in lists.items():
        if groups:
            yield ""
            yield title
            for reason, texts in groups.items():
                line = f"{_some(texts)}: {reason}"
                yield from wrap(printable(line), _GAP, width, _GAP * 2)


def _some(texts: list[str]) -> str:
    rest = len(texts) - _SHOWN
    listed = ", ".join(texts[:_SHOWN])
    return f"{listed} and {rest} more" if rest > 0 else listed
