"""Shakes hands with servers, several at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec import Struct, field

from netsim.probe.interface import Heard, Repeat
from netsim.probe.judging.mutual_tls import TlsComparison
from netsim.probe.planning.mutual_tls import TlsJob
from netsim.probe.threads import Crew
from netsim.probe.ways.failures import INTERRUPTED, redact
from netsim.probe.ways.forward import Forwarder, ForwardError
from netsim.probe.ways.tls import Handshake, TlsOutcome, handshake

TRIES = 2
"""How often a handshake that showed nothing is tried."""
_NOTHING = (TlsOutcome.CLOSED, TlsOutcome.SILENT)


class Handshakes(Struct):
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
        def take(number: int, found: Handshake) -> None:
            seen[number] = found
            self.heard(len(seen))

        crew: Crew[Handshake] = Crew(self.parallel)
        try:
            crew.work([partial(self._tried, job) for job in jobs], take)
        except KeyboardInterrupt:
            self.interrupted = True
            self.forwarder.stop()
            crew.end(lambda _number, _found: None)

    def _tried(self, job: TlsJob) -> Handshake:
        found, retry = self._once(job)
        for _ in range(1, TRIES):
            if retry is Repeat.NO or self.interrupted:
                break
            found, retry = self._once(job)
        return found

    def _once(self, job: TlsJob) -> tuple[Handshake, Repeat]:
        try:
            with self.forwarder.open(job.pod, job.port) as stream:
                found = handshake(stream, self.seconds)
        except ForwardError as error:
            why = error.failure
            return Handshake(TlsOutcome.NOT_FORWARDED, redact(why.reason)), why.retry
        except Exception as error:  # noqa: BLE001 - one port's trouble must not end the others
            reason = redact(f"{type(error).__name__}: {error}")
            return Handshake(TlsOutcome.NOT_FORWARDED, reason), Repeat.YES
        return found, Repeat.YES if found.outcome in _NOTHING else Repeat.NO
