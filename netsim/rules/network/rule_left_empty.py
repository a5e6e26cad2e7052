"""A field of a rule is written and left empty, so the rule allows more than was meant.

To the API an empty `from`, `to` or `ports` is no other than a missing one: anyone, and any
port. A template whose values are missing leaves them so, as do items that were commented out.
What was to be a short list of peers opens everything then, and nothing fails. The same goes for
a `podSelector` or `namespaceSelector` whose `matchLabels` hold nothing, and for a `port` or an
`except` without a value.

It is a note where an empty `to` is that of a rule for port 53 only: anyone may be meant to
answer for DNS.

A key that is absent is taken to be meant, and so are `{}` for a rule that allows everything and
`podSelector: {}` for every pod.

PASS:

```yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  policyTypes: [Egress]
  egress:
    - to:
        - ipBlock: {cidr: 203.0.113.7/32}
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
    - to:
      # - ipBlock: {cidr: 203.0.113.7/32}
      ports:
```

Fix: write what is meant, or remove the key where everything is meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from msgspec.structs import replace

from netsim.judge.case import Case
from netsim.model.finding import Finding, Severity
from netsim.model.policies import Blank, Direction, NumberedPorts, Policy, Rule, Tier
from netsim.rules.interface import Check
from netsim.words.lists import join_all

_LISTS = ("from", "to", "ports")
_DNS = 53


def _run(case: Case) -> Iterator[Finding]:
    for policy in case.resources.policies_of(Tier.NETWORK_POLICY):
        blanks: dict[tuple[Direction, int], list[Blank]] = defaultdict(list)
        for blank in policy.notation.blanks:
            blanks[blank.direction, blank.index].append(blank)
        for rule in policy.rules:
            yield from _check_rule(policy, rule, blanks.get((rule.direction, rule.index), []))


def _check_rule(policy: Policy, rule: Rule, blanks: list[Blank]) -> Iterator[Finding]:
    lists = [blank for blank in blanks if blank.field in _LISTS]
    if lists:
        found = _finding(policy, rule, lists, _describe_opened(rule))
        yield replace(found, severity=Severity.NOTE) if _is_for_dns(rule) else found
    for blank in blanks:
        if blank not in lists:
            yield _finding(policy, rule, [blank], _describe_item(blank, policy, rule))


def _is_for_dns(rule: Rule) -> bool:
    """Whether a rule lets pods ask DNS, and nothing else."""
    return (
        rule.direction is Direction.EGRESS
        and bool(rule.ports)
        and all(
            isinstance(port, NumberedPorts) and port.first == port.last == _DNS
            for port in rule.ports
        )
    )


def _describe_opened(rule: Rule) -> str:
    """What a rule allows whose list of peers, or of ports, is an empty one."""
    word = rule.direction.peer_word
    if not rule.peers and not rule.ports:
        return f"the rule allows everything, {word} everyone"
    if rule.peers:
        return f"the rule allows every port {word} its peers"
    return f"the rule allows {join_all([str(port) for port in rule.ports])} {word} everyone"


def _describe_item(blank: Blank, policy: Policy, rule: Rule) -> str:
    """What a peer or a port is of which a part is empty."""
    item, _, field = blank.field.partition(".")
    if item.startswith("ports"):
        number = int(item[len("ports[") : -1])
        return f"it is every port of {rule.ports[number].protocol}"
    if field == "namespaceSelector":
        return f"the peer is of namespace {policy.namespace} only"
    if field.startswith("namespaceSelector"):
        return "the peer may be of any namespace"
    if field.startswith("podSelector"):
        return "the peer is every pod there"
    return "nothing is excepted"


def _finding(policy: Policy, rule: Rule, blanks: list[Blank], effect: str) -> Finding:
    names = join_all([f"`{blank.field}`" for blank in blanks])
    verb = "are" if len(blanks) > 1 else "is"
    return CHECK.finding(
        blanks[0].location,
        f"{rule.title}: {names} {verb} written and left empty: {effect}",
        policy=policy.title,
        fix="Write what is meant, or remove the key where everything is meant.",
    )


CHECK = Check(
    id="rule-left-empty",
    title="A field of a rule is left empty",
    severity=Severity.WARNING,
    run=_run,
    risk=6.5,
)
"""The rule."""
