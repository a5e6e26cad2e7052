"""What is read of a cluster, and what is known not to be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from netsim.loader.load import load_text
from netsim.loader.sources.live_reading import AnswerError
from netsim.model.resources import Resources
from netsim.probe.cluster import of_file, read_live
from netsim.probe.interface import ProbeError
from netsim.probe.rbac import Part
from tests.probe.samples import raw_pod, raw_policies, shop

SPACES = {"shop": Part.BEGIN}
ROOT = "/api/v1/namespaces/shop"
ADMIN = """\
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: first}
spec:
  priority: 1
  subject: {namespaces: {}}
  ingress: [{action: Deny, from: [{namespaces: {}}]}]
"""
ELSEWHERE = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: one, namespace: edge}
spec: {podSelector: {}}
"""


def read(text: str) -> Resources:
    (found,) = raw_policies(text)
    return load_text(json.dumps(found), "policies.json").resources


class FakeApi:
    """The pods and policies of one namespace; ``refused`` has a status for some paths."""

    def __init__(self, **refused: int) -> None:
        self.refused = refused
        self.asked: list[str] = []

    def fetch(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        del query
        self.asked.append(path)
        for word, status in self.refused.items():
            if path.endswith(f"/{word}"):
                raise AnswerError(status, "is refused")
        answers: dict[str, dict[str, Any]] = {
            f"{ROOT}/pods": {"items": shop()},
            ROOT: {"metadata": {"name": "shop"}},
            "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies": {
                "items": raw_policies()
            },
        }
        if path in answers:
            return answers[path]
        if path.startswith("/apis/policy."):
            raise AnswerError(404, "no such kind")
        return {"items": []}

    def stop(self) -> None: ...

    def create(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        raise AssertionError(path, body)


def test_a_namespace_that_does_not_exist() -> None:
    """Its pods and policies are empty lists, as if there were nothing in it."""
    with pytest.raises(ProbeError, match="the cluster has no namespace shop"):
        read_live(FakeApi(shop=404), "shop", SPACES)


def test_a_namespace_that_may_not_be_read() -> None:
    live = read_live(FakeApi(shop=403), "shop", SPACES)
    assert [each.what for each in live.unread] == ["labels of shop"]


@pytest.mark.parametrize(
    ("status", "unread"),
    # A cluster that knows no such kind has no such policy.
    [(404, []), (403, ["AdminNetworkPolicy"])],
)
def test_policies_of_admins(status: int, unread: list[str]) -> None:
    live = read_live(FakeApi(adminnetworkpolicies=status), "shop", SPACES)
    (policy,) = read(ADMIN).policies
    assert live.shows(policy) is not bool(unread)
    assert [each.what for each in live.unread] == unread
    assert not list(live.unseen([policy]))


def test_policies_of_other_namespaces() -> None:
    live = read_live(FakeApi(), "shop", SPACES)
    policies = read(ELSEWHERE).policies
    assert not live.shows(policies[0])
    assert [each.what for each in live.unseen((*policies, *policies))] == [
        "NetworkPolicies of edge"
    ]


@pytest.mark.parametrize(("part", "read"), [(Part.BEGIN, 0), (Part.BEGIN | Part.NAMES, 1)])
def test_services_are_read_only_where_they_are_tried(part: Part, read: int) -> None:
    api = FakeApi()
    read_live(api, "shop", {"shop": part})
    assert api.asked.count(f"{ROOT}/services") == read


def test_a_file_without_policies_of_admins_says_nothing_of_them() -> None:
    live = of_file([*shop(), *raw_policies()], "shop")
    (policy,) = read(ADMIN).policies
    assert [each.what for each in live.unseen([policy])] == ["AdminNetworkPolicy"]
    assert of_file([*shop(), *raw_policies(ADMIN)], "shop").shows(policy)


def test_a_file_without_pods() -> None:
    elsewhere = raw_pod("a", "10.1.0.9")
    elsewhere["metadata"]["namespace"] = "edge"
    for objects, message in (
        (raw_policies(), "the snapshot holds no pod$"),
        ([{"kind": "Pod"}], "the snapshot holds no pod; pod: '' is not a name"),
        ([elsewhere], "the snapshot holds no pod of shop, but of edge"),
    ):
        with pytest.raises(ProbeError, match=message):
            of_file(objects, "shop")
