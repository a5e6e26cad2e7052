"""From what was read to the result of ``check``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from netsim.cli import console
from netsim.loader.registry import NETWORK_KINDS

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
    from netsim.judge.inspection import findings, shown_parties
    from netsim.rules.registry import CHECKS

    loaded, problems = subject.loaded, subject.problems
    case = context_of(subject)
    found, silenced = suppress(findings(case, CHECKS), loaded.comments)
    idle = _idle(loaded, silenced, compared=_is_compared(subject, case) and not problems)
    console.notes(idle)
    return Result(
        findings=found,
        suppressed=silenced,
        judgements=case.judgements,
        parties=shown_parties(case),
        diagnostics=(*problems, *loaded.diagnostics, *_nothing(loaded), *idle),
        scope=_scope(subject, sum(each.count for each in case.statements)),
    )


def _is_compared(subject: Subject, case: Case) -> bool:
    """Whether all that the documentation speaks of was read."""
    from netsim.judge.case import Extent

    described = subject.described
    if described is None or case.intent is None:
        return False
    return case.extent is Extent.WHOLE or not described.statements


def context_of(subject: Subject) -> Case:
    """What rules get to see.

    Raises ``IntentError`` where an endpoint of the scenario is not in the input.
    """
    from netsim.judge.case import Extent
    from netsim.judge.inspection import documented, undocumented, within
    from netsim.model.bundle import Bundle

    loaded, described = subject.loaded, subject.described
    bundle = loaded.bundle or Bundle()
    # Where nothing was read, every documented flow would be a finding that says nothing.
    if described is None or not has_network(loaded):
        case = within(undocumented(loaded.resources, subject.conventions), bundle)
        is_lost = described is None and subject.problems
        return replace(case, extent=Extent.UNKNOWN) if is_lost else case
    judged = documented(loaded.resources, subject.conventions, described.documentation)
    about = described.about(subject.paths)
    unread = described.unread or loaded.errors
    whole = bool(about) and about == described.statements and not unread
    return within(judged, bundle, about, Extent.WHOLE if whole else Extent.PART)


def has_network(loaded: Loaded) -> bool:
    """Whether anything was read that decides who can reach whom."""
    return any(kind in NETWORK_KINDS for kind, _ in loaded.inventory.used)


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
    from netsim.rules.registry import CHECKS

    rules = {each.id for each in CHECKS}
    misnamed = tuple(unknown(loaded.comments, rules))
    # Without the diagram, or with a part not read, what they silence may be missing.
    if loaded.errors or not compared:
        return misnamed
    return (*misnamed, *unused(loaded.comments, rules, silenced))


def _uncompared(subject: Subject) -> tuple[str, ...]:
    described = subject.described
    if described is None:
        return ()
    compared = described.about(subject.paths)
    return tuple(each.file for each in described.statements if each not in compared)


def _scope(subject: Subject, statements: int) -> Scope:
    from netsim.app.result import Scope
    from netsim.loader.registry import BUNDLE_KINDS, decides

    loaded, described = subject.loaded, subject.described
    inventory, scenario = loaded.inventory, described and described.documentation
    return Scope(
        documents=inventory.documents,
        files=inventory.files,
        policies=len(loaded.resources.policies),
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
