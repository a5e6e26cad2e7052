"""Pods, jobs and clusters for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from netsim.intent.diagram.reading import read_diagram
from netsim.intent.documentation import combine_flows
from netsim.intent.scenario.scenario import read_scenario
from netsim.loader.load import load
from netsim.model.labels import Labels
from netsim.model.ports import Protocol
from netsim.model.resources import ContainerPort, Resources
from netsim.probe.cluster import Live, of_file
from netsim.probe.interface import Destination, Job, Purpose
from netsim.probe.planning.documented import Documented, party_of
from netsim.probe.pods import LivePod, PodState

TCP, UDP = Protocol.TCP, Protocol.UDP

DIAGRAM = """\
# Shop
## Network

```
┌─────┐
│ Web │──→ API (port 4000)
└─────┘
```
"""
SCENARIO = """\
diagram: {file: README.md, heading: Network}
namespace: shop
endpoints:
  web: {labels: {app: web}}
  api: {labels: {app: api}, ports: [{port: 4000}]}
  db: {labels: {app: db}, ports: [{port: 5432}]}
flows:
  - {from: api, to: db, ports: [TCP 5432], because: its data is there}
deny:
  - {from: web, to: db, because: only the API may}
"""
POLICIES = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress:
    - {from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 4000}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
    - {from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 5432}]}
"""
OPEN_ALL = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: debug, namespace: shop}
spec: {podSelector: {}, ingress: [{}]}
"""


def pod(name: str, address: str = "10.0.0.1", **labels: str) -> LivePod:
    """A pod of the namespace ``shop`` that is ready."""
    workload = f"shop/{name}[Pod]"
    return LivePod("shop", name, Labels.of(labels), address, PodState.READY, workload, "main")


def target(host: str = "10.0.0.2", port: int = 80, protocol: Protocol = TCP) -> Destination:
    """A port of the pod ``shop/api``."""
    return Destination(host, protocol, port, "api", "shop/api")


def job(number: str, to: Destination | None = None, source: str = "web") -> Job:
    """A flow from a pod of this name."""
    return Job(number, pod(source), source, to or target())


def control(number: str, to: Destination | None = None) -> Job:
    """The pod behind a target asks itself."""
    return Job(number, pod("api"), "api", to or target(), Purpose.CONTROL)


def raw_pod(name: str, address: str | None, *ports: int, **labels: str) -> dict[str, Any]:
    """A pod of ``shop`` as the API server shows it."""
    container = {"name": "main", "ports": [{"containerPort": port} for port in ports]}
    ready = {"type": "Ready", "status": "True"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop", "labels": labels},
        "spec": {"containers": [container]},
        "status": {"phase": "Running", "podIP": address, "conditions": [ready]},
    }


def raw_policies(text: str = POLICIES) -> list[dict[str, Any]]:
    """Policies as the API server shows them."""
    import yaml

    return [found for found in yaml.safe_load_all(text) if found]


def shop() -> list[dict[str, Any]]:
    """The pods that the scenario names."""
    return [
        raw_pod("web-0", "10.1.0.1", 3000, app="web"),
        raw_pod("api-0", "10.1.0.2", 4000, app="api"),
        raw_pod("db-0", "10.1.0.3", 5432, app="db"),
    ]


def live(pods: list[dict[str, Any]] | None = None, policies: str = POLICIES) -> Live:
    """A cluster with these pods and policies."""
    return of_file([*(shop() if pods is None else pods), *raw_policies(policies)], "shop")


def documented(scenario: str = SCENARIO, label: str = "(port 4000)") -> Documented:
    """What the scenario and its drawing say, with this label on the arrow."""
    found = read_scenario(scenario, "scenario.yaml")
    drawn = DIAGRAM.replace("(port 4000)", label)
    flows = combine_flows(found, read_diagram(drawn, "README.md", "Network"))
    return Documented(found.namespace, tuple(map(party_of, found.endpoints)), flows)


def written(folder: Path, policies: str = POLICIES) -> Resources:
    """The manifests."""
    file = folder / "policies.yaml"
    file.write_text(policies, encoding="utf-8")
    return load([str(file)]).resources


def port(number: int, protocol: Protocol = TCP) -> ContainerPort:
    return ContainerPort(number, protocol)
