from __future__ import annotations

from netsim.model.api_resources import ApiResource, exists, resource_named


def test_resources() -> None:
    assert resource_named("PODS") == ApiResource("", "pods")
    assert resource_named("deploy.apps") == ApiResource("apps", "deployments")
    assert resource_named("widget") is None
    assert exists("", "pods")
    assert not exists("apps", "pods")
    # Groups that are not built in may have resources of any name.
    assert exists("metrics.k8s.io", "pods")
    assert exists("apps", "widgets")
