"""A small cluster in the shape of the policies in ``manifests`` and of their scenario."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.fakes.apiserver import pods
from tests.fakes.laboratory.manifests import Document
from tests.project import MANIFESTS, POLICIES, ROOT, SCENARIO

_DRAWING = MANIFESTS / "README.md"
_CLAIM = ", mTLS"

NAMESPACE = "production"
WEB = "production/plue-web-6d5f7c9b8d-hx2lq"
API = "production/plue-api-7b9d6f5c4-t8wzn"
POSTGRES = "production/plue-postgres-0"
RUNNER = "production/plue-runner-k7qmd"
DNS = "kube-system/coredns-5d78c9869d-p4r9v"
INGRESS = "ingress-nginx/ingress-nginx-controller-8f4bd94b9-z6fjc"

EXTERNAL = "203.0.113.10"
CONTROL_PLANE = "172.16.0.2"
METADATA_SERVER = "169.254.169.254"
OTHERS: Mapping[str, str] = {
    "external": EXTERNAL,
    "control-plane": CONTROL_PLANE,
    "metadata": METADATA_SERVER,
}
"""What is no pod, by name."""

_NAME = "app.kubernetes.io/name"


def documents() -> list[Document]:
    """The namespaces, the pods and the policies as they are documented."""
    return [*_namespaces(), *_pods(), *policies()]


def written(folder: Path) -> tuple[str, ...]:
    """Manifests and scenario as arguments of ``netsim probe``, without a claim of mutual TLS.

    Whether a server keeps one is found out by port-forward, for which kubectl needs SPDY.
    """
    drawing = _DRAWING.read_text(encoding="utf-8")
    assert _CLAIM in drawing
    (folder / "README.md").write_text(drawing.replace(_CLAIM, ""), encoding="utf-8")
    scenario = folder / "scenario.yaml"
    text = SCENARIO.read_text(encoding="utf-8")
    text = text.replace("diagram: {file: ../manifests/", "diagram: {file: ")
    text = text.replace("../", f"{ROOT}/")
    scenario.write_text(text, encoding="utf-8")
    return (str(POLICIES), "--scenario", str(scenario))


def policies() -> list[Document]:
    """The policies of the manifests."""
    return [found for found in yaml.safe_load_all(_text()) if found]


@cache
def _text() -> str:
    return POLICIES.read_text(encoding="utf-8")


def pod(
    title: str,
    address: str,
    labels: Mapping[str, str],
    *ports: tuple[str, int],
    owner: str = "",
) -> Document:
    """A pod that runs and is ready; the owner's kind, if it has one."""
    namespace, _, name = title.partition("/")
    metadata: dict[str, Any] = {"name": name, "namespace": namespace, "labels": dict(labels)}
    if owner:
        above, _, last = name.rpartition("-")
        controller = {"apiVersion": "apps/v1", "kind": owner, "name": above}
        metadata["ownerReferences"] = [{**controller, "uid": f"of-{above}", "controller": True}]
        if owner == "ReplicaSet":
            metadata["labels"]["pod-template-hash"] = above.rpartition("-")[2]
        if owner == "StatefulSet":
            metadata["labels"]["apps.kubernetes.io/pod-index"] = last
    container = {
        "name": "main",
        "image": "registry.example/main:1",
        "ports": [{"protocol": kind, "containerPort": number} for kind, number in ports],
    }
    found: Document = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        # The API server's default, without which "kubectl debug" panics.
        "spec": {"nodeName": "node-1", "securityContext": {}, "containers": [container]},
    }
    return {
        **found,
        "status": {**pods.ready(found), "podIP": address, "podIPs": [{"ip": address}]},
    }


def with_labels(title: str, labels: Mapping[str, str]) -> list[Document]:
    """The cluster, but for the labels of one pod."""
    found = documents()
    for document in found:
        own = document["metadata"]
        if document["kind"] == "Pod" and f"{own['namespace']}/{own['name']}" == title:
            own["labels"] = dict(labels)
    return found


def _namespaces() -> list[Document]:
    return [
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}},
            "status": {"phase": "Active"},
        }
        for name in (NAMESPACE, "kube-system", "ingress-nginx")
    ]


def _pods() -> list[Document]:
    dns, ingress = {"k8s-app": "kube-dns"}, {_NAME: "ingress-nginx"}
    return [
        pod(WEB, "10.244.1.10", {_NAME: "plue-web"}, ("TCP", 3000), owner="ReplicaSet"),
        pod(API, "10.244.1.11", {_NAME: "plue-api"}, ("TCP", 4000), owner="ReplicaSet"),
        pod(
            POSTGRES,
            "10.244.2.12",
            {_NAME: "plue-postgres"},
            ("TCP", 5432),
            owner="StatefulSet",
        ),
        pod(RUNNER, "10.244.2.13", {_NAME: "plue-runner"}),
        pod(DNS, "10.244.0.2", dns, ("UDP", 53), ("TCP", 53), owner="ReplicaSet"),
        pod(INGRESS, "10.244.0.3", ingress, ("TCP", 80), ("TCP", 443), owner="ReplicaSet"),
    ]
