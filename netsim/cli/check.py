"""``netsim check``: the documented diagram against the manifests."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from netsim.cli import console, documentation, inputs, options
from netsim.cli.judging import Subject, judged
from netsim.loader.registry import Scope
from netsim.model.conventions import IpBlockPods

if TYPE_CHECKING:
    from netsim.app.result import Conclusion, Result
    from netsim.model.finding import Diagnostic

DEFAULT_NAMESPACE = "default"


class CheckFormat(Enum):
    """How a result can be written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


def check(
    paths: options.Paths,
    scenario: options.Documented = None,
    form: Annotated[
        CheckFormat, typer.Option("--format", "-f", help="How to write the result.")
    ] = CheckFormat.TEXT,
    allow_inconclusive: Annotated[
        bool,
        typer.Option(
            "--allow-inconclusive", help="Exit with 0 where a connection cannot be decided."
        ),
    ] = False,
    namespace: Annotated[
        str | None,
        typer.Option(
            "--namespace",
            "-n",
            help="The namespace of objects that name none. By default the scenario's.",
            show_default=False,
        ),
    ] = None,
    ipblock_pods: options.IpBlocks = IpBlockPods.MATCH,
    pod_ranges: options.PodRanges = None,
    output: options.Output = None,
) -> None:
    """Compare the documented network diagram with what the manifests allow."""
    conventions = options.conventions(ipblock_pods, pod_ranges)
    described, problems = _documentation(scenario, paths)
    if described and not pod_ranges and described.documentation.scenario.pod_ranges:
        conventions = replace(
            conventions, pod_ranges=described.documentation.scenario.pod_ranges
        )
    home = described.documentation.scenario.namespace if described else DEFAULT_NAMESPACE
    loaded = inputs.read(paths, namespace or home, Scope.BUNDLE)
    result = judged(Subject(loaded, tuple(paths), conventions, described, problems))
    console.result(_written(form, result, output), output)
    code = _exit_code(result.conclusion, allow_inconclusive=allow_inconclusive)
    if code:
        raise typer.Exit(code)


def _documentation(
    scenario: Path | None, paths: list[str]
) -> tuple[documentation.Described | None, tuple[Diagnostic, ...]]:
    """A scenario that cannot be read does not hide what the rules find without one."""
    try:
        file = str(scenario) if scenario else documentation.discover(paths)
        if file is None:
            console.note("note: no scenario found, so no diagram is compared: see --scenario")
            return None, ()
        described = documentation.read(file)
        console.notes(described.problems)
        return described, described.problems
    except documentation.DocumentationError as error:
        console.notes(error.diagnostics)
        return None, error.diagnostics


def _written(form: CheckFormat, result: Result, output: Path | None) -> str:
    match form:
        case CheckFormat.TEXT:
            from netsim.report.check import text as check_text

            return check_text.render(result, console.width(), console.colour(output))
        case CheckFormat.MARKDOWN:
            from netsim.report.check import markdown as check_markdown

            return check_markdown.render(result)
        case CheckFormat.JSON:
            from netsim.report.check import json as check_json

            return check_json.render(result)


def _exit_code(conclusion: Conclusion, *, allow_inconclusive: bool) -> int:
    from netsim.app.result import Conclusion

    match conclusion:
        case Conclusion.PASSED:
            return 0
        case Conclusion.FAILED:
            return 1
        case Conclusion.INCONCLUSIVE if allow_inconclusive:
            return 0
        case _:
            return inputs.BAD_INPUT
