"""What a policy that is not evaluated makes of the verdicts that it may change."""

from __future__ import annotations

import io

import pytest

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.columns import Columns
from netsim.engine.naming.endpoints import Endpoints
from netsim.engine.policy.decision import NOTHING
from netsim.engine.reachability import Reachability
from netsim.engine.space import bits
from netsim.loader.load import load
from netsim.model.ports import Protocol
from netsim.model.resources import Resources
from netsim.model.verdict import Outcome

WORLD = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
---
apiVersion: v1
kind: Pod
metadata: {name: probe, namespace: lab}
---
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: lab}
spec: {hostNetwork: true}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: own, namespace: shop}
spec: {podSelector: {matchLabels: {app: api}}, ingress: [{from: [{podSelector: {}}]}]}
---
"""
ALLOW, DENY, UNKNOWN = Outcome.ALLOW, Outcome.DENY, Outcome.UNKNOWN


def policy(version: str, kind: str, spec: str = "{}", namespace: str = "shop") -> str:
    metadata = f"metadata: {{name: x, namespace: {namespace}}}"
    return f"apiVersion: {version}\nkind: {kind}\n{metadata}\nspec: {spec}\n"


def read(text: str) -> Resources:
    loaded = load(["-"], stdin=io.StringIO(WORLD + text))
    assert not loaded.errors
    return loaded.resources


CALICO = policy("projectcalico.org/v3", "NetworkPolicy")
GLOBAL = policy("projectcalico.org/v3", "GlobalNetworkPolicy")
ISTIO = policy("security.istio.io/v1", "AuthorizationPolicy")
ISTIO_WEB = policy(
    "security.istio.io/v1", "AuthorizationPolicy", "{selector: {matchLabels: {app: web}}}"
)
ISTIO_ROOT = policy("security.istio.io/v1", "PeerAuthentication", namespace="istio-system")
FIREWALL = policy("k8s.ovn.org/v1", "EgressFirewall")
NETWORK = policy("k8s.ovn.org/v1", "UserDefinedNetwork")
GUESSED = policy("acme.example/v1", "AcmeNetworkPolicy", namespace="")


@pytest.mark.parametrize(
    ("text", "source", "destination", "expected"),
    [
        ("", "shop/web", "shop/api", ALLOW),
        ("", "lab/probe", "shop/api", DENY),
        # It may deny what is allowed, and allow what is denied, in its own namespace.
        (CALICO, "shop/web", "shop/api", UNKNOWN),
        (CALICO, "lab/probe", "shop/api", UNKNOWN),
        (CALICO, "shop/web", "lab/probe", UNKNOWN),
        (CALICO, "lab/probe", "198.51.100.7", ALLOW),
        (GLOBAL, "lab/probe", "198.51.100.7", UNKNOWN),
        (GLOBAL, "198.51.100.7", "lab/agent", UNKNOWN),
        # A mesh opens nothing, and has a say about who comes in.
        (ISTIO, "shop/web", "shop/api", UNKNOWN),
        (ISTIO, "lab/probe", "shop/api", DENY),
        (ISTIO, "shop/web", "lab/probe", ALLOW),
        (ISTIO_WEB, "shop/web", "shop/api", ALLOW),
        (ISTIO_WEB, "shop/api", "shop/web", UNKNOWN),
        (ISTIO_ROOT, "shop/web", "lab/probe", UNKNOWN),
        # It is about addresses alone.
        (FIREWALL, "shop/web", "198.51.100.7", UNKNOWN),
        (FIREWALL, "shop/web", "shop/api", ALLOW),
        (FIREWALL, "198.51.100.7", "shop/web", ALLOW),
        (FIREWALL, "lab/probe", "198.51.100.7", ALLOW),
        # Pods of one network meet, others may not.
        (NETWORK, "shop/web", "shop/api", ALLOW),
        (NETWORK, "lab/probe", "shop/web", UNKNOWN),
        (NETWORK, "shop/web", "lab/probe", UNKNOWN),
        (NETWORK, "lab/probe", "shop/api", DENY),
        (GUESSED, "lab/probe", "198.51.100.7", UNKNOWN),
    ],
)
def test_verdict(text: str, source: str, destination: str, expected: Outcome) -> None:
    resources = read(text)
    ends = Endpoints(resources)
    pair = ends.resolve(source), ends.resolve(destination)
    reachability = Reachability.of(resources)
    verdict = reachability.verdict(*pair, Protocol.TCP, 80)
    assert verdict.outcome is expected
    ports = reachability.connections(*pair)
    outcome = ALLOW if (Protocol.TCP, 80) in ports.every else UNKNOWN
    assert (outcome if (Protocol.TCP, 80) in ports.possible else DENY) is expected
    if expected is UNKNOWN:
        whys = (verdict.egress.why, verdict.ingress.why)
        assert any(why.startswith("<stdin>:") and "is not evaluated" in why for why in whys)


@pytest.mark.parametrize(
    "text", [CALICO, GLOBAL, ISTIO, ISTIO_WEB, FIREWALL, NETWORK, f"{CALICO}---\n{ISTIO_ROOT}"]
)
def test_columns_agree_with_pairs(text: str) -> None:
    evaluator = Evaluator.of(read(text))
    columns = Columns(evaluator)
    everything = tuple(bits.members(evaluator.universe.everything))
    for destination in everything:
        found = dict.fromkeys(everything, NOTHING)
        for sources, allowed in columns.of(destination):
            found |= dict.fromkeys(bits.members(sources), allowed)
        assert found == {each: evaluator.allowed(each, destination) for each in everything}
