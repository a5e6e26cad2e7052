from __future__ import annotations

import pytest

from netsim.model.location import Location
from netsim.model.ports import Protocol
from netsim.model.resources import ContainerPort, PodNetwork
from tests.loader.conftest import Read

TEMPLATE = (
    "{metadata: {labels: {app: web}}, spec: {containers: [{ports: [{containerPort: 80}]}]}}"
)

KINDS = [
    ("apps/v1", "Deployment", f"spec: {{template: {TEMPLATE}}}"),
    ("apps/v1", "ReplicaSet", f"spec: {{template: {TEMPLATE}}}"),
    ("apps/v1", "StatefulSet", f"spec: {{template: {TEMPLATE}}}"),
    ("apps/v1", "DaemonSet", f"spec: {{template: {TEMPLATE}}}"),
    ("batch/v1", "Job", f"spec: {{template: {TEMPLATE}}}"),
    ("batch/v1", "CronJob", f"spec: {{jobTemplate: {{spec: {{template: {TEMPLATE}}}}}}}"),
    ("v1", "ReplicationController", f"spec: {{template: {TEMPLATE}}}"),
    ("v1", "PodTemplate", f"template: {TEMPLATE}"),
]


@pytest.mark.parametrize(("api_version", "kind", "body"), KINDS)
def test_templates(read: Read, api_version: str, kind: str, body: str) -> None:
    metadata = "{name: web, labels: {not: this}}"
    loaded = read(f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {metadata}\n{body}\n")
    assert loaded.diagnostics == ()
    (pod,) = loaded.resources.pods
    assert str(pod.workload) == f"default/web[{kind}]"
    assert (pod.name, pod.addresses) == (None, None)
    assert pod.labels.pairs == (("app", "web"),)
    assert pod.ports == (ContainerPort(80, Protocol.TCP),)
    assert pod.location == Location("a.yaml", 3, "metadata.name")


POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"


def test_ports_of_containers_come_before_those_of_restartable_init_containers(
    read: Read,
) -> None:
    loaded = read(
        POD
        + """\
spec:
  initContainers:
  - {name: once, ports: [{containerPort: 1}]}
  - {name: sidecar, restartPolicy: Always, ports: [{containerPort: 2, name: a}]}
  containers:
  - {name: main, ports: [{containerPort: 3, name: a, protocol: UDP}], unknown: field}
"""
    )
    assert loaded.diagnostics == ()
    assert loaded.resources.pods[0].ports == (
        ContainerPort(3, Protocol.UDP, "a"),
        ContainerPort(2, Protocol.TCP, "a"),
    )


def test_ports_without_number_are_skipped(read: Read) -> None:
    ports = "[{containerport: 80}, {name: x}, {containerPort: '${PORT}'}]"
    loaded = read(POD + f"spec: {{containers: [{{ports: {ports}}}]}}\n")
    assert loaded.resources.pods[0].ports == ()
    placeholder, first, second = loaded.diagnostics
    assert "${PORT}" in placeholder.message
    assert "write containerport as containerPort" in first.message
    assert second.location.field == "spec.containers[0].ports[1]"
    assert loaded.errors == ()


def test_variables_of_a_container_script_are_no_placeholders(read: Read) -> None:
    loaded = read(POD + "spec: {containers: [{command: ['echo ${X}'], args: ['${Y}']}]}\n")
    assert loaded.diagnostics == ()


REFUSED = [
    ("spec: {containers: [{ports: [{containerPort: 70000}]}]}", "70000 is not a port"),
    ("spec: {containers: [{ports: [{containerPort: 80, name: Web}]}]}", "port name"),
    ("spec: {containers: [{ports: [{containerPort: 80, protocol: tcp}]}]}", "TCP, UDP or SCTP"),
    ("spec: {hostNetwork: 'yes'}", "true or false"),
    ("spec: {containers: web}", "expected a list"),
    ("status: {podIP: 10.0.0}", "not an IP address"),
]


@pytest.mark.parametrize(("body", "phrase"), REFUSED)
def test_what_is_wrong_rejects_the_pod(read: Read, body: str, phrase: str) -> None:
    loaded = read(POD + body + "\n")
    assert loaded.resources.pods == ()
    assert [phrase in error.message for error in loaded.errors] == [True]


def test_labels_are_validated(read: Read) -> None:
    loaded = read("apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels:\n    a: yes\n")
    assert loaded.errors[0].location == Location("a.yaml", 6, "metadata.labels.a")


def test_a_workload_needs_a_template(read: Read) -> None:
    loaded = read("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {}\n")
    assert loaded.errors[0].message.startswith("spec.template: missing")


def test_a_generated_name_is_its_prefix(read: Read) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {generateName: web-}\n"
    loaded = read(f"{pod}---\n{pod}spec: {{hostNetwork: true}}\n")
    assert loaded.diagnostics == ()  # two pods, not the same twice
    first, second = loaded.resources.pods
    assert first.title == second.title == "default/web"
    assert (first.network, second.network) == (PodNetwork.POD, PodNetwork.HOST)
