"""Whether servers demand the client certificates that they are documented to demand."""

from __future__ import annotations

from msgspec import Struct

from netsim.probe.judging.compare import Agreement
from netsim.probe.judging.diagnosis import Diagnosis, Mismatch
from netsim.probe.planning.mutual_tls import TlsJob
from netsim.probe.ways.tls import Handshake, TlsOutcome


class TlsComparison(Struct, frozen=True):
    """A handshake checked against the claim."""

    job: TlsJob
    handshake: Handshake

    @property
    def agreement(self) -> Agreement:
        """Whether the server does what is claimed.

        What is behind the proxy of a service mesh is reached past the proxy, which may well
        be what demands the certificate.
        """
        if self.handshake.outcome is TlsOutcome.DEMANDED:
            return Agreement.AGREE
        if self.handshake.outcome in _CAUSES and not self.job.pod.mesh:
            return Agreement.DIFFER
        return Agreement.INCONCLUSIVE

    @property
    def why(self) -> str:
        """What speaks for it."""
        found = self.handshake
        if found.outcome in _CAUSES and self.job.pod.mesh:
            return f"{found.detail}, past {self.job.pod.mesh}, which may do what is claimed"
        return found.detail

    @property
    def diagnosis(self) -> Diagnosis | None:
        """What differs."""
        if self.agreement is not Agreement.DIFFER:
            return None
        return Diagnosis(_CAUSES[self.handshake.outcome], f"{self.job} {self.why}")


_CAUSES = {
    TlsOutcome.NOT_DEMANDED: Mismatch.NO_CERTIFICATE,
    TlsOutcome.NOT_TLS: Mismatch.NO_TLS,
}
