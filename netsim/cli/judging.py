"""From what was read to the result of ``check``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from netsim.cli import console
from netsim.loader.objects.kinds import KINDS

if TYPE_CHECKING:
    from netsim.app.result import Result, Scope
    from netsim.cli.documentation import Described
    from netsim.judge.case import Case
    from netsim.loader.load import Loaded
    from netsim.model.conventions import Conventions
    from netsim.model.finding import Diagnostic, Suppressed


class Subject(Struct, frozen=True):
    """What is judged, and by what; ``paths`` are those the input was read from.

    ``problems`` are what is wrong with the documentation.
    """

    loaded: Loaded
    paths: tuple[str, ...]
    conventions: Conventions
    described: Described | None = None
    problems: tuple[Diagnostic, ...] = ()


def judged(subject: Subject) -> Result:
    """The result; without documentation where its endpoints are not in the input."""
    from netsim.intent.errors import IntentError

    try:
        return _result(subject)
    except IntentError as error:
        console.notes(error.diagnostics)
        problems = (*subject.problems, *error.diagnostics)
        return _result(replace(subject, described=None, problems=problems))


def _result(subject: Subject) -> Result:
    from netsim.app.result import Result
    from netsim.app.suppression import suppress
    from netsim.judge.case import list_judged_parties
    from netsim.rules.registry import run_rules

    loaded, problems = subject.loaded, subject.problems
    case = context_of(subject)
    found, silenced = suppress(run_rules(case), loaded.comments)
    idle = _idle(loaded, silenced, compared=_is_compared(subject, case) and not problems)
    console.notes(idle)
    return Result(
        findings=found,
        suppressed=silenced,
        judgements=case.judgements,
        parties=list_judged_parties(case),
        diagnostics=(*problems, *loaded.diagnostics, *_nothing(loaded), *idle),
        scope=_scope(subject, sum(each.count for each in case.statements)),
    )


def _is_compared(subject: Subject, case: Case) -> bool:
    """Whether all that the documentation speaks of was read."""
    from netsim.bundle.provision import Extent

    described = subject.described
    if described is None or not case.is_documented:
        return False
    return case.extent is Extent.WHOLE or not described.statements


def context_of(subject: Subject) -> Case:
    """What rules get to see.

    Raises ``IntentError`` where an endpoint of the scenario is not in the input.
    """
    from netsim.bundle.provision import Extent
    from netsim.judge.case import build_case

    loaded, described = subject.loaded, subject.described
    resources, conventions = loaded.resources, subject.conventions
    # Where nothing was read, every documented flow would be a finding that says nothing.
    if described is None or not has_network(loaded):
        is_lost = described is None and subject.problems
        extent = Extent.UNKNOWN if is_lost else Extent.PART
        return build_case(resources, conventions, bundle=loaded.bundle, extent=extent)
    about = described.about(subject.paths)
    unread = described.unread or loaded.errors
    whole = bool(about) and about == described.statements and not unread
    return build_case(
        resources,
        conventions,
        described.documentation,
        loaded.bundle,
        about,
        Extent.WHOLE if whole else Extent.PART,
    )


def has_network(loaded: Loaded) -> bool:
    """Whether anything was read that decides who can reach whom."""
    return any(kind in KINDS for kind, _ in loaded.inventory.used)


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
    console.notes((found,))
    return (found,)


def _idle(
    loaded: Loaded, silenced: tuple[Suppressed, ...], *, compared: bool
) -> tuple[Diagnostic, ...]:
    """What is wrong with comments that silence nothing."""
    from netsim.app.suppression import unknown, unused
    from netsim.rules.registry import RULE_IDS

    misnamed = tuple(unknown(loaded.comments, RULE_IDS))
    # Without the diagram, or with a part not read, what they silence may be missing.
    if loaded.errors or not compared:
        return misnamed
    return (*misnamed, *unused(loaded.comments, RULE_IDS, silenced))


def _uncompared(subject: Subject) -> tuple[str, ...]:
    described = subject.described
    if described is None:
        return ()
    compared = described.about(subject.paths)
    return tuple(each.file for each in described.statements if each not in compared)


def _scope(subject: Subject, statements: int) -> Scope:
    from netsim.app.result import Scope
    from netsim.loader.objects.kinds import BUNDLE_KINDS, decides

    loaded, described = subject.loaded, subject.described
    inventory, scenario = loaded.inventory, described and described.documentation
    return Scope(
        documents=inventory.documents,
        files=inventory.files,
        policies=len(loaded.resources.policies) + len(loaded.resources.admin_policies),
        workloads=len({pod.workload for pod in loaded.resources.pods}),
        objects=sum(number for kind, number in inventory.used if kind in BUNDLE_KINDS),
        endpoints=len(scenario.scenario.endpoints) if scenario else 0,
        flows=len(scenario.flows) if scenario else 0,
        statements=statements,
        uncompared=_uncompared(subject),
        unused=inventory.unused,
        unevaluated=(
            *(kind for kind, _ in inventory.unused if decides(kind)),
            *inventory.unread,
        ),
        namespace=scenario.scenario.namespace if scenario else None,
        scenario=described.scenario_file if described else None,
        diagram=described.diagram_file if described else None,
    )
