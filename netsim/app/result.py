"""The result of ``check``, as every output format renders it."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from netsim.judge.judgement import Judgement
from netsim.judge.parties import Party
from netsim.model.finding import Diagnostic, Finding, Severity, Suppressed

UNDECIDED = "undecided"
"""The id of the rule whose findings are neither passed nor failed."""


class Conclusion(Enum):
    """What a run of ``check`` comes to."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    BAD_INPUT = "bad input"


class Scope(Struct, frozen=True):
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


class Result(Struct, frozen=True):
    """Findings, in order of severity and place, and the pairs that were judged.

    ``parties`` are those worth a row in the matrix.
    """

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    judgements: tuple[Judgement, ...]
    parties: tuple[Party, ...]
    diagnostics: tuple[Diagnostic, ...]
    scope: Scope

    @property
    def conclusion(self) -> Conclusion:
        """The worst of what was found."""
        if any(each.severity is Severity.ERROR for each in self.diagnostics):
            return Conclusion.BAD_INPUT
        counted = [each for each in self.findings if each.severity is not Severity.NOTE]
        if any(each.rule != UNDECIDED for each in counted):
            return Conclusion.FAILED
        if counted or self.scope.unevaluated:
            return Conclusion.INCONCLUSIVE
        return Conclusion.PASSED

    def count(self, severity: Severity) -> int:
        """How many findings have a severity."""
        return sum(finding.severity is severity for finding in self.findings)
