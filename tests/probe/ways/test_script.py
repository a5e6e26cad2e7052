"""The program for real: several shells, several images, real connections."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from netsim.model.ports import Protocol
from netsim.probe.interface import Destination, Job, Symptom
from netsim.probe.ways.classify import classify
from netsim.probe.ways.script import Output, Run, calls, program, read
from tests.probe.listeners import LOOPBACK, Ports, listening
from tests.probe.samples import TCP, UDP, job, pod, target
from tests.probe.tools import IMAGES, has_udp, image

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")

SECONDS = 1
LOOKUP_SECONDS = 20


@pytest.fixture(scope="module")
def ports() -> Iterator[Ports]:
    with listening() as found:
        yield found


def to(number: int, protocol: Protocol = TCP, host: str = LOOPBACK) -> Destination:
    return Destination(host, protocol, number, "target")


def run(call: Run, folder: Path) -> subprocess.CompletedProcess[str]:
    """As a container runtime runs it: no environment but a PATH."""
    return subprocess.run(
        [str(folder / "sh"), *call.command()[1:]],
        env={"PATH": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def outcomes(call: Run, output: str) -> dict[str, Symptom]:
    answer = read(output, call)
    targets = {each.id: each.destination for each in call.jobs}
    return {name: classify(line, targets[name])[0] for name, line in answer.lines.items()}


@pytest.mark.parametrize("name", IMAGES)
def test_every_image_tells_open_from_closed(name: str, tmp_path: Path, ports: Ports) -> None:
    wanted = {
        "open": (to(ports.open), Symptom.OPEN),
        "held": (to(ports.held), Symptom.OPEN),
        "refused": (to(ports.refused), Symptom.REFUSED),
        "silent": (to(ports.silent), Symptom.TIMEOUT),
    }
    call = Run(tuple(job(each, where) for each, (where, _) in wanted.items()), SECONDS)
    done = run(call, image(tmp_path / "bin", IMAGES[name]))
    assert outcomes(call, done.stdout) == {each: found for each, (_, found) in wanted.items()}
    assert read(done.stdout, call).count == len(wanted)
    assert done.stdout.splitlines()[-1] == f"{call.nonce} END {len(wanted)}"


def test_what_the_watchdog_ends_is_never_taken_for_killed(tmp_path: Path, ports: Ports) -> None:
    """Many at a time, as it may be told to end while it kills."""
    call = Run(tuple(job(str(n), to(ports.held)) for n in range(20)), SECONDS)
    found = outcomes(call, run(call, image(tmp_path / "bin", IMAGES["busybox"])).stdout)
    # So many at once may be more than the listener takes.
    assert set(found.values()) <= {Symptom.OPEN, Symptom.TIMEOUT}


@pytest.mark.parametrize("name", IMAGES)
def test_every_image_tells_a_name_that_is_not_resolved(name: str, tmp_path: Path) -> None:
    """Some limit the lookup, too, and a resolver may be slow on a busy machine."""
    call = Run((job("1", to(80, host="no.such.name.invalid")),), LOOKUP_SECONDS)
    done = run(call, image(tmp_path / "bin", IMAGES[name]))
    assert outcomes(call, done.stdout) == {"1": Symptom.DNS}


@pytest.mark.parametrize("name", [name for name in IMAGES if has_udp(name)])
def test_only_an_answer_shows_that_a_datagram_arrived(
    name: str, tmp_path: Path, ports: Ports
) -> None:
    targets = {"echo": ports.echo, "mute": ports.mute, "refused": ports.refused}
    call = Run(tuple(job(n, to(number, UDP)) for n, number in targets.items()), SECONDS)
    found = outcomes(call, run(call, image(tmp_path / "bin", IMAGES[name])).stdout)
    assert (found["echo"], found["mute"]) == (Symptom.OPEN, Symptom.UDP_UNKNOWN)
    # Not every netcat tells that the other side refused.
    assert found["refused"] in (Symptom.REFUSED, Symptom.UDP_UNKNOWN)


@pytest.mark.parametrize("name", [name for name in IMAGES if not has_udp(name)])
def test_a_tool_that_cannot_send_datagrams_says_so(
    name: str, tmp_path: Path, ports: Ports
) -> None:
    call = Run((job("1", to(ports.echo, UDP)),), SECONDS)
    done = run(call, image(tmp_path / "bin", IMAGES[name]))
    assert outcomes(call, done.stdout) == {"1": Symptom.NO_TOOL}


@pytest.mark.parametrize(
    "commands",
    [
        {"sh": "dash"},
        {"sh": "dash", "sleep": "sleep"},
        # It ends with 0 on a timeout, and has no -z.
        {"sh": "dash", "nc": "toybox"},
    ],
    ids=["a shell", "a shell and sleep", "toybox"],
)
def test_an_image_without_a_tool(commands: dict[str, str], tmp_path: Path) -> None:
    call = Run((job("1", to(1)), job("2", to(1, UDP))), SECONDS)
    done = run(call, image(tmp_path / "bin", commands))
    assert outcomes(call, done.stdout) == {"1": Symptom.NO_TOOL, "2": Symptom.NO_TOOL}


def test_connections_are_tried_at_a_time(tmp_path: Path, ports: Ports) -> None:
    call = Run(tuple(job(str(n), to(ports.silent)) for n in range(40)), SECONDS)
    start = time.monotonic()
    done = run(call, image(tmp_path / "bin", IMAGES["openbsd"]))
    took = time.monotonic() - start
    assert set(outcomes(call, done.stdout).values()) == {Symptom.TIMEOUT}
    # Two rounds of twenty, not forty.
    assert took < 40 * SECONDS / 4
    assert took < call.deadline


def test_nothing_is_left_running(tmp_path: Path, ports: Ports) -> None:
    """The watchdogs go with what they watch, or each run would leave processes behind."""
    mark = tmp_path / "bin"
    call = Run((job("1", to(ports.open)), job("2", to(ports.mute, UDP))), 1)
    run(call, image(mark, IMAGES["openbsd"]))
    assert not [name for name in _environments() if f"PATH={mark}" in name]


def _environments() -> Iterator[str]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                yield (folder / "environ").read_bytes().decode("utf-8", "replace")
            except OSError:
                continue


NETCAT = """\
#!{shell}
case $1 in
-h) echo "BusyBox v1.35.0 usage: -w" ;;
*) kill -9 $$ ;;
esac
"""


@pytest.mark.parametrize("waiter", ["sleep", "timeout"])
def test_what_the_kernel_kills_was_not_connected(waiter: str, tmp_path: Path) -> None:
    """As it does for want of memory; the watchdog's own kill means that it was."""
    folder = image(tmp_path / "bin", {"sh": "dash", waiter: waiter})
    (folder / "nc").write_text(NETCAT.format(shell=folder / "sh"), "utf-8")
    (folder / "nc").chmod(0o755)
    call = Run((job("1", to(1)),), SECONDS)
    assert outcomes(call, run(call, folder).stdout) == {"1": Symptom.EXEC_ERROR}


