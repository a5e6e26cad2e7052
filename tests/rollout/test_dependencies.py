"""What has to be there before what, and what happens where it is not."""

from __future__ import annotations

import io

import pytest

from netsim.loader.load import load
from netsim.loader.registry import Scope
from netsim.model.labels import Labels
from netsim.model.location import Location
from netsim.model.references import ObjectName, Reference
from netsim.model.resources import Origin, Pod, WorkloadName
from netsim.rollout.dependency import (
    Dependency,
    DependencyReason,
    Installation,
    Retry,
    Rollout,
    Strength,
    find_dependencies,
)
from tests.rules.samples import documents, namespace, pod, policy

HERE = Location("scenario.yaml", 7)


def rollout(*texts: str, installations: tuple[Installation, ...] = ()) -> Rollout:
    loaded = load(["-"], stdin=io.StringIO(documents(*texts)), scope=Scope.BUNDLE)
    assert loaded.errors == ()
    assert loaded.bundle is not None
    return Rollout(loaded.bundle, loaded.resources, installations)


def found(subject: Rollout) -> list[str]:
    return [described(each) for each in find_dependencies(subject)]


def described(each: Dependency) -> str:
    return f"{each.dependent.title} < {each.on.title}: {each.reason.name}"


def manifest(kind: str, name: str, rest: str = "", version: str = "v1") -> str:
    """An object of namespace shop."""
    metadata = f"{{name: {name}, namespace: shop}}"
    return f"apiVersion: {version}\nkind: {kind}\nmetadata: {metadata}\n{rest}"


def deployment(spec: str) -> str:
    template = f"{{metadata: {{labels: {{app: web}}}}, spec: {{{spec}}}}}"
    body = f"spec: {{selector: {{matchLabels: {{app: web}}}}, template: {template}}}"
    return manifest("Deployment", "web", body, "apps/v1")


ROLE = "rbac.authorization.k8s.io/v1"
ESO = "external-secrets.io/v1"
RUNTIME = (
    "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: gvisor}\nhandler: runsc"
)
ACCOUNT = manifest("ServiceAccount", "web")
SECRET = manifest("Secret", "token")
PULLED = "imagePullSecrets: [{name: token}]"
MOUNTED = "volumes: [{name: a, secret: {secretName: token}}]"
BINDING = manifest(
    "RoleBinding",
    "web",
    "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}\n"
    "subjects: [{kind: ServiceAccount, name: web, namespace: shop}]",
    ROLE,
)
MADE = manifest(
    "ExternalSecret",
    "web",
    "spec: {secretStoreRef: {name: store}, target: {name: token}, data: []}",
    ESO,
)
STORE = manifest("SecretStore", "store", "spec: {provider: {fake: {}}}", ESO)


def definition(name: str) -> str:
    version = "apiextensions.k8s.io/v1"
    return f"apiVersion: {version}\nkind: CustomResourceDefinition\nmetadata: {{name: {name}}}"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        # Admission refuses a Pod; a controller's pods are tried again.
        (
            (pod("web", spec="serviceAccountName: web"), ACCOUNT),
            "Pod shop/web < ServiceAccount shop/web: ADMISSION",
        ),
        (
            (pod("web", spec="runtimeClassName: gvisor"), RUNTIME),
            "Pod shop/web < RuntimeClass gvisor: ADMISSION",
        ),
        (
            (deployment("runtimeClassName: gvisor"), RUNTIME),
            "Deployment shop/web < RuntimeClass gvisor: CREATION",
        ),
        # The kubelet waits for a Secret, and pulls without one.
        ((pod("web", spec=MOUNTED), SECRET), "Pod shop/web < Secret shop/token: START"),
        ((pod("web", spec=PULLED), SECRET), "Pod shop/web < Secret shop/token: OPTIONAL"),
        # A Secret that a controller makes is waited for by way of what it is made of.
        ((pod("web", spec=MOUNTED), MADE), "Pod shop/web < ExternalSecret shop/web: START"),
        ((MADE, STORE), "ExternalSecret shop/web < SecretStore shop/store: STORE"),
        # Nothing looks up the subject of a binding.
        ((BINDING, ACCOUNT), None),
        (
            (BINDING, manifest("Role", "web", "rules: []", ROLE)),
            "RoleBinding shop/web < Role shop/web: ROLE",
        ),
        ((pod("web"), namespace("shop")), "Pod shop/web < Namespace shop: NAMESPACE"),
        ((pod("web"), namespace("other")), None),
        # What the input lacks is elsewhere.
        ((pod("web", spec="serviceAccountName: web"),), None),
    ],
    ids=str,
)
def test_references(texts: tuple[str, ...], expected: str | None) -> None:
    assert found(rollout(*texts)) == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("kind", "version", "name", "known"),
    [
        ("ExternalSecret", ESO, "externalsecrets.external-secrets.io", True),
        ("Policy", "example.org/v1", "policies.example.org", True),
        # As other generators form the plural.
        ("Gateway", "example.org/v1", "gateways.example.org", True),
        ("Mesh", "example.org/v1", "meshes.example.org", True),
        ("Widget", "example.org/v1", "gadgets.example.org", False),
        # Kubernetes serves Services, whatever other kind has the name.
        ("Service", "v1", "services.serving.knative.dev", False),
    ],
)
def test_definitions(kind: str, version: str, name: str, known: bool) -> None:  # noqa: FBT001
    rest = {"Service": "spec: {ports: [{port: 80}]}", "ExternalSecret": "spec: {data: []}"}
    custom = manifest(kind, "one", rest.get(kind, ""), version)
    expected = [f"{kind} shop/one < CustomResourceDefinition {name}: DEFINITION"]
    titles = [
        each.replace(f"{kind}.example.org", kind)
        for each in found(rollout(custom, definition(name)))
    ]
    assert titles == (expected if known else [])


