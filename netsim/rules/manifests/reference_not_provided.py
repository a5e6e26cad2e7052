"""A pod needs a ConfigMap, ServiceAccount, claim or PriorityClass that nothing provides.

Without its ConfigMap or PersistentVolumeClaim a pod never starts; without its ServiceAccount or
PriorityClass it is not even created, and only the events of its controller say so.

An object counts as provided where the input has it, where the cluster itself creates it (the
ServiceAccount `default`, the ConfigMap `kube-root-ca.crt`), and where the scenario lists it
under `provided`. References marked `optional: true` are left out. Where the input may be a part
of the bundle, only namespaces of which it has objects of the kind are judged.

Where something in the input could make the object, `made-at-run-time` says who. Without a
scenario nobody says that the input is all there is: an object that it does not have is a note,
unless its name is a misspelt one.

PASS:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
    - name: web
      image: registry.internal/web:1.2.3
      envFrom:
        - configMapRef: {name: settings}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {COLOUR: blue}
```

FAIL:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
    - name: web
      image: registry.internal/web:1.2.3
      envFrom:
        - configMapRef: {name: setting}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {COLOUR: blue}
```

Fix: correct the name or the key, add the object, or list it under `provided` of the scenario.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.bundle.absence import find_absences
from netsim.bundle.provision import list_demands
from netsim.judge.case import Case
from netsim.model.finding import Severity
from netsim.rules.absence import Absent, build_absent
from netsim.rules.interface import Check

_KINDS = frozenset(("ConfigMap", "ServiceAccount", "PersistentVolumeClaim", "PriorityClass"))
_FIX = "Correct the name, add the object, or list it under 'provided' of the scenario."


def _run(case: Case) -> Iterator[Absent]:
    provision = case.provision
    for demand in list_demands(case.bundle, _KINDS):
        for each in find_absences(demand, case.bundle, provision, _FIX):
            finding = CHECK.finding(
                each.location, each.message, related=each.related, fix=each.fix
            )
            yield build_absent(case, each, finding)


CHECK = Check(
    id="reference-not-provided",
    title="A pod needs an object that nothing provides",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
