"""A pod needs a Secret, or a key of one, that nothing provides.

The kubelet does not start a container whose Secret is missing: the pod hangs in
CreateContainerConfigError or ContainerCreating until someone reads its events. Most often, a
name was changed on one side only.

A Secret counts as provided where the input has it or an object that is known to become it, such
as an ExternalSecret or a Certificate, and where the scenario lists it under `provided`.
References marked `optional: true`, and imagePullSecrets, which pods start without, are left
out. Where the input may be a part of the bundle, only namespaces of which it has Secrets are
judged.

Where something in the input could make the Secret, `made-at-run-time` says who. Without a
scenario nobody says that the input is all there is: a Secret that it does not have is a note,
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
      env:
        - name: DATABASE_URL
          valueFrom: {secretKeyRef: {name: database, key: url}}
---
apiVersion: v1
kind: Secret
metadata: {name: database, namespace: shop}
stringData: {url: REPLACE_ME}
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
      env:
        - name: DATABASE_URL
          valueFrom: {secretKeyRef: {name: database, key: uri}}
---
apiVersion: v1
kind: Secret
metadata: {name: database, namespace: shop}
stringData: {url: REPLACE_ME}
```

Fix: correct the name or the key, add the Secret or an ExternalSecret that makes it, or list it
under `provided` of the scenario.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.bundle.absence import find_absences
from netsim.bundle.provision import list_demands
from netsim.judge.case import Case
from netsim.model.finding import Severity
from netsim.rules.absence import Absent, build_absent
from netsim.rules.interface import Check

_KINDS = frozenset(("Secret",))
_FIX = (
    "Correct the name, add the Secret or an ExternalSecret that makes it, or list it under "
    "'provided' of the scenario."
)


def _run(case: Case) -> Iterator[Absent]:
    provision = case.provision
    for demand in list_demands(case.bundle, _KINDS):
        if not provision.has(demand.target) and _is_token(demand.target.name):
            continue
        for each in find_absences(demand, case.bundle, provision, _FIX):
            finding = CHECK.finding(
                each.location, each.message, related=each.related, fix=each.fix
            )
            yield build_absent(case, each, finding)


def _is_token(name: str) -> bool:
    """Whether this is what clusters called the token of a ServiceAccount up to 1.23."""
    _, separator, suffix = name.rpartition("-token-")
    return bool(separator) and len(suffix) == 5 and suffix.isalnum()


CHECK = Check(
    id="secret-not-provided",
    title="A pod needs a Secret that nothing provides",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
