"""No policy of any tier selects a pod of a namespace.

A pod that no policy selects accepts every connection and may make any, so in such a namespace
everything is open. All of it is one finding.

Nothing is reported for the namespaces of the system (`kube-*`, `openshift-*`) and for pods on
the host's network, which no policy selects; nor where policies were rejected, are missing in a
snapshot, or belong to another system and are not evaluated: they may select the pods. In the
namespace of the scenario `workload-not-isolated` reports each workload.

Without a scenario all such namespaces are one finding. Those of which no pod serves anything,
as none declares a port and no Service leads there, are one note where the input declares some
elsewhere: nobody connects to them, but they may connect to anything. Namespace default is a
note, too, where the input has pods in others and no Namespace of this name: manifests without a
namespace are in it, often examples.

PASS:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop}
spec:
  podSelector: {}
```

FAIL:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec:
  containers:
    - {name: api, image: "registry.internal/api:1.2.3", ports: [{containerPort: 80}]}
```

Fix: isolate every pod of the namespace with a default deny, and allow what each needs.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from netsim.bundle.provision import Extent
from netsim.judge.case import Case
from netsim.judge.knowledge import Knowledge, find_open_namespaces
from netsim.judge.serving import Serving, judge_serving
from netsim.model.edit import Patch
from netsim.model.finding import Finding, Related, Severity
from netsim.model.location import Location
from netsim.model.resources import Origin, Pod
from netsim.rules.closings import deny_by_default
from netsim.rules.interface import Check
from netsim.words.lists import join_first

_SYSTEM = ("kube-", "openshift-")
_UNNAMED = "default"
"""The namespace of manifests that name none."""


class _Open(Struct, frozen=True):
    """A namespace without a pod that a policy selects, and the pods that were read."""

    name: str
    pods: tuple[Pod, ...]
    location: Location

    @property
    def workloads(self) -> list[str]:
        return sorted({str(pod.workload) for pod in self.pods})


def _run(case: Case) -> Iterator[Finding]:
    if case.policies is Extent.PART:
        return
    found = list(_find_open(case))
    if case.is_documented:
        for each in found:
            yield _finding(each, tuple(_list_patches(case, each)))
    elif found:
        yield from _join_alike(case, found)


def _find_open(case: Case) -> Iterator[_Open]:
    places = {
        space.name: space.location
        for space in case.resources.namespaces
        if space.origin is Origin.READ
    }
    for name, pods in find_open_namespaces(Knowledge.of(case)).items():
        if name == case.namespace or name.startswith(_SYSTEM):
            continue
        location = places.get(name) or next((p.location for p in pods if p.location), None)
        if location:
            yield _Open(name, pods, location)


def _join_alike(case: Case, found: list[_Open]) -> Iterator[Finding]:
    """One finding of the namespaces that serve something, and a note of each other sort."""
    serving = judge_serving(case.resources, (pod for each in found for pod in each.pods))
    pods = [pod for pod in case.resources.pods if pod.origin is Origin.READ]
    homes = {pod.namespace for pod in pods}
    # Ports need no declaration; who declares some is taken to declare all.
    is_declared = bool(case.resources.services) or any(pod.ports for pod in pods)
    named = {each.name for each in case.resources.namespaces if each.origin is Origin.READ}
    sorts: dict[str, list[_Open]] = {}
    for each in found:
        is_idle = all(serving[pod.workload] is Serving.NOBODY for pod in each.pods)
        if is_idle and is_declared:
            reason = "; they serve nothing, as far as the input says"
        elif each.name == _UNNAMED and _UNNAMED not in named and len(homes) > 1:
            reason = "; manifests that name no namespace are there, though others name one"
        else:
            reason = ""
        sorts.setdefault(reason, []).append(each)
    for reason, spaces in sorts.items():
        joined = _join(spaces)
        if reason:
            note = f"{joined.message}{reason}"
            joined = replace(joined, severity=Severity.NOTE, message=note)
        yield joined


def _finding(space: _Open, found: tuple[Patch, ...] = ()) -> Finding:
    return CHECK.finding(
        space.location,
        f"no policy selects a pod of namespace {space.name}, so all connections to and from "
        f"{join_first(space.workloads)} are allowed",
        fix=f"Isolate every pod of namespace {space.name}, and allow what each needs.",
        patches=found,
    )


def _list_patches(case: Case, space: _Open) -> Iterator[Patch]:
    """Only a scenario says what has to stay open beside a deny of everything."""
    if space.name in case.namespaces:
        yield deny_by_default(case, space.name, space.location)


def _join(spaces: list[_Open]) -> Finding:
    first, *others = spaces
    if not others:
        return _finding(first)
    return CHECK.finding(
        first.location,
        f"no policy selects a pod of namespaces {join_first([each.name for each in spaces])}, "
        "so all connections to and from their pods are allowed",
        related=tuple(
            Related(each.location, f"namespace {each.name}: {join_first(each.workloads)}")
            for each in others
        ),
        fix="Isolate every pod of each namespace, and allow what each needs.",
    )


CHECK = Check(
    id="namespace-not-isolated",
    title="No policy selects a pod of a namespace",
    severity=Severity.WARNING,
    run=_run,
    risk=6.5,
)
"""The rule."""
