"""The podSelector of a policy selects no pod.

A policy protects the pods it selects. With a typing error in its labels, or in the wrong
namespace, it is accepted and protects nothing: the pods it was written for stay open.

A policy with `podSelector: {}` is never reported, as it also protects pods that are yet to
come. Nothing is reported when the input has no pods at all. Pods on the host's network do not
count: no policy selects them.

Without a scenario it is a note where the input has no pod of the namespace, unless the pods of
another have the labels and no such policy; and where a label is asked for that no pod has and
that says yes (`allow-internet: "true"`): pods elsewhere put it on to get what the policy gives.

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
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop}
spec:
  podSelector: {}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: wep}}
```

Fix: correct the labels or the namespace, or remove the policy. If the pods are deployed by
other means, add them to the input or to a scenario.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.bundle.makers import PODS
from netsim.bundle.provision import Extent
from netsim.judge.case import Case
from netsim.judge.knowledge import Knowledge
from netsim.model.edit import Patch
from netsim.model.finding import Severity
from netsim.model.policies import Policy, Tier
from netsim.model.resources import PodNetwork
from netsim.rules import patches
from netsim.rules.absence import Absent, Certainty, judge_certainty
from netsim.rules.interface import Check
from netsim.rules.patches import target_of
from netsim.words.lists import join_phrases
from netsim.words.misplaced import describe_misplaced
from netsim.words.nearness import correct_labels, find_nearest_pod
from netsim.words.opt_in import find_opt_in
from netsim.words.policy_parts import match_labels


def _run(case: Case) -> Iterator[Absent]:
    if case.extent is Extent.UNKNOWN:
        return
    known = Knowledge.of(case)
    for policy in case.resources.policies_of(Tier.NETWORK_POLICY) if known.pods else ():
        if policy.subject.pods.requirements and not known.subject(policy):
            yield _find_absent(case, known, policy)


def _find_absent(case: Case, known: Knowledge, policy: Policy) -> Absent:
    universe, selection = known.evaluator.universe, known.evaluator.selection
    home = selection.namespace(policy.namespace).sure
    pods = tuple(known.members(home & universe.selectable))
    misplaced = describe_misplaced(policy.subject.pods, pods)
    near = None if misplaced else find_nearest_pod(policy.subject.pods, pods)
    labels = correct_labels(policy.subject.pods, near)
    wanted = f"no pod of namespace {policy.namespace} has {policy.subject.pods}"
    meant = f"; {misplaced}" if misplaced else _hint(known, policy)
    hint = meant or (f"; {near}" if near else _inhabitants(known, policy))
    is_slip = bool(meant) or (near is not None and near.is_slip)
    if not pods and _is_repeated(known, policy):
        is_slip = False
    asked = None if is_slip else find_opt_in(policy.subject.pods, case.resources.pods)
    finding = CHECK.finding(
        policy.location,
        f"{policy.title} protects nothing: {wanted}{hint}",
        policy=policy.title,
        fix=f"Put the label {asked} on the pods that are meant."
        if asked
        else "Correct podSelector or the namespace, or remove the policy; add pods that are "
        "deployed by other means to the input or to a scenario.",
        patches=_list_patches(known, policy, labels),
    )
    certainty = Certainty.SLIP if is_slip else Certainty.MISSING
    if asked or not (is_slip or home):
        certainty = judge_certainty(case, is_slip=False)
    return Absent(
        finding,
        "selector",
        policy.namespace,
        certainty,
        case.makers.of(PODS, policy.namespace),
    )


def _list_patches(
    known: Knowledge, policy: Policy, labels: dict[str, str] | None
) -> tuple[Patch, ...]:
    """Other labels, else the one namespace whose pods have them."""
    target = target_of(policy)
    if labels:
        return (patches.replace(target, "spec.podSelector", match_labels(labels)),)
    elsewhere = known.evaluator.selection.pods(policy.subject.pods).sure
    homes = {pod.namespace for pod in known.members(elsewhere)} - {policy.namespace}
    if len(homes) != 1 or _is_repeated(known, policy):
        return ()
    return (patches.replace(target, "metadata.namespace", homes.pop()),)


def _hint(known: Knowledge, policy: Policy) -> str:
    """Where pods are that have the labels, and why they are not selected; or nothing."""
    hosts = [
        pod.title
        for pod in known.members(known.evaluator.selection.namespace(policy.namespace).sure)
        if pod.network is PodNetwork.HOST and policy.subject.pods.matches(pod.labels)
    ]
    if hosts:
        shown = join_phrases(hosts)
        return f"; {shown} would match, but uses the host network, which no policy selects"
    elsewhere = known.titles(known.evaluator.selection.pods(policy.subject.pods).sure)
    if elsewhere:
        return f"; {join_phrases(elsewhere)} would match in another namespace"
    return ""


def _is_repeated(known: Knowledge, policy: Policy) -> bool:
    """Whether the pods that would match have the same policy, as one copy of several."""
    universe = known.evaluator.universe
    elsewhere = known.evaluator.selection.pods(policy.subject.pods).sure & known.pods
    homes = {pod.namespace for pod in known.members(elsewhere & universe.selectable)}
    return bool(homes) and any(
        each.namespace in homes and each.subject.pods == policy.subject.pods
        for each in universe.resources.policies_of(Tier.NETWORK_POLICY)
    )


def _inhabitants(known: Knowledge, policy: Policy) -> str:
    pods = known.titles(known.evaluator.selection.namespace(policy.namespace).sure)
    if not pods:
        return "; the input has no pod there"
    return f"; the pods there are {join_phrases(pods)}"


CHECK = Check(
    id="subject-selects-nothing",
    title="A policy selects no pod",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
