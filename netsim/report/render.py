"""Results to text: ``render(result, Format.JSON, Terminal())``.

To add a format to a result, write a module with a function ``render(result, terminal)`` and
enter it below.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING

from netsim.report.style import Detail, paint
from netsim.words.printable import printable_json, printable_lines

if TYPE_CHECKING:
    from netsim.app.check import CheckResult
    from netsim.app.coverage import CoverageResult
    from netsim.app.diff import Comparison
    from netsim.app.drain import DrainResult
    from netsim.app.evaluate import Evaluation
    from netsim.app.explain import ExplainResult
    from netsim.app.fix import FixResult
    from netsim.app.graph import DrawnComparison, GraphResult
    from netsim.app.list import ConnectionList, ExplainedList
    from netsim.app.order import OrderResult
    from netsim.app.probe import DryRun, Roles
    from netsim.app.query import QueryResult
    from netsim.app.report import ReportResult
    from netsim.app.review import ReviewResult
    from netsim.probe.result import ProbeResult
    from netsim.report.style import Terminal

    Result = (
        CheckResult
        | Comparison
        | ConnectionList
        | CoverageResult
        | DrainResult
        | DrawnComparison
        | DryRun
        | Evaluation
        | ExplainedList
        | ExplainResult
        | FixResult
        | GraphResult
        | OrderResult
        | ProbeResult
        | QueryResult
        | ReportResult
        | ReviewResult
        | Roles
    )


class Format(Enum):
    """How a result can be written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    CSV = "csv"
    SARIF = "sarif"
    JUNIT = "junit"
    MERMAID = "mermaid"
    DOT = "dot"
    SVG = "svg"
    HTML = "html"
    GITHUB = "github"
    GITLAB = "gitlab"

    def __str__(self) -> str:
        return self.value


PICTURES = {
    Format.MERMAID: "graph.mermaid",
    Format.DOT: "graph.dot",
    Format.SVG: "graph.svg",
    Format.HTML: "graph.html",
}

RENDERERS: Mapping[str, Mapping[Format, str]] = {
    "CheckResult": {
        Format.TEXT: "check.text",
        Format.MARKDOWN: "check.markdown",
        Format.JSON: "check.json",
        Format.SARIF: "check.sarif",
        Format.JUNIT: "check.junit",
        Format.GITHUB: "check.github",
        Format.GITLAB: "check.gitlab",
    },
    "ConnectionList": {
        Format.TEXT: "list.text",
        Format.CSV: "list.csv",
        Format.JSON: "list.json",
        Format.MARKDOWN: "list.markdown",
    },
    "ExplainedList": {
        Format.TEXT: "explained_list.text",
        Format.JSON: "explained_list.json",
        Format.MARKDOWN: "explained_list.markdown",
    },
    "Evaluation": {Format.CSV: "evaluate.csv"},
    "ExplainResult": {
        Format.TEXT: "explain.text",
        Format.JSON: "explain.json",
        Format.MARKDOWN: "explain.markdown",
    },
    "FixResult": {
        Format.TEXT: "fix.text",
        Format.JSON: "fix.json",
        Format.MARKDOWN: "fix.markdown",
    },
    "Comparison": {
        Format.TEXT: "diff.text",
        Format.MARKDOWN: "diff.markdown",
        Format.JSON: "diff.json",
        Format.CSV: "diff.csv",
        **PICTURES,
    },
    "GraphResult": PICTURES,
    "DrawnComparison": PICTURES,
    "ReviewResult": {
        Format.TEXT: "review.text",
        Format.MARKDOWN: "review.markdown",
        Format.JSON: "review.json",
        Format.GITHUB: "review.github",
    },
    "QueryResult": {
        Format.TEXT: "query.text",
        Format.CSV: "query.csv",
        Format.JSON: "query.json",
        Format.MARKDOWN: "query.markdown",
    },
    "OrderResult": {
        Format.TEXT: "order.text",
        Format.MARKDOWN: "order.markdown",
        Format.JSON: "order.json",
    },
    "CoverageResult": {
        Format.TEXT: "coverage.text",
        Format.MARKDOWN: "coverage.markdown",
        Format.JSON: "coverage.json",
    },
    "DrainResult": {
        Format.TEXT: "drain.text",
        Format.MARKDOWN: "drain.markdown",
        Format.JSON: "drain.json",
    },
    "ProbeResult": {
        Format.TEXT: "probe.text",
        Format.MARKDOWN: "probe.markdown",
        Format.JSON: "probe.json",
        Format.JUNIT: "probe.junit",
    },
    "DryRun": {Format.TEXT: "probe.script"},
    "ReportResult": {Format.HTML: "page.html"},
    "Roles": {Format.TEXT: "probe.roles"},
}
"""The module of each result and format; names, so that only the one in use is imported."""


def render(result: Result, form: Format, terminal: Terminal) -> str:
    """The text of a result, which ends with a line break.

    Nothing of the input steers what shows it, whatever the module of the format lets through.
    """
    name = type(result).__name__
    module = import_module(f"netsim.report.{RENDERERS[name][form]}")
    text: str = module.render(result, terminal)
    if getattr(result, "errors", ()):
        text = f"{_precede(result, form)}{text}"
    if terminal.detail is Detail.VERDICT and form is Format.TEXT and name in _VERDICT_FIRST:
        verdict, *_ = text.split("\n\n")
        text = f"{verdict.rstrip()}\n"
    match form:
        case Format.JSON | Format.SARIF | Format.GITLAB:
            return printable_json(text)
        case Format.GITHUB:
            # Its lines are orders, and it escapes what is not.
            return text
        case _:
            return paint(printable_lines(text))


def _precede(result: Result, form: Format) -> str:
    """What was rejected, before what is made of the rest; texts have it on standard error."""
    name, errors = type(result).__name__, getattr(result, "errors", ())
    match form:
        case Format.CSV:
            from netsim.words.printable import printable

            return "".join(f"# {printable(str(each))}\n" for each in errors)
        case Format.MARKDOWN if name not in _SAYING_IT_THEMSELVES:
            from netsim.report.markdown import inline

            lines = "".join(f"- {inline(str(each))}\n" for each in errors)
            return f"Not everything was read:\n\n{lines}\n"
    return ""


_VERDICT_FIRST = (
    "CheckResult",
    "Comparison",
    "CoverageResult",
    "DrainResult",
    "OrderResult",
    "ProbeResult",
    "ReviewResult",
)
"""Results whose text begins with a paragraph that is their verdict."""

_SAYING_IT_THEMSELVES = ("CheckResult", "ProbeResult", "ReviewResult")
