"""A peer of a rule matches no pod.

A peer that matches nothing opens nothing: the connection that the rule was written for stays
denied. Three mistakes are behind most cases: a typing error; a `podSelector` that means pods
of another namespace but has no `namespaceSelector` beside it, so that it looks in the policy's
own namespace, and two items of the list where one was meant, as items are alternatives; and a
label of a Deployment or a CronJob itself, whose pods have the labels of its pod template. Or
the pods have the labels, but are on the host's network, where no selector matches them.

Nothing is reported where the peer can stand for pods that the input does not have: those of a
namespace of which the input has no pod, and, unless the input has kube-system as every whole
cluster does, those of `namespaceSelector: {}`. A namespaceSelector that selects no namespace is
reported by `namespace-label-unknown`.

Without a scenario it is a note where a label is asked for that no pod has and that says yes
(`database-client: "true"`): pods elsewhere put it on to be admitted.

PASS:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop}
spec:
  podSelector: {}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress:
    - from:
        - podSelector: {matchLabels: {app: web}}
```

FAIL:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop}
spec:
  podSelector: {}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress:
    - from:
        - podSelector: {matchLabels: {app: wep}}
```

Fix: correct the labels, add a namespaceSelector to the same item, or remove the peer; a rule
whose last peer is removed must go as well, since a rule without peers allows everyone.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.bundle.makers import PODS
from netsim.bundle.provision import Extent
from netsim.judge.case import Case
from netsim.judge.knowledge import Knowledge
from netsim.model.edit import Patch
from netsim.model.finding import Finding, Severity
from netsim.model.peers import PodPeer
from netsim.model.policies import Policy, Rule, Tier
from netsim.model.resources import NAME_LABEL
from netsim.rules import patches
from netsim.rules.absence import Absent, Certainty, judge_certainty
from netsim.rules.interface import Check
from netsim.rules.patches import target_at, target_of
from netsim.words.lists import join_phrases
from netsim.words.misplaced import describe_misplaced
from netsim.words.nearness import correct_labels, find_nearest_pod
from netsim.words.opt_in import find_opt_in
from netsim.words.policy_parts import Part, build_selector, match_labels


def _run(case: Case) -> Iterator[Finding | Absent]:
    if case.extent is Extent.UNKNOWN:
        return
    known = Knowledge.of(case)
    for policy in case.resources.policies_of(Tier.NETWORK_POLICY) if known.pods else ():
        for rule in policy.rules:
            for peer in rule.peers:
                if isinstance(peer, PodPeer) and _is_void(known, peer, policy.namespace):
                    yield _find_absent(case, known, policy, rule, peer)


def _is_void(known: Knowledge, peer: PodPeer, home: str) -> bool:
    if known.peer(peer, home) or known.may_be_unread(peer, home):
        return False
    return peer.namespaces is None or bool(known.selected(peer.namespaces))


def _find_absent(
    case: Case, known: Knowledge, policy: Policy, rule: Rule, peer: PodPeer
) -> Finding | Absent:
    on_host = _list_on_host(known, policy, peer)
    if on_host:
        return CHECK.finding(
            peer.location,
            f"{rule.title}: a peer matches no pod: {join_phrases(on_host)} would match, but "
            f"{'is' if len(on_host) == 1 else 'are'} on the host's network, where no selector "
            "matches",
            policy=policy.title,
            fix="Remove hostNetwork from the pods, or allow the addresses of their nodes with "
            "an ipBlock instead.",
        )
    meant = _suggest_one_item(known, rule, peer) or _suggest(known, policy, peer)
    where = _name_namespaces(known, policy, peer)
    asked = None if meant.is_sure else find_opt_in(peer.pods, case.resources.pods)
    finding = CHECK.finding(
        peer.location,
        f"{rule.title}: a peer matches no pod: none has {peer.pods} in {where}{meant.hint}",
        policy=policy.title,
        fix=f"Put the label {asked} on the pods that are to be admitted."
        if asked
        else "Correct the selector or remove the peer, with its rule if it is the last one: "
        "a rule without peers allows everyone.",
        patches=meant.patches,
    )
    certainty = Certainty.SLIP if meant.is_sure else Certainty.MISSING
    if asked:
        certainty = judge_certainty(case, is_slip=False)
    spaces = _list_spaces(known, policy, peer)
    makers = (maker for space in spaces for maker in case.makers.of(PODS, space))
    return Absent(
        finding,
        "peer",
        policy.namespace,
        certainty,
        tuple(dict.fromkeys(makers)),
    )


class _Meant(Struct, frozen=True):
    """What may be meant, whether it surely is, and patches that say so."""

    hint: str = ""
    is_sure: bool = False
    patches: tuple[Patch, ...] = ()


def _list_on_host(known: Knowledge, policy: Policy, peer: PodPeer) -> list[str]:
    """The workloads that it would match if they were not on their nodes' network."""
    hosts = known.pods & known.evaluator.universe.hosts
    spaces = _list_spaces(known, policy, peer)
    meant = (p for p in known.members(hosts) if p.namespace in spaces)
    return list(dict.fromkeys(str(p.workload) for p in meant if peer.pods.matches(p.labels)))


