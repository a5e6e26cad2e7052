"""What an explanation says beside the policies, and what it keeps to itself."""

from __future__ import annotations

from io import StringIO

import pytest

from netsim.app.explanation.attempt import Attempt
from netsim.app.explanation.explanation import Explanation, explain_attempt
from netsim.engine.naming.endpoints import resolve
from netsim.engine.reachability import Reachability
from netsim.loader.load import load
from netsim.model.addresses import AddressSet
from netsim.model.conventions import Conventions, IpBlockPods
from netsim.model.endpoint import ExternalEndpoint
from netsim.model.ports import Protocol

CLUSTER = """
apiVersion: v1
kind: Pod
metadata: {name: app, namespace: a, labels: {app: app}}
spec: {containers: [{name: c, ports: [{containerPort: 8080}]}]}
status: {phase: Running, podIP: 10.0.0.1}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: a, labels: {app: db}}
spec: {containers: [{name: c, ports: [{containerPort: 5432}]}]}
status: {phase: Running, podIP: 10.0.0.2}
---
apiVersion: v1
kind: Pod
metadata: {name: done, namespace: a, labels: {app: done}}
status: {phase: Failed, podIP: 10.0.0.9}
---
apiVersion: v1
kind: Service
metadata: {name: app, namespace: a}
spec: {selector: {app: app}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: app, namespace: a}
spec:
  podSelector: {matchLabels: {app: app}}
  ingress: [{from: [{podSelector: {matchLabels: {app: none}}}]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: a}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress: [{from: [{podSelector: {matchLabels: {app: app}}}], ports: [{port: 5432}]}]
"""
OPEN = CLUSTER[: CLUSTER.rindex("---")]
"""Without the policy of db, which then is open."""


def explanation(
    text: str, source: str, destination: str, port: int, blocks: IpBlockPods = IpBlockPods.MATCH
) -> Explanation:
    resources = load(["-"], stdin=StringIO(text)).resources
    ends = resolve(resources, source), resolve(resources, destination)
    cuts = [end.addresses for end in ends if isinstance(end, ExternalEndpoint)]
    reachability = Reachability.of(resources, Conventions(blocks), cuts)
    return explain_attempt(reachability, Attempt(*ends, Protocol.TCP, port))


REPLY = "the reverse, a/app => a/db : TCP 5432, is allowed, and replies to it always are"


@pytest.mark.parametrize(
    ("text", "source", "destination", "port", "hints"),
    [
        # The port of a client: the source is the server of an allowed connection.
        (CLUSTER, "a/db", "a/app", 40000, [REPLY]),
        # The port that the source listens on, asked of the wrong end.
        (CLUSTER, "a/db", "a/app", 5432, [REPLY]),
        # The destination listens there, but the source is a server of the destination.
        (CLUSTER, "a/db", "a/app", 8080, [REPLY]),
        # Everything is allowed in reverse: only a port of clients is a hint at a reply.
        (OPEN, "a/db", "a/app", 8080, []),
        (OPEN, "a/db", "a/app", 9999, []),
        (OPEN, "a/db", "a/app", 40000, [REPLY]),
        # The way that is allowed, and one of which the reverse is denied.
        (CLUSTER, "a/app", "a/db", 5432, []),
        (CLUSTER, "a/app", "a/db", 5433, []),
        # A client outside.
        (CLUSTER, "8.8.8.8", "a/app", 40000, []),
        # The port of the Service.
        (
            OPEN,
            "a/db",
            "a/app",
            80,
            [
                (
                    "80 is the port of Service a/app; its pods listen on TCP 8080, and "
                    "policies see that port"
                )
            ],
        ),
        # An address of a pod that is gone, and a range with pods.
        (
            OPEN,
            "a/db",
            "10.0.0.9",
            80,
            [
                (
                    "10.0.0.9 was the address of a pod: a/done has finished (Failed, "
                    "<stdin>:16), and takes no part: see docs/conventions.md#finished-pods"
                )
            ],
        ),
        (
            OPEN,
            "a/db",
            "10.0.0.0/30",
            80,
            [
                (
                    "10.0.0.0/30 means those addresses that no pod has: ask about a/app, a/db "
                    "by name"
                )
            ],
        ),
    ],
)
def test_hints(text: str, source: str, destination: str, port: int, hints: list[str]) -> None:
    assert list(explanation(text, source, destination, port).hints) == hints


