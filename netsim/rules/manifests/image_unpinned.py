"""The image of an untrusted workload can change without a change of the manifests.

An image without tag means `latest`, and `latest` is what was pushed last: two pods of one
template may run different code, a rollback of the manifest rolls nothing back, and anyone who
can push to the registry changes what runs. A version as tag names one build; a digest
(`@sha256:...`) cannot be moved at all.

Reported are images of endpoints that the scenario marks `untrusted: true`. The examples belong
to a scenario with this one:

```text
runner: {labels: {app: runner}, untrusted: true}
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
      - {name: runner, image: registry.internal:5000/runner:1.2.3}
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
    runtimeClassName: gvisor
    containers:
      - {name: runner, image: registry.internal:5000/runner}
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

Fix: name a version or, better, a digest.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.bundle.untrusted import Untrusted, list_untrusted
from netsim.judge.case import Case
from netsim.model.finding import Finding, Severity
from netsim.model.placeholders import has_placeholder
from netsim.model.pod_template import Container
from netsim.rules.interface import Check

LATEST = "latest"


def _run(case: Case) -> Iterator[Finding]:
    for found in list_untrusted(case.endpoints, case.bundle):
        for container in found.template.containers:
            if container.image and not has_placeholder(container.image):
                yield from _report_unpinned(found, container)


def _report_unpinned(found: Untrusted, container: Container) -> Iterator[Finding]:
    tag = tag_of(container.image)
    if tag not in ("", LATEST):
        return
    yield CHECK.finding(
        container.image_location,
        f"{found.template.workload}: the image {container.image} of container "
        f"{container.name} {'has the tag latest' if tag else 'has no tag'}, so it is whatever "
        "was pushed last",
        related=(found.related,),
        fix="Name a version or, better, a digest.",
    )


def tag_of(image: str) -> str | None:
    """The tag of an image reference, empty without one; None where a digest pins it.

    ``[host[:port]/]path[:tag][@digest]``: a colon before the last slash belongs to the port.
    """
    name, at, _ = image.partition("@")
    if at:
        return None
    return name.rpartition("/")[2].partition(":")[2]


CHECK = Check(
    id="image-unpinned",
    title="An untrusted image may change unseen",
    severity=Severity.NOTE,
    run=_run,
    risk=4.0,
)
"""The rule."""
