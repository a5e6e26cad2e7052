"""An egress rule names ports and no peers, so it opens every pod and address at them.

A rule without `to` is wider than one with the block `0.0.0.0/0`: it also leads to every pod of
the cluster, whatever its address. For DNS that is the usual way to write it, and for `egress:
[{}]` it is the point. For a database or SSH it seldom is.

PASS:

```yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  policyTypes: [Egress]
  egress:
    - ports:
        - {protocol: UDP, port: 53}
        - {protocol: TCP, port: 53}
    - to:
        - podSelector: {matchLabels: {app: database}}
      ports:
        - port: 5432
```

FAIL:

```yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  policyTypes: [Egress]
  egress:
    - ports:
        - port: 5432
```

Fix: add `to` with the pods or the addresses that are meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.engine.policy.compile import written_ports
from netsim.judge.case import Case
from netsim.model.finding import Finding, Severity
from netsim.model.policies import Direction, NamedPort, Policy, PolicyPort, Rule, Tier
from netsim.model.ports import PortSet, Protocol
from netsim.rules.interface import Check
from netsim.words.lists import join_all

_DNS = PortSet.union(
    PortSet.of(protocol, number)
    for protocol in (Protocol.UDP, Protocol.TCP)
    for number in (53, 1053, 5353)
)
"""Of DNS as Services have it, and as its pods often do."""


def _run(case: Case) -> Iterator[Finding]:
    for policy in case.resources.policies_of(Tier.NETWORK_POLICY):
        left_empty = {(each.direction, each.index) for each in policy.notation.blanks}
        for rule in policy.rules_of(Direction.EGRESS):
            # A field that is left empty is reported as such.
            if _is_wide(rule) and (rule.direction, rule.index) not in left_empty:
                yield _finding(policy, rule)


def _is_wide(rule: Rule) -> bool:
    if rule.peers or not rule.ports:
        return False
    return not all(_is_of_dns(port) for port in rule.ports)


def _is_of_dns(port: PolicyPort) -> bool:
    if isinstance(port, NamedPort):
        return port.name.startswith(("dns", "domain"))
    ports = written_ports(port)
    return bool(ports) and not ports - _DNS


def _finding(policy: Policy, rule: Rule) -> Finding:
    ports = join_all([str(port) for port in rule.ports])
    return CHECK.finding(
        rule.location,
        f"{rule.title}: there is no `to`, so the rule opens {ports} of every pod and address",
        policy=policy.title,
        fix="Add `to` with the pods or the addresses that are meant.",
    )


CHECK = Check(
    id="rule-without-peers",
    title="An egress rule leads everywhere at its ports",
    severity=Severity.NOTE,
    run=_run,
    risk=5.0,
)
"""The rule."""
