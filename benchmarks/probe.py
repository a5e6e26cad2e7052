"""How long ``netsim probe`` takes for all ordered pairs of a namespace, counted in timeouts.

Every denied connection takes a whole timeout; one after the other they would take the sum.
The cluster is the laboratory of the tests, which needs root and what CONTRIBUTING.md names;
its pods, API server and clients share the machine with the probe.

python -m benchmarks.probe [PODS] [SECONDS]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from tests.fakes.apiserver.kubectl import environment
from tests.fakes.laboratory.cluster import LiveCluster
from tests.fakes.laboratory.manifests import Document
from tests.fakes.laboratory.production import pod
from tests.project import ROOT

NAMESPACE = "fleet"
PORT = 8080
WAYS = ("exec", "kubectl")
HALVES = ("front", "back")


def documents(pods: int) -> list[Document]:
    """The front half may call the back half, and nothing else may call anything."""
    front, back = ({"matchLabels": {"half": half}} for half in HALVES)
    ports = [{"protocol": "TCP", "port": PORT}]
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        *(_pod(number, HALVES[number % 2]) for number in range(pods)),
        _policy("closed", {}, policyTypes=["Ingress", "Egress"]),
        _policy("in", back, ingress=[{"from": [{"podSelector": front}], "ports": ports}]),
        _policy(
            "out",
            front,
            egress=[{"to": [{"podSelector": back}], "ports": ports}],
            policyTypes=["Egress"],
        ),
    ]


def _pod(number: int, half: str) -> Document:
    title = f"{NAMESPACE}/{half}-{number}"
    return pod(title, f"10.244.9.{number + 1}", {"half": half}, ("TCP", PORT))


def _policy(name: str, selector: Document, **spec: Any) -> Document:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {"podSelector": selector, **spec},
    }


def probe(folder: Path, cluster: LiveCluster, way: str, seconds: int) -> dict[str, Any]:
    """The result of one run."""
    command = [sys.executable, "-m", "netsim", "probe", "policies.yaml", "-n", NAMESPACE]
    options = ["--via", way, "--timeout", str(seconds), "--format", "json"]
    variables = environment(cluster.kubeconfig(folder)) | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(  # noqa: S603
        command + options,
        cwd=folder,
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main(pods: int, seconds: int) -> None:
    """Prints a line for each way."""
    written = documents(pods)
    with TemporaryDirectory() as name, LiveCluster(written) as cluster:
        folder = Path(name)
        policies = [each for each in written if each["kind"] == "NetworkPolicy"]
        (folder / "policies.yaml").write_text(yaml.safe_dump_all(policies), encoding="utf-8")
        for way in WAYS:
            found = probe(folder, cluster, way, seconds)
            sys.stdout.write(f"{way:8} {_line(found, seconds)}\n")


def _line(found: dict[str, Any], seconds: int) -> str:
    denied = sum(each["observed"] == "deny" for each in found["connections"])
    took = found["extent"]["seconds"]
    return (
        f"{len(found['connections'])} connections, {denied} of them denied: {took:.1f} s, "
        f"which is {took / seconds:.1f} timeouts in place of {denied}"
    )


if __name__ == "__main__":
    main(*(int(given) for given in [*sys.argv[1:], *("20", "3")[len(sys.argv) - 1 :]]))
