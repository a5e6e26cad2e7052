"""netsim's verdicts against what the kernel lets pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

import netsim
from netsim.model.ports import Protocol
from netsim.model.verdict import Outcome
from tests.fakes.laboratory import nftables
from tests.fakes.laboratory.fabric import Fabric
from tests.fakes.laboratory.laboratory import observe
from tests.fakes.laboratory.manifests import Document, running_pods
from tests.fakes.laboratory.nftables import Denial
from tests.fakes.laboratory.pod import Pod
from tests.fakes.laboratory.prober import OPEN, Target

# A rejection comes at once; only a dropped packet takes all the time there is.
_QUICKLY = {Denial.DROP: 0.7, Denial.RESET: 3.0, Denial.PROHIBITED: 3.0}
_PATIENTLY = 4.0

_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

Port = tuple[str, int]
Expected = dict[Pod, dict[Target, Outcome]]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A connection that the one allows and the other does not, or a verdict that is neither."""

    source: str
    destination: str
    port: Port
    verdict: Outcome
    observed: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One cluster, on a fabric whose pods have the addresses of the documents' pods."""

    fabric: Fabric
    documents: Sequence[Document]
    ports: Sequence[Port]
    """Ports on which every pod of the fabric listens."""

    def disagreements(self, denial: Denial, folder: Path) -> list[Disagreement]:
        """Where they differ, over all pairs with at least one pod of the documents.

        What a quick look finds is looked at again with patience: a machine under load is
        slow, and slow is not denied.  The folder is for the file that netsim reads.
        """
        self.fabric.filter(nftables.ruleset(self.documents, denial))
        expected = self.verdicts(folder)
        suspects = self.differing(expected, denial)
        again = {
            pod: {target: expected[pod][target] for target in several}
            for pod, several in suspects.items()
        }
        names = self._names()
        return [
            Disagreement(
                names[pod.address],
                names[address],
                (protocol, port),
                expected[pod][protocol, address, port],
                observed,
            )
            for pod, several in _differing(again, _PATIENTLY).items()
            for (protocol, address, port), observed in several.items()
        ]

    def differing(self, expected: Expected, denial: Denial) -> dict[Pod, dict[Target, str]]:
        """What a quick look sees otherwise than expected, whatever rules hold."""
        return _differing(expected, _QUICKLY[denial])

    def verdicts(self, folder: Path) -> Expected:
        """What netsim says of each connection, having read the documents from a file."""
        file = folder / "cluster.yaml"
        file.write_text(yaml.dump_all(self.documents, Dumper=_DUMPER), encoding="utf-8")
        cluster = netsim.load(file)
        reachability = cluster.reachability()
        names = self._names()
        endpoints = {address: cluster.endpoint(name) for address, name in names.items()}
        expected: Expected = {}
        for source, destination in self._pairs():
            ends = endpoints[source.address], endpoints[destination.address]
            for protocol, port in self.ports:
                verdict = reachability.verdict(*ends, Protocol(protocol), port)
                target = protocol, destination.address, port
                expected.setdefault(source, {})[target] = verdict.outcome
        return expected

    def _pairs(self) -> Iterator[tuple[Pod, Pod]]:
        known = {pod.address for pod in running_pods(self.documents)}
        for source in self.fabric.pods.values():
            for destination in self.fabric.pods.values():
                if known & {source.address, destination.address}:
                    yield source, destination

    def _names(self) -> dict[str, str]:
        """How netsim calls what has an address: a pod by its name, all else by the address."""
        known = {pod.address: pod.title for pod in running_pods(self.documents)}
        return {
            pod.address: known.get(pod.address, pod.address)
            for pod in self.fabric.pods.values()
        }


def _differing(
    expected: Mapping[Pod, Mapping[Target, Outcome]], timeout: float
) -> dict[Pod, dict[Target, str]]:
    """What was observed where it is not as expected."""
    found: dict[Pod, dict[Target, str]] = {}
    for pod, several in observe(expected, timeout).items():
        for target, outcome in several.items():
            seen = Outcome.ALLOW if outcome == OPEN else Outcome.DENY
            if seen is not expected[pod][target]:
                found.setdefault(pod, {})[target] = outcome
    return found
