"""``--via kubectl``: for clusters whose login only kubectl knows.

Time is limited by ending the process, never by ``--request-timeout``: in a pod without a
kubeconfig, kubectl takes the address and token of the pod only where no flag configures the
connection (kubernetes/kubernetes#93474).
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct

from netsim.loader.sources.live_reading import AnswerError
from netsim.probe.interface import Job, Observation, ProbeError, Repeat, Symptom
from netsim.probe.pods import LivePod
from netsim.probe.ways.failures import (
    INTERRUPTED,
    Failure,
    fail_all,
    first_line,
    in_turn,
    incomplete,
    observations,
    status_of,
)
from netsim.probe.ways.script import Output, Run, calls, read

_REQUEST_SECONDS = 60
# Its own complaints, such as of a context or a login that is "not found", begin otherwise.
_ANSWERED = re.compile("Error from server|You must be logged in")
_GRACE = 2.0
"""Seconds that kubectl gets to end before it is killed."""
_BEAT = 0.05


class KubectlCluster(Struct, frozen=True):
    """Which cluster kubectl talks to; what is None is left to kubectl."""

    kubeconfig: str | None = None
    context: str | None = None
    binary: str = "kubectl"

    def command(self, *arguments: str) -> list[str]:
        """The beginning of a command, with the options that choose the cluster."""
        kubeconfig = [f"--kubeconfig={self.kubeconfig}"] if self.kubeconfig else []
        context = [f"--context={self.context}"] if self.context else []
        return [self.binary, *kubeconfig, *context, *arguments]


def exec_command(cluster: KubectlCluster, source: LivePod) -> list[str]:
    """``kubectl exec`` up to the command that runs in the pod."""
    return cluster.command(
        "exec",
        f"--namespace={source.namespace}",
        source.name,
        f"--container={source.container}",
        "--",
    )


class Done(Struct, frozen=True):
    """What a run of kubectl left; ``seconds`` is set where it had to be ended after them."""

    stdout: str
    stderr: str
    code: int
    seconds: float | None = None


class Kubectl:
    """Runs kubectl, and ends every run of it when told."""

    def __init__(self, cluster: KubectlCluster) -> None:
        self.cluster = cluster
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    @property
    def stopped(self) -> bool:
        """Whether it was told to end."""
        return self._stopped

    def call(self, command: Sequence[str], seconds: float, stdin: bytes = b"") -> Done:
        """Runs a command to its end, or to its deadline.  Raises :class:`ProbeError`."""
        process = self._start(command)
        try:
            stdout, stderr = process.communicate(stdin, seconds)
            late = None
        except subprocess.TimeoutExpired:
            _end(process)
            stdout, stderr = process.communicate()
            late = seconds
        except BaseException:
            _end(process)
            raise
        finally:
            with self._lock:
                self._running.discard(process)
        return Done(_text(stdout), _text(stderr), process.returncode, late)

    @contextmanager
    def running(self, command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
        """A command that is ended after the block.

        Raises :class:`ProbeError`, and ``InterruptedError`` once it was told to end.
        """
        process = self._start(command)
        try:
            yield process
        finally:
            _end(process)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE)
            with self._lock:
                self._running.discard(process)
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    stream.close()

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._stopped:
                raise InterruptedError
            try:
                # In a session of its own, so that Ctrl-C reaches it through us only.
                process = subprocess.Popen(  # noqa: S603 - the user's own kubectl
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                )
            except OSError as error:
                why = f"{command[0]} cannot be run: {error.strerror}"
                raise ProbeError(f"{why}; install it or use --via exec") from error
            self._running.add(process)
            return process

    def stop(self) -> None:
        """Ends all that runs; nothing is started any more."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for process in running:
            _signal(process, signal.SIGTERM)
        _give_grace(running)
        for process in running:
            if process.poll() is None:
                _signal(process, signal.SIGKILL)

    def fetch(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        """GET; raises ``AnswerError``."""
        full = f"{path}?{urlencode(query)}" if query else path
        return self._raw("get", full)

    def create(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST; raises ``AnswerError``."""
        return self._raw("create", path, "-f", "-", stdin=json.dumps(body).encode())

    def _raw(self, verb: str, path: str, *more: str, stdin: bytes = b"") -> dict[str, Any]:
        command = self.cluster.command(verb, "--raw", path, *more)
        done = self.call(command, _REQUEST_SECONDS, stdin)
        if done.seconds is not None:
            raise AnswerError(0, f"kubectl {verb} gave no answer in {done.seconds:.0f} s")
        if done.code:
            status = status_of(done.stderr) if _ANSWERED.search(done.stderr) else 0
            raise AnswerError(status, first_line(done.stderr))
        try:
            found = json.loads(done.stdout)
        except (ValueError, RecursionError) as error:
            raise AnswerError(502, "the answer is cut off, or not JSON") from error
        if not isinstance(found, dict):
            raise AnswerError(502, "the answer is not an object")
        return found


class KubectlRunner:
    """Tries connections through ``kubectl exec``.

    Its exit status is never looked at: it is 0 when the status got lost, and 1 for a
    connection that was denied as for a program that is missing.
    """

    def __init__(self, kubectl: Kubectl, seconds: int) -> None:
        self._kubectl = kubectl
        self._seconds = seconds

    def run(self, source: LivePod, jobs: Sequence[Job]) -> tuple[Observation, ...]:
        """See ``Runner``."""
        return in_turn(calls(jobs, self._seconds), lambda call: self._call(source, call))

    def _call(self, source: LivePod, call: Run) -> tuple[Observation, ...]:
        start = exec_command(self._kubectl.cluster, source)
        try:
            done = self._kubectl.call([*start, *call.command()], call.deadline)
        except InterruptedError:
            return fail_all(call.jobs, INTERRUPTED)
        except ProbeError as error:
            return fail_all(call.jobs, Failure(Symptom.EXEC_ERROR, str(error), Repeat.NO))
        answer = read(done.stdout, call)
        return observations(call, answer, self._missing(done, answer))

    def _missing(self, done: Done, answer: Output) -> Failure:
        if self._kubectl.stopped:
            return INTERRUPTED
        return incomplete(answer, done.stderr, done.seconds)

    def stop(self) -> None:
        """See ``Runner``."""
        self._kubectl.stop()


def _give_grace(running: Sequence[subprocess.Popen[bytes]]) -> None:
    """Time to end, unless the user presses Ctrl-C once more."""
    end = time.monotonic() + _GRACE
    with suppress(KeyboardInterrupt):
        while any(each.poll() is None for each in running) and time.monotonic() < end:
            time.sleep(_BEAT)


def _end(process: subprocess.Popen[bytes]) -> None:
    _signal(process, signal.SIGTERM)
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        _signal(process, signal.SIGKILL)


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """To a plugin that kubectl started for the login as well."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
