"""Shakes hands with servers, several at a time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from netsim.probe.campaign import Heard
from netsim.probe.failures import INTERRUPTED
from netsim.probe.forward import Forwarder, ForwardError
from netsim.probe.interface import Retry
from netsim.probe.mutual_tls import TlsComparison, TlsJob
from netsim.probe.redact import redacted
from netsim.probe.threads import wait_for
from netsim.probe.tls import Handshake, TlsOutcome, handshake

TRIES = 2
"""How often a handshake that showed nothing is tried."""
_NOTHING = (TlsOutcome.CLOSED, TlsOutcome.SILENT)
_BEAT = 0.2

Done = tuple[int, Handshake]


@dataclass(slots=True)
class Handshakes:
    """``interrupted`` is set when the user ended it; set before, nothing is begun."""

    forwarder: Forwarder
    seconds: int
    parallel: int = 20
    heard: Heard = field(default=lambda _: None)
    interrupted: bool = False

    def run(self, jobs: Sequence[TlsJob]) -> tuple[TlsComparison, ...]:
        """A comparison for each job."""
        seen: dict[int, Handshake] = {}
        if not self.interrupted:
            self._run(jobs, seen)
        missing = Handshake(TlsOutcome.NOT_FORWARDED, INTERRUPTED.reason)
        return tuple(
            TlsComparison(job, seen.get(number, missing)) for number, job in enumerate(jobs)
        )

    def _run(self, jobs: Sequence[TlsJob], seen: dict[int, Handshake]) -> None:
        """The threads are daemons, so that nothing keeps an end waiting."""
        waiting: queue.SimpleQueue[tuple[int, TlsJob]] = queue.SimpleQueue()
        done: queue.SimpleQueue[Done] = queue.SimpleQueue()
        for each in enumerate(jobs):
            waiting.put(each)
        threads = [
            threading.Thread(target=self._work, args=(waiting, done), daemon=True)
            for _ in range(min(self.parallel, len(jobs)))
        ]
        try:
            for thread in threads:
                thread.start()
            while len(seen) < len(jobs):
                self._take(done, seen)
        except KeyboardInterrupt:
            self.interrupted = True
            self.forwarder.stop()
            wait_for(threads)

    def _take(self, done: queue.SimpleQueue[Done], seen: dict[int, Handshake]) -> None:
        """Waits in small steps, as Ctrl-C does not wake every wait on every system."""
        try:
            number, found = done.get(timeout=_BEAT)
        except queue.Empty:
            return
        seen[number] = found
        self.heard(len(seen))

    def _work(
        self,
        waiting: queue.SimpleQueue[tuple[int, TlsJob]],
        done: queue.SimpleQueue[Done],
    ) -> None:
        while not self.interrupted:
            try:
                number, job = waiting.get_nowait()
            except queue.Empty:
                return
            done.put((number, self._tried(job)))

    def _tried(self, job: TlsJob) -> Handshake:
        found, retry = self._once(job)
        for _ in range(1, TRIES):
            if retry is Retry.NO or self.interrupted:
                break
            found, retry = self._once(job)
        return found

    def _once(self, job: TlsJob) -> tuple[Handshake, Retry]:
        try:
            with self.forwarder.open(job.pod, job.port) as stream:
                found = handshake(stream, self.seconds)
        except ForwardError as error:
            why = error.failure
            return Handshake(TlsOutcome.NOT_FORWARDED, redacted(why.reason)), why.retry
        except Exception as error:  # noqa: BLE001 - one port's trouble must not end the others
            reason = redacted(f"{type(error).__name__}: {error}")
            return Handshake(TlsOutcome.NOT_FORWARDED, reason), Retry.YES
        return found, Retry.YES if found.outcome in _NOTHING else Retry.NO
