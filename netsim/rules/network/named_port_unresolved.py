"""A policy names a port that no destination declares.

A policy may give a port by name. The name is looked up on the destination pod, in egress rules
too, and protocol and name must both be those of a container port; the protocol is TCP unless
the policy says otherwise. A name that no destination declares opens nothing, and an address
outside the cluster has no port names at all.

Nothing is reported where the destinations are not in the input. It is a note where the rule
lists other ports that a destination has, and the name is not near one that it lacks: charts
list `http` and `https`, whichever is in use. Without a scenario it is one, too, where the
policy is for all pods of a namespace, as those to come may have such a port.

PASS:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec:
  containers:
    - name: api
      ports:
        - {name: http, containerPort: 8080}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress:
    - ports:
        - {port: http}
```

FAIL:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec:
  containers:
    - name: api
      ports:
        - {name: http, containerPort: 8080}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress:
    - ports:
        - {port: htpp}
```

Fix: write the name and protocol that the containers declare, or the port's number.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from netsim.judge.case import Case
from netsim.judge.knowledge import Knowledge
from netsim.model.edit import Patch
from netsim.model.finding import Finding, Severity
from netsim.model.peers import BlockPeer
from netsim.model.policies import Direction, NamedPort, Policy, Rule, Tier
from netsim.model.resources import ContainerPort
from netsim.rules import patches
from netsim.rules.interface import Check
from netsim.rules.patches import list_entry, target_of


def _run(case: Case) -> Iterator[Finding]:
    known = Knowledge.of(case)
    for policy in case.resources.policies_of(Tier.NETWORK_POLICY):
        for rule in policy.rules:
            for port in rule.ports:
                if isinstance(port, NamedPort) and _is_void(known, policy, rule, port):
                    yield _finding(case, known, policy, rule, port)


def _is_void(known: Knowledge, policy: Policy, rule: Rule, port: NamedPort) -> bool:
    pods = _destinations(known, policy, rule)
    selection, name = known.evaluator.selection, (port.name, port.protocol)
    found = (*selection.port(name).values(), *selection.possible_ports(name).values())
    if any(each & pods for each in found):
        return False
    if rule.direction is Direction.EGRESS:
        if known.reaches_unread(rule):
            return False
        outside = any(isinstance(peer, BlockPeer) for peer in rule.peers)
        return bool(pods) or outside
    return bool(pods)


def _destinations(known: Knowledge, policy: Policy, rule: Rule) -> int:
    if rule.direction is Direction.INGRESS:
        return known.subject(policy)
    if not rule.peers:
        return known.pods
    found = 0
    for peer in rule.peers:
        found |= known.peer(peer, policy.namespace)
    return found


def _finding(
    case: Case, known: Knowledge, policy: Policy, rule: Rule, port: NamedPort
) -> Finding:
    declared = _list_declared(known, _destinations(known, policy, rule))
    meant = _guess_meant(port, declared)
    is_for_all = rule.direction is Direction.INGRESS and not policy.subject.pods.requirements
    is_spare = _is_spare(known, policy, rule, port, meant) or (
        is_for_all and meant is None and not case.is_documented
    )
    return CHECK.finding(
        port.location,
        f"{rule.title}: no destination has a {port.protocol} port named {port.name}"
        f"{_hint(port, meant, declared)}",
        policy=policy.title,
        severity=Severity.NOTE if is_spare else None,
        fix="Write the name and protocol that the containers declare, or the number.",
        patches=() if is_spare else _list_patches(policy, port, meant),
    )


def _is_spare(
    known: Knowledge, policy: Policy, rule: Rule, port: NamedPort, meant: ContainerPort | None
) -> bool:
    """Whether another port of the rule is in use, and nothing else can be meant by this one."""
    others = [each for each in rule.ports if each is not port]
    names = {each.name for each in others if isinstance(each, NamedPort)}
    if meant is not None and meant.name not in names:
        return False
    return any(
        not isinstance(each, NamedPort) or not _is_void(known, policy, rule, each)
        for each in others
    )


def _list_patches(
    policy: Policy, port: NamedPort, meant: ContainerPort | None
) -> tuple[Patch, ...]:
    if meant is None or not meant.name:
        return ()
    entry = list_entry(port.location.field)
    value = {"protocol": meant.protocol.value, "port": meant.name}
    return (patches.replace(target_of(policy), entry, value),)


def _list_declared(known: Knowledge, pods: int) -> tuple[ContainerPort, ...]:
    """The ports with names, in the order in which they are declared."""
    ports = (port for pod in known.members(pods) for port in pod.ports if port.name)
    return tuple(dict.fromkeys(ports))


def _guess_meant(port: NamedPort, declared: tuple[ContainerPort, ...]) -> ContainerPort | None:
    names = [each.name for each in declared if each.name]
    for name in (port.name, *get_close_matches(port.name, names)):
        for each in declared:
            if each.name == name:
                return each
    return None


def _hint(
    port: NamedPort, meant: ContainerPort | None, declared: tuple[ContainerPort, ...]
) -> str:
    if meant is None:
        names = ", ".join(sorted({each.name for each in declared if each.name}))
        return f"; the names there are {names}" if names else "; they have no port names"
    if meant.name == port.name:
        return f"; {port.name} is {meant.protocol} {meant.number} there"
    return f"; {meant.protocol} {meant.number} is named {meant.name}"


CHECK = Check(
    id="named-port-unresolved",
    title="A policy names a port that no destination declares",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
