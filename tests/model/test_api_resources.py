from __future__ import annotations

from netsim.model.api_resources import ApiResource, exists, find_resource


def test_resources() -> None:
    assert find_resource("PODS") == ApiResource("", "pods")
    assert find_resource("deploy.apps") == ApiResource("apps", "deployments")
    assert find_resource("widget") is None
    assert exists("", "pods")
    assert not exists("apps", "pods")
    # Groups that are not built in may have resources of any name.
    assert exists("metrics.k8s.io", "pods")
    assert exists("apps", "widgets")
