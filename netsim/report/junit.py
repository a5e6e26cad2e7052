"""Parts of JUnit XML, as Jenkins and GitLab read it; names of the input are never markup."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from netsim.words.printable import printable


def write_suite(name: str, cases: Iterable[str], seconds: float | None = None) -> str:
    """A whole document with one suite; ``cases`` are made by :func:`write_case`."""
    written = list(cases)
    counts = {
        "tests": len(written),
        "failures": sum("<failure" in case for case in written),
        "errors": sum("<error" in case for case in written),
        "skipped": sum("<skipped" in case for case in written),
    }
    numbers = "".join(f' {kind}="{number}"' for kind, number in counts.items())
    time = "" if seconds is None else f' time="{seconds:.3f}"'
    head = f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites{numbers}{time}>\n'
    suite = f"  <testsuite name={quoteattr(printable(name))}{numbers}{time}>\n"
    return f"{head}{suite}{''.join(written)}  </testsuite>\n</testsuites>\n"


def write_case(group: str, name: str, inner: str = "") -> str:
    """A test case, which passes unless an element within says otherwise."""
    attributes = f"classname={quoteattr(printable(group))} name={quoteattr(printable(name))}"
    if not inner:
        return f"    <testcase {attributes}/>\n"
    return f"    <testcase {attributes}>\n      {inner}\n    </testcase>\n"


def write_output(text: str) -> str:
    """What there is to say of a case, whatever became of it."""
    return f"<system-out>{escape(printable(text))}</system-out>"


def write_element(name: str, message: str, text: str = "") -> str:
    """What became of a case: ``failure``, ``error`` or ``skipped``, and why."""
    lines = "\n".join(printable(line) for line in text.splitlines())
    return f"<{name} message={quoteattr(printable(message))}>{escape(lines)}</{name}>"