DENY = policy("deny", "podSelector: {}\npolicyTypes: [Ingress, Egress]")
WEB = policy("web", "podSelector: {matchLabels: {app: web}}\ningress: [{}]")
BUDGET = manifest(
    "PodDisruptionBudget",
    "web",
    "spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}",
    "policy/v1",
)
TEMPLATE = (
    "apiVersion: v1\nkind: PodTemplate\nmetadata: {name: web, namespace: shop}\n"
    "template: {metadata: {labels: {app: web}}, spec: {containers: []}}"
)
ADMIN = """
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: guard}
spec:
  priority: 1
  subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}}
"""


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((pod("web"), WEB), ["Pod shop/web < NetworkPolicy shop/web: PROTECTION"]),
        ((pod("web"), DENY), ["Pod shop/web < NetworkPolicy shop/deny: PROTECTION"]),
        ((pod("api"), WEB), []),
        ((pod("web", namespace="other"), DENY), []),
        # No policy applies to a pod on its node's network.
        ((pod("web", spec="hostNetwork: true"), WEB), []),
        ((pod("web"), ADMIN), ["Pod shop/web < AdminNetworkPolicy guard: PROTECTION"]),
        ((pod("web", namespace="other"), ADMIN), []),
        # Pods are made from a template, but it has none to count.
        ((TEMPLATE, WEB), ["PodTemplate shop/web < NetworkPolicy shop/web: PROTECTION"]),
        ((TEMPLATE, BUDGET), []),
        ((pod("web"), BUDGET), ["PodDisruptionBudget shop/web < Pod shop/web: BUDGET"]),
        ((DENY, WEB), ["NetworkPolicy shop/deny < NetworkPolicy shop/web: DENIAL"]),
        ((DENY, policy("web", "podSelector: {}\ningress: [{}]", "other")), []),
    ],
    ids=str,
)
def test_selections(texts: tuple[str, ...], expected: list[str]) -> None:
    assert found(rollout(*texts)) == expected


def test_pods_of_an_installation_have_policies_and_needs() -> None:
    name = WorkloadName("shop", "web", "Scenario")
    web = Pod(name, Labels.of({"app": "web"}), origin=Origin.MODELLED, location=HERE)
    needs = (Reference(ObjectName("RuntimeClass", "", "gvisor"), HERE),)
    chart = Installation("Helm chart", (web,), needs, HERE)
    subject = rollout(WEB, RUNTIME, installations=(chart,))
    assert {
        (each.dependent.unit, each.dependent.title) for each in find_dependencies(subject)
    } == {
        ("Helm chart", "web"),
        ("Helm chart", "Helm chart"),
    }
    assert found(subject) == [
        "Helm chart < RuntimeClass gvisor: CREATION",
        "web < NetworkPolicy shop/web: PROTECTION",
    ]


def test_a_template_that_only_the_scenario_knows_of() -> None:
    plain = rollout(TEMPLATE, pod("filler"))
    owner = ObjectName("Pod", "shop", "filler")
    reference = Reference(ObjectName("PodTemplate", "shop", "web"), HERE)
    subject = Rollout(plain.bundle, plain.resources, templates=((owner, reference),))
    (each,) = find_dependencies(subject)
    assert described(each) == "Pod shop/filler < PodTemplate shop/web: TEMPLATE"
    assert each.location == HERE


def test_every_reason_says_what_it_costs() -> None:
    refused = {each for each in DependencyReason if each.retry is Retry.NEVER}
    assert refused == {
        DependencyReason.NAMESPACE,
        DependencyReason.DEFINITION,
        DependencyReason.ADMISSION,
    }
    assert all(each.strength is Strength.REQUIRED for each in refused)
    assert DependencyReason.PROTECTION.strength is Strength.PROTECTS
