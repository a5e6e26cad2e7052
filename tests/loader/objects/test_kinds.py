from __future__ import annotations

import pytest

from netsim.loader.objects.kinds import (
    KINDS,
    Scope,
    is_foreign,
    is_skippable,
    misspelt,
    qualified,
)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Secret", True),
        ("CiliumNetworkPolicy", True),
        ("AdminNetworkPolicy", False),
        ("Pod", False),
        ("POD", False),  # to be refused as a misspelling
        ("List", False),
        ("SecretList", False),  # items may be of any kind
    ],
)
def test_documents_that_need_no_parsing(kind: str, expected: bool) -> None:  # noqa: FBT001
    assert is_skippable(kind) is expected


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
    assert is_foreign(KINDS[kind], api_version) is expected


def test_names() -> None:
    assert misspelt("networkPolicy", Scope.NETWORK) == "NetworkPolicy"
    assert misspelt("NetworkPolicy", Scope.NETWORK) is None
    assert misspelt("secret", Scope.NETWORK) is None
    assert misspelt("secret", Scope.BUNDLE) == "Secret"
    assert (
        qualified("NetworkPolicy", "projectcalico.org/v3") == "NetworkPolicy.projectcalico.org"
    )
