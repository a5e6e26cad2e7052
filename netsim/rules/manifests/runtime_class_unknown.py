"""A pod names a RuntimeClass that does not exist.

The API server rejects such a pod (`RuntimeClass not found`): a Deployment or Job that makes it
stays without pods, and only the events of its controller say why.

A RuntimeClass counts as existing where the input has it, and where the scenario lists it under
`provided`, as clusters may come with one. Where the input may be a part of the bundle, nothing
is reported unless it has some RuntimeClass.

PASS:

```yaml
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: gvisor}
handler: runsc
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  runtimeClassName: gvisor
```

FAIL:

```yaml
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: gvisor}
handler: runsc
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  runtimeClassName: gvisr
```

Fix: correct the name, add the RuntimeClass, or list it under `provided` of the scenario.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.judge.case import Case
from netsim.model.finding import Finding, Severity
from netsim.model.placeholders import has_placeholder
from netsim.model.pod_template import PodTemplate
from netsim.model.references import Reference
from netsim.rules import patches
from netsim.rules.interface import Check
from netsim.rules.patches import target_of_workload
from netsim.words.nearness import did_you_mean, is_slip


def _run(case: Case) -> Iterator[Finding]:
    provision = case.provision
    for template in case.bundle.templates:
        named = template.runtime_class
        if named is None or has_placeholder(named.target.name):
            continue
        if provision.lacks(named.target):
            yield _finding(template, named, provision.nearest(named.target))


def _finding(template: PodTemplate, named: Reference, near: str | None) -> Finding:
    return CHECK.finding(
        named.location,
        f"{template.workload} gets no pods: there is no {named.target}{did_you_mean(near)}",
        fix="Correct the name, add the RuntimeClass, or list it under 'provided' of the "
        "scenario.",
        patches=(
            (patches.replace(target_of_workload(template), named.location.field, near),)
            if near and is_slip(named.target.name, near)
            else ()
        ),
    )


CHECK = Check(
    id="runtime-class-unknown",
    title="A pod names a RuntimeClass that does not exist",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
