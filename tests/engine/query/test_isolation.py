from __future__ import annotations

from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.query.isolation import list_unisolated
from netsim.engine.space.stand_ins import stand_in_for_all
from netsim.model.policies import Direction
from netsim.model.resources import PodNetwork
from tests.rules.samples import documents, pod, policy, resources

BASELINE = """\
apiVersion: policy.networking.k8s.io/v1alpha1
kind: BaselineAdminNetworkPolicy
metadata: {name: default}
spec:
  subject: {namespaces: {}}
  egress: [{action: Deny, to: [{namespaces: {}}]}]
"""
TEXT = documents(
    pod("api"),
    pod("agent", spec="hostNetwork: true"),
    pod("other", namespace="tools"),
    policy("deny", "podSelector: {}"),
    BASELINE,
)


def test_each_direction_says_what_applies_instead() -> None:
    own = ("BaselineAdminNetworkPolicy/default",)
    found = list_unisolated(Evaluator.of(resources(TEXT)))
    assert [(each.workload, each.direction, each.admin, each.network) for each in found] == [
        ("shop/agent[Pod]", Direction.EGRESS, (), PodNetwork.HOST),
        ("shop/agent[Pod]", Direction.INGRESS, (), PodNetwork.HOST),
        # The default deny isolates it for ingress only.
        ("shop/api[Pod]", Direction.EGRESS, own, PodNetwork.POD),
        ("tools/other[Pod]", Direction.EGRESS, own, PodNetwork.POD),
        ("tools/other[Pod]", Direction.INGRESS, (), PodNetwork.POD),
    ]


def test_pods_that_nobody_wrote_are_left_out() -> None:
    read = resources(pod("api"))
    more = replace(read, pods=(*read.pods, stand_in_for_all("shop"), stand_in_for_all("tools")))
    found = list_unisolated(Evaluator.of(more))
    assert {each.workload for each in found} == {"shop/api[Pod]"}
