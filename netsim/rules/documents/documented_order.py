"""The documented order of deployment applies something before what it needs.

Whoever follows the document deploys in its order.  An object that comes before what it refers
to is refused or does not start; pods that come before their policies run without them.

Reported are steps that need a later step, files of the document's folder that are in no step,
paths in a step that are not beside the document, files that need each other, and objects of
one step of which the API server refuses one, as it comes before the other.  The order is also
followed object by object, as in a first installation: an undocumented connection that is open
on the way, or a documented one that is broken, between pods that exist by then, is a finding,
unless it still is so in the end.

The first step without files that speaks of a chart, of Helm, of deployments or of workloads
brings the pods that the scenario describes and the input lacks.  A step without files called
Namespace brings the namespace, and one whose title has the words of an API group beside
"operator", "chart" or "CRDs" brings the kinds of that group: External Secrets Operator those of
`external-secrets.io`.  No step has to name a file with nothing but Secrets of other namespaces
than the scenario's: these are placeholders.  A step in the wrong place is one finding, however
many others need it.  `netsim order` prints the whole course.

PASS:

```markdown
## Deployment Order

1. **Network Policies** (`network-policy.yaml`)
2. **Web** (`web.yaml`)
```

```yaml
# network-policy.yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress]
```

```yaml
# web.yaml
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: web}]}
```

FAIL:

```markdown
## Deployment Order

1. **Web** (`web.yaml`)
2. **Network Policies** (`network-policy.yaml`)
```

```yaml
# network-policy.yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress]
```

```yaml
# web.yaml
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: web}]}
```

Remedy: move the steps, policies before the pods that they select.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.judge.case import Case
from netsim.model.finding import Finding, Severity
from netsim.rules.interface import Check


def _run(case: Case) -> Iterator[Finding]:
    if not any(each.steps is not None for each in case.statements):
        return
    from netsim.rollout.assessment import documented_faults, stated_orders

    for statements in stated_orders(case):
        yield from documented_faults(case, statements)


CHECK = Check(
    id="documented-order",
    title="The documented order of deployment disregards a dependency",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
