"""``netsim check``: the documented diagram against the manifests."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netsim.cli import console, documentation, inputs, options
from netsim.model.conventions import IpBlockPods

if TYPE_CHECKING:
    from netsim.checks.inspection import Documentation
    from netsim.checks.interface import Context
    from netsim.checks.result import Conclusion, Result, Scope
    from netsim.loader.load import Loaded
    from netsim.model.conventions import Conventions
    from netsim.model.finding import Diagnostic, Suppressed
    from netsim.report.style import Colour

DEFAULT_NAMESPACE = "default"


class CheckFormat(Enum):
    """How a result can be written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


def check(
    paths: options.Paths,
    scenario: Annotated[
        Path | None,
        typer.Option(
            "--scenario",
            "-s",
            help="What is documented. By default the one file in scenarios/, here or beside "
            "the input.",
            show_default=False,
        ),
    ] = None,
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
    loaded = inputs.read(paths, namespace or home)
    result = _judged(loaded, problems, described, conventions)
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
        return documentation.read(file), ()
    except documentation.DocumentationError as error:
        _report(error.diagnostics)
        return None, error.diagnostics


def _judged(
    loaded: Loaded,
    problems: tuple[Diagnostic, ...],
    described: documentation.Described | None,
    conventions: Conventions,
) -> Result:
    """The result; without documentation where its endpoints are not in the input."""
    from netsim.intent.errors import IntentError

    try:
        return _result(loaded, problems, described, conventions)
    except IntentError as error:
        _report(error.diagnostics)
        return _result(loaded, (*problems, *error.diagnostics), None, conventions)


def _report(diagnostics: tuple[Diagnostic, ...]) -> None:
    for diagnostic in diagnostics:
        console.note(str(diagnostic))


def _result(
    loaded: Loaded,
    problems: tuple[Diagnostic, ...],
    described: documentation.Described | None,
    conventions: Conventions,
) -> Result:
    from netsim.checks.inspection import findings, shown_parties
    from netsim.checks.registry import CHECKS
    from netsim.checks.result import Result
    from netsim.checks.suppression import suppress

    # Where nothing was read, every documented flow would be a finding that says nothing.
    documented = described.documentation if described and loaded.inventory.used else None
    context = _context(loaded, documented, conventions)
    found, silenced = suppress(findings(context, CHECKS), loaded.comments)
    idle = _idle(loaded, silenced, compared=documented is not None and not problems)
    _report(idle)
    return Result(
        findings=found,
        suppressed=silenced,
        judgements=context.judgements,
        parties=shown_parties(context),
        diagnostics=(*problems, *loaded.diagnostics, *_nothing(loaded), *idle),
        scope=_scope(loaded, described),
    )


def _nothing(loaded: Loaded) -> tuple[Diagnostic, ...]:
    """Input without any object that counts is no evidence, whatever was expected of it."""
    from netsim.model.finding import Diagnostic, Severity
    from netsim.model.location import Location

    if loaded.inventory.used or loaded.errors:
        return ()
    message = (
        "nothing to check: no NetworkPolicy, workload, Service, Namespace or Node was read"
    )
    found = Diagnostic(Severity.ERROR, message, Location("input", 0))
    _report((found,))
    return (found,)


def _idle(
    loaded: Loaded, silenced: tuple[Suppressed, ...], *, compared: bool
) -> tuple[Diagnostic, ...]:
    """What is wrong with comments that silence nothing."""
    from netsim.checks.registry import CHECKS
    from netsim.checks.suppression import unknown, unused

    rules = {each.id for each in CHECKS}
    misnamed = tuple(unknown(loaded.comments, rules))
    # Without the diagram or with a document rejected, what they silence may be missing.
    if loaded.errors or not compared:
        return misnamed
    return (*misnamed, *unused(loaded.comments, rules, silenced))


def _context(
    loaded: Loaded, described: Documentation | None, conventions: Conventions
) -> Context:
    from netsim.checks.inspection import documented, undocumented

    if described is None:
        return undocumented(loaded.resources, conventions)
    return documented(loaded.resources, conventions, described)


def _scope(loaded: Loaded, described: documentation.Described | None) -> Scope:
    from netsim.checks.result import Scope
    from netsim.loader.kinds import decides

    inventory, scenario = loaded.inventory, described and described.documentation
    return Scope(
        documents=inventory.documents,
        files=inventory.files,
        policies=len(loaded.resources.policies) + len(loaded.resources.admin_policies),
        workloads=len({pod.workload for pod in loaded.resources.pods}),
        endpoints=len(scenario.scenario.endpoints) if scenario else 0,
        flows=len(scenario.flows) if scenario else 0,
        unused=inventory.unused,
        unevaluated=(
            *(kind for kind, _ in inventory.unused if decides(kind)),
            *inventory.unread,
        ),
        namespace=scenario.scenario.namespace if scenario else None,
        scenario=described.scenario_file if described else None,
        diagram=described.diagram_file if described else None,
    )


def _written(form: CheckFormat, result: Result, output: Path | None) -> str:
    match form:
        case CheckFormat.TEXT:
            from netsim.report import check_text

            return check_text.render(result, console.width(), _colour(output))
        case CheckFormat.MARKDOWN:
            from netsim.report import check_markdown

            return check_markdown.render(result)
        case CheckFormat.JSON:
            from netsim.report import check_json

            return check_json.render(result)


def _colour(output: Path | None) -> Colour:
    from netsim.report.style import Colour

    plain = output is not None or not sys.stdout.isatty() or os.environ.get("NO_COLOR")
    return Colour.NEVER if plain else Colour.ALWAYS


def _exit_code(conclusion: Conclusion, *, allow_inconclusive: bool) -> int:
    from netsim.checks.result import Conclusion

    match conclusion:
        case Conclusion.PASSED:
            return 0
        case Conclusion.FAILED:
            return 1
        case Conclusion.INCONCLUSIVE if allow_inconclusive:
            return 0
        case _:
            return inputs.BAD_INPUT
