"""Findings about objects and keys that pods need and nothing provides."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.bundle.provision import Demand, Provision, keys
from netsim.judge.case import Case
from netsim.model.finding import Finding, Related, Severity
from netsim.model.references import ObjectName, Reference
from netsim.words.nearness import closest, did_you_mean

KEYED = frozenset(("Secret", "ConfigMap"))


def missing_object(
    rule: str, severity: Severity, demand: Demand, provision: Provision, fix: str
) -> Finding:
    """The finding about an object that is not there, at the first place that names it."""
    first, *others = _places(demand.references)
    near = provision.nearest(demand.target)
    return Finding(
        rule=rule,
        severity=severity,
        message=f"{demand.workload} needs {demand.target}, which nothing provides"
        f"{did_you_mean(near)}",
        location=first.location,
        related=tuple(Related(each.location, "named here, too") for each in others),
        fix=fix,
    )


def missing_keys(
    rule: str, severity: Severity, demand: Demand, case: Case, provision: Provision
) -> Iterator[Finding]:
    """A finding for each key that the object does not have."""
    target = demand.target
    if target.kind not in KEYED or provision.is_provided_elsewhere(target):
        return
    known = keys(case, target)
    for reference in demand.references:
        if known is None or reference.key is None or reference.key in known:
            continue
        source = _source(case, target)
        near = closest(reference.key, known)
        has = f"has only {', '.join(sorted(known))}" if known else "has no keys"
        yield Finding(
            rule=rule,
            severity=severity,
            message=f"{demand.workload} needs the key {reference.key} of {target}, which {has}"
            f"{did_you_mean(near)}",
            location=reference.location,
            related=source,
            fix=f"Add the key to the {target.kind}, or correct the reference.",
        )


def _source(case: Case, target: ObjectName) -> tuple[Related, ...]:
    return tuple(
        Related(each.location, f"{target.kind} {target.name} comes from here")
        for each in case.bundle.manifests
        if each.name == target or target in each.provides
    )


def _places(references: tuple[Reference, ...]) -> list[Reference]:
    """The first reference of each line."""
    found: dict[tuple[str, int], Reference] = {}
    for each in references:
        found.setdefault((each.location.file, each.location.line), each)
    return list(found.values())
