"""Policies keep out the ingress controller that an Ingress or a route needs.

What comes in through an Ingress reaches the pods from the pods of an ingress controller. The
input seldom says where it runs, so a backend is reported when no pod outside of its namespace
may connect to the port: then the controller cannot either, unless it runs beside the workload.
With `--ingress-namespace` and `--ingress-labels` the pod that they describe counts.

PASS:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{port: 80}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  defaultBackend: {service: {name: web, port: {number: 80}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress:
  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: edge}}}]
    ports: [{port: 80}]
```

FAIL:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{port: 80}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  defaultBackend: {service: {name: web, port: {number: 80}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress:
  - from: [{podSelector: {}}]
    ports: [{port: 80}]
```

Fix: allow ingress to the target port from the namespace of the ingress controller.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.engine.evaluator import Evaluator
from netsim.engine.explain.verdicts import direction_verdict
from netsim.engine.naming.controller import Controller, with_controller
from netsim.engine.naming.ways_in import Way, is_granted, ways
from netsim.engine.policy.compile import may_allow_port
from netsim.engine.policy.flow import Flow
from netsim.engine.space import bits
from netsim.judge.case import Case
from netsim.model.finding import Finding, Related, Severity
from netsim.model.peers import PodPeer
from netsim.model.policies import Direction
from netsim.model.verdict import DirectionVerdict, Outcome
from netsim.rules.interface import Check


def _run(case: Case) -> Iterator[Finding]:
    found = [
        way
        for way in dict.fromkeys(ways(case.resources))
        if is_granted(case.resources, way.entry, way.backend)
    ]
    if not found:
        return
    known, controller = case.evaluator, case.controller or Controller()
    resources = with_controller(known.universe.resources, controller)
    evaluator = Evaluator.of(resources, known.selection.conventions)
    reported = set()
    for way in found:
        verdict = _find_denial(evaluator, way, controller)
        key = (way.backend.location, way.target.pod.workload)
        if verdict and key not in reported:
            reported.add(key)
            yield _finding(way, verdict, controller)


def _find_denial(
    evaluator: Evaluator, way: Way, controller: Controller
) -> DirectionVerdict | None:
    """What keeps the controller out.

    Where nothing says in which namespace it runs, this has to keep out all other namespaces.
    """
    universe = evaluator.universe
    target = universe.bit(way.target.pod)
    connection = (way.target.protocol, way.target.number)
    source = universe.bit(controller.pod)
    flow = Flow(Direction.INGRESS, source, target)
    verdict = direction_verdict(evaluator, flow, connection)
    if verdict.outcome is not Outcome.DENY:
        return None
    if controller.namespace:
        return verdict
    own = evaluator.selection.namespace(way.target.pod.namespace).sure
    for other in bits.members(universe.everything & ~own):
        flow = Flow(Direction.INGRESS, other, target)
        allowed = evaluator.allowed_by(flow)
        if connection in allowed.possible:
            return None
    return None if _admits_unread(verdict, way) else verdict


def _admits_unread(verdict: DirectionVerdict, way: Way) -> bool:
    """Whether a rule is for another namespace, of which the input may hold no pod."""
    peers = (
        peer
        for policy in verdict.policies
        for rule in policy.rules_of(Direction.INGRESS)
        for peer in rule.peers
        if may_allow_port(rule, (way.target.protocol, way.target.number))
    )
    return any(isinstance(peer, PodPeer) and peer.namespaces is not None for peer in peers)


def _finding(way: Way, verdict: DirectionVerdict, controller: Controller) -> Finding:
    target = way.target
    whom = "every pod of another namespace"
    if controller.namespace:
        whom = f"the ingress controller in namespace {controller.namespace}"
    return CHECK.finding(
        way.backend.location,
        f"{way.entry.title} leads to {target.pod.title} {target.protocol} "
        f"{target.number}, but policies deny it to {whom}",
        policy=verdict.policies[0].title if verdict.policies else None,
        related=tuple(
            Related(policy.location, f"{policy.title} isolates it")
            for policy in verdict.policies
        ),
        fix="Allow ingress to this port from the namespace of the ingress controller.",
    )


CHECK = Check(
    id="backend-blocked",
    title="Policies keep the ingress controller out",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
