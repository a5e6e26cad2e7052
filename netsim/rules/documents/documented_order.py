"""The documented order of deployment applies something before what it needs.

An object that comes before what it refers to is refused or does not start; pods that come
before their policies run without them.

Reported are steps that need a later step, files of the document's folder that are in no step,
paths in a step that are not beside the document, files that need each other, and steps in which
the API server refuses an object because it comes before another.  The order is also followed
object by object, as in a first installation: between pods that exist by then, an undocumented
connection that is open on the way or a documented one that is broken is a finding, unless that
is still so at the end.

A step without files whose title consists of kinds (Network policies; RBAC; Services and
Deployments) applies the files of the document's folder that hold these and that no other step
names.  The first other step without files whose title has a chart, Helm, deployments or
workloads brings the pods that the scenario describes and the input lacks.  One called Namespace
brings the namespace, and one whose title has the words of an API group beside "operator",
"chart" or "CRDs" brings the kinds of that group: External Secrets Operator those of
`external-secrets.io`.  A file with nothing but Secrets of other namespaces than the scenario's
needs no step: these are placeholders.  A step in the wrong place is one finding, however many
others need it.  `netsim order` prints the whole course.

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

Fix: move the steps, policies before the pods that they select.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.judge.case import Case
from netsim.model.finding import Finding, Severity
from netsim.rollout.assessment import find_documented_flaws, list_stated_orders
from netsim.rules.interface import Check


def _run(case: Case) -> Iterator[Finding]:
    for statements in list_stated_orders(case):
        for flaw in find_documented_flaws(case, statements):
            yield CHECK.finding(flaw.location, flaw.message, related=flaw.related, fix=flaw.fix)


CHECK = Check(
    id="documented-order",
    title="The documented order of deployment breaks a dependency",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
