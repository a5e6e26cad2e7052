"""The rules' docstrings as one page."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable, Iterator

from netsim.report.style import Style, Terminal, link_rule, paint, styled
from netsim.report.wrapping import wrap
from netsim.rules.interface import Check
from netsim.rules.registry import load_checks

_HEAD = """\
# Rules

What `netsim check` reports. Errors and warnings make it exit with 1; notes do not.

To suppress a finding, write a comment with the rule's id and the reason: at the line that the
finding names, alone in the line above it, or before the `spec` of a document for all of it.

```yaml
# netsim: ignore[workload-not-isolated] the load test has to reach everything
```
"""


def markdown() -> str:
    """The page of all rules, as ``docs/rules.md`` holds it."""
    checks = load_checks()
    rows = "\n".join(
        f"| [`{check.id}`](#{check.id}) | {check.severity.value} | {check.title} |"
        for check in checks
    )
    table = f"| Rule | Severity | Reports |\n|------|----------|---------|\n{rows}\n"
    return "\n".join((_HEAD, table, *(write_section(check) for check in checks)))


_FENCE = re.compile(r"^(`{3,})\w*$")
_INDENT = "    "


def list_rules(checks: Iterable[Check], terminal: Terminal) -> str:
    """A line for each rule: its id, its severity, and what it reports."""
    known = tuple(checks)
    widest = max(len(check.id) for check in known)
    lines: list[str] = []
    for check in known:
        head = f"{check.id:{widest}}  {check.severity.value:7}  "
        first, *rest = wrap(f"{head}{check.title}", "", terminal.width, " " * len(head))
        lines += [first.replace(check.id, link_rule(check.id, terminal.colour), 1), *rest]
    return paint("".join(f"{line}\n" for line in lines))


def describe_rule(check: Check, terminal: Terminal) -> str:
    """The page of a rule, its paragraphs as wide as the terminal."""
    severity = styled(check.severity.value, Style.FAINT, terminal.colour)
    lines = [f"{link_rule(check.id, terminal.colour)}  {severity}", ""]
    lines += _wrap_paragraphs(docstring(check), terminal.width)
    return paint("\n".join(lines).rstrip() + "\n")


def _wrap_paragraphs(text: str, width: int) -> Iterator[str]:
    """Markdown for a terminal: examples stand apart as they are, without their fences."""
    fence = paragraph = ""
    for line in (*text.splitlines(), ""):
        opening = _FENCE.match(line)
        if fence:
            fence = "" if line == fence else fence
            yield f"{_INDENT}{line}".rstrip() if fence else ""
        elif opening:
            fence = opening[1]
        elif line and not line.startswith("- "):
            paragraph = f"{paragraph} {line.strip()}".strip()
        else:
            yield from wrap(paragraph, "", width, "  " if paragraph.startswith("- ") else "")
            paragraph = line
            if not line:
                yield ""


def docstring(check: Check) -> str:
    """The documentation of a rule: the docstring of its module."""
    return inspect.cleandoc(sys.modules[check.run.__module__].__doc__ or "")


def write_section(check: Check) -> str:
    """The page of a rule as Markdown."""
    return f"## {check.id}\n\nSeverity: {check.severity.value}\n\n{docstring(check)}\n"
