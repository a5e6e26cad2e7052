"""What policies say of a job, over the pods of a cluster."""

from __future__ import annotations

from typing import Any

import pytest

from netsim.model.conventions import Conventions
from netsim.model.verdict import Outcome
from netsim.probe.cluster import of_file
from netsim.probe.interface import Destination, Job
from netsim.probe.judging.simulate import Simulated, Simulator
from tests.probe.samples import TCP, raw_policies, shop

ALLOW, DENY, UNKNOWN = Outcome.ALLOW, Outcome.DENY, Outcome.UNKNOWN
TEAM = {"apiVersion": "v1", "kind": "Namespace"}


def space(name: str, **labels: str) -> dict[str, Any]:
    return TEAM | {"metadata": {"name": name, "labels": labels}}


def policy(rules: str, direction: str = "ingress", of: str = "{app: api}") -> str:
    return f"""\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {direction}, namespace: shop}}
spec:
  podSelector: {{matchLabels: {of}}}
  policyTypes: [{direction.capitalize()}]
  {direction}: {rules}
"""


def from_team(operator: str = "In", values: str = "[a]") -> str:
    return (
        f"[{{from: [{{namespaceSelector: {{matchExpressions: "
        f"[{{key: team, operator: {operator}, values: {values}}}]}}}}]}}]"
    )


def simulated(text: str, *more: dict[str, Any], pods: list[dict[str, Any]]) -> Simulated:
    live = of_file([*pods, *raw_policies(text), *more], "shop")
    every = {pod.title: pod for pod in live.pods}
    to = Destination("10.1.0.2", TCP, 4000, "api", "shop/api-0")
    return Simulator(live.resources, Conventions()).verdict(
        Job("1", every["shop/web-0"], "", to)
    )


DENIED = policy("[]")


@pytest.mark.parametrize(
    ("text", "labels", "wanted"),
    [
        (policy(from_team()), {"team": "a"}, ALLOW),
        (policy(from_team()), {"team": "b"}, DENY),
        (policy(from_team("NotIn")), {"team": "b"}, ALLOW),
        # Nobody could read what labels it has.
        (policy(from_team()), None, UNKNOWN),
        (policy(from_team("NotIn")), None, UNKNOWN),
        # Its name is known, nevertheless.
        (policy(from_team().replace("team", "kubernetes.io/metadata.name")), None, DENY),
        # Another rule allows it, or another side denies it, whatever labels there are.
        (policy(from_team()[:-1] + ", {ports: [{port: 4000}]}]"), None, ALLOW),
        (policy(from_team()) + "---\n" + policy("[]", "egress", "{app: web}"), None, DENY),
        # The rule is not for this pod.
        (
            policy(
                from_team().replace(
                    "{namespace", "{podSelector: {matchLabels: {app: x}}, namespace"
                )
            ),
            None,
            DENY,
        ),
        (DENIED, None, DENY),
    ],
)
def test_labels_of_namespaces(
    text: str, labels: dict[str, str] | None, wanted: Outcome
) -> None:
    spaces = [] if labels is None else [space("shop", **labels)]
    found = simulated(text, *spaces, pods=shop())
    assert found.outcome is wanted
    if wanted is UNKNOWN:
        assert "labels of the namespace shop, which could not be read" in found.reason


ADMIN = """\
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: quarantine}
spec:
  priority: 1
  subject: {namespaces: {matchLabels: {quarantine: "yes"}}}
  ingress:
    - {action: Deny, from: [{namespaces: {}}]}
"""


def test_an_admin_policy_may_mean_a_namespace_that_was_not_read() -> None:
    assert simulated(ADMIN, pods=shop()).outcome is UNKNOWN
    assert simulated(ADMIN, space("shop"), pods=shop()).outcome is ALLOW
    assert simulated(ADMIN, space("shop", quarantine="yes"), pods=shop()).outcome is DENY


BLOCKS = [("10.1.0.0/24", ALLOW), ("fd00::/64", DENY)]


@pytest.mark.parametrize(("block", "wanted"), BLOCKS)
def test_a_connection_has_one_family(block: str, wanted: Outcome) -> None:
    """The block of the other family says nothing, though the source has such an address."""
    pods = shop()
    for number, each in enumerate(pods):
        ips = [each["status"]["podIP"], f"fd00::{number + 1}"]
        each["status"]["podIPs"] = [{"ip": ip} for ip in ips]
    text = policy(f"[{{from: [{{ipBlock: {{cidr: '{block}'}}}}]}}]")
    assert simulated(text, pods=pods).outcome is wanted


@pytest.mark.parametrize("where", ["containers", "initContainers"])
def test_ports_by_the_name_that_the_pod_gives_them(where: str) -> None:
    pods = shop()
    named = {"name": "side", "ports": [{"containerPort": 4000, "name": "http"}]}
    text = policy("[{ports: [{port: http}]}]")
    assert simulated(text, pods=pods).outcome is DENY
    spec = pods[1]["spec"]
    spec[where] = [*spec.get(where, []), named | {"restartPolicy": "Always"}]
    assert simulated(text, pods=pods).outcome is ALLOW
