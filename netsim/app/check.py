"""``check``: the documented diagram against what the manifests allow.

``check(CheckRequest(("manifests/",))).conclusion`` is ``Conclusion.PASSED`` where they agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from netsim.app.case import assemble_case
from netsim.app.documentation import LocatedDocumentation, find_documentation
from netsim.app.input import Diagnosed, InputRequest
from netsim.app.notes import Note
from netsim.app.suppression import (
    suppress,
    warn_of_idle_comments,
    warn_of_unknown_rules,
)
from netsim.bundle.provision import Extent
from netsim.errors import DocumentationError
from netsim.intent.errors import IntentError
from netsim.judge.case import Case, list_judged_parties
from netsim.judge.judgement import Judgement
from netsim.judge.parties import Party
from netsim.loader.load import Loaded
from netsim.loader.registry import BUNDLE_KINDS, Scope, decides
from netsim.model.finding import Diagnostic, Finding, Severity, Suppressed
from netsim.model.location import Location
from netsim.rules.registry import RULE_IDS, run_rules

UNDECIDED = "undecided"
"""The id of the rule whose findings are neither passed nor failed."""


class CheckRequest(InputRequest, frozen=True, kw_only=True):
    """What to check; ``scenario`` None is the one file in ``scenarios/``, if there is one."""

    scenario: str | None = None


def check(request: CheckRequest) -> CheckResult:
    """Runs every rule over the manifests.

    What cannot be read never hides what the rules find in the rest: it is in the result, and
    makes its conclusion ``bad input``.
    """
    described, problems, notes = _read_documentation(request)
    loaded = request.load(described.scenario if described else None, Scope.BUNDLE)
    conventions = request.conventions(described.scenario if described else None)
    try:
        case = assemble_case(loaded, request.paths, conventions, described)
    except IntentError as error:
        described, problems = None, (*problems, *error.diagnostics)
        case = assemble_case(loaded, request.paths, conventions, described)
    if problems and not described:
        case = replace(case, extent=Extent.UNKNOWN)
    findings, suppressed = suppress(run_rules(case), loaded.comments)
    is_complete = not problems and _is_compared(case, described)
    return CheckResult(
        findings=findings,
        suppressed=suppressed,
        judgements=case.judgements,
        parties=list_judged_parties(case),
        diagnostics=(
            *problems,
            *loaded.diagnostics,
            *_warn_of_empty_input(loaded),
            *_warn_of_comments(loaded, suppressed, is_complete=is_complete),
        ),
        coverage=_measure_coverage(request, loaded, case, described),
        notes=notes,
    )


class Conclusion(Enum):
    """What a run of ``check`` comes to."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    BAD_INPUT = "bad input"

    def __str__(self) -> str:
        return self.value


class Coverage(Struct, frozen=True):
    """How much was looked at.

    ``unused`` are kinds that netsim does not use, with counts; ``unevaluated`` those of them
    that are policies, which could change any answer.  ``objects`` counts what stands beside
    the network, ``statements`` what documents state apart from the diagram; ``uncompared`` are
    the documents whose folders were not read, so that theirs were passed over.
    """

    documents: int
    files: int
    policies: int
    workloads: int
    objects: int
    endpoints: int
    flows: int
    statements: int
    uncompared: tuple[str, ...]
    unused: tuple[tuple[str, int], ...]
    unevaluated: tuple[str, ...]
    namespace: str | None
    scenario: str | None
    diagram: str | None


class CheckResult(Diagnosed, frozen=True, kw_only=True):
    """Findings, in order of severity and place, and the pairs that were judged.

    ``parties`` are those worth a row in the matrix.
    """

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    judgements: tuple[Judgement, ...]
    parties: tuple[Party, ...]
    coverage: Coverage
    notes: tuple[Note, ...] = ()

    @property
    def conclusion(self) -> Conclusion:
        """The worst of what was found."""
        if self.errors:
            return Conclusion.BAD_INPUT
        counted = [each for each in self.findings if each.severity is not Severity.NOTE]
        if any(each.rule != UNDECIDED for each in counted):
            return Conclusion.FAILED
        if counted or self.coverage.unevaluated:
            return Conclusion.INCONCLUSIVE
        return Conclusion.PASSED

    def count(self, severity: Severity) -> int:
        """How many findings have a severity."""
        return sum(finding.severity is severity for finding in self.findings)


def _read_documentation(
    request: CheckRequest,
) -> tuple[LocatedDocumentation | None, tuple[Diagnostic, ...], tuple[Note, ...]]:
    """A scenario that cannot be read does not hide what the rules find without one."""
    try:
        described = find_documentation(request.scenario, request.paths)
    except DocumentationError as error:
        return None, error.diagnostics, ()
    if described is None:
        return None, (), (Note.NO_DIAGRAM,)
    return described, described.problems, ()


def _is_compared(case: Case, described: LocatedDocumentation | None) -> bool:
    """Whether there is documentation, and all that it speaks of was read."""
    if described is None or not case.is_documented:
        return False
    return case.extent is Extent.WHOLE or not described.statements


def _warn_of_empty_input(loaded: Loaded) -> Iterator[Diagnostic]:
    """Input without any object that counts is no evidence, whatever was expected of it."""
    if not (loaded.inventory.used or loaded.errors):
        message = (
            "nothing to check: no NetworkPolicy, workload, Service, Namespace or Node was read"
        )
        yield Diagnostic(Severity.ERROR, message, Location("input", 0))


def _warn_of_comments(
    loaded: Loaded, suppressed: tuple[Suppressed, ...], *, is_complete: bool
) -> Iterator[Diagnostic]:
    """What is wrong with comments that suppress nothing."""
    yield from warn_of_unknown_rules(loaded.comments, RULE_IDS)
    # Without the diagram, or with a part not read, what they suppress may be missing.
    if is_complete and not loaded.errors:
        yield from warn_of_idle_comments(loaded.comments, RULE_IDS, suppressed)


def _measure_coverage(
    request: CheckRequest, loaded: Loaded, case: Case, described: LocatedDocumentation | None
) -> Coverage:
    inventory, documentation = loaded.inventory, described and described.documentation
    compared = described.about(request.paths) if described else ()
    return Coverage(
        documents=inventory.documents,
        files=inventory.files,
        policies=len(loaded.resources.policies),
        workloads=len({pod.workload for pod in loaded.resources.pods}),
        objects=sum(number for kind, number in inventory.used if kind in BUNDLE_KINDS),
        endpoints=len(documentation.scenario.endpoints) if documentation else 0,
        flows=len(documentation.flows) if documentation else 0,
        statements=sum(each.count for each in case.statements),
        uncompared=tuple(
            each.file
            for each in (described.statements if described else ())
            if each not in compared
        ),
        unused=inventory.unused,
        unevaluated=(
            *(kind for kind, _ in inventory.unused if decides(kind)),
            *inventory.unread,
        ),
        namespace=documentation.scenario.namespace if documentation else None,
        scenario=described.scenario_file if described else None,
        diagram=described.diagram_file if described else None,
    )
