"""When a CronJob runs, by the grammar of Kubernetes (``robfig/cron`` v3, ``ParseStandard``).

It is not the grammar of other crons: Sunday is 0 alone, ``L``, ``W`` and ``#`` do not exist,
``?`` is a star, and a star with a step counts as a restriction of the day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from msgspec import Struct

from netsim.errors import NetsimError

_START = datetime(2023, 12, 31, 23, 59, tzinfo=UTC)
_MINUTES_OF_DAY = 24 * 60
_WEEK = timedelta(days=8)
_YEAR = timedelta(days=367)

_DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_DURATION = re.compile(r"(?:([\d.]{1,9})h)?(?:([\d.]{1,9})m)?(?:([\d.]{1,9})s)?")


class ScheduleError(NetsimError, ValueError):
    """A schedule that Kubernetes refuses, or by which nothing ever runs."""


class _CronField(Struct, frozen=True):
    """A field of a schedule, with the names its numbers have."""

    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()


_FIELDS = (
    _CronField("minute", 0, 59),
    _CronField("hour", 0, 23),
    _CronField("day of the month", 1, 31),
    _CronField("month", 1, 12, _MONTHS),
    _CronField("day of the week", 0, 6, _DAYS),
)

_STEP = _CronField("step", 1, 10**6)
_STARS = ("*", "?")
_NO = (0.0, 0.0, 0.0)


def list_gaps(schedule: str, period: timedelta) -> tuple[timedelta, ...]:
    """The different times between one run and the next, sorted.

    Looked at is as long as it takes to tell whether all are ``period``: a week and a day, and
    up to a year where the schedule depends on the date; in UTC, so without the hour that
    clocks change by.  Raises ``ScheduleError``.
    """
    text = schedule.strip()
    if "TZ" in text:
        raise ScheduleError("it names a time zone; use the field timeZone")
    if text.startswith("@every "):
        return (_parse_duration(text.removeprefix("@every ").strip()),)
    if text.startswith("@") and text not in _DESCRIPTORS:
        raise ScheduleError(f"{text} is none of {', '.join(_DESCRIPTORS)} and @every")
    fields = _DESCRIPTORS.get(text, text).split()
    if len(fields) != len(_FIELDS):
        raise ScheduleError(f"it has {len(fields)} fields instead of {len(_FIELDS)}")
    read = [_parse_field(field, unit) for field, unit in zip(fields, _FIELDS, strict=True)]
    any_date = read[2] == "*" and (read[3] == "*" or read[3].count(",") == 11)
    if any_date and (read[4] == "*" or read[4].count(",") == 6):
        return _list_daily_gaps(read[0], read[1])
    span = _WEEK if any_date else _YEAR
    return _list_dated_gaps(" ".join(read), period, span)


def _list_daily_gaps(minutes: str, hours: str) -> tuple[timedelta, ...]:
    """The gaps of a schedule that is the same every day, which takes no calendar."""
    of_hour = list(_list_numbers(minutes, _FIELDS[0]))
    hours_of_day = _list_numbers(hours, _FIELDS[1])
    times = [60 * hour + minute for hour in hours_of_day for minute in of_hour]
    round_the_clock = pairwise((*times, times[0] + _MINUTES_OF_DAY))
    gaps = sorted({after - before for before, after in round_the_clock})
    return tuple(timedelta(minutes=each) for each in gaps)


def _list_numbers(field: str, unit: _CronField) -> Iterable[int]:
    return range(unit.least, unit.most + 1) if field == "*" else map(int, field.split(","))


def _list_dated_gaps(
    expression: str, period: timedelta, span: timedelta
) -> tuple[timedelta, ...]:
    from cronsim import CronSim, CronSimError

    found: set[timedelta] = set()
    try:
        for before, after in pairwise(CronSim(expression, _START)):
            found.add(after - before)
            if after - _START > _choose_describe_time(found, period, span):
                break
    except CronSimError as error:
        raise ScheduleError("there is no such day, so nothing ever runs") from error
    if not found:
        raise ScheduleError("there is no such day, so nothing ever runs")
    return tuple(sorted(found))


def _choose_describe_time(
    found: set[timedelta], period: timedelta, span: timedelta
) -> timedelta:
    """How long to look: for less where a difference has shown, for more where none has."""
    if found == {period}:
        return max(span, 3 * period)
    return span if len(found) == 1 else _WEEK


def _parse_duration(text: str) -> timedelta:
    """A duration of Go in hours, minutes and seconds."""
    found = _DURATION.fullmatch(text)
    try:
        hours, minutes, seconds = (
            (float(part or 0) for part in found.groups()) if found else _NO
        )
    except ValueError:  # such as 1.2.3
        hours, minutes, seconds = _NO
    duration = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if not duration:
        raise ScheduleError(f"@every {text} is not a duration such as @every 1h30m")
    return duration


def _parse_field(text: str, unit: _CronField) -> str:
    """The numbers of a field, or a star where the field restricts nothing."""
    numbers: set[int] = set()
    for term in filter(None, text.split(",")):
        found, step = _parse_term(term, unit)
        if term.startswith(_STARS) and step == 1:
            return "*"
        numbers.update(found)
    if not numbers:
        raise ScheduleError(f"the {unit.name} {text!r} is empty")
    return ",".join(map(str, sorted(numbers)))


def _parse_term(term: str, unit: _CronField) -> tuple[range, int]:
    """A number, a range, or either with a step; ``N/step`` runs to the end of the unit."""
    span, slash, step_text = term.partition("/")
    step = _parse_number(step_text, _STEP) if slash else 1
    first, dash, last = span.partition("-")
    if first in _STARS:
        return range(unit.least, unit.most + 1, step), step
    start = _parse_number(first, unit)
    end = _parse_number(last, unit) if dash else unit.most if slash else start
    if start > end:
        raise ScheduleError(f"the {unit.name} {span!r} ends before it begins")
    return range(start, end + 1, step), step


def _parse_number(text: str, unit: _CronField) -> int:
    word = text.lower()
    if word in unit.names:
        return unit.least + unit.names.index(word)
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    if not is_number or not unit.least <= int(text) <= unit.most:
        raise ScheduleError(f"the {unit.name} {text!r} is not within {unit.least}-{unit.most}")
    return int(text)


def describe_gaps(found: tuple[timedelta, ...]) -> str:
    """``every 5 minutes``, ``4 minutes or 7 minutes apart``, ``1 minute to 2 hours apart``."""
    least, most = _describe_time(found[0]), _describe_time(found[-1])
    if len(found) == 1:
        only_one = least.startswith("1 ") and least.count(" ") == 1
        return f"every {least.removeprefix('1 ') if only_one else least}"
    return f"{least} {'or' if len(found) == 2 else 'to'} {most} apart"


def _describe_time(time: timedelta) -> str:
    return " ".join(_split_time(int(time.total_seconds())))


def _split_time(seconds: int) -> Iterator[str]:
    for name, size in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            yield f"{count} {name}{'s' * (count > 1)}"
