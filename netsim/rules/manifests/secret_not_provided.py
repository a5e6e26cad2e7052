"""A pod needs a Secret, or a key of one, that nothing provides.

The kubelet does not start a container whose Secret is missing: the pod hangs in
CreateContainerConfigError or ContainerCreating until someone reads its events. Most often, a
name was changed on one side only.

A Secret counts as provided where the input has it, where an ExternalSecret has it as target or
a SealedSecret its name, and where the scenario lists it under `provided`. References marked
`optional: true`, and imagePullSecrets, which pods start without, are left out. Where the input
may be a part of the bundle, only namespaces of which it has Secrets are judged; a namespace
with objects that make Secrets under other names, such as a Certificate, is left out.

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
from netsim.bundle.provision import Provision, list_demands
from netsim.judge.case import Case
from netsim.model.finding import Finding, Severity
from netsim.model.references import ObjectName
from netsim.rules.interface import Check

_KINDS = frozenset(("Secret",))
_SEALED = "SealedSecret"
_MAKERS = frozenset(
    (
        "Certificate",
        "ClusterExternalSecret",
        "InfisicalSecret",
        "OnePasswordItem",
        "SecretProviderClass",
        "VaultDynamicSecret",
        "VaultPKISecret",
        "VaultStaticSecret",
    )
)
"""Kinds whose controllers make Secrets under names that are not those of the objects."""

_FIX = (
    "Correct the name, add the Secret or an ExternalSecret that makes it, or list it under "
    "'provided' of the scenario."
)


def _run(case: Case) -> Iterator[Finding]:
    provision = case.provision
    for demand in list_demands(case.bundle, _KINDS):
        if not provision.has(demand.target) and _may_be_made(demand.target, provision):
            continue
        for each in find_absences(demand, case.bundle, provision, _FIX):
            yield CHECK.finding(each.location, each.message, related=each.related, fix=each.fix)


def _may_be_made(target: ObjectName, provision: Provision) -> bool:
    """Whether something of the input may make the Secret, under this name or any."""
    if ObjectName(_SEALED, target.namespace, target.name) in provision.objects:
        return True
    if _is_token(target.name):
        return True
    return any(
        each.kind in _MAKERS and each.namespace in ("", target.namespace)
        for each in provision.objects
    )


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
