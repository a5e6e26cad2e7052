"""What a probe asks, what comes back, and who can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, Protocol

from msgspec import Struct

from netsim.errors import NetsimError
from netsim.model import ports
from netsim.model.addresses import parse_address
from netsim.probe.pods import LivePod


class ProbeError(NetsimError):
    """The cluster cannot be probed at all; the message says why and what would help."""


class Outcome(Enum):
    """What one connection attempt came to.

    REFUSED is a reset or an ICMP port unreachable, UNREACHABLE any other ICMP error,
    UDP_UNKNOWN no answer to a datagram.  The last three say nothing about the network.
    """

    OPEN = "open"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    UDP_UNKNOWN = "udp-unknown"
    DNS = "dns"
    NO_TOOL = "no-tool"
    EXEC_ERROR = "exec-error"


class Purpose(Enum):
    """What a job is for.

    CONTROL asks a pod about a port of its own, which no policy can deny: it shows whether
    anything listens.  STAND_IN is a flow to a port that nobody named, of a pod or an address
    that has none that is known, and that something must never reach.
    """

    FLOW = "flow"
    STAND_IN = "stand-in"
    EXTERNAL = "external"
    SERVICE = "service"
    CONTROL = "control"


class Destination(Struct, frozen=True):
    """Where a connection goes: a host, which is an address or a name, and a port.

    ``title`` is what people call it; ``pod`` is ``namespace/pod`` where the address is a pod's.
    For a Service it is the pod it should lead to, and ``behind`` the port there.
    """

    host: str
    protocol: ports.Protocol
    port: int
    title: str
    pod: str | None = None
    behind: int | None = None

    @property
    def connection(self) -> ports.Connection:
        """What policies and documentation are asked about."""
        return self.protocol, self.behind or self.port

    @property
    def is_name(self) -> bool:
        """Whether it has to be looked up."""
        try:
            parse_address(self.host)
        except ValueError:
            return True
        return False

    @property
    def key(self) -> Key:
        """What two jobs share that ask about the same listener."""
        return self.host, self.protocol, self.port


Key = tuple[str, ports.Protocol, int]


class Job(Struct, frozen=True):
    """One connection to try; ``title`` is what people call the source."""

    id: str
    source: LivePod
    title: str
    destination: Destination
    purpose: Purpose = Purpose.FLOW

    @property
    def ports(self) -> str:
        """``TCP 4000``."""
        return f"{self.destination.protocol} {self.destination.port}"

    def __str__(self) -> str:
        return f"{self.title} -> {self.destination.title} {self.ports}"


def by_source(jobs: Iterable[Job]) -> dict[str, tuple[Job, ...]]:
    """The jobs of each source pod, by its title."""
    found: dict[str, list[Job]] = {}
    for job in jobs:
        found.setdefault(job.source.title, []).append(job)
    return {title: tuple(several) for title, several in found.items()}


class Retry(Enum):
    """Whether it makes sense to ask once more."""

    YES = "yes"
    NO = "no"


class Observation(Struct, frozen=True):
    """What came of a job; ``tool`` is what tried it, empty where nothing did.

    ``after`` are the seconds that the server wants to be left alone before a retry.
    """

    job: str
    outcome: Outcome
    detail: str = ""
    tool: str = ""
    retry: Retry = Retry.NO
    after: float = 0.0


class Runner(Protocol):
    """Something that tries connections: a cluster, or the simulator."""

    def run(self, source: LivePod, jobs: Sequence[Job]) -> tuple[Observation, ...]:
        """One observation for each job of one source; never raises for a failure of a pod."""
        ...

    def stop(self) -> None:
        """Ends what is running, and all that is asked from now on."""
        ...


class Api(Protocol):
    """The API server.  All raise ``netsim.loader.sources.live_reading.AnswerError``."""

    def fetch(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        """GET."""
        ...

    def create(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST."""
        ...

    def stop(self) -> None:
        """Ends what can be ended of what is asked."""
        ...
