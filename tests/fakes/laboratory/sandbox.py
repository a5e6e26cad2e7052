"""A process that holds network, mount and PID namespaces of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from shutil import which
from typing import IO, Any

from tests.project import ROOT

# Private, so that no mount ever shows on the host, where the folders mounted upon are removed.
_MOUNTS = ("--mount", "--propagation", "private")
_ISOLATED = ("unshare", "--net", *_MOUNTS, "--pid", "--fork", "--kill-child", "--")
# Not the one of a virtual environment, whose start-up reads more files.
_PYTHON = str(Path(sys.executable).resolve())
_AGENT = (_PYTHON, "-s", "-S", "-m", "tests.fakes.laboratory.agent")
_SECONDS_TO_END = 5
_GONE = "the agent of a sandbox has ended"


class SandboxError(RuntimeError):
    """The laboratory itself does not work."""


class Sandbox:
    """Anonymous namespaces that live as long as their agent.

    They have no name, so parallel runs cannot collide; and the agent ends with the process
    that started it, so nothing is left over.  Orders and answers are for one thread.
    """

    def __init__(self) -> None:
        # A session of its own: Ctrl-C is for the test process, which then ends the agent.
        self._process = subprocess.Popen(
            [*_ISOLATED, *_AGENT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        )
        self._pid: int | None = None

    @property
    def pid(self) -> int:
        """The agent's process id outside; waits until it has started."""
        if self._pid is None:
            self._pid = int(self.answer()["pid"])
        return self._pid

    def order(self, order: str, **arguments: object) -> None:
        """Tells the agent to do something; :meth:`answer` waits for it.

        Raises :class:`SandboxError` where the agent is gone.
        """
        _ = self.pid
        line = json.dumps({"order": order, **arguments}) + "\n"
        try:
            _stream(self._process.stdin).write(line.encode())
            _stream(self._process.stdin).flush()
        except BrokenPipeError:
            raise SandboxError(_GONE) from None

    def answer(self) -> dict[str, Any]:
        """The answer to the earliest order not answered yet.

        Raises :class:`SandboxError` where the agent could not do it, or is gone.
        """
        line = _stream(self._process.stdout).readline()
        if not line:
            raise SandboxError(_GONE)
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise SandboxError(answer["error"])
        return answer

    def entering(self, *namespaces: str) -> tuple[str, ...]:
        """What to put in front of a command so that it runs inside."""
        nsenter = which("nsenter") or "nsenter"
        return (nsenter, "--target", str(self.pid), *(f"--{name}" for name in namespaces))

    def configure(self, command: Sequence[str], text: str = "") -> None:
        """Runs a command of the host in the network namespace, with the text as its input.

        Raises :class:`SandboxError` with what the command complained of.
        """
        finish(self.configuring(command), text)

    def configuring(
        self, command: Sequence[str], *, namespace: str = "net"
    ) -> subprocess.Popen[str]:
        """Starts a command in one of the namespaces, for :func:`finish`; many run at a time."""
        return subprocess.Popen(
            [*self.entering(namespace), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def end(self) -> None:
        """Tells the agent to end; :meth:`close` waits until nothing is left."""
        with suppress(BrokenPipeError):
            _stream(self._process.stdin).close()

    def close(self) -> None:
        """Ends the agent, and with it everything inside."""
        self.end()
        try:
            self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        _stream(self._process.stdout).close()


def finish(process: subprocess.Popen[str], text: str = "") -> None:
    """Waits for what :meth:`Sandbox.configuring` started; raises :class:`SandboxError`."""
    complaint, _ = process.communicate(text)
    if process.returncode:
        command = " ".join(map(str, process.args)) if isinstance(process.args, list) else ""
        raise SandboxError(f"{command}: {complaint.strip()}")


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None, "the agent was started with pipes"
    return stream
