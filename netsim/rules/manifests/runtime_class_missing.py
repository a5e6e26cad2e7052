"""A workload of an untrusted endpoint does not run in the sandbox that it needs.

A pod without `runtimeClassName` runs in the container runtime that the node uses by default,
where its system calls go to the node's kernel. For code nobody has reviewed, marked `untrusted:
true` in the scenario, one fault of that kernel is a way onto the node and to every pod on it.

Reported are workloads of such endpoints that name no RuntimeClass, and those that name another
one than the `runtimeClass` of the endpoint. The examples belong to a scenario with this one:

```text
runner: {labels: {app: runner}, untrusted: true, runtimeClass: gvisor}
```

PASS:

```yaml
apiVersion: v1
kind: PodTemplate
metadata: {name: runner, namespace: shop}
template:
  metadata: {labels: {app: runner}}
  spec:
    runtimeClassName: gvisor
    containers:
      - {name: runner, image: registry.internal/runner:1.2.3}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: dns-only, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  egress:
    - to: [{namespaceSelector: {}}]
      ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
```

FAIL:

```yaml
apiVersion: v1
kind: PodTemplate
metadata: {name: runner, namespace: shop}
template:
  metadata: {labels: {app: runner}}
  spec:
    containers:
      - {name: runner, image: registry.internal/runner:1.2.3}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: dns-only, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  egress:
    - to: [{namespaceSelector: {}}]
      ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
```

Fix: name the RuntimeClass of the sandbox in the pod template.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.bundle.untrusted import Untrusted, list_untrusted
from netsim.judge.case import Case
from netsim.model.bundle import Bundle
from netsim.model.edit import Patch
from netsim.model.finding import Finding, Severity
from netsim.model.pod_template import PodTemplate
from netsim.rules import patches
from netsim.rules.interface import Check
from netsim.rules.patches import target_of_workload


def _run(case: Case) -> Iterator[Finding]:
    for found in list_untrusted(case.endpoints, case.bundle):
        named = found.template.runtime_class
        name = named.target.name if named else None
        if name is None or (found.runtime_class and name != found.runtime_class):
            yield _finding(found, name, case.bundle)


def _finding(found: Untrusted, name: str | None, bundle: Bundle) -> Finding:
    wanted = found.runtime_class or _only_class(bundle)
    named = found.template.runtime_class
    return CHECK.finding(
        named.location if named else found.template.spec_location,
        f"{found.template.workload} runs untrusted code {_how(found, name)}",
        related=(found.related,),
        fix=f"Name the RuntimeClass {wanted or 'of a sandbox'} in the spec of its pods.",
        patches=(_name_class(found.template, wanted),) if wanted else (),
    )


def _name_class(template: PodTemplate, wanted: str) -> Patch:
    target, named = target_of_workload(template), template.runtime_class
    if named is not None:
        return patches.replace(target, named.location.field, wanted)
    return patches.insert(target, f"{template.spec_location.field}.runtimeClassName", wanted)


def _how(found: Untrusted, name: str | None) -> str:
    if name is None:
        return "on the node's kernel: it names no RuntimeClass"
    return f"under the RuntimeClass {name}, where the scenario asks for {found.runtime_class}"


def _only_class(bundle: Bundle) -> str | None:
    names = {each.name for each in bundle.runtime_classes}
    return names.pop() if len(names) == 1 else None


CHECK = Check(
    id="runtime-class-missing",
    title="An untrusted workload does not run in its sandbox",
    severity=Severity.ERROR,
    run=_run,
    risk=7.0,
)
"""The rule."""
