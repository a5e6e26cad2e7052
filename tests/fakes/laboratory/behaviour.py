"""What the tools of probes do and say in each condition, as a table of facts.

``behaviour.json`` has been measured here, with the versions it names.  It is the data that
the reading of tool output is tested with; ``python -m tests.fakes.laboratory.behaviour`` as
root
measures it anew.
"""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.fakes.laboratory import tools
from tests.fakes.laboratory.fabric import Fabric
from tests.fakes.laboratory.pod import Pod
from tests.fakes.laboratory.tools import Toolset

TABLE = Path(__file__).with_suffix(".json")
# More than the three seconds that the commands themselves are given.
_PATIENCE = 8.0
_AT_A_TIME = 16

_TARGET = "10.244.0.1"
# Numbers without a name in /etc/services, which some tools would print.
CONDITIONS: Mapping[str, tuple[str, int]] = {
    "open": (_TARGET, 18000),
    # Open, but unlike there the server waits for the client to speak, and does not close.
    "held": (_TARGET, 18007),
    "refused": (_TARGET, 18001),
    "dropped": (_TARGET, 18002),
    "reset": (_TARGET, 18003),
    "admin-prohibited": (_TARGET, 18004),
    "host-unreachable": (_TARGET, 18005),
    "port-unreachable": (_TARGET, 18006),
    "net-unreachable": (_TARGET, 18008),
    "unresolved": ("no.such.name", 18000),
}
_TCP = tuple(CONDITIONS)
_UDP = tuple(name for name in CONDITIONS if name not in ("held", "reset"))
# What a tool says that does not even try is the same everywhere.
_ANY = ("open",)
_LISTENING = (18000, 18002, 18003, 18004, 18005, 18006, 18008)
_HELD = 18007
_FILTER = """
table ip behaviour {
	chain forward {
		type filter hook forward priority filter; policy accept;
		ct state established,related accept
		th dport 18002 drop
		tcp dport 18003 reject with tcp reset
		th dport 18004 reject with icmp admin-prohibited
		th dport 18005 reject with icmp host-unreachable
		th dport 18006 reject with icmp port-unreachable
		th dport 18008 reject with icmp net-unreachable
	}
}
"""

_PYTHON = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), 3).close()
except OSError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: the commands of its image, the Debian package, what is run in what conditions."""

    commands: Toolset
    package: str
    runs: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


def _runs(
    conditions: tuple[str, ...], *lines: str
) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    return tuple((tuple(shlex.split(line)), conditions) for line in lines)


# A rejection by ICMP that is quicker than connect() is only heeded at the next try, a second
# later.  Tools that wait in connect() call it a timeout when given but that second: so, three.
_NC = (
    *_runs(
        _TCP,
        "nc -zv {address} {port}",
        "nc -zv -w 3 {address} {port}",
        "nc -zvn -w 3 {address} {port}",
        "nc -zn -w 3 {address} {port}",
        "nc -vn -w 3 {address} {port}",
    ),
    *_runs(_UDP, "nc -zvnu -w 3 {address} {port}"),
)
_DEV_TCP = "': 3<>/dev/tcp/{address}/{port}'"
_DEV_UDP = "': 3<>/dev/udp/{address}/{port}'"

TOOLS: Mapping[str, Tool] = {
    "nc.openbsd": Tool(tools.NC_OPENBSD, "netcat-openbsd", _NC),
    "nc.traditional": Tool(tools.NC_TRADITIONAL, "netcat-traditional", _NC),
    "ncat": Tool(tools.NCAT, "ncat", _NC),
    "nc.busybox": Tool(
        tools.NC_BUSYBOX,
        "busybox",
        (
            *_runs(
                _TCP,
                "nc {address} {port}",
                # The time is for connecting alone: what a server holds, it waits for.
                "nc -w 3 {address} {port}",
                "timeout 3 nc {address} {port}",
                "timeout 4 nc -w 3 {address} {port}",
                "nc -w 3 {address} {port} -e true",
            ),
            *_runs(
                _ANY,
                "nc -zv {address} {port}",
                "nc -vn {address} {port}",
                "nc -n {address} {port}",
                "nc -u {address} {port}",
            ),
        ),
    ),
    "bash": Tool(
        tools.BASH | tools.TIMEOUT,
        "bash",
        (
            *_runs(_TCP, f"bash -c {_DEV_TCP}", f"timeout 3 bash -c {_DEV_TCP}"),
            *_runs(_UDP, f"timeout 3 bash -c {_DEV_UDP}"),
        ),
    ),
    "dash": Tool(
        tools.SHELL,
        "dash",
        _runs(_ANY, f"sh -c {_DEV_TCP}", "sh -c 'nc -zvn -w 3 {address} {port}'"),
    ),
    "python3": Tool(
        tools.PYTHON, "python3", ((("python3", "-c", _PYTHON, "{address}", "{port}"), _TCP),)
    ),
}


@dataclass(frozen=True, slots=True)
class Case:
    """A command of a tool in a condition."""

    tool: str
    command: tuple[str, ...]
    condition: str

    def arguments(self) -> list[str]:
        """The command as it is run."""
        address, port = CONDITIONS[self.condition]
        return [
            word.replace("{address}", address).replace("{port}", str(port))
            for word in self.command
        ]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a command did.  Without a status it was still running after eight seconds.

    A negative status is a signal: -15 is what a shell, and ``kubectl exec``, show as 143.
    """

    case: Case
    status: int | None
    stdout: str
    stderr: str


