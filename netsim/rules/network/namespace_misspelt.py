"""A policy is in a namespace without pods, whose name is close to that of one with pods.

The API server accepts it where such a namespace exists, perhaps created by the same typing
error, and it protects nothing: the pods it is meant for are elsewhere.

Reported are policies in namespaces of which no pod is known, where a namespace with known pods
or the namespace of the scenario has a name much like it.

PASS:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: production, labels: {app: web}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: production}
spec:
  podSelector: {}
```

FAIL:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: production, labels: {app: web}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: prodution}
spec:
  podSelector: {}
```

Fix: correct the namespace of the policy.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.judge.case import Case
from netsim.judge.knowledge import Knowledge
from netsim.model.finding import Finding, Severity
from netsim.model.policies import Policy, Tier
from netsim.model.resources import Origin
from netsim.rules import patches
from netsim.rules.interface import Check
from netsim.rules.patches import target_of
from netsim.words.nearness import closest, did_you_mean

ALIKE = 0.85


def _run(case: Case) -> Iterator[Finding]:
    inhabited = Knowledge.of(case).inhabited
    read = {s.name for s in case.resources.namespaces if s.origin is Origin.READ}
    for policy in case.resources.policies_of(Tier.NETWORK_POLICY):
        if policy.namespace in inhabited or policy.namespace in read:
            continue
        near = closest(policy.namespace, inhabited, ALIKE)
        if near:
            yield _finding(policy, near)


def _finding(policy: Policy, near: str) -> Finding:
    return CHECK.finding(
        policy.location,
        f"{policy.title}: no pod of namespace {policy.namespace} is known{did_you_mean(near)}",
        policy=policy.title,
        fix="Correct the namespace of the policy.",
        patches=(patches.replace(target_of(policy), "metadata.namespace", near),),
    )


CHECK = Check(
    id="namespace-misspelt",
    title="A policy is in a misspelt namespace",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