def _list_spaces(known: Knowledge, policy: Policy, peer: PodPeer) -> list[str]:
    if peer.namespaces is None:
        return [policy.namespace]
    return [space.name for space in known.selected(peer.namespaces)]


def _name_namespaces(known: Knowledge, policy: Policy, peer: PodPeer) -> str:
    return f"namespace {join_phrases(_list_spaces(known, policy, peer))}"


def _suggest_one_item(known: Knowledge, rule: Rule, peer: PodPeer) -> _Meant | None:
    """A namespaceSelector that was to be of the same item, as the pods there match."""
    if peer.namespaces is not None or not peer.pods.requirements:
        return None
    for index, other in enumerate(rule.peers):
        if not isinstance(other, PodPeer) or other.namespaces is None:
            continue
        if other.pods.requirements:
            continue
        both = PodPeer(other.namespaces, peer.pods, peer.location)
        meant = known.titles(known.peer(both, rule.namespace))
        if meant:
            word = rule.direction.peer_word
            hint = (
                f"; {join_phrases(meant)} would match, were it one item with {word}[{index}]: "
                f"as it is, {word}[{index}] admits every pod of its namespaces"
            )
            one_item = patches.replace_peer(rule, peer.location, _build_peer(both))
            alone = patches.remove(target_at(rule.policy, other.location), other.location.field)
            return _Meant(hint, is_sure=True, patches=(one_item | alone,))
    return None


def _build_peer(peer: PodPeer) -> Part:
    spaces = peer.namespaces
    named = {} if spaces is None else {"namespaceSelector": build_selector(spaces)}
    return {**named, "podSelector": build_selector(peer.pods)}


def _suggest(known: Knowledge, policy: Policy, peer: PodPeer) -> _Meant:
    """Which pods may have been meant, and a peer that names them."""
    universe, selection = known.evaluator.universe, known.evaluator.selection
    home = 0
    for name in _list_spaces(known, policy, peer):
        home |= selection.namespace(name).sure
    near = find_nearest_pod(peer.pods, known.members(home & universe.selectable))
    labels = correct_labels(peer.pods, near)
    misplaced = describe_misplaced(peer.pods, known.members(home & universe.selectable))
    if misplaced:
        return _Meant(f"; {misplaced}", is_sure=True)
    if near and labels:
        target = target_of(policy)
        field = f"{peer.location.field}.podSelector"
        corrected = patches.replace(target, field, match_labels(labels))
        return _Meant(f"; {near}", is_sure=True, patches=(corrected,))
    elsewhere = selection.pods(peer.pods).sure & known.pods if peer.pods.requirements else 0
    for pod in known.members(elsewhere):
        hint = f"; {join_phrases(known.titles(elsewhere))} would match in another namespace"
        write = patches.insert if peer.namespaces is None else patches.replace
        added = write(
            target_of(policy),
            f"{peer.location.field}.namespaceSelector",
            match_labels({NAME_LABEL: pod.namespace}),
        )
        return _Meant(hint, is_sure=True, patches=(added,))
    return _Meant(f"; {near}" if near else "")


CHECK = Check(
    id="peer-matches-nothing",
    title="A peer matches no pod",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
