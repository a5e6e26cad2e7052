"""The program that a pod runs, how it is called, and how its lines are read."""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from urllib.parse import urlencode

from msgspec import Struct, field

from netsim.probe.interface import Job

NAME = "netsim-probe"
WORKERS = 20
"""Connections that one pod tries at a time."""
_SLOWEST = 2
"""A datagram is waited for twice: until the netcat stops sending, and until it gives up."""
_MARGIN = 15.0
"""Seconds for the connection to the pod, and for its slower programs."""
_LONGEST = 7400
"""Bytes of a command in a URL: proxies before an API server, nginx among them, take 8 KiB."""


class Line(Struct, frozen=True):
    """What the program says of one job: its tool, the tool's status, and the tool's words."""

    tool: str
    status: str
    text: str


class Run(Struct, frozen=True):
    """One run of the program in one pod.

    The nonce tells its lines from anything else that a shell or a pod writes.
    """

    jobs: tuple[Job, ...]
    seconds: int
    nonce: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def targets(self) -> tuple[str, ...]:
        """``ID/PROTOCOL/HOST/PORT`` of each job."""
        return tuple(
            f"{job.id}/{to.protocol.value.lower()}/{to.host}/{to.port}"
            for job in self.jobs
            for to in (job.destination,)
        )

    @property
    def workers(self) -> int:
        """How many connections are tried at a time."""
        return max(1, min(WORKERS, len(self.jobs)))

    def arguments(self) -> tuple[str, ...]:
        """What follows the script on the command line."""
        return (NAME, self.nonce, str(self.seconds), str(self.workers), *self.targets)

    def command(self) -> tuple[str, ...]:
        """The whole command."""
        return ("sh", "-c", program(), *self.arguments())

    @property
    def deadline(self) -> float:
        """Seconds after which nothing is to be expected any more."""
        rounds = math.ceil(len(self.jobs) / self.workers)
        return rounds * (self.seconds * _SLOWEST + 2) + _MARGIN


def calls(jobs: Iterable[Job], seconds: int) -> Iterator[Run]:
    """The fewest calls that try everything that one pod has to try."""
    batch: list[Job] = []
    for job in jobs:
        if batch and _length(Run((*batch, job), seconds)) > _LONGEST:
            yield Run(tuple(batch), seconds)
            batch = []
        batch.append(job)
    if batch:
        yield Run(tuple(batch), seconds)


def _length(call: Run) -> int:
    return len(urlencode([("command", word) for word in call.command()]))


class Output(Struct, frozen=True):
    """The lines by job, and how many the last line speaks of; None without a last line."""

    lines: Mapping[str, Line]
    count: int | None = None


@cache
def program() -> str:
    """The script, without the comments and tabs that only its readers need."""
    text = files("netsim.probe").joinpath("probe.sh").read_text("utf-8")
    lines = (line.lstrip("\t") for line in text.splitlines() if line.strip())
    return "\n".join(line for line in lines if not line.startswith("#"))


def read(output: str, call: Run) -> Output:
    """The lines of a call; what is cut off, of others or of nobody is passed over."""
    found: dict[str, Line] = {}
    count: int | None = None
    known = {job.id for job in call.jobs}
    # Without its line break a line may be cut off.
    for line in output.split("\n")[:-1]:
        words = line.rstrip("\r").split(" ", 4)
        if words[0] != call.nonce:
            continue
        if words[1:2] == ["END"] and len(words) == 3 and words[2].isdecimal():
            count = int(words[2])
        elif len(words) >= 4 and words[1] in known:
            found[words[1]] = Line(words[2], words[3], words[4] if len(words) > 4 else "")
    return Output(found, count)
