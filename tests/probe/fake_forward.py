"""``port-forward`` of the kubectl for tests, to ports of the loopback."""

from __future__ import annotations

import socket
import sys
import threading
import time
from contextlib import suppress
from enum import Enum
from typing import Any

_LOOPBACK = "127.0.0.1"


class Fault(Enum):
    """What becomes of a port-forward."""

    NONE = "none"
    FORBIDDEN = "forbidden"
    GONE = "pod deleted"
    ENDS = "ends without a word"
    SILENT = "never listens"
    NEVER_ENDS = "cannot be terminated"


_STDERR = {
    Fault.FORBIDDEN: 'Error from server (Forbidden): pods "api-0" is forbidden: User "x" '
    'cannot create resource "pods/portforward"',
    Fault.GONE: 'Error from server (NotFound): pods "api-0" not found',
    Fault.ENDS: "",
}


def forward(settings: dict[str, Any], words: list[str]) -> int:
    """Forwards to what ``ports`` says of ``pod/NAME:PORT``, until it is ended."""
    fault = Fault(settings.get("forward", "none"))
    if fault in _STDERR:
        sys.stderr.write(f"{_STDERR[fault]}\n")
        return 1
    if fault is Fault.NEVER_ENDS:
        import signal

        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if fault is Fault.SILENT:
        time.sleep(600)
    pod, port = words[-2:]
    return _serve(port.lstrip(":"), settings.get("ports", {}).get(f"{pod}{port}"))


def _serve(remote: str, target: int | None) -> int:
    with socket.create_server((_LOOPBACK, 0)) as listener:
        local = listener.getsockname()[1]
        sys.stdout.write(f"Forwarding from {_LOOPBACK}:{local} -> {remote}\n")
        sys.stdout.flush()
        while True:
            connection, _ = listener.accept()
            sys.stdout.write(f"Handling connection for {local}\n")
            sys.stdout.flush()
            if target is None:
                connection.close()
                return _refused(local, remote)
            other = socket.create_connection((_LOOPBACK, target))
            for ends in ((connection, other), (other, connection)):
                threading.Thread(target=_pump, args=ends, daemon=True).start()


def _refused(local: int, remote: str) -> int:
    sys.stderr.write(
        f'E1125 12:00:00.000000   12345 portforward.go:424] "Unhandled Error" err="an error '
        f"occurred forwarding {local} -> {remote}: error forwarding port {remote} to pod 0a1b, "
        f"uid : failed to connect to localhost:{remote} inside namespace: dial tcp4 "
        f'127.0.0.1:{remote}: connect: connection refused"\nerror: lost connection to pod\n'
    )
    return 1


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(4096):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
