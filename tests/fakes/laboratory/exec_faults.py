"""What a test lets go wrong with an exec: refusals, and mishaps on the way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from tests.fakes.apiserver.errors import ApiError
from tests.fakes.laboratory.exec_request import ExecRequest

_REASONS = {
    400: ("BadRequest", "the request is refused by the test"),
    401: ("Unauthorized", "Unauthorized"),
    403: ("Forbidden", 'pods "{pod}" is forbidden: refused by the test'),
    404: ("NotFound", 'pods "{pod}" not found'),
    429: (
        "TooManyRequests",
        "the server has received too many requests, please try again later",
    ),
    500: ("InternalError", "error dialing backend: dial tcp 10.0.0.1:10250: i/o timeout"),
    503: ("ServiceUnavailable", "the server is currently unable to handle the request"),
}


class Mishap(Enum):
    """What happens to a command that was accepted; "midway" is after some output."""

    LOST_STATUS = "the connection is closed politely after the output, without a status"
    BROKEN_END = "the connection breaks after the output, before the status"
    ABORTED = "the connection breaks midway"
    GARBAGE = "something that is no frame comes midway"
    HALF_FRAME = "midway, a frame begins and never ends"
    STALLED = "midway, nothing comes any more, not even an end"
    HANG = "the command never starts, and nothing comes"
    POD_DELETED = "the pod is deleted midway"

    @property
    def is_midway(self) -> bool:
        """Whether it cuts the output."""
        return self in _MIDWAY


_MIDWAY = frozenset(
    (
        *(Mishap.ABORTED, Mishap.GARBAGE, Mishap.HALF_FRAME),
        *(Mishap.STALLED, Mishap.POD_DELETED),
    )
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A mishap; ``lines`` is how many lines of output pass before, where it is midway."""

    mishap: Mishap
    lines: int = 0

    def cut(self, output: bytes) -> int | None:
        """Where in all the output so far it happens, within a line; None for not yet."""
        end = 0
        for _ in range(self.lines):
            end = output.find(b"\n", end) + 1
            if end == 0:
                return None
        return (end + len(output)) // 2 if len(output) > end else None


Raised = Callable[[ExecRequest], ApiError]


@dataclass(frozen=True, slots=True)
class Execs:
    """Which execs are meant: of a pod ``namespace/name`` or any, by a user or anyone.

    ``skip`` is how many of those pass first, ``times`` how many it then happens to.
    """

    pod: str = ""
    user: str = ""
    times: float = 1
    skip: int = 0

    def include(self, asked: ExecRequest) -> bool:
        """Whether an exec is one of them, apart from numbers."""
        return self.pod in ("", asked.title) and self.user in ("", asked.user)


ONE = Execs()
"""The next exec."""


@dataclass
class _Planned:
    what: Fault | Raised
    execs: Execs
    passed: int = 0


class ExecFaults:
    """Faults in the order they were set; one an exec, and what is left over waits."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []
        self._refused: dict[tuple[str, tuple[str, ...]], ApiError] = {}
        self._lock = threading.Lock()

    def inject(self, mishap: Mishap, execs: Execs = ONE, *, lines: int = 0) -> None:
        """Lets it happen, where it is midway after so many lines of output."""
        with self._lock:
            self._planned.append(_Planned(Fault(mishap, lines), execs))

    def refuse(self, code: int, execs: Execs = ONE, *, message: str = "") -> None:
        """Answers with an error."""
        reason, usual = _REASONS[code]

        def refusal(asked: ExecRequest) -> ApiError:
            return ApiError(code, reason, message or usual.format(pod=asked.pod))

        with self._lock:
            self._planned.append(_Planned(refusal, execs))

    def clear(self) -> None:
        """Lets everything work again."""
        with self._lock:
            self._planned.clear()

    def take(self, asked: ExecRequest) -> Fault | None:
        """What is to happen to this exec.  Raises ApiError for a refusal."""
        with self._lock:
            what = self._due(asked)
            if what is None or isinstance(what, Fault):
                return what
            refusal = what(asked)
            self._refused[asked.title, asked.command] = refusal
            raise refusal

    def refusal_of(self, asked: ExecRequest) -> ApiError | None:
        """How the same command was refused: kubectl asks again by POST, for SPDY."""
        with self._lock:
            return self._refused.get((asked.title, asked.command))

    def _due(self, asked: ExecRequest) -> Fault | Raised | None:
        for planned in self._planned:
            if not planned.execs.include(asked):
                continue
            planned.passed += 1
            first = planned.execs.skip
            if first < planned.passed <= first + planned.execs.times:
                return planned.what
        return None
