"""``netsim`` as a process of its own, forked from one that has imported everything.

Of a whole probe, importing it and the client of Kubernetes takes most of the processor's time.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module, reload
from multiprocessing.context import ForkServerContext
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from netsim.__main__ import main

_STDOUT, _STDERR = 1, 2


class Command:
    """A run under way; in ``with``, it does not outlive the block."""

    def __init__(self, arguments: Sequence[str], folder: Path, env: Mapping[str, str]) -> None:
        """Starts it in a folder, with these variables and no others."""
        self._arguments = arguments
        self._written = TemporaryDirectory()
        self._files = [Path(self._written.name) / name for name in ("stdout", "stderr")]
        self._process = _context().Process(
            target=_run, args=(list(arguments), folder, dict(env), self._files)
        )
        self._process.start()

    @property
    def returncode(self) -> int:
        """The exit code, negative for a signal, of one that has ended."""
        code = self._process.exitcode
        assert code is not None, "it still runs"
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Sends a signal, unless it has ended."""
        if self._process.is_alive():
            os.kill(self._process.pid or 0, number)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Waits for its end, for what it wrote.  Raises ``subprocess.TimeoutExpired``."""
        self._process.join(timeout)
        if self._process.is_alive():
            raise subprocess.TimeoutExpired(list(self._arguments), timeout or 0)
        stdout, stderr = (file.read_text(encoding="utf-8") for file in self._files)
        return stdout, stderr

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._process.kill()
        self._process.join()
        self._written.cleanup()


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.probe.live.imported"])
    return context


def _run(
    arguments: Sequence[str], folder: Path, env: Mapping[str, str], files: Sequence[Path]
) -> None:
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    for number, file in zip((_STDOUT, _STDERR), files, strict=True):
        with file.open("wb") as opened:
            os.dup2(opened.fileno(), number)
    sys.stdout = open(_STDOUT, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(_STDERR, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.argv = ["netsim", *arguments]
    # Of what is imported already, this alone reads the environment, once: KUBECONFIG.
    reload(import_module("kubernetes.config.kube_config"))
    main()
