from __future__ import annotations

import pytest

from netsim.model.api_resources import ApiResource, exists, find_resource, resource_of


def test_resources() -> None:
    assert find_resource("PODS") == ApiResource("", "pods")
    assert find_resource("deploy.apps") == ApiResource("apps", "deployments")
    assert find_resource("widget") is None
    assert exists("", "pods")
    assert not exists("apps", "pods")
    # Groups that are not built in may have resources of any name.
    assert exists("metrics.k8s.io", "pods")
    assert exists("apps", "widgets")


@pytest.mark.parametrize(
    ("word", "resource"),
    [
        ("pods.v1.", ApiResource("", "pods")),
        ("leases.coordination.k8s.io", ApiResource("coordination.k8s.io", "leases")),
        ("leases.v1.coordination.k8s.io", ApiResource("coordination.k8s.io", "leases")),
        # Only a v before a digit is a version.
        ("backups.velero.io", ApiResource("velero.io", "backups")),
        ("backups.v1.velero.io", ApiResource("velero.io", "backups")),
        ("backups.v1beta1.velero.io", ApiResource("velero.io", "backups")),
        ("addons.k3s.cattle.io", ApiResource("k3s.cattle.io", "addons")),
    ],
)
def test_a_word_with_a_group_may_have_a_version_before_it(
    word: str, resource: ApiResource
) -> None:
    assert find_resource(word) == resource


@pytest.mark.parametrize(
    ("kind", "api_version", "resource"),
    [
        ("Pod", None, ApiResource("", "pods")),
        ("Pod", "v1", ApiResource("", "pods")),
        ("Deployment", "apps/v1", ApiResource("apps", "deployments")),
        # A custom resource that shares the name of a built-in kind.
        ("Pod", "metrics.k8s.io/v1", None),
        ("Deployment", "v1", None),
        ("Widget", "example.com/v1", None),
    ],
)
def test_a_kind_is_built_in_only_in_its_own_group(
    kind: str, api_version: str | None, resource: ApiResource | None
) -> None:
    assert resource_of(kind, api_version) == resource
