"""An egress ipBlock also opens pods of the cluster.

`0.0.0.0/0` is meant as "the internet", but most network plugins apply an ipBlock to every
address, those of pods included. Such a rule then lets a pod connect to any other pod whose
ingress is open, in every namespace.

The addresses of pods are those that the input gives, the ranges of its nodes, and otherwise the
pod ranges of the cluster: by default the private ranges, those of IPv6 only where the input
has such addresses. A block is reported when it holds the address of a pod, a part of a node's
range, or all of one of the other ranges.

Two sorts are notes, one of each policy: where a block holds some of the private ranges only,
and nothing says that pods are there (`--pod-ranges` does); and where the rule also allows port
53 to every address, as it then is how names are resolved, which excepted ranges would break.

PASS:

```yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  policyTypes: [Egress]
  egress:
    - to:
        - ipBlock:
            cidr: 0.0.0.0/0
            except: [10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.168.0.0/16]
```

FAIL:

```yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  policyTypes: [Egress]
  egress:
    - to:
        - ipBlock:
            cidr: 0.0.0.0/0
```

Fix: except the ranges of pods, and allow the pods that are meant by selectors.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from msgspec.structs import replace

from netsim.engine.space.universe import shown_families
from netsim.judge.case import Case
from netsim.judge.knowledge import Knowledge
from netsim.model.addresses import AddressSet, Family
from netsim.model.conventions import IpBlockPods
from netsim.model.finding import Finding, Related, Severity
from netsim.model.peers import BlockPeer
from netsim.model.policies import Direction, NumberedPorts, Policy, Rule, Tier
from netsim.rules import patches
from netsim.rules.interface import Check
from netsim.words.lists import join_phrases
from netsim.words.policy_parts import build_block

_DNS = 53


def _run(case: Case) -> Iterator[Finding]:
    if case.evaluator.selection.conventions.ipblock_pods is IpBlockPods.IGNORE:
        return
    opened = _Opened(Knowledge.of(case))
    for policy in case.resources.policies_of(Tier.NETWORK_POLICY):
        unsure = []
        for rule in policy.rules_of(Direction.EGRESS):
            for peer in rule.peers:
                if isinstance(peer, BlockPeer) and peer.addresses:
                    ranges, pods = opened.by(peer.addresses)
                    if not ranges and not pods:
                        continue
                    found = _finding(policy, rule, peer, ranges, pods)
                    if not opened.is_sure(ranges, pods):
                        where = f"{found.message}, where nothing says that pods are"
                        unsure.append(replace(found, message=where))
                    elif _resolves_names(rule, peer):
                        why = f"{found.message}, as it must to resolve names: it allows port 53"
                        unsure.append(replace(found, message=why))
                    else:
                        yield found
        if unsure:
            yield _join(unsure)


def _resolves_names(rule: Rule, peer: BlockPeer) -> bool:
    """Whether the rule lets pods ask DNS wherever it is, in the cluster too."""
    is_whole = ip_network(peer.cidr, strict=False).prefixlen == 0 and not peer.exceptions
    return is_whole and any(
        isinstance(port, NumberedPorts) and port.first <= _DNS <= port.last
        for port in rule.ports
    )


class _Opened:
    """Which pods a set of addresses holds; answers are kept, as many rules share a block."""

    def __init__(self, known: Knowledge) -> None:
        self._known = known
        nodes = known.evaluator.universe.resources.nodes
        self._nodes = AddressSet.union(node.pod_ranges for node in nodes)
        conventions = known.evaluator.selection.conventions
        self._families = frozenset(Family)
        if not conventions.has_stated_ranges:
            shown = shown_families(known.evaluator.universe.resources)
            self._families = shown | {Family.IPV4}
        self._answers: dict[AddressSet, tuple[AddressSet, list[str]]] = {}

    def by(self, addresses: AddressSet) -> tuple[AddressSet, list[str]]:
        """Ranges of pods, and known pods that are in none of these."""
        if addresses not in self._answers:
            ranges = (addresses & self._nodes) | self._supposed(addresses)
            self._answers[addresses] = ranges, self._pods(addresses, ranges)
        return self._answers[addresses]

    def is_sure(self, ranges: AddressSet, pods: list[str]) -> bool:
        """Whether some pod is there: one is known, or no range is left where they could be."""
        conventions = self._known.evaluator.selection.conventions
        if pods or ranges & self._nodes or conventions.has_stated_ranges:
            return True
        supposed = (
            AddressSet.of_range(family, interval)
            for family, interval in conventions.pod_ranges
            if family is Family.IPV4
        )
        return AddressSet.union(supposed) <= ranges

    def _supposed(self, addresses: AddressSet) -> AddressSet:
        conventions = self._known.evaluator.selection.conventions
        found = AddressSet.empty()
        if conventions.ipblock_pods is IpBlockPods.MATCH:
            for family, interval in conventions.pod_ranges:
                if family not in self._families:
                    continue
                area = AddressSet.of_range(family, interval)
                found |= area if area <= addresses else AddressSet.empty()
        return found

    def _pods(self, addresses: AddressSet, ranges: AddressSet) -> list[str]:
        rest = addresses - ranges
        return [
            f"{pod.title} ({pod.addresses & rest})"
            for pod in self._known.members(self._known.evaluator.universe.selectable)
            if pod.addresses and pod.addresses & rest
        ]


def _finding(
    policy: Policy, rule: Rule, peer: BlockPeer, ranges: AddressSet, pods: list[str]
) -> Finding:
    exceptions = _except(peer, ranges)
    what = [*(f"the pod range {block}" for block in ranges.cidrs()), *pods]
    return CHECK.finding(
        peer.location,
        f"{rule.title}: the block {peer.cidr} also opens {join_phrases(what)}",
        policy=policy.title,
        fix="Except the ranges of pods from the block, and allow the pods that are meant "
        "by selectors.",
        patches=(
            (patches.replace_peer(rule, peer.location, build_block(peer.cidr, exceptions)),)
            if exceptions
            else ()
        ),
    )


def _join(findings: list[Finding]) -> Finding:
    """The note about the blocks of a policy."""
    first, *others = findings
    related = tuple(Related(each.location, each.message) for each in others)
    return replace(first, severity=Severity.NOTE, related=related)


def _except(peer: BlockPeer, ranges: AddressSet) -> tuple[str, ...]:
    """The exceptions of the block and these; none where nothing would be left of it."""
    excepted = AddressSet.of(peer.exceptions)
    blocks = (ranges - excepted).cidrs()
    if not blocks or ip_network(peer.cidr, strict=False) in map(ip_network, blocks):
        return ()
    kept = (each for each in peer.exceptions if not AddressSet.parse(each) <= ranges)
    return (*kept, *map(str, blocks))


CHECK = Check(
    id="ipblock-opens-pods",
    title="An egress ipBlock also opens pods",
    severity=Severity.WARNING,
    run=_run,
    risk=5.5,
)
"""The rule."""
