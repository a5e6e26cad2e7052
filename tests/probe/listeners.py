"""What there is to connect to on the loopback interface."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports by what they do; ``silent`` drops what comes, as a packet filter would."""

    open: int
    held: int
    refused: int
    silent: int
    echo: int
    mute: int


@contextmanager
def listening() -> Iterator[Ports]:
    """Listens until the end of the block."""
    sockets = [_tcp(8), _tcp(8), _tcp(0), _udp(), _udp()]
    opened, held, full, echo, mute = sockets
    kept: list[socket.socket] = [_connecting(full) for _ in range(4)]
    threads = [
        threading.Thread(target=_close_each, args=(opened,), daemon=True),
        threading.Thread(target=_keep_each, args=(held, kept), daemon=True),
        threading.Thread(target=_echo_each, args=(echo,), daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        yield Ports(
            open=_number(opened),
            held=_number(held),
            refused=_unused(),
            silent=_number(full),
            echo=_number(echo),
            mute=_number(mute),
        )
    finally:
        for each in (*sockets, *kept):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in threads:
            thread.join(2)


def _tcp(backlog: int) -> socket.socket:
    found = socket.socket()
    found.bind((LOOPBACK, 0))
    found.listen(backlog)
    return found


def _udp() -> socket.socket:
    found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    found.bind((LOOPBACK, 0))
    return found


def _connecting(full: socket.socket) -> socket.socket:
    """Where nobody accepts, Linux drops what does not fit the backlog."""
    found = socket.socket()
    found.settimeout(0)
    found.connect_ex(full.getsockname())
    return found


def _number(found: socket.socket) -> int:
    return int(found.getsockname()[1])


def _unused() -> int:
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        return _number(found)


def _close_each(listener: socket.socket) -> None:
    with suppress(OSError):
        while True:
            listener.accept()[0].close()


def _keep_each(listener: socket.socket, kept: list[socket.socket]) -> None:
    with suppress(OSError):
        while True:
            kept.append(listener.accept()[0])


def _echo_each(listener: socket.socket) -> None:
    with suppress(OSError):
        while True:
            data, sender = listener.recvfrom(2048)
            if not data:
                return
            listener.sendto(data, sender)
