"""Pods that are isolated for egress cannot resolve names.

Isolation for egress closes port 53 with everything else. A rule that lets a pod connect to a
database does not help when the pod cannot look up the database's address, and the failure is a
time-out far from its cause.

DNS means the pods labelled `k8s-app: kube-dns` in kube-system, where the input or the scenario
has them, or a cache at 169.254.20.10; otherwise any egress rule for port 53 that leads out of
the policy's namespace counts. Port 53 over TCP is a note: it carries the answers that do not
fit a datagram. Pods that may connect to nothing at all also get a note, as that may be
intended.

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
  podSelector: {matchLabels: {app: api}}
  policyTypes: [Egress]
  egress:
    - to:
        - ipBlock: {cidr: 203.0.113.7/32}
      ports:
        - {protocol: TCP, port: 5432}
    - to:
        - namespaceSelector:
            matchLabels: {kubernetes.io/metadata.name: kube-system}
          podSelector:
            matchLabels: {k8s-app: kube-dns}
      ports:
        - {protocol: UDP, port: 53}
        - {protocol: TCP, port: 53}
```

FAIL:

```yaml
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  policyTypes: [Egress]
  egress:
    - to:
        - ipBlock: {cidr: 203.0.113.7/32}
      ports:
        - {protocol: TCP, port: 5432}
```

Fix: allow egress to the cluster's DNS on UDP and TCP 53, best with one policy for all pods of
the namespace.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct

from netsim.engine.policy.compile import may_allow_port
from netsim.engine.policy.flow import Flow
from netsim.engine.space import bits
from netsim.judge.case import Case
from netsim.judge.knowledge import SYSTEM_NAMESPACE, Knowledge
from netsim.model.addresses import AddressSet
from netsim.model.finding import Finding, Related, Severity
from netsim.model.labels import Labels, Selector
from netsim.model.peers import BlockPeer, PodPeer, UnevaluatedPeer
from netsim.model.policies import Action, Direction, Policy, Rule, Tier
from netsim.model.ports import Protocol
from netsim.rules.interface import Check
from netsim.words import yaml
from netsim.words.lists import join_phrases

_PORT = 53
_DNS_LABELS = Labels.of({"k8s-app": "kube-dns"})
_NODE_CACHE = AddressSet.parse("169.254.20.10")


class _DnsFault(Struct, frozen=True):
    """Pods with the same fault, and how much it matters."""

    pods: int
    severity: Severity
    what: str


def _run(case: Case) -> Iterator[Finding]:
    known = Knowledge.of(case)
    isolating: dict[str, list[tuple[Policy, int]]] = defaultdict(list)
    for policy, subject in known.evaluator.subjects[Tier.NETWORK_POLICY]:
        if Direction.EGRESS in policy.directions:
            isolating[policy.namespace].append((policy, subject.possible))
    for fault in _find_faults(known, _find_servers(known)):
        for policy, pods in _blame_policies(known, fault.pods):
            related = _list_others(isolating[policy.namespace], policy, pods)
            yield _finding(known, fault, policy, pods, related)


def _find_servers(known: Knowledge) -> int:
    """The known pods that serve DNS."""
    selection = known.evaluator.selection
    home = known.pods & selection.namespace(SYSTEM_NAMESPACE).sure
    serves = Selector.of(dict(_DNS_LABELS.pairs))
    # Asked of the pods, as no policy may mention the label.
    found = 0
    for pod in known.members(home):
        if serves.matches(pod.labels):
            found |= 1 << known.evaluator.universe.bit(pod)
    return found


def _find_faults(known: Knowledge, dns: int) -> Iterator[_DnsFault]:
    chain = known.evaluator.chains[Direction.EGRESS]
    isolated = known.pods & chain.isolated & ~dns
    udp, tcp = (
        _find_resolving(known, protocol, dns) for protocol in (Protocol.UDP, Protocol.TCP)
    )
    active = _find_active(known)
    what = "cannot resolve names: no egress rule allows"
    yield _DnsFault(isolated & ~udp & active, Severity.WARNING, f"{what} UDP 53 to DNS")
    why = "may connect to nothing, not even to DNS (UDP 53)"
    yield _DnsFault(isolated & ~udp & ~active, Severity.NOTE, why)
    lost = "DNS over TCP blocked (large answers): no egress rule allows TCP 53 to DNS"
    yield _DnsFault(isolated & udp & ~tcp, Severity.NOTE, lost)


def _find_active(known: Knowledge) -> int:
    """The pods for which some egress rule exists, whether or not its peers are known."""
    found = 0
    for policy in known.evaluator.universe.resources.policies_of(Tier.NETWORK_POLICY):
        if policy.rules_of(Direction.EGRESS):
            found |= known.subject(policy)
    return found


def _find_resolving(known: Knowledge, protocol: Protocol, dns: int) -> int:
    """The pods that reach DNS over a protocol."""
    if not dns:
        return _find_leaving(known, protocol)
    targets = dns | known.evaluator.universe.outside(_NODE_CACHE)
    found = 0
    chain = known.evaluator.chains[Direction.EGRESS]
    for rectangle in chain[Tier.NETWORK_POLICY].rectangles:
        if rectangle.destinations & targets and (protocol, _PORT) in rectangle.ports:
            found |= rectangle.sources
    return _apply_tiers(known, protocol, targets, found)


def _apply_tiers(known: Knowledge, protocol: Protocol, targets: int, found: int) -> int:
    """Pods that reach DNS by NetworkPolicies, corrected by what an admin tier decides."""
    evaluator = known.evaluator
    ruled = evaluator.chains[Direction.EGRESS].ruled
    for pod in bits.members(ruled & known.pods):
        allowed = (
            evaluator.allowed_by(Flow(Direction.EGRESS, pod, target)).possible
            for target in bits.members(targets)
        )
        if any((protocol, _PORT) in ports for ports in allowed):
            found |= 1 << pod
        else:
            found &= ~(1 << pod)
    return found


def _find_leaving(known: Knowledge, protocol: Protocol) -> int:
    """The pods with a rule that may lead to DNS, wherever that is."""
    found = 0
    resources = known.evaluator.universe.resources
    for policy in (*resources.policies, *resources.unevaluated):
        rules = [r for r in policy.rules_of(Direction.EGRESS) if r.action is Action.ALLOW]
        if any(may_allow_port(rule, (protocol, _PORT)) and _leads_out(rule) for rule in rules):
            found |= known.subject(policy)
    return found


def _leads_out(rule: Rule) -> bool:
    if not rule.peers:
        return True
    return any(
        isinstance(peer, BlockPeer | UnevaluatedPeer)
        or (isinstance(peer, PodPeer) and peer.namespaces is not None)
        or rule.namespace == SYSTEM_NAMESPACE
        for peer in rule.peers
    )


def _blame_policies(known: Knowledge, faulty: int) -> Iterator[tuple[Policy, int]]:
    """The pods by the policy to blame.

    A policy all of whose pods are at fault comes before one that others complete, and among
    the former the one for the whole namespace, so that one cause is one finding.
    """
    policies = [
        (policy, subject.sure & known.pods)
        for policy, subject in known.evaluator.subjects[Tier.NETWORK_POLICY]
        if Direction.EGRESS in policy.directions and subject.sure & faulty
    ]
    policies.sort(key=lambda item: len(item[0].subject.pods.requirements))
    servers = _find_servers(known)
    entirely = [item for item in policies if not item[1] & ~faulty & ~servers]
    for policy, subject in (*entirely, *reversed(policies)):
        if subject & faulty:
            yield policy, subject & faulty
            faulty &= ~subject


def _finding(
    known: Knowledge,
    fault: _DnsFault,
    policy: Policy,
    pods: int,
    related: tuple[Related, ...],
) -> Finding:
    return CHECK.finding(
        policy.location,
        f"{join_phrases(known.titles(pods))}: {fault.what}",
        severity=fault.severity,
        policy=policy.title,
        related=related,
        fix="Allow egress to the cluster's DNS on UDP and TCP 53, for every pod of "
        f"namespace {policy.namespace}.",
        patch=yaml.dns_policy(policy.namespace, _DNS_LABELS),
    )


def _list_others(
    isolating: list[tuple[Policy, int]], policy: Policy, pods: int
) -> tuple[Related, ...]:
    return tuple(
        Related(other.location, f"{other.title} also isolates them for egress")
        for other, subject in isolating
        if other is not policy and subject & pods
    )


CHECK = Check(
    id="dns-blocked",
    title="Pods cannot resolve names",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
