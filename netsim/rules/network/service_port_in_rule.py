"""A rule allows the port of a Service, while its pods listen on another.

kube-proxy rewrites the address and the port of a Service before policies are asked: they see
the pod's port, `targetPort`. A rule for the Service's port opens nothing that the pods listen
on.

Reported is a port of a rule at which none of the pods listens that the rule is about: some are
behind a Service that takes the port to another one, none declares it, no Service leads to it,
and the rule does not allow that other one. Where some pods declare no ports, it is a note.

PASS:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec:
  containers: [{name: api, image: api, ports: [{containerPort: 9080}]}]
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec:
  selector: {app: api}
  ports: [{port: 80, targetPort: 9080}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress:
  - ports: [{port: 9080}]
```

FAIL:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec:
  containers: [{name: api, image: api, ports: [{containerPort: 9080}]}]
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec:
  selector: {app: api}
  ports: [{port: 80, targetPort: 9080}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress:
  - ports: [{port: 80}]
```

Fix: allow the target port.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct

from netsim.engine.naming.services import Services
from netsim.judge.case import Case
from netsim.judge.knowledge import Knowledge
from netsim.model.edit import Patch
from netsim.model.finding import Finding, Severity
from netsim.model.peers import PodPeer
from netsim.model.policies import Action, Direction, NamedPort, NumberedPorts, Policy, Rule
from netsim.model.ports import Connection
from netsim.model.resources import Pod
from netsim.model.services import Service
from netsim.rules import patches
from netsim.rules.interface import Check
from netsim.rules.patches import list_entry, target_at
from netsim.words.lists import join_first
from netsim.words.policy_parts import build_port


class _Lead(Struct, frozen=True):
    """A Service that takes a port to another one of a pod."""

    service: Service
    target: int


def _run(case: Case) -> Iterator[Finding]:
    known = Knowledge.of(case)
    leads = _Leads(case)
    for policy in case.resources.policies:
        for rule in policy.rules:
            ports = [port for port in rule.ports if isinstance(port, NumberedPorts)]
            pods = _list_pods(known, policy, rule) if ports else ()
            for port in ports if pods else ():
                found = leads.of(rule, port, pods)
                if port.first == port.last and found:
                    yield _finding(rule, port, pods, found)


def _list_pods(known: Knowledge, policy: Policy, rule: Rule) -> tuple[Pod, ...]:
    """The pods at which the connections of a rule arrive; none where they may be others."""
    if rule.action is not Action.ALLOW:
        return ()
    if rule.direction is Direction.INGRESS:
        return tuple(known.members(known.subject(policy)))
    if not rule.peers or not all(isinstance(peer, PodPeer) for peer in rule.peers):
        return ()
    classes = 0
    for peer in rule.peers:
        classes |= known.peer(peer, rule.namespace)
    return tuple(known.members(classes))


class _Leads:
    """Where Services take ports, and where connections to pods arrive."""

    def __init__(self, case: Case) -> None:
        services = Services(case.resources)
        self._by_port: dict[tuple[Pod, Connection], list[_Lead]] = defaultdict(list)
        self._targets: set[tuple[Pod, Connection]] = set()
        for service in case.resources.services:
            for port in service.ports:
                for each in services.arrivals(service, port):
                    if not isinstance(each.at, Pod):
                        continue
                    self._targets.add((each.at, (port.protocol, each.number)))
                    if each.number != port.number:
                        asked = (each.at, (port.protocol, port.number))
                        self._by_port[asked].append(_Lead(service, each.number))

    def of(self, rule: Rule, port: NumberedPorts, pods: tuple[Pod, ...]) -> tuple[_Lead, ...]:
        """The Services meant by a port that leads to none of the pods of a rule."""
        connection = (port.protocol, port.first)
        found: dict[_Lead, None] = {}
        for pod in pods:
            declared = {(each.protocol, each.number) for each in pod.ports}
            own = self._by_port.get((pod, connection), ())
            if connection in declared or (pod, connection) in self._targets:
                return ()
            if any(_allows(rule, pod, port, lead.target) for lead in own):
                return ()
            found |= dict.fromkeys(own)
        return tuple(found)


def _allows(rule: Rule, pod: Pod, port: NumberedPorts, number: int) -> bool:
    """Whether a rule also has the port that policies see."""
    for each in rule.ports:
        if each.protocol is not port.protocol:
            continue
        if isinstance(each, NumberedPorts):
            if each.first <= number <= each.last:
                return True
        elif not isinstance(each, NamedPort) or pod.port_named(each.name, each.protocol):
            return True
    return False


def _finding(
    rule: Rule, port: NumberedPorts, pods: tuple[Pod, ...], leads: tuple[_Lead, ...]
) -> Finding:
    is_silent = any(not pod.ports for pod in pods)
    targets = list(dict.fromkeys(lead.target for lead in leads))
    services = join_first(list(dict.fromkeys(lead.service.asked_as for lead in leads)))
    seen = join_first([str(target) for target in targets])
    return CHECK.finding(
        port.location,
        f"{rule.title}: {port.first} is the port of {services}; policies see {seen}",
        severity=Severity.NOTE if is_silent else CHECK.severity,
        policy=rule.policy.title,
        fix="Allow the port on which the pods listen.",
        patches=(_write_ports(rule, port, targets),),
    )


def _write_ports(rule: Rule, port: NumberedPorts, targets: list[int]) -> Patch:
    """The first of the target ports in place of the Service's, the others behind all."""
    target, entry = target_at(rule.policy, port.location), list_entry(port.location.field)
    return patches.replace_item(
        target, entry, [build_port(port.protocol, each) for each in targets]
    )


CHECK = Check(
    id="service-port-in-rule",
    title="A rule allows the port of a Service, not that of its pods",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
