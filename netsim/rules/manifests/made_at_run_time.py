"""Something is named that is not in the input, and that somebody could make at run time.

A selector that matches no pod, a Secret that nothing provides, a Service that does not exist:
in manifests of an operator these are no mistakes, as the operator makes them. This note takes
the place of the warnings and errors that other rules would give, once for a namespace and those
who could make it:

- a workload whose account may create such objects, by a Role or ClusterRole that is bound
  there. For pods that is who may create pods or workloads, or may change the labels of pods;
- an account that may, and that no workload of the input uses;
- an object of a kind of another project, such as a Prometheus or a Kafka, as its controller may
  make anything of it. Kinds that are known to make nothing (a ServiceMonitor, an
  AuthorizationPolicy, a VirtualService) do not count; an Application of Argo CD or a
  HelmRelease counts in the namespace that it deploys to.

Objects whose names are known count as provided and are in no finding: the Secret of a
Certificate, an ExternalSecret, a SealedSecret, an Ingress with an issuer, a Service with the
annotation of OpenShift for a serving certificate, the ConfigMap of a Bundle of trust-manager.

A name that misses a known one by a letter (`cart` for `carts`) stays a finding of its own rule,
with a fix, whoever could make one.

PASS:

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
```

FAIL:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
---
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: main, namespace: shop}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop}
spec:
  podSelector: {}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: prometheus, namespace: shop}
spec:
  podSelector: {matchLabels: {app.kubernetes.io/name: prometheus}}
```

Fix: none is needed. To have the names compared, add what is made at run time to the input (a
snapshot has it), or to a scenario.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netsim.judge.case import Case
from netsim.model.finding import Finding, Severity
from netsim.rules.absence import Absent, count_nouns, list_makers, list_places
from netsim.rules.interface import Check
from netsim.words.lists import join_first


def describe_made(absences: Sequence[Absent]) -> Finding:
    """The note about things that the same makers could make."""
    first, *makers = list_makers(absences)
    spaces = sorted({each.namespace for each in absences if each.namespace})
    where = f" of namespace {join_first(spaces)}" if spaces else ""
    verb = "names" if len(absences) == 1 else "name"
    titles = list(dict.fromkeys(maker.title for maker in makers if maker.title != first.title))
    others = f"; so may {join_first(titles)}" if titles else ""
    return CHECK.finding(
        absences[0].finding.location,
        f"{count_nouns(absences)}{where} {verb} what the input does not have; it may be made "
        f"at run time by {first.title}: {first.how}{others}",
        related=list_places(absences),
    )


def _run(_: Case) -> Iterator[Finding]:
    """Nothing by itself: it is told what the other rules find absent."""
    return iter(())


CHECK = Check(
    id="made-at-run-time",
    title="Something is named that somebody may make at run time",
    severity=Severity.NOTE,
    run=_run,
)
"""The rule."""
