"""What an explanation says would allow a connection does allow it."""

from __future__ import annotations

from io import StringIO
from textwrap import indent

import pytest

from netsim.app.explanation.attempt import Attempt
from netsim.app.explanation.explanation import Explanation, explain_attempt
from netsim.app.explanation.fix import Fix
from netsim.engine.explain.verdicts import NO_FAMILY
from netsim.engine.naming.endpoints import resolve
from netsim.engine.reachability import Reachability
from netsim.loader.load import load
from netsim.model.ports import Protocol
from netsim.model.resources import Resources
from netsim.model.verdict import Outcome

DENIED = """
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: a}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
"""
OWN = """
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: own, namespace: a}
spec:
  podSelector: {matchLabels: {app: one}}
  policyTypes: [Ingress, Egress]
"""
PODS = """
apiVersion: v1
kind: Pod
metadata: {name: one, namespace: a, labels: {app: one, "x.io/tier": "on", "n": "1", e: ""}}
spec: {containers: [{name: c, image: i}]}
status: {podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: two, namespace: a, labels: {app: two, pod-template-hash: abc}}
spec: {containers: [{name: c, image: i}]}
status: {podIP: 10.0.0.2, podIPs: [{ip: 10.0.0.2}, {ip: "fd00::2"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: bare, namespace: b}
spec: {containers: [{name: c, image: i}]}
status: {podIP: 10.0.0.3, podIPs: [{ip: 10.0.0.3}, {ip: "fd00::3"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: host, namespace: b, labels: {app: host}}
spec: {hostNetwork: true, nodeName: n1, containers: [{name: c, image: i}]}
status:
  {podIP: 192.168.0.1, podIPs: [{ip: 192.168.0.1}, {ip: "fd01::1"}], hostIP: 192.168.0.1}
"""
ENDS = ("a/one", "a/two", "b/bare", "b/host", "8.8.8.8", "2001:db8::1")


def resources(text: str) -> Resources:
    loaded = load(["-"], stdin=StringIO(text))
    assert not loaded.diagnostics
    return loaded.resources


def explanation(text: str, source: str, destination: str) -> Explanation:
    known = resources(text)
    ends = (resolve(known, source), resolve(known, destination))
    return explain_attempt(Reachability.of(known), Attempt(*ends, Protocol.UDP, 53))


def fixes(found: Explanation) -> list[Fix]:
    steps = [step for part in found.parts for step in part.steps]
    return [step.fix for step in steps if step.fix]


def applied(text: str, fix: Fix) -> str:
    if fix.policy is None:
        return f"{text}---\n{fix.snippet}"
    assert fix.policy.title == "a/own"
    return text.replace(OWN, OWN + indent(fix.snippet, "  "))


@pytest.mark.parametrize("policies", [DENIED, DENIED + OWN], ids=["all", "own"])
@pytest.mark.parametrize("source", ENDS)
@pytest.mark.parametrize("destination", ENDS)
def test_the_fixes_allow(policies: str, source: str, destination: str) -> None:
    text = PODS + policies
    found = explanation(text, source, destination)
    if {source, destination} == {"8.8.8.8", "2001:db8::1"}:
        # No policy keeps an IPv4 address and an IPv6 address apart.
        assert found.why == NO_FAMILY
        return
    assert bool(fixes(found)) == (found.outcome is Outcome.DENY)
    for fix in fixes(found):
        text = applied(text, fix)
    assert explanation(text, source, destination).outcome is Outcome.ALLOW


@pytest.mark.parametrize("source", ENDS)
def test_the_fixes_open_nothing_else(source: str) -> None:
    text = PODS + DENIED
    before = Reachability.of(resources(text))
    found = explanation(text, source, "a/two")
    for fix in fixes(found):
        text = applied(text, fix)
    after = Reachability.of(resources(text))
    for one in ENDS:
        for other in ENDS:
            if (one, other) != (source, "a/two"):
                assert connections(before, one, other) == connections(after, one, other)


def connections(reachability: Reachability, source: str, destination: str) -> object:
    known = reachability.universe.resources
    return reachability.connections(resolve(known, source), resolve(known, destination))