@pytest.mark.parametrize("name", ["bash alone", "python3", "openbsd, bash"])
def test_what_the_image_sets_for_its_own_programs_changes_nothing(
    name: str, tmp_path: Path, ports: Ports
) -> None:
    (tmp_path / "profile").write_text("echo open; exit", "utf-8")
    (tmp_path / "socket.py").write_text("print('open'); raise SystemExit", "utf-8")
    call = Run((job("1", to(ports.refused)), job("2", to(ports.open))), SECONDS)
    folder = image(tmp_path / "bin", IMAGES[name])
    odd = {"SHELLOPTS": "errexit:xtrace", "BASH_ENV": str(tmp_path / "profile")}
    odd |= {"PYTHONPATH": str(tmp_path), "isolated": "-h", "LC_ALL": "de_DE.UTF-8"}
    done = subprocess.run(
        [str(folder / "sh"), *call.command()[1:]],
        env={"PATH": str(folder), **odd},
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert outcomes(call, done.stdout) == {"1": Symptom.REFUSED, "2": Symptom.OPEN}


def test_an_image_cannot_run_anything_by_its_names(tmp_path: Path, ports: Ports) -> None:
    """Hosts are arguments, never parts of the program."""
    evil = "$(touch${IFS}owned)`touch owned`;touch owned"
    call = Run((job("1", to(ports.open, host=evil)),), SECONDS)
    folder = image(tmp_path / "bin", {**IMAGES["openbsd"], "touch": "touch"})
    before = set(Path().iterdir())
    run(call, folder)
    assert set(Path().iterdir()) == before


CALL = Run((job("1"), job("2")), 3, nonce="abc")


@pytest.mark.parametrize(
    ("output", "texts", "count"),
    [
        ("abc 1 nc 0 open\nabc 2 nc 1 no\nabc END 2\n", {"1": "open", "2": "no"}, 2),
        # A line of another run, of a shell's greeting, of nobody.
        ("xyz 1 nc 0 open\nhello\nabc 3 nc 0 open\nabc END 2\n", {}, 2),
        ("abc 1 nc 0 open\n", {"1": "open"}, None),
        # Cut off: the text might have gone on.
        ("abc 1 nc 0 open\nabc 2 nc 0 op", {"1": "open"}, None),
        ("abc 1 nc 0 open\r\nabc END 2\r\n", {"1": "open"}, 2),
        ("abc 1\nabc 2 nc\nabc END\nabc END x\n", {}, None),
        ("abc 1 none -\nabc END 2\n", {"1": ""}, 2),
        ("", {}, None),
    ],
)
def test_lines(output: str, texts: dict[str, str], count: int | None) -> None:
    answer: Output = read(output, CALL)
    assert {name: line.text for name, line in answer.lines.items()} == texts
    assert answer.count == count


def test_a_call() -> None:
    call = Run((Job("7", pod("web"), "web", target()),), 3, nonce="abc")
    assert call.arguments() == ("netsim-probe", "abc", "3", "1", "7/tcp/10.0.0.2/80")
    assert call.command()[:2] == ("sh", "-c")
    assert Run((job("1"),), 3).nonce != Run((job("1"),), 3).nonce


def test_calls_fit_into_the_line_of_a_request() -> None:
    """The command is a part of the URL of each exec."""
    jobs = tuple(job(str(number), target(f"10.244.0.{number}")) for number in range(1, 150))
    found = list(calls(jobs, 3))
    assert [each for call in found for each in call.jobs] == list(jobs)
    lengths = [len(urlencode([("command", w) for w in call.command()])) for call in found]
    assert max(lengths) < 7500
    # As few as there can be; a name of any length is still asked for.
    assert min(lengths[:-1]) > 7300
    long = job("long", target("a" * 3000))
    assert [len(call.jobs) for call in calls((jobs[0], long, jobs[1]), 3)] == [1, 1, 1]
    assert not list(calls((), 3))


def test_the_program_has_nothing_for_its_readers() -> None:
    assert "#" not in program().replace("$#", "")
    assert "\t" not in program()
