"""The first process of a sandbox: it holds the namespaces, listens, and probes when told.

Orders come in on standard input and answers go out on standard output, one JSON value a line.
When its input ends, it ends; and since it is process 1 of its PID namespace, the kernel then
kills whatever else runs there, and removes namespaces and links.  So nothing outlives the test
process, however that dies.

Run as a module by :mod:`tests.fakes.laboratory.sandbox`; standard library only, and no imports
that
are slow, since every pod starts one.
"""

from __future__ import annotations

import json
import os
import resource
import selectors
import sys
from pathlib import Path
from typing import Any

from tests.fakes.laboratory import conntrack
from tests.fakes.laboratory.listeners import Listeners
from tests.fakes.laboratory.prober import Prober

_INPUT, _CHUNK = 0, 1 << 20


class Agent:
    """Carries out orders while its listeners keep answering."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._listeners = Listeners(self._selector)
        self._prober = Prober(self._selector)
        self._unread = b""
        self._over = False

    def run(self) -> None:
        """Serves until standard input ends."""
        self._selector.register(_INPUT, selectors.EVENT_READ, self._read_orders)
        # As /proc shows it, which belongs to the PID namespace of whoever started this.
        _answer({"pid": int(Path("/proc/self").readlink().name)})
        while not self._over:
            for key, _ in self._selector.select(self._prober.patience()):
                key.data()
            outcomes = self._prober.finished()
            if outcomes is not None:
                _answer({"outcomes": outcomes})

    def _read_orders(self) -> None:
        chunk = os.read(_INPUT, _CHUNK)
        self._over = not chunk
        *lines, self._unread = (self._unread + chunk).split(b"\n")
        for line in lines:
            self._obey(json.loads(line))

    def _obey(self, order: dict[str, Any]) -> None:
        try:
            match order["order"]:
                case "listen":
                    self._listeners.open(order["ports"])
                    _answer({})
                case "hold":
                    self._listeners.hold(order["ports"])
                    _answer({})
                case "close":
                    self._listeners.close(order["ports"])
                    _answer({})
                case "probe":
                    self._prober.start(order["targets"], order["timeout"])
                case "forget":
                    conntrack.flush()
                    _answer({})
        except OSError as error:
            _answer({"error": f"{order['order']}: {error}"})


def _answer(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _allow_many_sockets() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    _allow_many_sockets()
    Agent().run()
