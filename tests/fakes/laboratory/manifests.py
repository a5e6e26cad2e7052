"""Plain Kubernetes objects, as ``yaml.safe_load`` reads them: the little a fabric needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]

_FINISHED = ("Succeeded", "Failed")
_NAME_LABEL = "kubernetes.io/metadata.name"


@dataclass(frozen=True, slots=True)
class PodFacts:
    """What a policy can tell of a pod, and where it is."""

    namespace: str
    name: str
    labels: Mapping[str, str]
    address: str
    ports: tuple[tuple[str, str, int], ...]
    """Name (or nothing), protocol, number."""
    node: str | None
    on_host_network: bool

    @property
    def title(self) -> str:
        """``namespace/name``."""
        return f"{self.namespace}/{self.name}"

    def named_port(self, name: str, protocol: str) -> int | None:
        """The number behind a port's name; the first, should containers share it."""
        for port, of_protocol, number in self.ports:
            if (port, of_protocol) == (name, protocol):
                return number
        return None


def of_kind(documents: Iterable[Document], kind: str) -> Iterator[Document]:
    """The documents of a kind."""
    return (document for document in documents if document["kind"] == kind)


def title(document: Document) -> str:
    """``namespace/name`` of a namespaced object."""
    return f"{namespace_of(document)}/{document['metadata']['name']}"


def namespace_of(document: Document) -> str:
    """The namespace of an object."""
    return str(document["metadata"].get("namespace", "default"))


def without(documents: Iterable[Document], *titles: str) -> list[Document]:
    """All but the policies of these titles: a cluster that lacks some of what is documented."""
    return [
        document
        for document in documents
        if document["kind"] != "NetworkPolicy" or title(document) not in titles
    ]


def running_pods(documents: Iterable[Document]) -> list[PodFacts]:
    """The pods that have an address and have not finished."""
    return [
        _facts(document)
        for document in of_kind(documents, "Pod")
        if document.get("status", {}).get("podIP")
        and document["status"].get("phase") not in _FINISHED
    ]


def namespace_labels(documents: Iterable[Document]) -> dict[str, dict[str, str]]:
    """The labels of each namespace in the input, with the one every namespace carries."""
    found: dict[str, dict[str, str]] = {}
    for document in of_kind(documents, "Namespace"):
        name = document["metadata"]["name"]
        labels = document["metadata"].get("labels") or {}
        found[name] = {**labels, _NAME_LABEL: name}
    return found


def node_addresses(documents: Iterable[Document]) -> dict[str, list[str]]:
    """The IPv4 addresses of each node."""
    return {
        document["metadata"]["name"]: [
            entry["address"]
            for entry in document.get("status", {}).get("addresses", ())
            if entry["type"] in ("InternalIP", "ExternalIP") and ":" not in entry["address"]
        ]
        for document in of_kind(documents, "Node")
    }


def _facts(document: Document) -> PodFacts:
    spec = document["spec"]
    return PodFacts(
        namespace=namespace_of(document),
        name=document["metadata"]["name"],
        labels=document["metadata"].get("labels") or {},
        address=document["status"]["podIP"],
        ports=tuple(_ports(spec)),
        node=spec.get("nodeName"),
        on_host_network=bool(spec.get("hostNetwork")),
    )


def _ports(spec: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Ports of containers, then of init containers that go on running beside them.

    In the order in which ``FindPort`` of Kubernetes looks for a name.
    """
    sidecars = [
        container
        for container in spec.get("initContainers") or ()
        if container.get("restartPolicy") == "Always"
    ]
    for container in (*spec["containers"], *sidecars):
        for port in container.get("ports") or ():
            yield port.get("name", ""), port.get("protocol", "TCP"), port["containerPort"]
