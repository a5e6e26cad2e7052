"""A peer of a rule adds nothing, as another peer of the rule covers it.

The items of `from` and `to` are alternatives. A `namespaceSelector` and a `podSelector` that
are two items mean "any pod of those namespaces, or such a pod of this one"; to mean "such a pod
of those namespaces" they are one item. Where the namespaces hold the policy's own, the
podSelector restricts nothing, which is a warning. Anything else that is covered, such as a
block within another one, is a note.

PASS:

```yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress:
    - from:
        - namespaceSelector: {}
          podSelector: {matchLabels: {app: web}}
```

FAIL:

```yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress:
    - from:
        - namespaceSelector: {}
        - podSelector: {matchLabels: {app: web}}
```

Fix: join the two items into one where both must hold, or remove the peer that adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from itertools import product

from netsim.judge.case import Case
from netsim.model.edit import Patch
from netsim.model.finding import Finding, Related, Severity
from netsim.model.labels import Labels, Operator, Requirement, Selector
from netsim.model.peers import BlockPeer, Peer, PodPeer
from netsim.model.placeholders import compare
from netsim.model.policies import Direction, Policy, Rule, Tier
from netsim.model.resources import NAME_LABEL
from netsim.model.truth import Truth
from netsim.rules import patches
from netsim.rules.interface import Check
from netsim.rules.patches import target_at
from netsim.words.policy_parts import build_selector

_WORDS = {Direction.INGRESS: "from", Direction.EGRESS: "to"}


def _run(case: Case) -> Iterator[Finding]:
    labels = {space.name: space.labels for space in case.resources.namespaces}
    for policy in case.resources.policies_of(Tier.NETWORK_POLICY):
        home = labels.get(policy.namespace) or Labels.of({NAME_LABEL: policy.namespace})
        for rule in policy.rules:
            if len(rule.peers) > 1:
                for inner, outer in _find_covered(rule.peers, home):
                    yield _finding(policy, rule, inner, outer)


def _find_covered(peers: tuple[Peer, ...], home: Labels) -> Iterator[tuple[int, int]]:
    """Each peer that another one covers, with that one; of two equal ones the later."""
    blocks = _Blocks(peers) if sum(isinstance(p, BlockPeer) for p in peers) > 1 else None
    selecting = [n for n, peer in enumerate(peers) if isinstance(peer, PodPeer)]
    for inner, peer in enumerate(peers):
        others: Iterator[int] = iter(())
        if isinstance(peer, PodPeer):
            others = (n for n in selecting if n != inner and _covers(peers[n], peer, home))
        elif isinstance(peer, BlockPeer) and blocks:
            others = blocks.around(inner, peer)
        for outer in others:
            if outer < inner or not _is_equal(peer, peers[outer], home):
                yield inner, outer
                break


def _is_equal(peer: Peer, other: Peer, home: Labels) -> bool:
    if isinstance(peer, BlockPeer) and isinstance(other, BlockPeer):
        return peer.addresses == other.addresses
    return _covers(peer, other, home)


def _covers(outer: Peer, inner: Peer, home: Labels) -> bool:
    """Whether a peer stands for all pods, written or not, that another one stands for."""
    if not isinstance(outer, PodPeer) or not isinstance(inner, PodPeer):
        return False
    return _covers_namespaces(outer, inner, home) and _implies(inner.pods, outer.pods)


def _covers_namespaces(outer: PodPeer, inner: PodPeer, home: Labels) -> bool:
    if outer.namespaces is None:
        return inner.namespaces is None or _means_home(inner.namespaces, home)
    if inner.namespaces is None or _means_home(inner.namespaces, home):
        return outer.namespaces.matches(home)
    return _implies(inner.namespaces, outer.namespaces)


def _means_home(selector: Selector, home: Labels) -> bool:
    """Whether a namespaceSelector names the policy's own namespace, which is one alone."""
    own = Requirement(NAME_LABEL, Operator.IN, (home.get(NAME_LABEL) or "",))
    return own in selector.requirements


def _implies(strict: Selector, wide: Selector) -> bool:
    """Whether whatever one selector matches, another one matches, too."""
    return all(
        any(_is_implied(wanted, given) for given in strict.requirements)
        for wanted in wide.requirements
    )


