"""Findings by cause: those of one rule that one thing made, the likeliest first.

Five workloads that need one Secret which nothing provides are one cause with five findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from netsim.model.finding import Finding, Severity

_SUBJECT = re.compile(
    r"^(?:[A-Z]\w+ )?(?P<namespace>[\w.${}-]+)/[\w.${}-]+(?:\[\w+\])?"
    r"(?: \w+\[\d+\](?:\.\w+\[\d+\])*)?:?\s"
)
"""What a message is about: ``Service shop/web``, ``shop/web ingress[0]:``."""

_ONE_LACK = frozenset(("namespace-not-isolated", "workload-not-isolated"))
"""Rules all of whose findings come from one thing that is missing: a default deny."""

_BY_POLICY = frozenset(("backend-blocked", "dns-blocked", "service-blocked", "webhook-blocked"))
"""Rules about what a policy denies, which is their cause."""

_BY_SUBJECT = frozenset(("secret-looks-real",))
"""Rules about parts of one object."""

_ABSENCES = frozenset(
    (
        "backend-missing",
        "budget-selects-nothing",
        "namespace-label-unknown",
        "peer-matches-nothing",
        "reference-not-provided",
        "secret-not-provided",
        "service-without-endpoints",
        "subject-selects-nothing",
    )
)
"""Rules about what is not in the input, and may be made elsewhere."""

_NEAR = ("did you mean", "the nearest is")
"""What a message says where a name or label misses a known one by little."""


class Cause(Struct, frozen=True):
    """One cause; the first of its findings speaks for all of them."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The one that is written out."""
        return self.findings[0]


def group_causes(findings: Iterable[Finding]) -> tuple[Cause, ...]:
    """The causes: errors before warnings before notes, then what the input shows by itself.

    What is only absent comes last, unless its name misses a known one by little: something
    else may make it.
    """
    found: dict[tuple[str, Severity, str], list[Finding]] = {}
    for finding in findings:
        found.setdefault((finding.rule, finding.severity, _name_cause(finding)), []).append(
            finding
        )
    causes = [Cause(tuple(each)) for each in found.values()]
    return tuple(sorted(causes, key=_rank))


def _name_cause(finding: Finding) -> str:
    """What a message says without its subject, whatever the namespace.

    The same mistake in several namespaces comes from one template.
    """
    if finding.rule in _ONE_LACK:
        return ""
    if finding.rule in _BY_POLICY and finding.policy:
        return finding.policy.rpartition("/")[2]
    subject = _SUBJECT.match(finding.message)
    if subject is None:
        return finding.message
    if finding.rule in _BY_SUBJECT:
        return subject[0]
    namespace, rest = subject["namespace"], finding.message[subject.end() :]
    rest = rest.replace(f" {namespace}/", " */")
    return rest.replace(f"namespace {namespace}", "namespace *")


_SEVERITIES = list(Severity)


def _rank(cause: Cause) -> tuple[int, bool]:
    first = cause.first
    is_near = any(word in first.message for word in _NEAR)
    return _SEVERITIES.index(first.severity), first.rule in _ABSENCES and not is_near
