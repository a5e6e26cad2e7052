"""What a test lets go wrong, or happen in between."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from math import inf

from tests.fakes.apiserver.errors import ApiError

Matches = Callable[[str, str], bool]
"""Whether a request is meant, by its method and its path without the query."""

_REASONS: dict[int, tuple[str, str]] = {
    401: ("Unauthorized", "Unauthorized"),
    403: ("Forbidden", "forbidden: refused by the test"),
    404: ("NotFound", "the server could not find the requested resource"),
    409: ("Conflict", "the operation cannot be fulfilled"),
    410: ("Expired", "The provided continue parameter is too old"),
    429: ("TooManyRequests", "the server has received too many requests"),
    500: ("InternalError", "Internal error occurred: refused by the test"),
    503: ("ServiceUnavailable", "the server is currently unable to handle the request"),
    504: ("Timeout", "Timeout: request did not complete within the allotted timeout"),
}


class Moment(Enum):
    """When something happens to a request."""

    BEFORE = "before it is looked at"
    AFTER = "after it took effect, before the client hears of it"


class Dropped(Exception):  # noqa: N818 - no error: the test wants it
    """The connection is to be closed without an answer."""


def on(methods: str, path: str = "") -> Matches:
    """Requests of a method, or of one of several (``GET|PUT``), whose path a pattern is in."""
    wanted = frozenset(methods.split("|"))
    pattern = re.compile(path)
    return lambda method, found: method in wanted and pattern.search(found) is not None


@dataclass
class _Fault:
    matches: Matches
    moment: Moment
    act: Callable[[], object]
    skip: int
    left: float


class Faults:
    """Faults in the order they were set; each counts the requests that it matches.

    ``skip`` is how many of those pass first, ``times`` how many it then happens to.
    """

    def __init__(self) -> None:
        self._faults: list[_Fault] = []
        self._lock = threading.Lock()

    def respond(
        self,
        matches: Matches,
        code: int,
        *,
        message: str = "",
        retry_after: int | None = None,
        moment: Moment = Moment.BEFORE,
        times: float = 1,
        skip: int = 0,
    ) -> None:
        """Answers with an error; ``retry_after`` is in seconds."""
        reason, text = _REASONS[code]
        details = {} if retry_after is None else {"retryAfterSeconds": retry_after}

        def refuse() -> None:
            raise ApiError(code, reason, message or text, details)

        self._set(matches, moment, refuse, skip, times)

    def close(
        self,
        matches: Matches,
        *,
        moment: Moment = Moment.BEFORE,
        times: float = 1,
        skip: int = 0,
    ) -> None:
        """Closes the connection without an answer."""

        def drop() -> None:
            raise Dropped

        self._set(matches, moment, drop, skip, times)

    def delay(
        self,
        matches: Matches,
        seconds: float,
        *,
        moment: Moment = Moment.BEFORE,
        times: float = inf,
        skip: int = 0,
    ) -> None:
        """Lets the client wait."""
        self._set(matches, moment, lambda: time.sleep(seconds), skip, times)

    def before(
        self, matches: Matches, act: Callable[[], object], *, times: float = 1, skip: int = 0
    ) -> None:
        """Calls this first, for example to change the store."""
        self._set(matches, Moment.BEFORE, act, skip, times)

    def after(
        self, matches: Matches, act: Callable[[], object], *, times: float = 1, skip: int = 0
    ) -> None:
        """Calls this when the request took effect, before the client gets the answer."""
        self._set(matches, Moment.AFTER, act, skip, times)

    def clear(self) -> None:
        """Lets everything work again."""
        with self._lock:
            self._faults.clear()

    def strike(self, moment: Moment, method: str, path: str) -> None:
        """Does what is due to a request now."""
        with self._lock:
            due = list(self._due(moment, method, path))
        for fault in due:
            fault.act()

    def _due(self, moment: Moment, method: str, path: str) -> Iterator[_Fault]:
        for fault in self._faults:
            if fault.moment is not moment or not fault.matches(method, path):
                continue
            if fault.skip > 0:
                fault.skip -= 1
            elif fault.left > 0:
                fault.left -= 1
                yield fault

    def _set(
        self,
        matches: Matches,
        moment: Moment,
        act: Callable[[], object],
        skip: int,
        times: float,
    ) -> None:
        with self._lock:
            self._faults.append(_Fault(matches, moment, act, skip, times))
