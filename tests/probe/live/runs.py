"""``netsim probe`` as a user runs it, against a cluster of the laboratory."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.fakes.apiserver.kubectl import environment
from tests.fakes.laboratory.cluster import LiveCluster
from tests.fakes.laboratory.laboratory import observe
from tests.fakes.laboratory.manifests import Document
from tests.fakes.laboratory.prober import OPEN, Target
from tests.probe.live.commands import Command
from tests.project import ROOT

_SECONDS = 90
# Something dropped is dropped after either time; what is slow may need the second.
_LOOKS = (0.5, 4.0)


class Via(Enum):
    """The ways to try connections."""

    EXEC = "exec"
    KUBECTL = "kubectl"
    EPHEMERAL = "ephemeral"

    @property
    def user(self) -> str:
        """A user for each, so that several can run at a time and meet faults of their own."""
        return f"user-of-{self.value}"


EVERYTHING: Document = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRole",
    "metadata": {"name": "everything"},
    "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}],
}


@dataclass(frozen=True)
class Run:
    """What a run left."""

    code: int
    stdout: str
    stderr: str

    @cached_property
    def found(self) -> dict[str, Any]:
        """The result, where it was asked for as JSON."""
        try:
            result: dict[str, Any] = json.loads(self.stdout)
        except ValueError:
            raise AssertionError(f"no JSON: {self.stdout}{self.stderr}") from None
        return result

    @property
    def connections(self) -> list[dict[str, Any]]:
        """One entry a connection."""
        return list(self.found["connections"])

    def one(self, source: str, destination: str, port: int) -> dict[str, Any]:
        """The connection of these names."""
        (found,) = [
            each
            for each in self.connections
            if (each["source"], each["destination"], each["port"])
            == (source, destination, port)
        ]
        return found

    def of(self, agreement: str) -> list[dict[str, Any]]:
        """The connections that agree, differ or are inconclusive."""
        return [each for each in self.connections if each["agreement"] == agreement]

    def causes(self) -> set[str]:
        """What the differences come from, according to the diagnoses."""
        return {str(each["diagnosis"]["cause"]) for each in self.of("differ")}

    def reasons(self) -> set[str]:
        """Why something is inconclusive."""
        return {str(each["why"]) for each in self.of("inconclusive")}


@dataclass(frozen=True)
class Prober:
    """Someone who probes a cluster for what these arguments name as written."""

    cluster: LiveCluster
    folder: Path
    written: tuple[str, ...]

    def run(
        self,
        via: Via,
        *options: str,
        form: str = "json",
        roles: Iterable[Document] = (EVERYTHING,),
    ) -> Run:
        """Runs it to its end."""
        own = ("--timeout", "1", "--format", form, *options)
        with self.start(via, *self.written, *own, roles=roles) as process:
            return self._checked(_ended(process), via)

    def both(self, *options: str, **more: Any) -> dict[Via, Run]:
        """By both clients at the same time."""
        return at_a_time(lambda via: self.run(via, *options, **more), Via.EXEC, Via.KUBECTL)

    def interrupted(self, via: Via, ready: Callable[[], object], *options: str) -> Run:
        """Runs it until something is so, then presses Ctrl-C."""
        own = ("--timeout", "1", "--format", "json", *options)
        with self.start(via, *self.written, *own) as process:
            ready()
            process.send_signal(signal.SIGINT)
            return self._checked(_ended(process), via)

    def start(
        self, via: Via, *arguments: str, roles: Iterable[Document] = (EVERYTHING,)
    ) -> Command:
        """Starts it as the user of a way, to whom these roles are bound."""
        kubeconfig = self.cluster.kubeconfig(self.folder, via.user, roles)
        return Command(
            ("probe", *arguments, "--via", via.value),
            ROOT,
            {**environment(kubeconfig), "NO_COLOR": "1"},
        )

    def _checked(self, run: Run, via: Via) -> Run:
        token = self.cluster.server.tokens.of(via.user)
        assert token not in run.stdout + run.stderr, "the token is shown"
        assert "Traceback" not in run.stderr, run.stderr
        return run


def _ended(process: Command) -> Run:
    stdout, stderr = process.communicate(_SECONDS)
    return Run(process.returncode, stdout, stderr)


def at_a_time(run: Callable[[Via], Run], *ways: Via) -> dict[Via, Run]:
    """The runs of several ways, together."""
    with ThreadPoolExecutor(len(ways)) as pool:
        return dict(zip(ways, pool.map(run, ways), strict=True))


def false_verdicts(cluster: LiveCluster, run: Run) -> list[dict[str, Any]]:
    """What is called allowed or denied while the kernel does the opposite."""
    suspects = [each for each in run.connections if each["observed"] != "unknown"]
    for seconds in _LOOKS:
        seen = _kernel(cluster, suspects, seconds)
        suspects = [each for each in suspects if each["observed"] != seen[_key(each)]]
        if not suspects:
            break
    return suspects


def _kernel(
    cluster: LiveCluster, connections: list[dict[str, Any]], seconds: float
) -> Mapping[tuple[str, Target], str]:
    pods = cluster.laboratory.pods
    targets: dict[str, list[Target]] = {}
    for source, target in map(_key, connections):
        targets.setdefault(source, []).append(target)
    seen = observe({pods[source]: several for source, several in targets.items()}, seconds)
    return {
        (pod.name, target): "allow" if outcome == OPEN else "deny"
        for pod, several in seen.items()
        for target, outcome in several.items()
    }


def _key(connection: dict[str, Any]) -> tuple[str, Target]:
    target = connection["protocol"], connection["host"], connection["port"]
    return connection["source_pod"], target
