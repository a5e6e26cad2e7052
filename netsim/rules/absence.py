"""Something that is named and not in the input: an error, or only a note.

It is an error only where nothing could make what is missing.  Where somebody could, all that
he could make in one namespace is one note of ``made-at-run-time``, which says who and how.  A
name that misses a known one by a letter is a slip, whoever could make one.  Without a scenario
nobody says that the input is all there is; rules that can only go by that give one note then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from netsim.bundle.absence import Absence, Lack
from netsim.bundle.makers import Maker
from netsim.bundle.provision import Extent
from netsim.judge.case import Case
from netsim.model.finding import Finding, Related, Severity
from netsim.model.location import Location
from netsim.words.lists import count_noun, join_all


class Certainty(Enum):
    """What it says that something is not in the input."""

    SLIP = "slip"
    """The name misses a known one by little: a mistake."""

    MISSING = "missing"
    """It is not there, unless somebody makes it."""

    ELSEWHERE = "elsewhere"
    """Nobody says that the input is all there is: it may be elsewhere."""


class Absent(Struct, frozen=True):
    """Something that is named and not in the input.

    ``finding`` is what there is to say where nothing could make it.  ``noun`` is what names it,
    as ``selector``, and ``namespace`` where it would be.
    """

    finding: Finding
    noun: str
    namespace: str
    certainty: Certainty
    makers: tuple[Maker, ...] = ()


def judge_certainty(case: Case, *, is_slip: bool) -> Certainty:
    """Of rules that go by the input being all there is, which only a scenario says."""
    if is_slip:
        return Certainty.SLIP
    is_all = case.is_documented or case.extent is Extent.WHOLE
    return Certainty.MISSING if is_all else Certainty.ELSEWHERE


def build_absent(case: Case, absence: Absence, finding: Finding) -> Absent:
    """What a pod needs and is not there; ``finding`` says so."""
    target, is_slip = absence.target, absence.meant is not None
    if absence.lack is Lack.KEY:
        certainty = Certainty.SLIP if is_slip else Certainty.MISSING
        makers = case.makers.of_keys(target)
    else:
        certainty = judge_certainty(case, is_slip=is_slip)
        makers = case.makers.of(target.kind, target.namespace)
    return Absent(finding, "reference", target.namespace, certainty, makers)


def resolve_absences(
    found: Iterable[Finding | Absent],
    describe_made: Callable[[Sequence[Absent]], Finding],
) -> Iterator[Finding]:
    """Findings, with those of absent things that may be made, or be elsewhere, as notes."""
    made: dict[tuple[str, str], list[Absent]] = {}
    elsewhere: dict[str, list[Absent]] = {}
    for each in found:
        if isinstance(each, Finding):
            yield each
        elif each.certainty is Certainty.SLIP:
            yield each.finding
        elif each.makers:
            made.setdefault((each.makers[0].title, each.namespace), []).append(each)
        elif each.certainty is Certainty.ELSEWHERE:
            elsewhere.setdefault(each.finding.rule, []).append(each)
        else:
            yield each.finding
    yield from map(describe_made, _join_namespaces(made))
    yield from map(_describe_elsewhere, elsewhere.values())


_MOST_NOTES = 4
"""So many notes about makers are read; of more, each maker gets one for all namespaces."""


def _join_namespaces(made: dict[tuple[str, str], list[Absent]]) -> Iterable[list[Absent]]:
    if len(made) <= _MOST_NOTES:
        return made.values()
    joined: dict[str, list[Absent]] = {}
    for (maker, _), absences in made.items():
        joined.setdefault(maker, []).extend(absences)
    return joined.values()


def _describe_elsewhere(absences: Sequence[Absent]) -> Finding:
    """One note of a rule: the finding itself, or all of them as related places."""
    first = absences[0].finding
    why = "without a scenario it may be elsewhere"
    if len(absences) == 1:
        message = f"{first.message}; {why}"
        return replace(first, severity=Severity.NOTE, message=message)
    return Finding(
        rule=first.rule,
        severity=Severity.NOTE,
        message=f"{count_nouns(absences)} name what the input does not have; {why}",
        location=first.location,
        related=list_places(absences),
    )


def list_makers(absences: Sequence[Absent]) -> list[Maker]:
    """Who could make what is absent, in their order."""
    return list(dict.fromkeys(maker for each in absences for maker in each.makers))


def count_nouns(absences: Sequence[Absent]) -> str:
    """What names something absent: ``3 selectors and 1 reference``."""
    nouns = [each.noun for each in absences]
    return join_all([count_noun(nouns.count(noun), noun) for noun in dict.fromkeys(nouns)])


def list_places(absences: Sequence[Absent]) -> tuple[Related, ...]:
    """Every place, with what is to say of it."""
    places: dict[tuple[Location, str], None] = {}
    for each in absences:
        places.setdefault((each.finding.location, each.finding.message))
    return tuple(Related(location, message) for location, message in places)
