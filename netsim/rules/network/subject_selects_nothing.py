"""The podSelector of a policy chooses no pod.

A policy protects the pods it selects. With a typing error in its labels, or in the wrong
namespace, it is accepted, listed by kubectl, and protects nothing: the pods it was written for
stay as open as before.

A policy with `podSelector: {}` is never reported, as it also protects pods that are yet to
come. Nothing is reported when the input has no pods at all. Pods on the host's network do not
count: no policy selects them.

PASS:

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
```

FAIL:

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop}
spec:
  podSelector: {}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: wep}}
```

Remedy: correct the labels or the namespace, or remove the policy. If the pods are deployed
by other means, add them to the input or to a scenario.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.judge.case import Case, Extent
from netsim.judge.knowledge import Knowledge
from netsim.judge.wording import enumerated
from netsim.model.finding import Finding, Severity
from netsim.model.policies import Policy, Tier
from netsim.model.resources import PodNetwork
from netsim.rules.interface import Check
from netsim.words import yaml as snippets
from netsim.words.nearness import Near, correct_labels, nearest_pod


def _run(case: Case) -> Iterator[Finding]:
    if case.extent is Extent.UNKNOWN:
        return
    known = Knowledge.of(case)
    for policy in case.resources.policies_of(Tier.NETWORK_POLICY) if known.pods else ():
        if policy.subject.pods.requirements and not known.subject(policy):
            yield _finding(known, policy)


def _finding(known: Knowledge, policy: Policy) -> Finding:
    universe, selection = known.reachability.universe, known.reachability.selection
    home = selection.namespace(policy.namespace)
    near = nearest_pod(policy.subject.pods, known.members(home & universe.selectable))
    labels = correct_labels(policy.subject.pods, near)
    wanted = f"no pod of namespace {policy.namespace} has {policy.subject.pods}"
    return Finding(
        rule=CHECK.id,
        severity=CHECK.severity,
        message=f"{policy.title} protects nothing: {wanted}{_hint(known, policy, near)}",
        location=policy.location,
        policy=policy.title,
        fix="Correct podSelector or the namespace, or remove the policy; add pods that are "
        "deployed by other means to the input or to a scenario.",
        patch=snippets.selector("podSelector", labels) if labels else "",
    )


def _hint(known: Knowledge, policy: Policy, near: Near | None) -> str:
    """Where the pods may be that were meant."""
    hosts = [
        pod.title
        for pod in known.members(known.reachability.selection.namespace(policy.namespace))
        if pod.network is PodNetwork.HOST and policy.subject.pods.matches(pod.labels)
    ]
    if hosts:
        shown = enumerated(hosts)
        return f"; {shown} would match, but is on the host's network, which none selects"
    elsewhere = known.titles(known.reachability.selection.pods(policy.subject.pods))
    if elsewhere:
        return f"; {enumerated(elsewhere)} would match in another namespace"
    return f"; {near}" if near else _inhabitants(known, policy)


def _inhabitants(known: Knowledge, policy: Policy) -> str:
    pods = known.titles(known.reachability.selection.namespace(policy.namespace))
    if not pods:
        return "; the input has no pod there at all"
    return f"; the pods there are {enumerated(pods)}"


CHECK = Check(
    id="subject-selects-nothing",
    title="A policy selects no pod",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
