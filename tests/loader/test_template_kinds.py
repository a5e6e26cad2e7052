"""Objects of kinds nobody registered, which are workloads by their shape."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest

from netsim.loader.load import Loaded, load
from netsim.loader.registry import Scope
from netsim.loader.snapshot.taking import take
from netsim.model.finding import Severity
from netsim.model.meaning import meaning
from netsim.model.pod_template import ControllerKind
from netsim.model.ports import Protocol

TEMPLATE = "{metadata: {labels: {app: web}}, spec: {containers: [{name: main, image: web}]}}"


def obj(api_version: str, kind: str, spec: str, metadata: str = "") -> str:
    head = f"apiVersion: {api_version}\nkind: {kind}\n"
    return f"{head}metadata: {{name: web, namespace: shop{metadata}}}\nspec: {spec}\n"


def read(*texts: str, scope: Scope = Scope.NETWORK) -> Loaded:
    return load(["-"], stdin=io.StringIO("---\n".join(texts)), scope=scope)


def titles(loaded: Loaded) -> list[str]:
    return [pod.title for pod in loaded.resources.pods]


def notes(loaded: Loaded) -> Iterator[str]:
    return (str(d) for d in loaded.diagnostics if d.severity is Severity.NOTE)


@pytest.mark.parametrize("scope", [Scope.NETWORK, Scope.BUNDLE])
@pytest.mark.parametrize(
    ("api_version", "kind", "spec"),
    [
        ("argoproj.io/v1alpha1", "Rollout", f"{{template: {TEMPLATE}}}"),
        ("apps.openshift.io/v1", "DeploymentConfig", f"{{template: {TEMPLATE}}}"),
        ("v1", "DeploymentConfig", f"{{template: {TEMPLATE}}}"),
        ("serving.knative.dev/v1", "Service", f"{{template: {TEMPLATE}}}"),
        ("serving.knative.dev/v1", "Configuration", f"{{template: {TEMPLATE}}}"),
        ("apps.kruise.io/v1alpha1", "CloneSet", f"{{template: {TEMPLATE}}}"),
        ("apps.kruise.io/v1beta1", "StatefulSet", f"{{template: {TEMPLATE}}}"),
        ("acme.example/v1", "Cache", f"{{size: 3, template: {TEMPLATE}}}"),
        ("acme.example/v1", "Sweep", f"{{jobTemplate: {{spec: {{template: {TEMPLATE}}}}}}}"),
        ("keda.sh/v1alpha1", "ScaledJob", f"{{jobTargetRef: {{template: {TEMPLATE}}}}}"),
        ("agents.example/v1", "Sandbox", f"{{podTemplate: {TEMPLATE}}}"),
    ],
)
def test_a_template_makes_a_workload(
    api_version: str, kind: str, spec: str, scope: Scope
) -> None:
    loaded = read(obj(api_version, kind, spec), scope=scope)
    (pod,) = loaded.resources.pods
    assert pod.title == f"shop/web[{kind}]"
    assert pod.labels.get("app") == "web"
    (note,) = notes(loaded)
    assert note.startswith("<stdin>:3: note: ")
    assert "is read as a workload by the shape of its pod template" in note
    assert not loaded.errors
    if loaded.bundle:
        (template,) = loaded.bundle.templates
        assert [each.image for each in template.containers] == ["web"]


@pytest.mark.parametrize(
    ("api_version", "kind", "spec"),
    [
        # No containers, or not those of pods.
        ("argoproj.io/v1alpha1", "ApplicationSet", "{template: {spec: {project: web}}}"),
        ("argoproj.io/v1alpha1", "Workflow", "{templates: [{container: {image: web}}]}"),
        (
            "cluster.x-k8s.io/v1beta1",
            "MachineDeployment",
            "{template: {spec: {containers: []}}}",
        ),
        ("acme.example/v1", "Plan", "{template: {spec: {containers: [a, b]}}}"),
        ("acme.example/v1", "Plan", "{template: {spec: {containers: [{size: 3}]}}}"),
        # A part of the pods that an operator makes, with labels of its own.
        ("acme.example/v1", "Search", "{podTemplate: {spec: {containers: [{name: main}]}}}"),
        # Others ask for such pods.
        ("agents.example/v1", "SandboxTemplate", f"{{podTemplate: {TEMPLATE}}}"),
        ("kyverno.io/v1", "ClusterPolicy", f"{{template: {TEMPLATE}}}"),
        # Kubernetes' own kinds are what they are.
        ("autoscaling/v2", "HorizontalPodAutoscaler", f"{{template: {TEMPLATE}}}"),
    ],
)
def test_anything_else_makes_none(api_version: str, kind: str, spec: str) -> None:
    loaded = read(obj(api_version, kind, spec))
    assert titles(loaded) == []
    assert list(notes(loaded)) == []


def test_a_kind_is_said_once() -> None:
    texts = [obj("argoproj.io/v1alpha1", "Rollout", f"{{template: {TEMPLATE}}}")] * 2
    second = texts[1].replace("name: web, name", "name: api, name")
    assert len(list(notes(read(texts[0], second)))) == 1


def test_a_virtual_machine_has_the_ports_of_its_interfaces() -> None:
    spec = (
        "{template: {metadata: {labels: {app: web}}, spec: {domain: {devices: {interfaces: "
        "[{name: default, masquerade: {}, ports: [{name: ssh, port: 22}]}]}}}}}"
    )
    (pod,) = read(obj("kubevirt.io/v1", "VirtualMachine", spec)).resources.pods
    assert pod.title == "shop/web[VirtualMachine]"
    assert str(pod.labels) == "app=web,kubevirt.io=virt-launcher,vm.kubevirt.io/name=web"
    assert pod.port_named("ssh", Protocol.TCP) == 22


def test_an_instance_of_a_virtual_machine_is_its_own_template() -> None:
    text = obj("kubevirt.io/v1", "VirtualMachineInstance", "{domain: {}}", ", labels: {app: a}")
    (pod,) = read(text).resources.pods
    assert pod.labels.get("app") == "a"
    assert pod.labels.get("kubevirt.io") == "virt-launcher"


def test_a_knative_service_is_no_service() -> None:
    loaded = read(obj("serving.knative.dev/v1", "Service", f"{{template: {TEMPLATE}}}"))
    assert loaded.resources.services == ()
    (pod,) = loaded.resources.pods
    assert pod.labels.get("serving.knative.dev/service") == "web"


def test_a_rollout_borrows_the_template_of_a_deployment() -> None:
    rollout = obj(
        "argoproj.io/v1alpha1", "Rollout", "{workloadRef: {kind: Deployment, name: base}}"
    )
    deployment = obj("apps/v1", "Deployment", f"{{replicas: 0, template: {TEMPLATE}}}")
    both = read(rollout, deployment.replace("name: web, name", "name: base, name"))
    assert titles(both) == ["shop/web[Rollout]", "shop/base[Deployment]"]
    assert both.resources.pods[0].labels.get("app") == "web"
    alone = read(rollout)
    assert titles(alone) == []
    (warning,) = (d for d in alone.diagnostics if d.severity is Severity.WARNING)
    assert "uses the template of shop/base[Deployment], which is not in the input" in str(
        warning
    )


def test_what_is_wrong_in_it_rejects_nothing() -> None:
    template = (
        "{metadata: {labels: {app: web, tier: 12}}, spec: {containers: "
        "[{name: main, image: web, unheard: of, ports: [{containerPort: x}]}]}}"
    )
    loaded = read(obj("acme.example/v1", "Cache", f"{{template: {template}}}"))
    assert titles(loaded) == ["shop/web[Cache]"]
    assert loaded.errors == ()
    warnings = [str(d) for d in loaded.diagnostics if d.severity is Severity.WARNING]
    assert len(warnings) == 2
    assert "label value 12 is a number" in warnings[0]


def test_pods_belong_to_the_rollout_that_owns_them() -> None:
    reference = "apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web, controller: true"
    owner = f", ownerReferences: [{{{reference}}}]"
    pod = obj(
        "v1",
        "Pod",
        "{containers: [{name: main, image: web}]}",
        f", labels: {{app: web}}{owner}",
    )
    rollout = obj("argoproj.io/v1alpha1", "Rollout", f"{{template: {TEMPLATE}}}")
    (found,) = read(rollout, pod).resources.pods
    assert str(found.workload) == "shop/web[Rollout]"
    assert found.name == "web"


def test_a_scale_is_one_that_is_written() -> None:
    kinds = {}
    for spec in (f"{{replicas: 3, template: {TEMPLATE}}}", f"{{template: {TEMPLATE}}}"):
        loaded = read(obj("argoproj.io/v1alpha1", "Rollout", spec), scope=Scope.BUNDLE)
        assert loaded.bundle is not None
        (template,) = loaded.bundle.templates
        kinds[template.replicas] = template.controller
    assert kinds == {3: ControllerKind.SCALED, None: ControllerKind.UNSCALED}


@pytest.mark.parametrize(
    ("api_version", "kind", "spec"),
    [
        ("argoproj.io/v1alpha1", "Rollout", f"{{replicas: 2, template: {TEMPLATE}}}"),
        (
            "serving.knative.dev/v1",
            "Service",
            "{template: {spec: {containers: [{image: web}]}}}",
        ),
        ("acme.example/v1", "Sweep", f"{{jobTemplate: {{spec: {{template: {TEMPLATE}}}}}}}"),
        (
            "kubevirt.io/v1",
            "VirtualMachine",
            "{template: {spec: {domain: {devices: {interfaces: [{ports: [{port: 22}]}]}}}}}",
        ),
    ],
)
def test_a_snapshot_keeps_them(api_version: str, kind: str, spec: str) -> None:
    text = obj(api_version, kind, spec)
    (pod,) = read(text).resources.pods
    taken = take(text, "manifests")
    assert taken.left_out == ()
    (kept,) = read(
        json.dumps({"apiVersion": "v1", "kind": "List", "items": list(taken.objects)})
    ).resources.pods
    assert meaning(kept) == meaning(pod)
    assert kept.ports == pod.ports