def cases() -> Iterator[Case]:
    """Every command in every condition."""
    for name, tool in TOOLS.items():
        for command, conditions in tool.runs:
            for condition in conditions:
                yield Case(name, command, condition)


def measure(chosen: Sequence[Case]) -> list[Behaviour]:
    """Runs the commands, several at a time.  Raises ``ToolMissingError``."""
    with Fabric() as fabric:
        target = fabric.add({"target": _TARGET})["target"]
        target.listen(*((kind, port) for kind in ("TCP", "UDP") for port in _LISTENING))
        target.hold(("TCP", _HELD))
        names = sorted({case.tool for case in chosen})
        pods = fabric.add({name: f"10.244.1.{i}" for i, name in enumerate(names)})
        for name, pod in pods.items():
            pod.offer(TOOLS[name].commands)
        fabric.filter(_FILTER)
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            return list(pool.map(lambda case: _run(pods[case.tool], case), chosen))


def table() -> list[Behaviour]:
    """What was measured."""
    return [
        Behaviour(
            Case(row["tool"], tuple(row["command"]), row["condition"]),
            row["status"],
            row["stdout"],
            row["stderr"],
        )
        for row in _read()["behaviours"]
    ]


def measured_versions() -> dict[str, str]:
    """The version of each Debian package that the table was measured with."""
    return dict(_read()["versions"])


def installed_version(package: str) -> str | None:
    """The version of a Debian package here; None where it, or Debian, is absent."""
    query = ["dpkg-query", "--show", "--showformat=${Version}", package]
    try:
        found = subprocess.run(query, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return found.stdout or None


def _run(pod: Pod, case: Case) -> Behaviour:
    try:
        done = pod.run(case.arguments(), _PATIENCE)
    except subprocess.TimeoutExpired as expired:
        # The type stubs leave open what a command's output is.
        return Behaviour(case, None, _text(expired.stdout), _text(expired.stderr))
    return Behaviour(case, done.status, _text(done.stdout), _text(done.stderr))


def _text(output: Any) -> str:
    return output.decode() if isinstance(output, bytes) else ""


def _read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    return found


def _write() -> None:
    packages = dict.fromkeys(tool.package for tool in TOOLS.values())
    rows = [{**asdict(each.case), **asdict(each)} for each in measure(list(cases()))]
    for row in rows:
        del row["case"]
    found = {"versions": {each: installed_version(each) for each in packages}}
    lines = ",\n".join(f"    {json.dumps(row)}" for row in rows)
    head = json.dumps(found, indent=2).removesuffix("\n}")
    TABLE.write_text(f'{head},\n  "behaviours": [\n{lines}\n  ]\n}}\n', encoding="utf-8")


if __name__ == "__main__":
    _write()
