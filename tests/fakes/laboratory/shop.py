"""The smallest cluster with something to allow and something to deny, and no UDP: quick."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.fakes.laboratory.manifests import Document
from tests.fakes.laboratory.production import pod

WEB, API, DATABASE = "shop/web", "shop/api", "shop/database"

_PORTS = {"web": 8080, "api": 4000, "database": 5432}
_FLOWS = (("web", "api"), ("api", "database"))
_DIAGRAM = """\
## Flows

```
┌─────────┐
│   web   │──→ api (port 4000)
└─────────┘
┌─────────┐
│   api   │──→ database (port 5432)
└─────────┘
```
"""


def documents() -> list[Document]:
    """The namespace, the pods and the policies."""
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    pods = [
        pod(f"shop/{name}", f"10.244.3.{number}", {"app": name}, ("TCP", port))
        for number, (name, port) in enumerate(_PORTS.items(), 1)
    ]
    return [namespace, *pods, *policies()]


def policies() -> list[Document]:
    """Everything is closed, and each flow opened at both ends."""
    found = [_policy("default-deny", {}, policyTypes=["Ingress", "Egress"])]
    for source, destination in _FLOWS:
        ports = [{"protocol": "TCP", "port": _PORTS[destination]}]
        way_in = [{"from": [_labelled(source)], "ports": ports}]
        way_out = [{"to": [_labelled(destination)], "ports": ports}]
        found.append(_policy(f"to-{destination}", _labels(destination), ingress=way_in))
        found.append(
            _policy(f"from-{source}", _labels(source), egress=way_out, policyTypes=["Egress"])
        )
    return found


def written(folder: Path) -> tuple[str, ...]:
    """Manifests and scenario in a folder, as arguments of ``netsim probe``."""
    manifests, scenario = folder / "policies.yaml", folder / "scenario.yaml"
    manifests.write_text(yaml.safe_dump_all(policies()), encoding="utf-8")
    (folder / "README.md").write_text(_DIAGRAM, encoding="utf-8")
    scenario.write_text(yaml.safe_dump(_scenario()), encoding="utf-8")
    return (str(manifests), "--scenario", str(scenario))


def _scenario() -> Document:
    return {
        "diagram": {"file": "README.md", "heading": "Flows"},
        "namespace": "shop",
        "endpoints": {
            name: {"labels": {"app": name}, "ports": [{"port": port}]}
            for name, port in _PORTS.items()
        },
    }


def _policy(name: str, selector: Document, **spec: object) -> Document:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"podSelector": selector, **spec},
    }


def _labels(name: str) -> Document:
    return {"matchLabels": {"app": name}}


def _labelled(name: str) -> Document:
    return {"podSelector": _labels(name)}
