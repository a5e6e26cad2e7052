"""A pod contradicts the scheduling of its RuntimeClass.

The `scheduling.nodeSelector` of a RuntimeClass is merged into the nodeSelector of each pod that
names it. Where both have a key with different values, admission rejects the pod. Tolerations
are merged too, and cannot conflict.

Where the input has nodes and none carries the merged labels, there is a warning: the pod stays
Pending until such a node is added.

PASS:

```yaml
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: gvisor}
handler: runsc
scheduling:
  nodeSelector: {sandbox: gvisor}
---
apiVersion: v1
kind: Pod
metadata: {name: runner, namespace: shop}
spec:
  runtimeClassName: gvisor
  nodeSelector: {disk: ssd}
```

FAIL:

```yaml
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: gvisor}
handler: runsc
scheduling:
  nodeSelector: {sandbox: gvisor}
---
apiVersion: v1
kind: Pod
metadata: {name: runner, namespace: shop}
spec:
  runtimeClassName: gvisor
  nodeSelector: {sandbox: none}
```

Fix: leave the key out of the nodeSelector of the pod, or give it the value of the RuntimeClass.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.judge.case import Case
from netsim.model.finding import Finding, Related, Severity
from netsim.model.labels import Labels
from netsim.model.pod_template import PodTemplate
from netsim.model.resources import Node
from netsim.model.runtime_class import RuntimeClass
from netsim.rules.interface import Check
from netsim.words.lists import join_phrases


def _run(case: Case) -> Iterator[Finding]:
    classes = {each.name: each for each in case.bundle.runtime_classes}
    for template in case.bundle.templates:
        named = template.runtime_class
        found = classes.get(named.target.name) if named else None
        if found is None or not found.node_selector.pairs:
            continue
        conflicts = tuple(_conflicts(template, found))
        if conflicts:
            yield _report_rejected(template, found, conflicts)
        elif case.resources.nodes:
            yield from _waiting(template, found, case.resources.nodes)


def _conflicts(template: PodTemplate, found: RuntimeClass) -> Iterator[str]:
    for key, value in found.node_selector.pairs:
        own = template.node_selector.get(key)
        if own is not None and own != value:
            yield f"{key}={own} instead of {value}"


def _report_rejected(
    template: PodTemplate, found: RuntimeClass, conflicts: tuple[str, ...]
) -> Finding:
    return CHECK.finding(
        template.node_selector_location,
        f"{template.workload} gets no pods: its nodeSelector contradicts that of "
        f"RuntimeClass {found.name}, {join_phrases(conflicts)}",
        related=(_cite_class(found),),
        fix="Leave the key out of the nodeSelector, as the RuntimeClass adds it.",
    )


def _waiting(
    template: PodTemplate, found: RuntimeClass, nodes: tuple[Node, ...]
) -> Iterator[Finding]:
    merged = dict(template.node_selector.pairs) | dict(found.node_selector.pairs)
    if any(merged.items() <= dict(node.labels.pairs).items() for node in nodes):
        return
    named = template.runtime_class
    yield CHECK.finding(
        named.location if named else template.spec_location,
        f"{template.workload} finds no node: RuntimeClass {found.name} and the pod ask "
        f"for {Labels.of(merged)}, which none of the {len(nodes)} nodes of the input has",
        severity=Severity.WARNING,
        related=(_cite_class(found),),
        fix="Label the nodes whose runtime has the handler, or correct the nodeSelector.",
    )


def _cite_class(found: RuntimeClass) -> Related:
    message = f"RuntimeClass {found.name} asks for {found.node_selector}"
    return Related(found.location, message)


CHECK = Check(
    id="runtime-class-scheduling",
    title="A pod contradicts the scheduling of its RuntimeClass",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
