from __future__ import annotations

import pytest

from netsim.loader.load import Loaded
from netsim.model.addresses import AddressSet
from tests.loader.conftest import Read


def owned(kind: str, name: str, controller: str = "true") -> str:
    return f"ownerReferences: [{{kind: {kind}, name: {name}, controller: {controller}}}]"


def pod(name: str, *metadata: str, spec: str = "{}", status: str = "{}") -> str:
    inside = ", ".join((f"name: {name}", *metadata))
    head = f"---\napiVersion: v1\nkind: Pod\nmetadata: {{{inside}}}\n"
    return f"{head}spec: {spec}\nstatus: {status}\n"


def workload(kind: str, name: str, *metadata: str, replicas: int = 1) -> str:
    inside = ", ".join((f"name: {name}", *metadata))
    return (
        f"---\napiVersion: apps/v1\nkind: {kind}\nmetadata: {{{inside}}}\n"
        f"spec: {{replicas: {replicas}, template: {{}}}}\n"
    )


def titles(loaded: Loaded) -> list[str]:
    assert [str(error) for error in loaded.errors] == []
    return [
        f"{pod.name or '-'} {pod.workload.name}[{pod.workload.kind}]"
        for pod in loaded.resources.pods
    ]


CASES = [
    (pod("a"), ["a a[Pod]"]),
    (
        pod("a", owned("ReplicaSet", "rs")),
        ["a rs[ReplicaSet]"],
    ),  # the owner is not in the input
    (pod("a", owned("ReplicaSet", "rs", "false")), ["a a[Pod]"]),  # owned, but not controlled
    (pod("a", "ownerReferences: [{name: rs, controller: true}]"), ["a rs[Pod]"]),
    (pod("a", owned("Node", "n1")), ["a a[Pod]"]),  # a kubelet's static pod
    (
        pod("a", owned("ReplicaSet", "rs"))
        + workload("ReplicaSet", "rs", owned("Deployment", "d")),
        ["a d[Deployment]"],
    ),
    (
        workload("Deployment", "d") + workload("ReplicaSet", "rs", owned("Deployment", "d")),
        ["- d[Deployment]"],
    ),
    (workload("ReplicaSet", "rs", owned("Deployment", "d")), ["- d[Deployment]"]),
    (
        workload("Deployment", "d")
        + workload("ReplicaSet", "rs", owned("Deployment", "d"))
        + pod("a", owned("ReplicaSet", "rs"))
        + pod("b", owned("ReplicaSet", "rs")),
        ["a d[Deployment]", "b d[Deployment]"],  # running pods stand for the template
    ),
    (
        workload("Deployment", "d") + pod("a", "namespace: other", owned("Deployment", "d")),
        ["- d[Deployment]", "a d[Deployment]"],  # owners are of the same namespace
    ),
    (
        workload("ReplicaSet", "old", owned("Deployment", "d"), replicas=0)
        + workload("ReplicaSet", "new", owned("Deployment", "d")),
        ["- d[Deployment]"],  # what a rollout left behind has no pods
    ),
    (
        workload("ReplicaSet", "a", owned("ReplicaSet", "b"))
        + workload("ReplicaSet", "b", owned("ReplicaSet", "a"))
        + pod("p", owned("ReplicaSet", "a")),
        ["p b[ReplicaSet]"],  # a circle ends
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_owners(read: Read, text: str, expected: list[str]) -> None:
    assert titles(read(text)) == expected


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_finished_pods_are_dropped_and_counted(read: Read, phase: str) -> None:
    loaded = read(pod("a", status=f"{{phase: {phase}}}") + pod("b", status="{phase: Running}"))
    assert titles(loaded) == ["b b[Pod]"]
    assert loaded.inventory.finished_pods == 1
    assert loaded.inventory.count("Pod") == 2


NODE = (
    "---\napiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus:\n  addresses:\n"
    "  - {type: InternalIP, address: 172.18.0.2}\n  - {type: Hostname, address: n1}\n"
)
HOST = "{hostNetwork: true, nodeName: n1}"

ADDRESSES = [
    (pod("a"), None),
    (pod("a", status="{podIP: 10.0.0.1}"), ["10.0.0.1"]),
    (
        pod("a", status="{podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: 'fd00::1'}]}"),
        ["10.0.0.1", "fd00::1"],
    ),
    (pod("a", spec=HOST, status="{podIP: 172.18.0.3}") + NODE, ["172.18.0.3"]),
    (pod("a", spec=HOST) + NODE, ["172.18.0.2"]),
    (pod("a", spec=HOST, status="{hostIP: 172.18.0.9}"), ["172.18.0.9"]),
    (pod("a", spec=HOST, status="{hostIPs: [{ip: 172.18.0.9}]}"), ["172.18.0.9"]),
    (pod("a", spec=HOST), None),
]


@pytest.mark.parametrize(("text", "expected"), ADDRESSES)
def test_addresses(read: Read, text: str, expected: list[str] | None) -> None:
    found = read(text).resources.pods[0].addresses
    assert found == (AddressSet.of(expected) if expected else None)
