from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest
from msgspec.structs import replace

from netsim.loader.registry import (
    READERS,
    ObjectReader,
    ObjectScope,
    Scope,
    correct_case,
    find_fault,
    is_cluster_scoped,
    is_skippable,
    qualify,
    readers_of,
    resolve_reader,
)
from netsim.model.api_resources import resource_of


@pytest.mark.parametrize(
    ("kind", "api_version", "expected"),
    [
        ("Secret", "v1", True),
        ("Certificate", "cert-manager.io/v1", True),
        ("VirtualService", "networking.istio.io/v1", True),
        ("CiliumNetworkPolicy", "cilium.io/v2", False),
        ("EgressFirewall", "k8s.ovn.org/v1", False),
        ("AdminNetworkPolicy", "policy.networking.k8s.io/v1alpha1", False),
        ("Pod", "v1", False),
        ("POD", "v1", False),  # to be refused as a misspelling
        ("NetwrokPolicy", "acme.example/v1", False),  # so is this
        ("List", "v1", False),
        ("SecretList", "v1", False),  # items may be of any kind
    ],
)
def test_documents_that_need_no_parsing(kind: str, api_version: str, expected: bool) -> None:  # noqa: FBT001
    assert is_skippable(kind, api_version) is expected


@pytest.mark.parametrize(
    ("kind", "api_version", "expected"),
    [
        ("NetworkPolicy", "projectcalico.org/v3", True),
        ("NetworkPolicy", "networking.k8s.io/v1beta1", False),
        ("NetworkPolicy", "extensions/v1beta1", False),
        ("NetworkPolicy", "network.k8s.io/v1", False),  # a misspelling of the right group
        ("NetworkPolicy", "networking.k8s.io.v1", False),  # a dot for the slash
        ("Service", "serving.knative.dev/v1", True),
        ("Service", "apps/v1", False),
    ],
)
def test_kinds_of_other_projects(kind: str, api_version: str, expected: bool) -> None:  # noqa: FBT001
    reader = resolve_reader(readers_of(kind, Scope.NETWORK), api_version)
    assert (reader is None) is expected


@pytest.mark.parametrize(
    ("kind", "api_version", "means"),
    [
        ("NetwrokPolicy", "acme.example/v1", "NetworkPolicy"),
        ("CiliumNetworkPolicies", "cilium.io/v2", "CiliumNetworkPolicy"),
        # Other words, however like.
        ("WorkPolicy", "acme.example/v1", ""),
        ("NetworkPolicyPeer", "acme.example/v1", ""),
        ("CiliumEgressNATPolicy", "cilium.io/v2alpha1", ""),
        ("NvDlpSecurityRule", "neuvector.com/v1", ""),
    ],
)
def test_misspelt_policies(kind: str, api_version: str, means: str) -> None:
    fault = find_fault(kind, api_version)
    assert fault is None if not means else fault and fault.endswith(f"did you mean {means}?")


def test_names() -> None:
    assert correct_case("networkPolicy", Scope.NETWORK) == "NetworkPolicy"
    assert correct_case("NetworkPolicy", Scope.NETWORK) is None
    assert correct_case("secret", Scope.NETWORK) is None
    assert correct_case("secret", Scope.BUNDLE) == "Secret"
    assert qualify("NetworkPolicy", "projectcalico.org/v3") == "NetworkPolicy.projectcalico.org"


def test_every_group_has_a_kind_once() -> None:
    names = [(reader.group, reader.kind) for reader in READERS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.title)
def test_readers_exist(reader: ObjectReader) -> None:
    assert reader.network or reader.bundle
    for name in (reader.network, *reader.bundle):
        module, _, function = name.partition(":")
        if name:
            assert callable(getattr(import_module(f"netsim.loader.objects.{module}"), function))


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.title)
def test_scopes_are_those_of_the_api(reader: ObjectReader) -> None:
    resource = resource_of(reader.kind, reader.api_version)
    is_cluster = reader.scope is ObjectScope.CLUSTER
    assert is_cluster_scoped(reader.kind) is is_cluster
    assert resource is None or resource.is_namespaced is not is_cluster


def test_a_namesake_is_called_by_its_group() -> None:
    # Nothing registers one yet: a policy of Calico is told by its group alone.
    (standard,) = readers_of("NetworkPolicy", Scope.NETWORK)
    calico = replace(standard, group="projectcalico.org", versions=("v3",))
    both = (standard, calico)
    assert resolve_reader(both, "projectcalico.org/v3") is calico
    assert resolve_reader(both, "networking.k8s.io/v1") is standard
    assert resolve_reader(both, "networking.k8s.io/v1beta1") is standard
    assert resolve_reader(both, "cilium.io/v2") is None
    assert (standard.title, calico.title) == (
        "NetworkPolicy",
        "NetworkPolicy.projectcalico.org",
    )


def test_readers_are_imported_when_an_object_of_their_kind_is_met() -> None:
    code = """
import io, sys
from netsim.loader.load import load
load(["-"], stdin=io.StringIO("apiVersion: v1\\nkind: Namespace\\nmetadata: {name: a}"))
print([name for name in sys.modules if name.startswith("netsim.loader.objects.")])
"""
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "cluster_objects" in found.stdout
    for module in ("entries", "admin_policy", "network_policy", "secrets", "pod_templates"):
        assert f"objects.{module}" not in found.stdout
