"""Many connection attempts at once, from within a sandbox."""

from __future__ import annotations

import errno
import selectors
import socket
import struct
import time
from collections.abc import Iterable
from functools import partial

Target = tuple[str, str, int]

OPEN, REFUSED, UNREACHABLE, TIMEOUT = "open", "refused", "unreachable", "timeout"
_ERRORS = {
    errno.ECONNREFUSED: REFUSED,
    errno.ECONNRESET: REFUSED,
    errno.EHOSTUNREACH: UNREACHABLE,
    errno.ENETUNREACH: UNREACHABLE,
    # What a packet filter of this very host makes of a rejected packet.
    errno.EACCES: UNREACHABLE,
}
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Prober:
    """One batch of attempts at a time, each with an outcome when its time is up."""

    def __init__(self, selector: selectors.BaseSelector) -> None:
        self._selector = selector
        self._outcomes: list[str | None] = []
        self._waiting: dict[int, socket.socket] = {}
        self._deadline = 0.0
        self._busy = False

    def start(self, targets: Iterable[Target], timeout: float) -> None:
        """Begins to probe; the time in seconds is that of the whole batch."""
        targets = list(targets)
        self._outcomes = [None] * len(targets)
        self._deadline = time.monotonic() + timeout
        self._busy = True
        for index, (protocol, address, port) in enumerate(targets):
            if protocol == "TCP":
                self._connect(index, (address, port))
            else:
                self._send(index, (address, port))

    def patience(self) -> float | None:
        """How many seconds the loop may wait; None is for ever."""
        return max(0.0, self._deadline - time.monotonic()) if self._busy else None

    def finished(self) -> list[str] | None:
        """The outcomes in the order of the targets, once, as soon as the batch is done."""
        if not self._busy or (self._waiting and time.monotonic() < self._deadline):
            return None
        for index in list(self._waiting):
            self._settle(index, TIMEOUT)
        self._busy = False
        return [outcome or TIMEOUT for outcome in self._outcomes]

    def _connect(self, index: int, address: tuple[str, int]) -> None:
        attempt = self._attempt(index, socket.SOCK_STREAM)
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        code = attempt.connect_ex(address)
        if code not in (0, errno.EINPROGRESS):
            self._settle(index, _name(code))
            return
        self._selector.register(attempt, selectors.EVENT_WRITE, partial(self._see, index))

    def _send(self, index: int, address: tuple[str, int]) -> None:
        attempt = self._attempt(index, socket.SOCK_DGRAM)
        try:
            attempt.connect(address)
            attempt.send(b"ping")
        except OSError as error:
            self._settle(index, _name(error.errno))
            return
        self._selector.register(attempt, selectors.EVENT_READ, partial(self._see, index))

    def _attempt(self, index: int, kind: socket.SocketKind) -> socket.socket:
        attempt = socket.socket(socket.AF_INET, kind)
        attempt.settimeout(0)
        self._waiting[index] = attempt
        return attempt

    def _see(self, index: int) -> None:
        code = self._waiting[index].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self._selector.unregister(self._waiting[index])
        self._settle(index, _name(code) if code else OPEN)

    def _settle(self, index: int, outcome: str) -> None:
        attempt = self._waiting.pop(index)
        if attempt in self._selector.get_map():
            self._selector.unregister(attempt)
        attempt.close()
        self._outcomes[index] = outcome


def _name(code: int | None) -> str:
    """What an error number means for reachability; one nobody foresaw keeps its name."""
    return _ERRORS.get(code or 0) or errno.errorcode.get(code or 0, str(code))
