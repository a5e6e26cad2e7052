"""Rules are written for a direction that `policyTypes` does not list, so they have no effect.

A policy acts in the directions of its `policyTypes` alone. Egress rules in one that lists only
Ingress restrict nothing: whatever they were to close stays open. Where `policyTypes` are
missing, they are Ingress, and Egress if there is an egress rule, so `egress: []` by itself,
too, leaves everything open (networking/v1 `NetworkPolicySpec.policyTypes`).

An empty list beside `policyTypes` that leave its direction out is a note, as is `egress:`
without a value: a template may leave these where nothing was meant.

PASS:

```yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  policyTypes: [Ingress, Egress]
  egress:
    - to:
        - podSelector: {matchLabels: {app: database}}
```

FAIL:

```yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  policyTypes: [Ingress]
  egress:
    - to:
        - podSelector: {matchLabels: {app: database}}
```

Fix: add the direction to `policyTypes`, or remove the rules.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.judge.case import Case
from netsim.model.edit import Patch
from netsim.model.finding import Finding, Severity
from netsim.model.policies import Direction, IdleRules, Listing, Policy, Tier
from netsim.rules import patches
from netsim.rules.interface import Check
from netsim.rules.patches import target_of
from netsim.words.lists import join_all, join_first


def _run(case: Case) -> Iterator[Finding]:
    for policy in case.resources.policies_of(Tier.NETWORK_POLICY):
        for idle in policy.notation.idle:
            yield _finding(policy, idle)


def _finding(policy: Policy, idle: IdleRules) -> Finding:
    direction, word = idle.direction, idle.direction.word
    listed = [each.value for each in policy.isolates]
    if idle.rules:
        names = join_first([f"{word}[{rule.index}]" for rule in idle.rules])
        what = f"{names} {'has' if len(idle.rules) == 1 else 'have'} no effect"
    else:
        what = f"`{word}` without rules closes nothing"
    is_default = policy.notation.listing is Listing.DEFAULTED
    why = f"policyTypes {'default to' if is_default else 'list only'} {join_all(listed)}"
    is_meant = bool(idle.rules) or (is_default and idle.is_list)
    return CHECK.finding(
        idle.rules[0].location if idle.rules else idle.location,
        f"{policy.title}: {what}: {why}, so {word} stays open as far as this policy goes",
        severity=Severity.WARNING if is_meant else Severity.NOTE,
        policy=policy.title,
        fix=f"Add {direction.value} to policyTypes, or remove {word}.",
        patches=(_list_direction(policy, direction),),
    )


def _list_direction(policy: Policy, direction: Direction) -> Patch:
    types = list(dict.fromkeys((*(each.value for each in policy.isolates), direction.value)))
    is_written = policy.notation.listing is not Listing.DEFAULTED
    write = patches.replace if is_written else patches.insert
    return write(target_of(policy), "spec.policyTypes", types)


CHECK = Check(
    id="rules-without-effect",
    title="policyTypes leave out a direction that has rules",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
