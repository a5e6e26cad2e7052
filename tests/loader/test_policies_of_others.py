"""Policies that are not evaluated are said, as the verdicts could be others with them."""

from pathlib import Path

import pytest

from netsim.loader.load import Loaded, load
from netsim.loader.registry import Scope
from netsim.model.labels import Selector

DOCUMENT = """# a comment
apiVersion: {version}
kind: {kind}
metadata: {{name: x}}
"""


def read(folder: Path, text: str, scope: Scope = Scope.NETWORK) -> Loaded:
    file = folder / "x.yaml"
    file.write_text(text, encoding="utf-8")
    return load([str(file)], scope=scope)


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize(
    ("version", "kind", "named"),
    [
        ("cilium.io/v2", "CiliumNetworkPolicy", "CiliumNetworkPolicy"),
        ("k8s.ovn.org/v1", "EgressFirewall", "EgressFirewall"),
        ("security.istio.io/v1", "AuthorizationPolicy", "AuthorizationPolicy"),
        ("acme.example/v1", "AcmeNetworkPolicy", "AcmeNetworkPolicy"),
        # The same kind as the one in use, of another group.
        ("projectcalico.org/v3", "NetworkPolicy", "NetworkPolicy.projectcalico.org"),
        ("networking.k8s.aws/v1", "ClusterNetworkPolicy", "ClusterNetworkPolicy.networking"),
    ],
)
def test_is_said(tmp_path: Path, version: str, kind: str, named: str, scope: Scope) -> None:
    loaded = read(tmp_path, DOCUMENT.format(version=version, kind=kind), scope)
    assert not loaded.errors
    ((title, number),) = loaded.inventory.unused
    assert (title.startswith(named), number) == (True, 1)
    assert loaded.inventory.unevaluated == (title,)
    (policy,) = loaded.resources.unevaluated
    assert (policy.name, policy.location.line) == ("x", 3)
    (diagnostic,) = loaded.diagnostics
    assert f"{title} x" in diagnostic.message
    assert "not evaluated" in diagnostic.message


@pytest.mark.parametrize(
    ("version", "kind"),
    [("v1", "ConfigMap"), ("k8s.ovn.org/v1", "EgressIP"), ("cert-manager.io/v1", "Issuer")],
)
def test_other_kinds_are_only_counted(tmp_path: Path, version: str, kind: str) -> None:
    loaded = read(tmp_path, DOCUMENT.format(version=version, kind=kind))
    assert not loaded.diagnostics
    assert not loaded.resources.unevaluated
    assert loaded.inventory.unused == ((kind, 1),)


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize(
    ("version", "kind", "said"),
    [
        ("networking.k8s.io/v1", "NetworkPolices", "did you mean NetworkPolicy?"),
        ("networking.k8s.io/v1", "EgressFirewall", "networking.k8s.io has no such kind"),
        ("v1", "NetwrokPolicy", "the core group, v1, has no such kind"),
        ("v1", "HorizontalPodAutoscaler", "HorizontalPodAutoscaler is of autoscaling"),
        ("apps/v1", "Deploymnet", "did you mean Deployment?"),
        ("acme.example/v1", "NetwrokPolicy", "did you mean NetworkPolicy?"),
        ("acme.example/v1", "NetworkPolicies", "did you mean NetworkPolicy?"),
        ("cilium.io/v2", "CiliumNetworkPolicies", "did you mean CiliumNetworkPolicy?"),
        ("security.istio.io/v1", "AuthorisationPolicy", "did you mean AuthorizationPolicy?"),
    ],
)
def test_a_kind_that_does_not_exist_is_an_error(
    tmp_path: Path, version: str, kind: str, said: str, scope: Scope
) -> None:
    loaded = read(tmp_path, DOCUMENT.format(version=version, kind=kind), scope)
    (error,) = loaded.errors
    assert error.location.line == 3
    assert f"unknown kind {kind}" in error.message
    assert said in error.message


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("gateway.networking.k8s.io/v1", "BackendTLSPolicy"),
        ("policy/v1beta1", "PodSecurityPolicy"),
        ("snapshot.storage.k8s.io/v1", "VolumeSnapshot"),
        ("autoscaling.k8s.io/v1", "VerticalPodAutoscaler"),
        ("v1", "Config"),
        ("v1", "DeploymentConfig"),
        ("acme.example/v1", "NetworkTopology"),
        ("kuma.io/v1alpha1", "MeshTimeout"),
    ],
)
def test_a_kind_that_exists_is_none(tmp_path: Path, version: str, kind: str) -> None:
    assert not read(tmp_path, DOCUMENT.format(version=version, kind=kind)).errors


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("{matchLabels: {app: a}}", Selector.of({"app": "a"})),
        ("{}", Selector()),
        ("{matchLabels: {app: a}, matchExpressions: []}", Selector()),
        ("{matchLabels: {app: 1}}", Selector()),
        ("{matchLabels: [app]}", Selector()),
        ("text", Selector()),
    ],
)
def test_pods_are_those_of_plain_labels_or_all(
    tmp_path: Path, selector: str, expected: Selector
) -> None:
    head = DOCUMENT.format(version="vpcresources.k8s.aws/v1beta1", kind="SecurityGroupPolicy")
    (policy,) = read(
        tmp_path, f"{head}spec: {{podSelector: {selector}}}\n"
    ).resources.unevaluated
    assert policy.subject.pods == expected


def test_the_digest_is_of_what_it_says(tmp_path: Path) -> None:
    head = DOCUMENT.format(version="cilium.io/v2", kind="CiliumNetworkPolicy")
    texts = ("spec: {a: 1, b: [2]}\n", "spec: {b: [2], a: 1} # other order\n", "spec: {a: 2}\n")
    digests = [read(tmp_path, head + text).resources.unevaluated[0].digest for text in texts]
    assert digests[0] == digests[1] != digests[2]
