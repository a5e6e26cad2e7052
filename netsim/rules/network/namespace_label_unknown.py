"""A namespaceSelector selects no namespace.

Namespaces are selected by their labels, not by their names, and a name is often written where a
label is needed: `name: monitoring` matches only namespaces that somebody has given this label.
The label that every namespace carries is `kubernetes.io/metadata.name`.

A namespace that is not in the input counts with that label only. So a selector by that label is
never reported, as the namespace may exist; one by another label is, unless the input has a
namespace that carries it. Without a scenario it is a note, unless it is clear which namespace
of the input is meant.

PASS:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {}
  ingress:
    - from:
        - namespaceSelector:
            matchLabels: {kubernetes.io/metadata.name: monitoring}
```

FAIL:

```yaml
apiVersion: v1
kind: Namespace
metadata: {name: monitoring}
---
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {}
  ingress:
    - from:
        - namespaceSelector:
            matchLabels: {name: monitoring}
```

Fix: select by `kubernetes.io/metadata.name`, or add the namespaces that carry the label to the
input.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.bundle.makers import NAMESPACES
from netsim.judge.case import Case
from netsim.judge.knowledge import Knowledge
from netsim.model.edit import Patch
from netsim.model.finding import Severity
from netsim.model.labels import Selector
from netsim.model.location import Location
from netsim.model.peers import PodPeer
from netsim.model.policies import Policy, Rule, Tier
from netsim.model.resources import NAME_LABEL, Origin
from netsim.rules import patches
from netsim.rules.absence import Absent, judge_certainty
from netsim.rules.interface import Check
from netsim.rules.patches import target_at
from netsim.words.nearness import NearLabels, correct_labels, find_nearest
from netsim.words.policy_parts import match_labels

_NAMING_KEYS = frozenset(("name", "namespace", "ns", "kubernetes.io/name"))


def _run(case: Case) -> Iterator[Absent]:
    known = Knowledge.of(case)
    # Many policies share a selector, and looking for what is near takes long.
    meant: dict[Selector, _Meant] = {}
    for policy in case.resources.policies_of(Tier.NETWORK_POLICY):
        for rule in policy.rules:
            for peer in rule.peers:
                selector = peer.namespaces if isinstance(peer, PodPeer) else None
                if selector is not None and _is_unknown(known, selector):
                    if selector not in meant:
                        meant[selector] = _guess_meant(known, selector)
                    yield _find_absent(case, policy, rule, peer.location, meant[selector])


class _Meant(Struct, frozen=True):
    """A selector, the labels that may be meant, why, and whether they surely are."""

    selector: Selector
    labels: dict[str, str] | None
    hint: str
    is_sure: bool


def _is_unknown(known: Knowledge, selector: Selector) -> bool:
    return not known.selected(selector) and not known.may_select_more(selector)


def _find_absent(
    case: Case, policy: Policy, rule: Rule, location: Location, meant: _Meant
) -> Absent:
    what = f"no known namespace has the labels {meant.selector}{meant.hint}"
    finding = CHECK.finding(
        location,
        f"{rule.title}: {what}",
        policy=policy.title,
        fix=f"Select the namespace by {NAME_LABEL}, which each has, or add the namespaces "
        "that carry the label to the input.",
        patches=_list_patches(rule, location, meant.labels),
    )
    certainty = judge_certainty(case, is_slip=meant.is_sure)
    makers = case.makers.of(NAMESPACES, "")
    return Absent(finding, "namespaceSelector", "", certainty, makers)


def _list_patches(
    rule: Rule, location: Location, labels: dict[str, str] | None
) -> tuple[Patch, ...]:
    if not labels:
        return ()
    target = target_at(rule.policy, location)
    field = f"{location.field}.namespaceSelector"
    return (patches.replace(target, field, match_labels(labels)),)


def _guess_meant(known: Knowledge, selector: Selector) -> _Meant:
    named = _find_written_name(known, selector)
    if named:
        hint = f"; a namespace's name is its label {NAME_LABEL}"
        return _Meant(selector, {NAME_LABEL: named}, hint, _is_listed(known, named))
    near = _find_nearest(known, selector)
    labels = correct_labels(selector, near)
    return _Meant(selector, labels, f"; {near}" if near else "", labels is not None)


def _find_written_name(known: Knowledge, selector: Selector) -> str | None:
    """The value that is a namespace's name, or whose key says it is one."""
    names = {space.name for space in known.namespaces}
    for requirement in selector.requirements:
        if len(requirement.values) == 1 and requirement.key != NAME_LABEL:
            value = requirement.values[0]
            if value in names or requirement.key in _NAMING_KEYS:
                return value
    return None


def _is_listed(known: Knowledge, name: str) -> bool:
    """Whether the labels of a namespace were read, so that it lacks the one that is meant.

    One that is only mentioned may have any label besides.
    """
    return any(space.name == name and space.origin is Origin.READ for space in known.namespaces)


def _find_nearest(known: Knowledge, selector: Selector) -> NearLabels | None:
    spaces = {space.labels: f"namespace {space.name}" for space in known.namespaces}
    return find_nearest(selector, spaces)


CHECK = Check(
    id="namespace-label-unknown",
    title="A namespaceSelector selects no namespace",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
