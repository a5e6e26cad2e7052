"""Why no line came back: what the API server, kubectl and container runtimes say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from netsim.probe.interface import Job, Observation, Repeat, Symptom
from netsim.probe.ways.classify import classify
from netsim.probe.ways.script import Output, Run

_LONGEST = 200


class Failure(Struct, frozen=True):
    """Why a call brought nothing, or not everything."""

    outcome: Symptom
    reason: str
    retry: Repeat
    retry_after: float | None = None


_LOGIN = re.compile(r"getting credentials: ")
# What kubectl says besides: its log, warnings of the API server's, which container it chose.
_ASIDE = re.compile(
    r"[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \S+:\d+\] |Warning: |Flag --\S+ has been |"
    r"Defaulted container "
)
_NO_SHELL = re.compile(
    r'exec: "?sh"?: executable file not found|"sh": (?:stat|no such file|executable)|'
    r"exec /bin/sh: no such file|"
    r"starting container process caused.*\bsh\b.*(?:not found|no such)",
    re.IGNORECASE | re.DOTALL,
)
_STATUS = (
    (401, re.compile(r"unauthorized|you must be logged in", re.IGNORECASE)),
    (403, re.compile(r"forbidden", re.IGNORECASE)),
    (404, re.compile(r"\bnot ?found\b|does not exist|not exist", re.IGNORECASE)),
    (429, re.compile(r"too ?many ?requests|too many requests", re.IGNORECASE)),
    (500, re.compile(r"internal ?error|internal server error", re.IGNORECASE)),
    (503, re.compile(r"service ?unavailable|currently unable", re.IGNORECASE)),
    (504, re.compile(r"gateway timeout|request did not complete", re.IGNORECASE)),
)
_FINAL = frozenset((400, 401, 403, 404, 405))
_NUMBER = re.compile(r"Handshake status (\d{3})|\bstatus code (\d{3})|\((\d{3})\)\s*Reason")


_SECRETS = (
    re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]+"),
    re.compile(r"(?i)\b(token|password|passwd|secret|authorization)(\s*[=:]\s*)\S+"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+)*"),
    re.compile(r"(?<=//)[^/\s:@]+:[^/\s@]+(?=@)"),
    re.compile(r"-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|$)", re.DOTALL),
)


def redact(text: str) -> str:
    """A text with tokens, passwords, keys and credentials in addresses replaced."""
    for pattern in _SECRETS:
        text = pattern.sub("[redacted]", text)
    return text


def status_of(text: str) -> int:
    """The HTTP status that a message of kubectl or a client speaks of; 0 for none."""
    number = _NUMBER.search(text)
    if number:
        return int(next(group for group in number.groups() if group))
    return next((status for status, pattern in _STATUS if pattern.search(text)), 0)


def failure(text: str, status: int | None = None) -> Failure:
    """What a message about a call that went wrong means."""
    if _NO_SHELL.search(text):
        reason = "no shell in the image; --via ephemeral needs nothing from it"
        return Failure(Symptom.NO_TOOL, reason, Repeat.NO)
    found = status_of(text) if status is None else status
    retry = Repeat.NO if found in _FINAL else Repeat.YES
    return Failure(Symptom.EXEC_ERROR, first_line(text) or "no answer", retry)


def first_line(text: str) -> str:
    """The first line with words in it, without anything secret, of bearable length.

    Before kubectl says what happened it may log and warn; where it says no more, that counts.
    What a login plugin says before it fails does not: it may be a secret.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if _LOGIN.search(line)] or lines
    told = (line for line in lines if not _ASIDE.match(line))
    line = next(told, next(iter(lines), ""))
    return redact(line)[:_LONGEST]


def observations(call: Run, answer: Output, missing: Failure) -> tuple[Observation, ...]:
    """What the lines say; a job without one gets the failure, and no verdict."""
    return tuple(_observation(job, answer, missing) for job in call.jobs)


def _observation(job: Job, answer: Output, missing: Failure) -> Observation:
    line = answer.lines.get(job.id)
    if line is None:
        return _fail(job, missing)
    outcome, detail = classify(line, job.destination)
    retry = Repeat.YES if outcome is Symptom.EXEC_ERROR else Repeat.NO
    return Observation(job.id, outcome, redact(detail), line.tool, retry)


def fail_all(jobs: Sequence[Job], why: Failure) -> tuple[Observation, ...]:
    """One failure as the observation of every job."""
    return tuple(_fail(job, why) for job in jobs)


def _fail(job: Job, why: Failure) -> Observation:
    after = why.retry_after or 0.0
    return Observation(job.id, why.outcome, why.reason, retry=why.retry, after=after)


def in_turn(
    calls: Iterable[Run], run: Callable[[Run], tuple[Observation, ...]]
) -> tuple[Observation, ...]:
    """What calls of one pod bring; after one that brings nothing, no other is made."""
    found: list[Observation] = []
    useless: Observation | None = None
    for call in calls:
        if useless:
            found += (replace(useless, job=job.id) for job in call.jobs)
            continue
        done = run(call)
        found += done
        if all(each.outcome is Symptom.EXEC_ERROR for each in done):
            useless = done[0]
    return tuple(found)


INTERRUPTED = Failure(Symptom.EXEC_ERROR, "interrupted", Repeat.NO)


def incomplete(answer: Output, text: str, seconds: float | None = None) -> Failure:
    """Why lines are missing from what came back."""
    if seconds is not None:
        reason = f"no answer within {seconds:.0f} s"
        return Failure(Symptom.EXEC_ERROR, reason, Repeat.YES)
    if text.strip() and not answer.lines:
        return failure(text)
    said = f": {first_line(text)}" if text.strip() else ""
    cut = "its line is missing" if answer.count is not None else "the output was cut off"
    return Failure(Symptom.EXEC_ERROR, f"{cut}{said}", Repeat.YES)
