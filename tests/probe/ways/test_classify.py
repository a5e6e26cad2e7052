"""Tools in their own words; most rows are measured, see the laboratory's table."""

from __future__ import annotations

import pytest

from netsim.model.ports import Protocol
from netsim.probe.interface import Symptom
from netsim.probe.ways.classify import MINIMAL, classify
from netsim.probe.ways.script import Line
from tests.fakes.laboratory.behaviour import Behaviour, table
from tests.probe.samples import target

_TOOLS = {
    "nc.openbsd": "openbsd",
    "nc.traditional": "traditional",
    "ncat": "ncat",
    "nc.busybox": MINIMAL,
    "bash": "bash",
    "python3": "python3",
}
_OUTCOMES = {
    "open": Symptom.OPEN,
    "held": Symptom.OPEN,
    "refused": Symptom.REFUSED,
    "reset": Symptom.REFUSED,
    "port-unreachable": Symptom.REFUSED,
    "dropped": Symptom.TIMEOUT,
    "admin-prohibited": Symptom.UNREACHABLE,
    "host-unreachable": Symptom.UNREACHABLE,
    "no-route": Symptom.UNREACHABLE,
    "net-unreachable": Symptom.UNREACHABLE,
    "unresolved": Symptom.DNS,
}
# They go on after an ICMP error; with -w 1 they give up before they hear the second.
_PATIENT = ("nc.traditional", "nc.busybox")
_ICMP = {key for key in _OUTCOMES if key.endswith(("unreachable", "prohibited", "no-route"))}
_UNPROVEN = (Symptom.EXEC_ERROR, Symptom.NO_TOOL, Symptom.UDP_UNKNOWN)


def _line(found: Behaviour) -> Line:
    text = " ".join(f"{found.stdout} {found.stderr}".split())
    return Line(_TOOLS.get(found.case.tool, found.case.tool), str(found.status), text)


def _words(found: Behaviour) -> set[str]:
    return set(found.case.command)


MEASURED = [found for found in table() if found.status is not None]
# Those that are called as the script calls them.
AS_CALLED = [
    found
    for found in MEASURED
    if (found.case.tool in _TOOLS and {"-zvn", "-w"} <= _words(found))
    or (found.case.tool == "nc.busybox" and found.case.command[:3] == ("nc", "-w", "1"))
]


@pytest.mark.parametrize("found", AS_CALLED, ids=lambda f: f"{f.case.tool} {f.case.condition}")
def test_what_was_measured(found: Behaviour) -> None:
    if found.case.tool == "nc.busybox" and "-zvn" in _words(found):
        assert classify(_line(found), target())[0] is Symptom.NO_TOOL
        return
    patient = found.case.tool in _PATIENT and found.case.condition in _ICMP
    wanted = {_OUTCOMES[found.case.condition]} | ({Symptom.TIMEOUT} if patient else set())
    assert classify(_line(found), target())[0] in wanted


@pytest.mark.parametrize("found", MEASURED, ids=lambda f: f"{f.case.tool} {f.case.condition}")
def test_nothing_measured_gives_a_false_verdict(found: Behaviour) -> None:
    """Whatever the flags: silence and usage texts are no verdict."""
    datagram = any("-zvnu" in word or "/dev/udp" in word for word in found.case.command)
    protocol = Protocol.UDP if datagram else Protocol.TCP
    outcome = classify(_line(found), target(protocol=protocol))[0]
    if found.case.condition in ("open", "held"):
        assert outcome in (Symptom.OPEN, *_UNPROVEN)
    else:
        assert outcome is not Symptom.OPEN


