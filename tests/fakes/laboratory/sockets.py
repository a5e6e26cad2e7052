"""Sockets of this process in the network of a pod, made there and handed over."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

from tests.fakes.laboratory.pod import Pod

_SECONDS = 10.0
_PYTHON = str(Path(sys.executable).resolve())
# What goes wrong is said in the words of the system, such as "Connection refused".
_HANDING_OVER = """
import socket, sys
channel = socket.socket(fileno=int(sys.argv[1]))
try:
    found = {make}
except OSError as error:
    sys.exit(str(error.strerror or error).lower())
socket.send_fds(channel, [b"."], [found.fileno()])
"""
_CONNECTED = 'socket.create_connection(("127.0.0.1", int(sys.argv[2])), 5)'
_LISTENING = 'socket.create_server(("", int(sys.argv[2])), backlog=128)'


def connected(pod: Pod, port: int) -> socket.socket:
    """A connection inside the pod to a port of its own.  Raises ``ConnectionError``."""
    return _made(pod, port, _CONNECTED)


def listening(pod: Pod, port: int) -> socket.socket:
    """A socket that listens on all addresses of the pod.  Raises ``ConnectionError``."""
    return _made(pod, port, _LISTENING)


def _made(pod: Pod, port: int, make: str) -> socket.socket:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        script = _HANDING_OVER.format(make=make)
        done = subprocess.run(
            [*_inside(pod), "-c", script, str(theirs.fileno()), str(port)],
            pass_fds=[theirs.fileno()],
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
        if done.returncode:
            raise ConnectionError(done.stderr.strip())
        _, (number,), *_ = socket.recv_fds(ours, 1, 1)
    found = socket.socket(fileno=number)
    found.settimeout(None)
    return found


def _inside(pod: Pod) -> tuple[str, ...]:
    return (*pod.sandbox.entering("net"), "--", _PYTHON, "-s", "-S")
