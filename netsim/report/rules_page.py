"""The rules' docstrings as one page."""

from __future__ import annotations

import inspect
import sys

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
    return "\n".join((_HEAD, table, *(_section(check) for check in checks)))


def docstring(check: Check) -> str:
    """The documentation of a rule: the docstring of its module."""
    return inspect.cleandoc(sys.modules[check.run.__module__].__doc__ or "")


def _section(check: Check) -> str:
    return f"## {check.id}\n\nSeverity: {check.severity.value}\n\n{docstring(check)}\n"
