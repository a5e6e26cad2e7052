"""A namespaceSelector chooses no namespace.

Namespaces are chosen by their labels, not by their names, and a name is often written where a
label is needed: `name: monitoring` matches only namespaces that somebody has given this label.
The label that every namespace carries is `kubernetes.io/metadata.name`.

A namespace that is not in the input counts with that label only. So a selector by exactly
that label is never reported, as the namespace may exist; one by another label is, unless the
input has a namespace that carries it.

PASS:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {}
  ingress:
    - from:
        - namespaceSelector:
            matchLabels: {kubernetes.io/metadata.name: monitoring}
```

FAIL:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {}
  ingress:
    - from:
        - namespaceSelector:
            matchLabels: {name: monitoring}
```

Remedy: select by `kubernetes.io/metadata.name`, or add the namespaces that carry the label to
the input.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.checks import snippets
from netsim.checks.interface import Check, Context
from netsim.checks.knowledge import Knowledge
from netsim.checks.nearness import Near, mended, nearest
from netsim.model.finding import Finding, Severity
from netsim.model.labels import Selector
from netsim.model.policies import NetworkPolicy, PodPeer, Rule
from netsim.model.resources import NAME_LABEL

_NAMING_KEYS = frozenset(("name", "namespace", "ns", "kubernetes.io/name"))


def _run(context: Context) -> Iterator[Finding]:
    known = Knowledge.of(context)
    for policy in context.resources.policies:
        for rule in policy.rules:
            for peer in rule.peers:
                if isinstance(peer, PodPeer) and _is_unknown(known, peer.namespaces):
                    yield _finding(known, policy, rule, peer)


def _is_unknown(known: Knowledge, selector: Selector | None) -> bool:
    if selector is None:
        return False
    return not known.selected(selector) and not known.may_select_more(selector)


def _finding(known: Knowledge, policy: NetworkPolicy, rule: Rule, peer: PodPeer) -> Finding:
    selector = peer.namespaces or Selector()
    labels, hint = _meant(known, selector)
    return Finding(
        rule=CHECK.id,
        severity=CHECK.severity,
        message=f"{rule.title}: no known namespace has the labels {selector}{hint}",
        location=peer.location,
        policy=policy.title,
        remedy=f"Select the namespace by {NAME_LABEL}, which each has, or add the namespaces "
        "that carry the label to the input.",
        patch=snippets.selector("namespaceSelector", labels) if labels else "",
    )


def _meant(known: Knowledge, selector: Selector) -> tuple[dict[str, str] | None, str]:
    """The labels that were meant, and why we think so."""
    named = _written_name(known, selector)
    if named:
        return {NAME_LABEL: named}, f"; a namespace's name is its label {NAME_LABEL}"
    near = _nearest(known, selector)
    return mended(selector, near), f"; {near}" if near else ""


def _written_name(known: Knowledge, selector: Selector) -> str | None:
    """The value that is a namespace's name, or whose key says it is one."""
    names = {space.name for space in known.namespaces}
    for requirement in selector.requirements:
        if len(requirement.values) == 1 and requirement.key != NAME_LABEL:
            value = requirement.values[0]
            if value in names or requirement.key in _NAMING_KEYS:
                return value
    return None


def _nearest(known: Knowledge, selector: Selector) -> Near | None:
    spaces = {space.labels: f"namespace {space.name}" for space in known.namespaces}
    return nearest(selector, spaces)


CHECK = Check(
    id="namespace-label-unknown",
    title="A namespaceSelector chooses no namespace",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
