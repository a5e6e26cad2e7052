"""``check``: the documented diagram against what the manifests allow.

``check(CheckRequest(("manifests/",))).conclusion`` is ``Conclusion.PASSED`` where they agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from netsim.app.baseline import Accepted
from netsim.app.case import assemble_case, has_network, report_unjudged
from netsim.app.crowds import join_notes
from netsim.app.documentation import (
    Discovery,
    LocatedDocumentation,
    UnusedDiagram,
    describe_diagram,
    find_documentation,
    find_unused_diagrams,
    name_draft_command,
    report_foreign,
    report_unused_diagrams,
)
from netsim.app.input import STDIN, Diagnosed, InputRequest
from netsim.app.notes import Note
from netsim.app.selection import Selection, Withheld, merge_withheld, select
from netsim.app.suppression import (
    suppress,
    warn_of_idle_comments,
    warn_of_unknown_rules,
)
from netsim.bundle.provision import Extent
from netsim.errors import DocumentationError, RequestError
from netsim.intent.errors import IntentError
from netsim.judge.case import Case, list_judged_parties
from netsim.judge.judgement import Judgement
from netsim.judge.parties import Party
from netsim.loader.load import Input, Loaded
from netsim.loader.registry import BUNDLE_KINDS, Scope
from netsim.loader.sources.texts import WORKING_TREE, Texts
from netsim.model.finding import Diagnostic, Finding, Severity, Suppressed
from netsim.model.location import Location
from netsim.rules.registry import (
    MANIFEST_RULE_IDS,
    RULE_IDS,
    UNDECIDED,
    run_rules,
    sort_findings,
)

if TYPE_CHECKING:
    from netsim.app.posture import Posture
    from netsim.engine.naming.controller import Controller
    from netsim.model.conventions import Conventions


_PAIRS_OF_AN_OBJECT = 20
"""Judged pairs that take as long as a pod or a policy does."""


class Proofs(Enum):
    """Whether a few of the fixes are proven, and shown; it takes as long as the rest."""

    SHOWN = "shown"
    NONE = "none"


class CheckRequest(InputRequest, frozen=True, kw_only=True):
    """What to check, against what.

    ``scenario`` None is the one file in ``scenarios/``, if there is one and ``discovery`` does
    not forbid to look for it.  ``scenarios`` are further ones, each a documented system of its
    own.  ``diagram`` is one without a scenario, ``FILE#HEADING``, and stands in place of them.
    ``controller`` says where the ingress controller runs, if somebody knows.  ``selection``
    says which findings count, ``texts`` where documents are read.
    """

    scenario: str | None = None
    scenarios: tuple[str, ...] = ()
    diagram: str | None = None
    discovery: Discovery = Discovery.NEAR
    controller: Controller | None = None
    selection: Selection = Selection()
    texts: Texts = WORKING_TREE
    proofs: Proofs = Proofs.SHOWN

    @property
    def keeps_input(self) -> bool:
        """Whether what was read is kept: standard input cannot be read again for proofs."""
        return STDIN in self.paths


def check(request: CheckRequest) -> CheckResult:
    """Runs every rule over the manifests, for each documented system.

    What cannot be read never hides what the rules find in the rest: it is in the result, and
    makes its conclusion ``bad input``.
    """
    return merge_results([each.result for each in examine_systems(request)])


class Examination(Struct, frozen=True):
    """The result of a check, with what was read for it and the case that was made of that.

    ``kept`` is what was read before it was understood, where the request keeps it.
    """

    result: CheckResult
    loaded: Loaded
    described: LocatedDocumentation | None
    case: Case
    kept: Input | None


def examine_systems(request: CheckRequest) -> list[Examination]:
    """Checks each documented system; without any, what was read.

    Raises :class:`RequestError` for a request that contradicts itself.
    """
    given = dict.fromkeys(filter(None, (request.scenario, *request.scenarios)))
    if request.diagram and given:
        raise RequestError("give a scenario or a diagram without one, not both", "diagram")
    if len(given) < 2:
        return [examine(replace(request, scenario=next(iter(given), None)))]
    if STDIN in request.paths:
        message = "standard input is read once: give files where there are several scenarios"
        raise RequestError(message, "scenario")
    return [examine(replace(request, scenario=each)) for each in given]


def examine(request: CheckRequest) -> Examination:
    """Checks one documented system, that of ``scenario``."""
    described, problems, notes = _read_documentation(request)
    scenario = described.scenario if described else None
    kept = request.read(scenario, Scope.BUNDLE) if request.keeps_input else None
    loaded = kept.load() if kept else request.load(scenario, Scope.BUNDLE)
    if request.diagram:
        try:
            described = describe_diagram(request.diagram, loaded.resources, request.texts)
        except DocumentationError as error:
            problems = (*problems, *error.diagnostics)
    conventions = request.conventions(described.scenario if described else None)
    try:
        case = assemble_case(loaded, request.paths, conventions, described)
    except IntentError as error:
        described, problems = None, (*problems, *error.diagnostics)
        case = assemble_case(loaded, request.paths, conventions, described)
    case = replace(case, controller=request.controller)
    if problems and not described:
        case = replace(case, extent=Extent.UNKNOWN)
    is_undrawn = Note.NO_DIAGRAM in notes
    found = find_unused_diagrams(request.paths, _list_files(loaded)) if is_undrawn else ()
    unused = tuple(found)
    every, suppressed = suppress(run_rules(case), loaded.comments)
    selected = select(every, request.selection, case.namespaces)
    findings = selected.standing
    if not case.is_documented:
        findings = join_notes(findings)
    if loaded.errors or problems:
        from netsim.app.proven import show_unproven

        findings = tuple(show_unproven(findings))
    elif request.proofs is Proofs.SHOWN:
        findings = show_fixes(request, described, case, kept, findings, findings)
    judged = frozenset() if problems else _list_judged_rules(case, described)
    result = CheckResult(
        findings=findings,
        suppressed=suppressed,
        judgements=case.judgements,
        parties=list_judged_parties(case),
        diagnostics=(
            *(described.matches if described else ()),
            *report_foreign(request.scenario, request.paths, _discover(request)),
            *report_unused_diagrams(unused, request.paths),
            *problems,
            *_report_unjudged(loaded, case, described),
            *loaded.diagnostics,
            *_warn_of_empty_input(loaded),
            *_warn_of_comments(loaded, suppressed, judged),
        ),
        coverage=_measure_coverage(request, loaded, case, described),
        notes=notes,
        withheld=selected.withheld,
        outdated=tuple(
            each for each in selected.outdated if each.rule in judged and not loaded.errors
        ),
        posture=None
        if described or problems
        else _take_posture(request, loaded, conventions, findings, unused),
    )
    return Examination(result, loaded, described, case, kept)


def show_fixes(
    request: CheckRequest,
    described: LocatedDocumentation | None,
    case: Case,
    kept: Input | None,
    findings: tuple[Finding, ...],
    wanted: tuple[Finding, ...],
) -> tuple[Finding, ...]:
    """The findings that are wanted of all those of a case, a few of them with proven fixes."""
    if not any(each.patches for each in wanted):
        return wanted
    from netsim.app.judge import Judge
    from netsim.app.proven import show_proven
    from netsim.fix.proof import State
    from netsim.fix.workspace import open_workspace

    scenario = described.scenario if described else None
    workspace = open_workspace(kept or request.read(scenario, Scope.BUNDLE))
    before = State(workspace, findings, case.judgements)
    objects = len(case.resources.pods) + len(case.resources.policies)
    objects += len(case.judgements) // _PAIRS_OF_AN_OBJECT
    return show_proven(Judge(request, described), before, wanted, objects)


def _take_posture(
    request: CheckRequest,
    loaded: Loaded,
    conventions: Conventions,
    findings: tuple[Finding, ...],
    unused: tuple[UnusedDiagram, ...],
) -> Posture:
    """What is to be said where nothing is documented."""
    from netsim.app.posture import take_posture

    is_usable = has_network(loaded) and not loaded.errors
    return take_posture(
        loaded,
        conventions,
        request.controller,
        findings,
        _name_next_step(request, unused) if is_usable else "",
    )


def _name_next_step(request: CheckRequest, unused: tuple[UnusedDiagram, ...]) -> str:
    options = [*(("--namespace", request.namespace) if request.namespace else ())]
    if len(unused) == 1:
        options += ["--diagram", unused[0].reference]
    return name_draft_command(request.paths, options)


def _list_files(loaded: Loaded) -> Sequence[str]:
    return loaded.bundle.files if loaded.bundle else ()


def merge_results(results: Sequence[CheckResult]) -> CheckResult:
    """One result of several systems: all that any has, and warnings that each has.

    A comment that suppresses nothing of one system may suppress a finding of another.
    """
    if len(results) == 1:
        return results[0]
    diagnostics = dict.fromkeys(each for result in results for each in result.diagnostics)
    first = results[0]
    coverages = [result.coverage for result in results]
    return CheckResult(
        findings=sort_findings(_join_findings(results)),
        suppressed=tuple(dict.fromkeys(each for r in results for each in r.suppressed)),
        judgements=tuple(each for result in results for each in result.judgements),
        parties=tuple(each for result in results for each in result.parties),
        diagnostics=tuple(
            each
            for each in diagnostics
            if each.severity is Severity.ERROR
            or all(each in result.diagnostics for result in results)
        ),
        coverage=replace(
            first.coverage,
            endpoints=sum(each.endpoints for each in coverages),
            flows=sum(each.flows for each in coverages),
            statements=sum(each.statements for each in coverages),
            uncompared=tuple(
                dict.fromkeys(file for each in coverages for file in each.uncompared)
            ),
            namespaces=tuple(
                dict.fromkeys(name for each in coverages for name in each.namespaces)
            ),
            scenario=", ".join(each.scenario for each in coverages if each.scenario) or None,
            diagram=", ".join(each.diagram for each in coverages if each.diagram) or None,
        ),
        withheld=merge_withheld(each for result in results for each in result.withheld),
        outdated=tuple(
            each
            for each in dict.fromkeys(entry for result in results for entry in result.outdated)
            if all(
                each in result.outdated
                for result in results
                if each.is_about(result.coverage.namespaces)
            )
        ),
        systems=tuple(replace(each, is_one_of_several=True) for each in results),
    )


def _join_findings(results: Sequence[CheckResult]) -> Iterable[Finding]:
    """Each finding once; a change that one of the systems refuses mends none."""
    found: dict[Finding, Finding] = {}
    for each in (finding for result in results for finding in result.findings):
        known = found.setdefault(each.bare, each)
        if known.patch and not each.patch:
            found[each.bare] = each
    return found.values()


class Conclusion(Enum):
    """What a run of ``check`` comes to.

    PASSED needs documentation that was compared; NOT_COMPARED is without, and without findings.
    """

    PASSED = "passed"
    NOT_COMPARED = "not compared"
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
    the documents whose folders were not read, so that theirs were passed over.  ``is_compared``
    says whether documentation was compared with what was read.  ``disputed`` are policies
    that two files define differently.
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
    namespaces: tuple[str, ...]
    scenario: str | None
    diagram: str | None
    is_compared: bool = False
    disputed: tuple[str, ...] = ()


class CheckResult(Diagnosed, frozen=True, kw_only=True):
    """Findings, in order of severity and place, and the pairs that were judged.

    ``parties`` are those worth a row in the matrix.  ``systems`` are the results of each
    scenario where there are several, and ``is_one_of_several`` is true of each.  ``posture``
    is there where nothing is documented.  ``withheld`` are findings that do not count, as was
    asked for, and ``outdated`` what a baseline accepts and is no longer found.
    """

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    judgements: tuple[Judgement, ...]
    parties: tuple[Party, ...]
    coverage: Coverage
    notes: tuple[Note, ...] = ()
    systems: tuple[CheckResult, ...] = ()
    is_one_of_several: bool = False
    posture: Posture | None = None
    withheld: tuple[Withheld, ...] = ()
    outdated: tuple[Accepted, ...] = ()

    @property
    def conclusion(self) -> Conclusion:
        """The worst of what was found; what is withheld and undecided decides nothing."""
        if self.errors:
            return Conclusion.BAD_INPUT
        if any(each.rule != UNDECIDED for each in self._counted):
            return Conclusion.FAILED
        if self.is_undecided:
            return Conclusion.INCONCLUSIVE
        return Conclusion.PASSED if self.coverage.is_compared else Conclusion.NOT_COMPARED

    @property
    def is_undecided(self) -> bool:
        """Whether anything is open, whatever else was found."""
        return self.leaves_open or any(each.rule == UNDECIDED for each in self._counted)

    @property
    def _counted(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.severity is not Severity.NOTE)

    @property
    def leaves_open(self) -> bool:
        """Whether something is open that no finding of the result says."""
        coverage = self.coverage
        return bool(coverage.unevaluated or coverage.disputed or self.withheld_undecided)

    @property
    def withheld_undecided(self) -> tuple[Withheld, ...]:
        """What is withheld of that which could not be decided."""
        found = (
            (each.sieve, tuple(f for f in each.findings if f.rule == UNDECIDED))
            for each in self.withheld
        )
        return tuple(Withheld(sieve, findings) for sieve, findings in found if findings)

    def count(self, severity: Severity) -> int:
        """How many findings have a severity."""
        return sum(finding.severity is severity for finding in self.findings)


def _read_documentation(
    request: CheckRequest,
) -> tuple[LocatedDocumentation | None, tuple[Diagnostic, ...], tuple[Note, ...]]:
    """A scenario that cannot be read does not hide what the rules find without one."""
    try:
        described = find_documentation(
            request.scenario, request.paths, _discover(request), request.texts
        )
    except DocumentationError as error:
        return None, error.diagnostics, ()
    if described is None:
        return None, (), (Note.NO_DIAGRAM,) if _discover(request) is Discovery.NEAR else ()
    return described, described.problems, ()


def _discover(request: CheckRequest) -> Discovery:
    return Discovery.NONE if request.diagram else request.discovery


def _list_judged_rules(case: Case, described: LocatedDocumentation | None) -> frozenset[str]:
    """The rules all of whose findings are known: all, where what documents say was read."""
    if described is None or not case.is_documented:
        return MANIFEST_RULE_IDS
    is_whole = case.extent is Extent.WHOLE or not described.statements
    return RULE_IDS if is_whole else MANIFEST_RULE_IDS


def _report_unjudged(
    loaded: Loaded, case: Case, described: LocatedDocumentation | None
) -> Iterator[Diagnostic]:
    """What is documented and was compared with nothing: a result that hides it would lie."""
    if case.is_documented:
        yield from report_unjudged(case.unjudged)
    elif described and loaded.inventory.used and not loaded.errors:
        why = "no NetworkPolicy, workload, Service, Namespace or Node was read"
        yield from report_unjudged(described.documentation.flows, why)


def _warn_of_empty_input(loaded: Loaded) -> Iterator[Diagnostic]:
    """Input without any object that counts is no evidence, whatever was expected of it."""
    if not (loaded.inventory.used or loaded.errors):
        message = (
            "nothing to check: no NetworkPolicy, workload, Service, Namespace or Node was read"
        )
        yield Diagnostic(Severity.ERROR, message, Location("input", 0))


def _warn_of_comments(
    loaded: Loaded, suppressed: tuple[Suppressed, ...], judged: frozenset[str]
) -> Iterator[Diagnostic]:
    """What is wrong with comments that suppress nothing."""
    yield from warn_of_unknown_rules(loaded.comments, RULE_IDS)
    # Where a part was not read, what they suppress may be missing.
    if not loaded.errors:
        yield from warn_of_idle_comments(loaded.comments, RULE_IDS, judged, suppressed)


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
        unevaluated=(*inventory.unevaluated, *inventory.unread),
        namespaces=documentation.scenario.namespaces if documentation else (),
        scenario=described.scenario_file if described else None,
        diagram=described.diagram_file if described else None,
        is_compared=case.is_documented,
        disputed=inventory.disputed,
    )
