"""Which findings count: of some rules, from some severity on, and not accepted before.

``choose(ignore=("image-unpinned",))`` is a selection; ``select(findings, selection)`` parts the
findings in those that stand and those that are withheld, with what withholds each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

from msgspec import Struct

from netsim.app.baseline import Accepted, Baseline, accept, read_baseline
from netsim.errors import RequestError
from netsim.model.finding import Finding, Severity
from netsim.rules.registry import RULE_IDS
from netsim.words.nearness import suggest


class Sieve(Enum):
    """What withholds a finding; the value is the parameter that asks for it."""

    SELECT = "select"
    IGNORE = "ignore"
    MIN_SEVERITY = "min-severity"
    BASELINE = "baseline"


class Selection(Struct, frozen=True):
    """Findings of the rules ``only`` (of any, where there are none) but those in ``ignored``.

    ``least`` is the least severity that counts, ``baseline`` what is accepted.
    """

    only: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    least: Severity = Severity.NOTE
    baseline: Baseline = Baseline()


class Withheld(Struct, frozen=True):
    """Findings that do not count, and why."""

    sieve: Sieve
    findings: tuple[Finding, ...]


class Selected(Struct, frozen=True):
    """The findings that stand, those that are withheld, and what a baseline has too much."""

    standing: tuple[Finding, ...]
    withheld: tuple[Withheld, ...] = ()
    outdated: tuple[Accepted, ...] = ()


def choose(
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    least: Severity = Severity.NOTE,
    baseline: str | None = None,
) -> Selection:
    """The selection that is asked for; ``baseline`` is a file.

    Raises :class:`RequestError` for a rule that does not exist, and for a file that is none.
    """
    return Selection(
        _name_rules(select, Sieve.SELECT.value),
        _name_rules(ignore, Sieve.IGNORE.value),
        least,
        Baseline() if baseline is None else read_baseline(baseline),
    )


def _name_rules(names: Iterable[str], parameter: str) -> frozenset[str]:
    rules = frozenset(names)
    refuse_unknown_rules(rules, parameter)
    return rules


def refuse_unknown_rules(rules: Iterable[str], parameter: str) -> None:
    """Raises :class:`RequestError` for a rule that does not exist."""
    for each in sorted(rules):
        if each not in RULE_IDS:
            message = f"no rule is called {each!r}{suggest(each, RULE_IDS)}"
            raise RequestError(message, parameter)


def select(
    findings: Sequence[Finding], selection: Selection, namespaces: tuple[str, ...] = ()
) -> Selected:
    """Parts findings of a system in those that stand and those that are withheld.

    ``namespaces`` are those of its scenario.
    """
    if selection == Selection():
        return Selected(tuple(findings))
    acceptance = accept(findings, selection.baseline, namespaces)
    standing: list[Finding] = []
    withheld: dict[Sieve, list[Finding]] = {sieve: [] for sieve in Sieve}
    for place, each in enumerate(findings):
        sieve = _find_sieve(each, selection)
        if sieve is None and place in acceptance.places:
            sieve = Sieve.BASELINE
        (standing if sieve is None else withheld[sieve]).append(each)
    return Selected(tuple(standing), _list_withheld(withheld), acceptance.outdated)


def merge_withheld(several: Iterable[Withheld]) -> tuple[Withheld, ...]:
    """One of each sieve, each finding once."""
    found: dict[Sieve, dict[Finding, None]] = {sieve: {} for sieve in Sieve}
    for each in several:
        found[each.sieve].update(dict.fromkeys(each.findings))
    return _list_withheld(found)


def _list_withheld(found: Mapping[Sieve, Iterable[Finding]]) -> tuple[Withheld, ...]:
    every = ((sieve, tuple(findings)) for sieve, findings in found.items())
    return tuple(Withheld(sieve, findings) for sieve, findings in every if findings)


_SEVERITIES = list(Severity)


def _find_sieve(finding: Finding, selection: Selection) -> Sieve | None:
    if selection.only and finding.rule not in selection.only:
        return Sieve.SELECT
    if finding.rule in selection.ignored:
        return Sieve.IGNORE
    if _SEVERITIES.index(finding.severity) > _SEVERITIES.index(selection.least):
        return Sieve.MIN_SEVERITY
    return None
