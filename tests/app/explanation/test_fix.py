"""What an explanation says would allow a connection does allow it."""

from __future__ import annotations

from io import StringIO
from textwrap import indent

import pytest
from msgspec.structs import replace

from netsim.app.explanation.attempt import Attempt
from netsim.app.explanation.explanation import Explanation, explain_attempt
from netsim.app.explanation.fix import Fix
from netsim.engine.explain.verdicts import NO_FAMILY
from netsim.engine.naming.controller import Controller
from netsim.engine.naming.endpoints import resolve
from netsim.engine.naming.unwritten import UnwrittenPod
from netsim.engine.reachability import Reachability
from netsim.loader.load import load
from netsim.model.endpoint import Endpoint, PodEndpoint
from netsim.model.labels import Labels
from netsim.model.policies import Direction
from netsim.model.ports import Protocol
from netsim.model.resources import Origin, Pod, Resources, WorkloadName
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


def explain_unwritten(text: str, source: UnwrittenPod) -> Explanation:
    known = source.add(resources(text))
    attempt = Attempt(source.endpoint, resolve(known, "a/one"), Protocol.UDP, 53)
    return explain_attempt(Reachability.of(known), attempt)


@pytest.mark.parametrize(
    "source",
    [
        UnwrittenPod.of({"app": "job"}, None, {"team": "x", "e": ""}),
        UnwrittenPod.of({}, None, {"team": "x"}),
        UnwrittenPod.of({"app": "job"}, "b"),
        UnwrittenPod.of({"app": "job"}, "a"),
    ],
    ids=str,
)
def test_the_fixes_name_a_namespace_by_its_labels(source: UnwrittenPod) -> None:
    text = PODS + DENIED
    for fix in fixes(explain_unwritten(text, source)):
        text = applied(text, fix)
    found = explain_unwritten(text, source)
    assert [part.outcome for part in found.parts if part.direction is Direction.INGRESS] == [
        Outcome.ALLOW
    ]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (
            UnwrittenPod.of({"app": "job"}).endpoint,
            "any pod with app=job in another namespace",
        ),
        (
            Controller().endpoint,
            "{ingress-controller}",
        ),
    ],
)
def test_a_namespace_without_name_and_labels_has_no_rule(source: Endpoint, name: str) -> None:
    known = resources(PODS + DENIED)
    known = replace(known, pods=(*known.pods, *getattr(source, "pods", ())))
    attempt = Attempt(source, resolve(known, "a/one"), Protocol.UDP, 53)
    (fix,) = fixes(explain_attempt(Reachability.of(known), attempt))
    assert fix.snippet == ""
    assert fix.note == (
        f"a rule for {name} needs the name of its namespace or a label of it, and neither is "
        "given"
    )


@pytest.mark.parametrize(
    ("workload", "policy"),
    [
        ("web", "web-ingress"),
        ("web.v2", "web.v2-ingress"),
        # The name in a scenario, a pod that nobody has written, and one to be filled in.
        ("Web API", "web-api-ingress"),
        ("any pod with app=web", "any-pod-with-app-web-ingress"),
        ("Бюро", "pods-ingress"),
        ("${APP}", '"${APP}-ingress"'),
    ],
)
def test_an_added_policy_has_a_name_that_an_object_can_have(workload: str, policy: str) -> None:
    known = resources(PODS + DENIED)
    labels = Labels.of({"app": "new"})
    pod = Pod(WorkloadName("a", workload, "Scenario"), labels, origin=Origin.MODELLED)
    known = replace(known, pods=(*known.pods, pod))
    attempt = Attempt(resolve(known, "8.8.8.8"), PodEndpoint("x", (pod,)), Protocol.UDP, 53)
    (fix,) = fixes(explain_attempt(Reachability.of(known), attempt))
    assert f"\n  name: {policy}\n" in fix.snippet
