"""An ExternalSecret names a store that does not exist, or that its namespace may not use.

The operator then creates no Secret, and the pods that need it wait. The most likely mistake is
the kind: `secretStoreRef` means a SecretStore of the same namespace unless it says
ClusterSecretStore. A ClusterSecretStore may also be limited to some namespaces by `conditions`.

A store counts as known where the input has it or the scenario lists it under `provided`. Where
the input may be a part of the bundle, a store can be missing only where others of its kind are
in the input, or where one of its name is of the other kind.

PASS:

```yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider: {fake: {data: []}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: database, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  data:
    - {secretKey: url, remoteRef: {key: database-url}}
```

FAIL:

```yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider: {fake: {data: []}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: database, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  data:
    - {secretKey: url, remoteRef: {key: database-url}}
```

Fix: name a store that exists, with its kind, and let it serve the namespace.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.bundle.provision import Provision
from netsim.judge.case import Case
from netsim.model.edit import Patch, Target
from netsim.model.finding import Finding, Related, Severity
from netsim.model.references import ObjectName
from netsim.model.secrets import ExternalSecret, SecretStore
from netsim.rules import patches
from netsim.rules.interface import Check
from netsim.words.nearness import did_you_mean, is_slip

_LOCAL, _CLUSTER = "SecretStore", "ClusterSecretStore"


def _run(case: Case) -> Iterator[Finding]:
    provision = case.provision
    stores = case.bundle.secret_stores
    for secret in case.bundle.external_secrets:
        if secret.store is None:
            continue
        if provision.has(secret.store):
            yield from _check_conditions(secret, secret.store, stores)
        elif other := _find_other_kind(secret, stores):
            yield _report_wrong_kind(secret, secret.store, other)
        elif provision.lacks(secret.store):
            yield _report_missing(secret, secret.store, provision, stores)


def _check_conditions(
    secret: ExternalSecret, name: ObjectName, stores: tuple[SecretStore, ...]
) -> Iterator[Finding]:
    for store in stores:
        if store.object_name != name or store.namespaces is None or store.kind != _CLUSTER:
            continue
        if secret.namespace not in store.namespaces:
            allowed = ", ".join(store.namespaces) or "no namespace"
            yield CHECK.finding(
                secret.store_location,
                f"ExternalSecret {secret.namespace}/{secret.name}: {name} serves "
                f"{allowed} only, not {secret.namespace}",
                related=(Related(store.location, "its conditions name the namespaces"),),
                fix="Add the namespace to the conditions of the store, or use another one.",
            )


def _find_other_kind(
    secret: ExternalSecret, stores: tuple[SecretStore, ...]
) -> SecretStore | None:
    """A store that the namespace could use, were its kind given."""
    name = secret.store
    for store in stores:
        usable = store.namespace in ("", secret.namespace)
        if usable and name and store.name == name.name and store.kind != name.kind:
            return store
    return None


def _report_wrong_kind(secret: ExternalSecret, name: ObjectName, other: SecretStore) -> Finding:
    return CHECK.finding(
        secret.store_location,
        f"ExternalSecret {secret.namespace}/{secret.name} asks for {name}; "
        f"the input has {other.object_name}",
        related=(Related(other.location, "the store of this name"),),
        fix="Name the kind of the store; the default is SecretStore.",
        patches=(_name_store(secret, other.kind, other.name),),
    )


def _report_missing(
    secret: ExternalSecret,
    name: ObjectName,
    provision: Provision,
    stores: tuple[SecretStore, ...],
) -> Finding:
    abroad = [each for each in stores if (each.kind, each.name) == (name.kind, name.name)]
    near = provision.nearest(name)
    hint = f" ({abroad[0].object_name} serves its own namespace only)" if abroad else ""
    return CHECK.finding(
        secret.store_location,
        f"ExternalSecret {secret.namespace}/{secret.name} asks for {name}, "
        f"which nothing provides{hint}{did_you_mean(near)}",
        related=tuple(Related(each.location, "a store of this name") for each in abroad),
        fix="Name a store that exists, with its kind, or add it.",
        patches=(
            (_name_store(secret, name.kind, near),) if near and is_slip(name.name, near) else ()
        ),
    )


def _name_store(secret: ExternalSecret, kind: str, name: str) -> Patch:
    target = Target("ExternalSecret", secret.namespace, secret.name, secret.location)
    return patches.replace(target, "spec.secretStoreRef", {"kind": kind, "name": name})


CHECK = Check(
    id="secret-store-unknown",
    title="An ExternalSecret has no store to read from",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
