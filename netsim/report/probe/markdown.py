"""``probe`` as Markdown: for a job summary or a comment."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.probe.judging.compare import Agreement, Compared
from netsim.probe.judging.mutual_tls import TlsComparison
from netsim.probe.result import ProbeResult
from netsim.report.markdown import inline, table
from netsim.report.probe import words
from netsim.report.style import Terminal

_SHOWN = 9
_LISTED = 30


def render(result: ProbeResult, _: Terminal) -> str:
    """Verdict, disagreements, table, then what was not tried."""
    parts = [f"**netsim probe {inline(words.verdict(result))}**\n"]
    parts += [_differing(*each) for each in words.by_cause(result).items()]
    parts += _list("Policies", (words.difference(e, result) for e in result.differences))
    parts += _list("Labels", map(words.labels, result.labels))
    shown = words.select_shown(result)
    if shown.rows:
        parts.append(table(words.HEAD, map(words.row, shown.rows)))
    texts = (words.left(shown.left), words.denied(shown.denied))
    parts += [f"{inline(text)}\n" for text in texts if text]
    parts += _list("Mutual TLS", map(_handshake, result.handshakes))
    parts += _list("Inconclusive", map(_unclear, result.of(Agreement.INCONCLUSIVE)))
    parts += _list("Skipped", (f"{each.what}: {each.reason}" for each in result.skipped))
    parts += _list("Not read", (f"{each.what}: {each.reason}" for each in result.unread))
    parts += _list("Left", (f"{pod}: {words.STAYS}" for pod in result.extent.left_behind))
    parts.append(f"{inline(words.read(result))}\n")
    return "\n".join(parts)


def _differing(cause: str, found: list[Compared]) -> str:
    lines = [f"### {inline(cause)}\n"]
    for each in found[:_SHOWN]:
        lines.append(f"- {inline(words.flow(each))}")
        lines += [f"  - {inline(reason)}" for reason in words.reasons(each)]
    if len(found) > _SHOWN:
        lines.append(f"- and {len(found) - _SHOWN} more")
    return "\n".join((*lines, ""))


def _unclear(found: Compared) -> str:
    return f"{words.flow(found)}: {words.why_unclear(found)}"


def _handshake(found: TlsComparison) -> str:
    return f"{words.MARKS[found.agreement]} {words.handshake(found)}"


def _list(title: str, texts: Iterator[str]) -> list[str]:
    lines = [f"- {inline(text)}" for text in texts]
    if not lines:
        return []
    more = len(lines) - _LISTED
    also = [f"- and {more} more"] if more > 0 else []
    return ["\n".join((f"{title}:\n", *lines[:_LISTED], *also, ""))]
