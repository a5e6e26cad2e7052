from __future__ import annotations

from textwrap import dedent
from typing import Any

import yaml

from tests.fakes.laboratory.manifests import (
    Document,
    namespace_labels,
    node_addresses,
    running_pods,
    title,
    without,
)


def read(text: str) -> list[Document]:
    return list(yaml.safe_load_all(dedent(text)))


def pod(**parts: Any) -> Document:
    found: Document = {
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {"containers": []},
        "status": {"podIP": "10.244.0.1"},
    }
    return found | parts


def test_pods_that_have_finished_or_have_no_address_are_left_out() -> None:
    for phase in ("Succeeded", "Failed"):
        assert running_pods([pod(status={"podIP": "10.244.0.1", "phase": phase})]) == []
    assert running_pods([pod(status={})]) == []
    assert [facts.title for facts in running_pods([pod()])] == ["default/p"]


def test_a_sidecar_has_ports_and_other_init_containers_have_not() -> None:
    port = {"name": "web", "containerPort": 80}
    init = [
        {"name": "once", "ports": [port | {"containerPort": 1}]},
        {"name": "side", "restartPolicy": "Always", "ports": [port]},
    ]
    (facts,) = running_pods([pod(spec={"containers": [{}], "initContainers": init})])
    assert facts.named_port("web", "TCP") == 80
    assert facts.named_port("web", "UDP") is None


def test_a_container_comes_before_a_sidecar() -> None:
    """The order of ``FindPort``."""
    main = [{"ports": [{"name": "web", "containerPort": 8080}]}]
    side = [{"restartPolicy": "Always", "ports": [{"name": "web", "containerPort": 80}]}]
    (facts,) = running_pods([pod(spec={"containers": main, "initContainers": side})])
    assert facts.named_port("web", "TCP") == 8080


def test_every_namespace_carries_its_name() -> None:
    documents = read("{kind: Namespace, metadata: {name: a, labels: {team: x}}}")
    expected = {"a": {"team": "x", "kubernetes.io/metadata.name": "a"}}
    assert namespace_labels(documents) == expected


def test_addresses_of_nodes() -> None:
    documents = read(
        """
        kind: Node
        metadata: {name: one}
        status:
          addresses:
            - {type: Hostname, address: one}
            - {type: InternalIP, address: 172.16.0.1}
            - {type: InternalIP, address: "fd00::1"}
        """
    )
    assert node_addresses(documents) == {"one": ["172.16.0.1"]}


def test_a_policy_can_be_left_out() -> None:
    documents = read(
        """
        {kind: NetworkPolicy, metadata: {name: a, namespace: x}}
        ---
        {kind: NetworkPolicy, metadata: {name: a}}
        ---
        {kind: Pod, metadata: {name: a, namespace: x}}
        """
    )
    assert [title(each) for each in without(documents, "x/a")] == ["default/a", "x/a"]