def test_replies_to_addresses() -> None:
    """The pod answers a client outside, whatever its egress policies say."""
    closed = """
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db-out, namespace: a}
spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Egress]}
"""
    (hint,) = explanation(OPEN + closed, "a/db", "8.8.8.8", 50000).hints
    assert hint.startswith("the reverse, 8.8.8.8 => a/db : TCP 5432, is allowed")


LACKING = CLUSTER.replace("{matchLabels: {app: db}}", "{matchLabels: {app: db, role: x}}")


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        (
            LACKING,
            [
                (
                    "a/db would isolate a/db, but selects role=x (<stdin>:35), which no pod "
                    "has; a/db has no label role"
                )
            ],
        ),
        # A policy of pods that are nobody's business here.
        (CLUSTER.replace("{matchLabels: {app: db}}", "{matchLabels: {app: cache}}"), []),
    ],
)
def test_a_policy_that_would_isolate(text: str, hints: list[str]) -> None:
    found = explanation(text, "8.8.8.8", "a/db", 5432)
    assert list(found.hints) == hints


def test_rules_without_effect() -> None:
    text = (
        OPEN
        + """
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: out, namespace: a}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress]
  egress: [{ports: [{port: 53}]}]
"""
    )
    (hint,) = explanation(text, "a/db", "8.8.8.8", 443).hints
    assert hint == (
        "a/out egress[0] (<stdin>:38) has no effect, as policyTypes of a/out does not list "
        "Egress"
    )


@pytest.mark.parametrize(
    ("blocks", "text"),
    [
        (IpBlockPods.MATCH, "An ipBlock matches pods by their address, each address family"),
        (IpBlockPods.KNOWN, "--ipblock-pods known, as given"),
        (IpBlockPods.IGNORE, "--ipblock-pods ignore, as given"),
    ],
)
def test_the_convention_is_the_one_in_force(blocks: IpBlockPods, text: str) -> None:
    block = CLUSTER.replace(
        "podSelector: {matchLabels: {app: none}}", "ipBlock: {cidr: 10.0.0.0/8}"
    )
    found = explanation(block, "a/db", "a/app", 8080, blocks)
    assert dict(found.conventions)["ipblock-pods"].startswith(text)


def test_parts_of_a_range() -> None:
    block = OPEN.replace(
        "podSelector: {matchLabels: {app: none}}", "ipBlock: {cidr: 10.1.0.0/16}"
    )
    found = explanation(block, "10.0.0.0-10.1.255.255", "a/app", 8080)
    parts = {part.outcome.value: part.names for part in found.divided}
    assert parts == {"allow": ("10.1.0.0-10.1.255.255",), "deny": ("10.0.0.0-10.0.255.255",)}
    covered = AddressSet.of(("10.0.0.0/16", "10.1.0.0/16"))
    assert isinstance(found.attempt.source, ExternalEndpoint)
    assert found.attempt.source.addresses == covered


def test_parts_of_both_ends() -> None:
    pods = OPEN.replace(
        "name: db, namespace: a,",
        "name: db, namespace: a, ownerReferences: "
        "[{controller: true, kind: Deployment, name: all}],",
    ).replace(
        "name: app, namespace: a, labels",
        "name: app, namespace: a, ownerReferences: "
        "[{controller: true, kind: Deployment, name: all}], labels",
    )
    found = explanation(pods, "8.8.8.0/24", "a/all[Deployment]", 80)
    parts = {part.outcome.value: part.names for part in found.divided}
    assert parts == {"allow": ("a/db",), "deny": ("a/app",)}
