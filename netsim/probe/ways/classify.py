"""What a tool's words and status mean.

Measured with netcat-openbsd 1.219, netcat-traditional 1.10, ncat 7.93, the three builds of
BusyBox 1.35's nc, bash 5.2 and python 3.11; see ``tests/fakes/laboratory/behaviour.json``.
"""

from __future__ import annotations

import re

from msgspec import Struct

from netsim.model.ports import Protocol
from netsim.probe.interface import Destination, Symptom
from netsim.probe.ways.script import Line

NO_TOOL = "none"
UNMEASURED = "netcat"
"""One that is none of the known ones; whether it waits for an answer to a datagram is open."""
_NO_DATAGRAMS = "no UDP"
_HINT = "; --via ephemeral needs nothing from the image"
MINIMAL = "busybox-minimal"
_NETCATS = ("openbsd", "traditional", "ncat", "busybox", UNMEASURED)
_IN_ONE = ("bash", MINIMAL)
"""Those whose time limit includes looking up a name."""


class Sign(Struct, frozen=True):
    """Words that mean an outcome."""

    pattern: re.Pattern[str]
    outcome: Symptom


def _sign(pattern: str, outcome: Symptom) -> Sign:
    return Sign(re.compile(pattern, re.IGNORECASE), outcome)


_UNRESOLVED = _sign(
    r"name or service not known|name resolution|nodename nor servname|bad address|"
    # musl's words.
    r"name does not resolve|name has no usable address|"
    r"could not resolve|forward host lookup failed|gaierror|getaddrinfo|"
    r"can't parse .* as an ip address",
    Symptom.DNS,
)
_FAILURES = (
    _sign("connection refused", Symptom.REFUSED),
    _sign(
        r"no route to host|network (?:is )?unreachable|host is unreachable|network is down|"
        # Not where the program itself may not be run, which reads "nc: Permission denied".
        r"(?:failed: |connect: |\] |\(\?\) : |\): |ncat: )(?:permission denied|"
        r"operation not permitted)",
        Symptom.UNREACHABLE,
    ),
    _sign(r"timed out|ncat: timeout\.", Symptom.TIMEOUT),
    _UNRESOLVED,
)
_SUCCESS = _sign(r"\bsucceeded!|\bopen\b|\bconnected to\b", Symptom.OPEN)
# What is refused before there is a connection is "refused" (tcp_reset in Linux's tcp_input.c).
_BROKEN = _sign("connection reset", Symptom.OPEN)
_SILENCES = (Symptom.TIMEOUT, Symptom.UDP_UNKNOWN)
_SENT = _sign(rf"{_SUCCESS.pattern.pattern}|timed out", Symptom.UDP_UNKNOWN)

_SILENT: dict[tuple[str, str], Symptom] = {
    # The minimal nc of BusyBox says nothing when it connects, and "timed out" when it gives
    # up after -w.  Whatever is ended later than that was connected; 137 is what somebody else
    # killed, for want of memory as a rule.
    (MINIMAL, "0"): Symptom.OPEN,
    (MINIMAL, "124"): Symptom.OPEN,
    (MINIMAL, "143"): Symptom.OPEN,
}
_KILLED = re.compile(r"\b(?:killed|terminated)\b", re.IGNORECASE)
# The usage text of BusyBox speaks of opening, and of a timeout.
_MISUSED = re.compile(r"usage:|(?:invalid|unknown|illegal) option", re.IGNORECASE)
_MISSING = re.compile(r"not found|no such file|cannot execute", re.IGNORECASE)
# A shell that could not start something, or what the kernel ended: the attempt was not made,
# or not waited for.
_STARVED = re.compile(
    r"can(?:no|')t fork|\bfork: |resource temporarily unavailable|cannot allocate memory|"
    r"out of memory|\bstatus 137\b",
    re.IGNORECASE,
)
_INVERSE = re.compile(r"\S+: inverse host lookup failed: .*?(?=\(UNKNOWN\))", re.IGNORECASE)


def classify(line: Line, to: Destination) -> tuple[Symptom, str]:
    """The outcome of one attempt, and what is worth telling of it.

    Silence counts only where it was measured to mean something: toybox, for one, ends with 0
    on a timeout.
    """
    if line.tool == NO_TOOL:
        return Symptom.NO_TOOL, f"neither a usable nc, nor bash, nor python3{_HINT}"
    if line.text == _NO_DATAGRAMS:
        return Symptom.NO_TOOL, f"no tool that tells whether a datagram is answered{_HINT}"
    text = _INVERSE.sub("", line.text)
    found = _outcome(Line(line.tool, line.status, text), to.protocol)
    if found in _SILENCES and to.is_name and line.tool in _IN_ONE:
        why = f"{line.tool} does not tell whether the name or the destination gave no answer"
        return Symptom.NO_TOOL, f"{why}{_HINT}"
    if found in (Symptom.NO_TOOL, Symptom.EXEC_ERROR):
        return found, f"{line.tool} ended with {line.status}: {line.text or 'no message'}"
    return found, line.text


def _outcome(line: Line, protocol: Protocol) -> Symptom:
    if _MISUSED.search(line.text):
        return Symptom.NO_TOOL
    found = _udp(line) if protocol is Protocol.UDP else _tcp(line)
    if found is not Symptom.OPEN and _STARVED.search(line.text):
        return Symptom.EXEC_ERROR
    return found


def _tcp(line: Line) -> Symptom:
    # Of a name with several addresses it tells which failed before one did not.
    if line.tool in _NETCATS and line.status == "0" and _SUCCESS.pattern.search(line.text):
        return Symptom.OPEN
    for sign in (*_FAILURES, _BROKEN):
        if sign.pattern.search(line.text):
            return sign.outcome
    if line.tool == MINIMAL and (not line.text or _KILLED.search(line.text)):
        return _SILENT.get((line.tool, line.status), Symptom.EXEC_ERROR)
    if line.status == "0" and _SUCCESS.pattern.search(line.text):
        return Symptom.OPEN
    return Symptom.NO_TOOL if _MISSING.search(line.text) else Symptom.EXEC_ERROR


def _udp(line: Line) -> Symptom:
    """Only an answer shows that a datagram arrived; "open" and "succeeded" show nothing."""
    words = line.text.split()
    if "answered" in words:
        return Symptom.OPEN
    for sign in _FAILURES:
        if sign.outcome is not Symptom.TIMEOUT and sign.pattern.search(line.text):
            return sign.outcome
    # The one of OpenBSD ends so, without a word, when the datagram is refused.
    if line.tool == "openbsd" and line.text == "status 1":
        return Symptom.REFUSED
    if line.tool == UNMEASURED:
        return Symptom.NO_TOOL
    if _SENT.pattern.search(line.text):
        return Symptom.UDP_UNKNOWN
    return Symptom.NO_TOOL if _MISSING.search(line.text) else Symptom.EXEC_ERROR