@pytest.mark.parametrize(
    ("tool", "status", "text", "outcome"),
    [
        ("openbsd", "0", "Connection to 10.0.0.1 80 port [tcp/http] succeeded!", Symptom.OPEN),
        ("traditional", "0", "(UNKNOWN) [10.0.0.1] 80 (http) open", Symptom.OPEN),
        # Without -n it looks up the name of an address first, which may fail.
        (
            "traditional",
            "0",
            "a: inverse host lookup failed: Unknown host (UNKNOWN) [10.0.0.1] 80 (?) open",
            Symptom.OPEN,
        ),
        ("busybox", "0", "10.0.0.1 (10.0.0.1:80) open sent 0, rcvd 0", Symptom.OPEN),
        ("busybox", "0", "10.0.0.1 (10.0.0.1:80) open net timeout sent 0", Symptom.OPEN),
        ("busybox", "1", "nc: 10.0.0.1 (10.0.0.1:81): Connection refused", Symptom.REFUSED),
        ("busybox", "1", "nc: 10.0.0.1 (10.0.0.1:81): Connection timed out", Symptom.TIMEOUT),
        # A name with several addresses, of which the last works.
        (
            "openbsd",
            "0",
            "nc: connect to shop port 80 (tcp) failed: Connection refused … succeeded!",
            Symptom.OPEN,
        ),
        ("bash", "0", "bash: open.shop: Name or service not known", Symptom.DNS),
        (
            "openbsd",
            "1",
            "nc: connect to open.shop port 80: Connection refused",
            Symptom.REFUSED,
        ),
        (MINIMAL, "0", "", Symptom.OPEN),
        # There was a connection, and then the server ended it.
        (MINIMAL, "1", "nc: read error: Connection reset by peer", Symptom.OPEN),
        # The watchdog ended it, long after -w would have: it was connected.
        (MINIMAL, "124", "Killed", Symptom.OPEN),
        # Somebody else did, who may have been in time.
        (MINIMAL, "137", "Killed", Symptom.EXEC_ERROR),
        (MINIMAL, "137", "", Symptom.EXEC_ERROR),
        (MINIMAL, "143", "Terminated", Symptom.OPEN),
        (MINIMAL, "1", "", Symptom.EXEC_ERROR),
        # toybox ends so on a timeout, and an unknown tool may do the same.
        ("netcat", "0", "", Symptom.EXEC_ERROR),
        ("netcat", "1", "", Symptom.EXEC_ERROR),
        ("openbsd", "1", "", Symptom.EXEC_ERROR),
        ("bash", "0", "open", Symptom.OPEN),
        ("bash", "0", "timed out", Symptom.TIMEOUT),
        ("bash", "0", "tcp: connect: Connection refused", Symptom.REFUSED),
        ("bash", "0", "tcp: connect: Permission denied", Symptom.UNREACHABLE),
        ("python3", "0", "TimeoutError: timed out", Symptom.TIMEOUT),
        ("python3", "0", "timeout: timed out", Symptom.TIMEOUT),
        ("python3", "0", "PermissionError: [Errno 13] Permission denied", Symptom.UNREACHABLE),
        ("python3", "0", "gaierror: [Errno -2] Name or service not known", Symptom.DNS),
        # The program could not be run, which says nothing about the network.
        ("openbsd", "126", "sh: 1: nc: Permission denied", Symptom.EXEC_ERROR),
        ("openbsd", "127", "sh: 1: nc: not found", Symptom.NO_TOOL),
        ("openbsd", "2", "sh: 1: Cannot fork", Symptom.EXEC_ERROR),
        (MINIMAL, "0", "sh: can't fork: Resource temporarily unavailable", Symptom.EXEC_ERROR),
        ("bash", "0", "bash: fork: Cannot allocate memory timed out", Symptom.EXEC_ERROR),
        # musl has words of its own.
        ("busybox", "1", "nc: shop (fd00::1:80): Network unreachable", Symptom.UNREACHABLE),
        ("busybox", "1", "nc: shop (10.0.0.1:80): Host is unreachable", Symptom.UNREACHABLE),
        ("busybox", "1", "nc: shop (10.0.0.1:80): Operation timed out", Symptom.TIMEOUT),
        ("bash", "0", "bash: shop: Name does not resolve", Symptom.DNS),
        ("netcat", "1", "nc: invalid option -- 'z' usage: nc HOST PORT open", Symptom.NO_TOOL),
        ("none", "-", "", Symptom.NO_TOOL),
    ],
)
def test_tcp(tool: str, status: str, text: str, outcome: Symptom) -> None:
    assert classify(Line(tool, status, text), target())[0] is outcome


@pytest.mark.parametrize(
    ("tool", "status", "text", "outcome"),
    [
        ("openbsd", "0", "Connection to … succeeded! answered status 0", Symptom.OPEN),
        ("openbsd", "1", "Connection to … succeeded! Killed status 124", Symptom.UDP_UNKNOWN),
        # What nobody waited for has not been silent.
        ("openbsd", "1", "Connection to … succeeded! Killed status 137", Symptom.EXEC_ERROR),
        ("ncat", "1", "sh: 1: Cannot fork Ncat: Connected to … status 0", Symptom.EXEC_ERROR),
        ("openbsd", "0", "sh: fork: retry: … succeeded! answered status 0", Symptom.OPEN),
        ("openbsd", "1", "status 1", Symptom.REFUSED),
        ("traditional", "1", "(UNKNOWN) [10.0.0.1] 53 (domain) open status 0", None),
        ("ncat", "1", "Ncat: Connected to 10.0.0.1:53. Ncat: Connection refused.", None),
        # It may have left before the answer came.
        ("netcat", "1", "10.0.0.1 53 open status 0", Symptom.NO_TOOL),
        ("netcat", "0", "10.0.0.1 53 open answered status 0", Symptom.OPEN),
        ("bash", "0", "timed out", Symptom.UDP_UNKNOWN),
        ("bash", "0", "udp: read: read error: 0: Connection refused", Symptom.REFUSED),
        ("python3", "0", "answered", Symptom.OPEN),
        ("python3", "0", "TimeoutError: timed out", Symptom.UDP_UNKNOWN),
        (MINIMAL, "0", "no UDP", Symptom.NO_TOOL),
        ("openbsd", "2", "sh: 1: Cannot fork", Symptom.EXEC_ERROR),
    ],
)
def test_udp(tool: str, status: str, text: str, outcome: Symptom | None) -> None:
    found = classify(Line(tool, status, text), target(protocol=Protocol.UDP))[0]
    assert found is not Symptom.OPEN if outcome is None else found is outcome


@pytest.mark.parametrize(
    ("tool", "protocol", "text", "outcome"),
    [
        # The time limit of these includes looking up the name.
        ("bash", Protocol.TCP, "timed out", Symptom.NO_TOOL),
        ("bash", Protocol.UDP, "timed out", Symptom.NO_TOOL),
        (MINIMAL, Protocol.TCP, "nc: timed out", Symptom.NO_TOOL),
        ("bash", Protocol.TCP, "tcp: connect: Connection refused", Symptom.REFUSED),
        ("bash", Protocol.TCP, "open", Symptom.OPEN),
        ("openbsd", Protocol.TCP, "failed: Connection timed out", Symptom.TIMEOUT),
        ("python3", Protocol.TCP, "timeout: timed out", Symptom.TIMEOUT),
    ],
)
def test_silence_of_what_has_a_name(
    tool: str, protocol: Protocol, text: str, outcome: Symptom
) -> None:
    to = target("api.shop.svc", protocol=protocol)
    assert classify(Line(tool, "0", text), to)[0] is outcome