def _is_implied(wanted: Requirement, given: Requirement) -> bool:
    if wanted.key != given.key:
        return False
    match wanted.operator, given.operator:
        case (Operator.IN, Operator.IN) | (Operator.NOT_IN, Operator.NOT_IN):
            inner, outer = set(given.values), set(wanted.values)
            return inner <= outer if wanted.operator is Operator.IN else outer <= inner
        case Operator.EXISTS, Operator.IN:
            return True
        case Operator.NOT_IN, Operator.IN:
            both = product(wanted.values, given.values)
            return all(compare(one, other) is Truth.NO for one, other in both)
        case Operator.NOT_IN, Operator.DOES_NOT_EXIST:
            return True
    return wanted.operator is given.operator


class _Blocks:
    """The blocks of a rule, to find those around one without comparing it with all."""

    def __init__(self, peers: tuple[Peer, ...]) -> None:
        self._whole: dict[object, list[int]] = {}
        self._holed: list[tuple[int, BlockPeer]] = []
        for number, peer in enumerate(peers):
            if isinstance(peer, BlockPeer) and peer.addresses is not None:
                if peer.exceptions:
                    self._holed.append((number, peer))
                else:
                    network = ip_network(peer.cidr, strict=False)
                    self._whole.setdefault(network, []).append(number)

    def around(self, own: int, peer: BlockPeer) -> Iterator[int]:
        """The blocks that hold all addresses of one; O(its prefix length)."""
        if not peer.addresses:
            return
        network = ip_network(peer.cidr, strict=False)
        for length in range(network.prefixlen + 1):
            for number in self._whole.get(network.supernet(new_prefix=length), ()):
                if number != own:
                    yield number
        for number, other in self._holed:
            if number != own and other.addresses and peer.addresses <= other.addresses:
                yield number


def _finding(policy: Policy, rule: Rule, inner: int, outer: int) -> Finding:
    word = _WORDS[rule.direction]
    peer, other = rule.peers[inner], rule.peers[outer]
    both = _join(peer, other)
    hint = "; items of the list are alternatives, to require both make them one item"
    return CHECK.finding(
        peer.location,
        f"{rule.title}: {word}[{inner}] ({_describe(peer)}) adds nothing to {word}[{outer}] "
        f"({_describe(other)}){hint if both else ''}",
        severity=Severity.WARNING if both else Severity.NOTE,
        policy=policy.title,
        related=(Related(other.location, f"{word}[{outer}] covers it"),),
        fix="Join the two items into one where both must hold, or remove the one that adds "
        "nothing.",
        patches=_list_patches(rule, peer, other, both),
    )


def _list_patches(
    rule: Rule, peer: Peer, other: Peer, both: PodPeer | None
) -> tuple[Patch, ...]:
    """One item of both, if that may be meant; else, as it changes nothing, without the one."""
    target = target_at(rule.policy, peer.location)
    if both is None or both.namespaces is None:
        return (patches.remove(target, peer.location.field),)
    item = {
        "namespaceSelector": build_selector(both.namespaces),
        "podSelector": build_selector(both.pods),
    }
    joined = patches.replace_peer(rule, peer.location, item)
    return (joined | patches.remove(target, other.location.field),)


def _join(peer: Peer, other: Peer) -> PodPeer | None:
    """What the two may have meant: such a pod of those namespaces."""
    if not isinstance(peer, PodPeer) or not isinstance(other, PodPeer):
        return None
    is_split = peer.namespaces is None and other.namespaces is not None
    if not is_split or not peer.pods.requirements or other.pods.requirements:
        return None
    return PodPeer(other.namespaces, peer.pods, peer.location)


def _describe(peer: Peer) -> str:
    if not isinstance(peer, PodPeer):
        return peer.describe()
    pods = f"pods with {peer.pods}" if peer.pods.requirements else "every pod"
    if peer.namespaces is None:
        return f"{pods} of its own namespace"
    if not peer.namespaces.requirements:
        return f"{pods} of any namespace"
    return f"{pods} of namespaces with {peer.namespaces}"


CHECK = Check(
    id="peer-covered",
    title="A peer adds nothing to another one",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
