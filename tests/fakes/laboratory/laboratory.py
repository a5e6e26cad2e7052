"""A cluster of plain Kubernetes objects, brought to life on a fabric."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tests.fakes.laboratory import nftables
from tests.fakes.laboratory.closing import Closing
from tests.fakes.laboratory.fabric import Fabric
from tests.fakes.laboratory.manifests import Document, running_pods
from tests.fakes.laboratory.nftables import Denial
from tests.fakes.laboratory.pod import Pod
from tests.fakes.laboratory.prober import Target


class Laboratory(Closing):
    """The pods of the documents, each listening on its container ports.

    Policies do nothing until :meth:`enforce`.  Close it, or use it as a context manager.
    """

    def __init__(
        self, documents: Sequence[Document], others: Mapping[str, str] | None = None
    ) -> None:
        """Connects pods by ``namespace/name``, and others (nodes, external hosts) as named.

        A pod needs ``status.podIP``; one on the host's network needs its node among the others.
        """
        pods = [pod for pod in running_pods(documents) if not pod.on_host_network]
        self.fabric = Fabric()
        try:
            addresses = {pod.title: pod.address for pod in pods} | dict(others or {})
            self.pods: dict[str, Pod] = self.fabric.add(addresses)
            for pod in pods:
                ports = [(protocol, number) for _, protocol, number in pod.ports]
                self.pods[pod.title].listen(*(port for port in ports if port[0] != "SCTP"))
        except BaseException:
            self.fabric.close()
            raise

    def enforce(self, documents: Sequence[Document], denial: Denial = Denial.DROP) -> None:
        """From now on the policies among these documents hold, and no others."""
        self.fabric.filter(nftables.ruleset(documents, denial))

    def enforce_nothing(self) -> None:
        """From now on everything passes, as with a network plugin that knows no policies."""
        self.fabric.filter(nftables.no_ruleset())

    def close(self) -> None:
        """Ends everything."""
        self.fabric.close()


def observe(
    targets: Mapping[Pod, Iterable[Target]], timeout: float
) -> dict[Pod, dict[Target, str]]:
    """How the targets of each pod answer, all pods at a time, within so many seconds."""
    asked = {pod: list(several) for pod, several in targets.items()}
    for pod, several in asked.items():
        pod.start_probe(several, timeout)
    return {
        pod: dict(zip(several, pod.outcomes(), strict=True)) for pod, several in asked.items()
    }
