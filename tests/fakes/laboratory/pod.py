"""A pod: its commands, its listeners, its view of the network."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from tests.fakes.laboratory.listeners import Port
from tests.fakes.laboratory.mounts import COMMAND_FOLDERS, Mounts
from tests.fakes.laboratory.prober import Target
from tests.fakes.laboratory.sandbox import Sandbox
from tests.fakes.laboratory.tools import Toolset

_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/"}

Stream = int | IO[bytes] | None


@dataclass(frozen=True, slots=True)
class Completed:
    """What a command left behind: its exit status, negative for a signal, and its output."""

    status: int
    stdout: bytes
    stderr: bytes


class Pod:
    """One end on a fabric, made by :meth:`tests.fakes.laboratory.fabric.Fabric.add`.

    An external host and a node are the same here, with other addresses.  Commands may be run
    from several threads at a time; all else is for one thread.
    """

    def __init__(self, name: str, address: str, sandbox: Sandbox, mounts: Mounts) -> None:
        self.name = name
        self.address = address
        self.sandbox = sandbox
        self._mounts = mounts

    def offer(self, tools: Toolset) -> None:
        """Gives the pod these commands and no others, at once, for running commands too.

        Raises :class:`tests.fakes.laboratory.tools.ToolMissingError`.
        """
        self._mounts.offer(tools)

    def run(self, command: Sequence[str], timeout: float, *, stdin: bytes = b"") -> Completed:
        """Runs a command in the pod to its end, at most so many seconds.

        Raises what :meth:`popen` raises, and ``subprocess.TimeoutExpired`` with the output so
        far, when nothing of the command runs any more.
        """
        with self.popen(command) as process:
            try:
                stdout, stderr = process.communicate(stdin, timeout)
            except subprocess.TimeoutExpired:
                kill(process)
                stdout, stderr = process.communicate()
                raise subprocess.TimeoutExpired(command, timeout, stdout, stderr) from None
            except BaseException:
                kill(process)
                raise
        return Completed(process.returncode, stdout, stderr)

    def popen(
        self,
        command: Sequence[str],
        *,
        stdin: Stream = subprocess.PIPE,
        stdout: Stream = subprocess.PIPE,
        stderr: Stream = subprocess.PIPE,
        network: Pod | None = None,
    ) -> subprocess.Popen[bytes]:
        """Starts a command in the pod, in a session of its own; :func:`kill` ends all of it.

        With the network of another pod it is as if a container had been added to that one.

        Nothing is interpreted: no shell, and the environment is a PATH and a HOME.  Whatever
        still runs when the fabric is closed is killed by the kernel.

        Raises ``FileNotFoundError``, like a container runtime, for a command the pod lacks.
        """
        self._require(command[0])
        net = (network or self).sandbox.pid
        return subprocess.Popen(
            [*self.sandbox.entering("mount", "pid", f"net=/proc/{net}/ns/net"), "--", *command],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
            env=_ENVIRONMENT,
        )

    def listen(self, *ports: Port) -> None:
        """Accepts connections, or for UDP echoes, on ports such as ``("TCP", 80)``."""
        self.sandbox.order("listen", ports=ports)
        self.sandbox.answer()

    def hold(self, *ports: Port) -> None:
        """Accepts connections on TCP ports, and neither speaks nor closes them."""
        self.sandbox.order("hold", ports=ports)
        self.sandbox.answer()

    def stop_listening(self, *ports: Port) -> None:
        """Refuses connections to ports it listened on."""
        self.sandbox.order("close", ports=ports)
        self.sandbox.answer()

    def probe(self, targets: Sequence[Target], timeout: float) -> list[str]:
        """How each target answers, within so many seconds for all of them together.

        An outcome is one of those of :mod:`tests.fakes.laboratory.prober`.
        """
        self.start_probe(targets, timeout)
        return self.outcomes()

    def start_probe(self, targets: Sequence[Target], timeout: float) -> None:
        """Begins a probe, so that several pods probe at a time; see :meth:`outcomes`."""
        self.sandbox.order("probe", targets=targets, timeout=timeout)

    def outcomes(self) -> list[str]:
        """The result of the probe begun."""
        return list(self.sandbox.answer()["outcomes"])

    def _require(self, program: str) -> None:
        folder, _, name = program.rpartition("/")
        if folder in ("", *COMMAND_FOLDERS) and not self._mounts.has(name):
            raise FileNotFoundError(errno.ENOENT, "executable file not found", program)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kills what :meth:`Pod.popen` started, and the children that stayed in its session."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
