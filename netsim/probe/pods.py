"""Pods of a live cluster: what a probe needs to know of them."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any

from msgspec import Struct

from netsim.loader.objects.validation import dns_label, dns_subdomain
from netsim.model.addresses import parse_address
from netsim.model.labels import Labels
from netsim.model.ports import HIGHEST_PORT, LOWEST_PORT, Protocol
from netsim.model.resources import ContainerPort

_HASH = "pod-template-hash"
# Since Kubernetes 1.29 a proxy may be an init container that goes on.
_PROXIES = ("istio-proxy", "linkerd-proxy", "kuma-sidecar", "consul-dataplane", "envoy-sidecar")
_AMBIENT = ("ambient.istio.io/redirection", "enabled")
_FINISHED = ("Succeeded", "Failed")


class PodState(Enum):
    """Whether a pod can be probed, and if not, why; the value is for people."""

    READY = "ready"
    UNREADY = "is not ready"
    FINISHED = "has finished"
    ENDING = "is being deleted"
    HOST_NETWORK = "uses its node's network, where no policy applies"
    NO_ADDRESS = "has no address yet"


class LivePod(Struct, frozen=True):
    """A pod; ``workload`` is ``namespace/name[Kind]``, ``container`` where to exec."""

    namespace: str
    name: str
    labels: Labels
    address: str | None
    state: PodState
    workload: str
    container: str
    ports: tuple[ContainerPort, ...] = ()
    mesh: str = ""
    """What a service mesh puts before its ports; empty where nothing shows any."""
    uid: str = ""
    restarts: int = 0

    @property
    def title(self) -> str:
        """``namespace/name``."""
        return f"{self.namespace}/{self.name}"


def live_pod(found: dict[str, Any]) -> LivePod:
    """A pod from the JSON of the API, or of a file that has only parts of it.

    Raises ``ValueError`` for what no API server shows.
    """
    try:
        pod = _read(found)
    except (AttributeError, TypeError) as error:
        raise ValueError("it is not a pod") from error
    if wrong := dns_subdomain(pod.name) or dns_label(pod.namespace) or _odd_port(pod):
        raise ValueError(wrong)
    if pod.address is not None:
        parse_address(pod.address)
    return pod


def _odd_port(pod: LivePod) -> str | None:
    numbers = (port.number for port in pod.ports)
    odd = next((n for n in numbers if not LOWEST_PORT <= n <= HIGHEST_PORT), None)
    return None if odd is None else f"{odd} is not a port"


def _read(found: dict[str, Any]) -> LivePod:
    metadata, spec = found.get("metadata") or {}, found.get("spec") or {}
    status = found.get("status") or {}
    containers = spec.get("containers") or []
    labels = Labels.of({str(k): str(v) for k, v in (metadata.get("labels") or {}).items()})
    return LivePod(
        namespace=str(metadata.get("namespace") or "default"),
        name=str(metadata.get("name") or ""),
        labels=labels,
        address=str(status.get("podIP") or "") or None,
        state=_state(metadata, spec, status),
        workload=_workload(metadata, labels),
        container=_container(metadata, containers),
        ports=tuple(_ports(containers)),
        mesh=_mesh(metadata, [*containers, *(spec.get("initContainers") or [])]),
        uid=str(metadata.get("uid") or ""),
        restarts=sum(c.get("restartCount") or 0 for c in status.get("containerStatuses") or []),
    )


def _state(metadata: dict[str, Any], spec: dict[str, Any], status: dict[str, Any]) -> PodState:
    if status.get("phase") in _FINISHED:
        return PodState.FINISHED
    if spec.get("hostNetwork"):
        return PodState.HOST_NETWORK
    if metadata.get("deletionTimestamp"):
        return PodState.ENDING
    if not status.get("podIP"):
        return PodState.NO_ADDRESS
    return PodState.READY if _is_ready(status) else PodState.UNREADY


def _is_ready(status: dict[str, Any]) -> bool:
    """A file without conditions, such as a snapshot, says only whether a pod runs."""
    conditions = status.get("conditions")
    if conditions is None:
        return str(status.get("phase", "Running")) == "Running"
    return any((c.get("type"), c.get("status")) == ("Ready", "True") for c in conditions)


def _container(metadata: dict[str, Any], containers: list[dict[str, Any]]) -> str:
    """The one kubectl chooses: by annotation, else the first."""
    annotations = metadata.get("annotations") or {}
    wanted = annotations.get("kubectl.kubernetes.io/default-container")
    names = [str(each.get("name") or "") for each in containers]
    return str(wanted) if wanted in names else next(iter(names), "")


def _workload(metadata: dict[str, Any], labels: Labels) -> str:
    """The owner; the Deployment behind a ReplicaSet shows in the hash of its name."""
    name, kind = str(metadata.get("name") or ""), "Pod"
    for owner in metadata.get("ownerReferences") or []:
        if owner.get("controller") and owner.get("kind") != "Node":
            name, kind = str(owner.get("name")), str(owner.get("kind"))
    suffix = f"-{labels.get(_HASH)}"
    if kind == "ReplicaSet" and name.endswith(suffix):
        name, kind = name.removesuffix(suffix), "Deployment"
    return f"{metadata.get('namespace') or 'default'}/{name}[{kind}]"


def _mesh(metadata: dict[str, Any], containers: list[dict[str, Any]]) -> str:
    names = {str(each.get("name")) for each in containers}
    if found := [proxy for proxy in _PROXIES if proxy in names]:
        return found[0]
    key, value = _AMBIENT
    return "ztunnel" if (metadata.get("annotations") or {}).get(key) == value else ""


def _ports(containers: list[dict[str, Any]]) -> Iterator[ContainerPort]:
    for container in containers:
        for port in container.get("ports") or []:
            number = port.get("containerPort")
            if type(number) is int:
                protocol = Protocol(port.get("protocol") or "TCP")
                yield ContainerPort(number, protocol, port.get("name"))
