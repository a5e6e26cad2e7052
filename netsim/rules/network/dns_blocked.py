"""Pods cannot resolve names, as policies block their queries.

Isolation for egress closes port 53 with everything else. A rule that lets a pod connect to a
database does not help when the pod cannot look up the database's address, and the failure is a
time-out far from its cause. The same happens where a policy of an admin tier denies the
queries, or where the DNS pods are isolated for ingress and no rule lets the queries in.

DNS means the pods behind the DNS Service (kube-dns or coredns in kube-system, dns-default in
openshift-dns), or labelled like them, where the input or the scenario has them. Policies see
the ports of these pods: where they listen on 5353, a rule for 53 lets nothing through, nor does
one for the Service's address. A cache on the pod's node counts, too, at its pods or at
169.254.20.10. Where the input has no DNS pods, any egress rule for port 53 that leads out of
the policy's namespace counts (5353, where it names openshift-dns).

DNS over TCP is a note: it carries the answers that do not fit a datagram. Pods that may connect
to nothing at all also get a note, as that may be intended. Pods on their node's network, and
those whose `dnsPolicy` is Default or None, do not ask the cluster's DNS.

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

Fix: allow egress to the pods of the cluster's DNS on the UDP and TCP port that they listen on,
best with one policy for all pods of the namespace, and ingress to these pods.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from netsim.engine.explain.verdicts import direction_verdict
from netsim.engine.policy.flow import Flow
from netsim.engine.space import bits
from netsim.judge.case import Case
from netsim.judge.dns import PORT, Dns, DnsTarget
from netsim.judge.dns_queries import DnsQueries
from netsim.judge.knowledge import Knowledge
from netsim.model.finding import Finding, Related, Severity
from netsim.model.location import Location
from netsim.model.policies import Direction, Policy, Tier
from netsim.model.ports import PortSet, Protocol
from netsim.rules import patches
from netsim.rules.interface import Check
from netsim.words.lists import join_all, join_phrases
from netsim.words.policy_parts import (
    Part,
    build_pod_peer,
    build_policy,
    build_rule,
    match_labels,
    name_label,
)


class _DnsFault(Struct, frozen=True):
    """Pods whose queries one end blocks, over one protocol, and how much it matters."""

    direction: Direction
    protocol: Protocol
    pods: int
    severity: Severity
    what: str


def _run(case: Case) -> Iterator[Finding]:
    known = Knowledge.of(case)
    queries = DnsQueries(known, Dns.of(known))
    for fault in _find_faults(queries):
        if fault.direction is Direction.EGRESS:
            yield from _report_egress(queries, fault)
        else:
            yield from _report_ingress(queries, fault)


def _find_faults(queries: DnsQueries) -> Iterator[_DnsFault]:
    udp, tcp = Protocol.UDP, Protocol.TCP
    sent, sent_tcp = queries.sending(udp), queries.sending(tcp)
    answered, answered_tcp = queries.resolving(udp), queries.resolving(tcp)
    mute = queries.pods & ~sent
    active = queries.active(mute)
    egress, ingress = Direction.EGRESS, Direction.INGRESS
    cannot, lost = "cannot resolve names", "DNS over TCP blocked (large answers)"
    yield _DnsFault(egress, udp, mute & active, Severity.WARNING, cannot)
    yield _DnsFault(egress, udp, mute & ~active, Severity.NOTE, "")
    yield _DnsFault(egress, tcp, sent & ~sent_tcp, Severity.NOTE, lost)
    yield _DnsFault(ingress, udp, sent & ~answered, Severity.WARNING, cannot)
    unheard = answered & sent_tcp & ~answered_tcp
    yield _DnsFault(ingress, tcp, unheard, Severity.NOTE, lost)


def _report_egress(queries: DnsQueries, fault: _DnsFault) -> Iterator[Finding]:
    port = _describe_port(queries.dns, fault.protocol)
    denied = 0
    for rule, pods in queries.denying(fault.pods, fault.protocol):
        denied |= pods
        what = fault.what or "may connect to nothing, not even to DNS"
        text = f"{what}: {rule.title} denies {port} to DNS"
        fix = (
            f"Allow {_list_ports(queries.dns)} to the cluster's DNS in a rule before this one."
        )
        yield _finding(queries, fault, pods, text, rule.location, rule.policy.title, fix)
    isolating = _list_isolating(queries.known)
    for policy, pods in _blame_policies(queries, fault.pods & ~denied):
        text = (
            f"{fault.what}: no egress rule allows {port} to DNS"
            if fault.what
            else f"may connect to nothing, not even to DNS ({port})"
        )
        fix = (
            f"Allow egress to the cluster's DNS on {_list_ports(queries.dns)}, for every pod "
            f"of namespace {policy.namespace}."
        )
        found = _finding(queries, fault, pods, text, policy.location, policy.title, fix)
        yield replace(
            found,
            related=tuple(_list_others(isolating[policy.namespace], policy, pods)),
            patches=(patches.add_document(policy.location, _allow_dns(queries.dns, policy)),),
        )


def _allow_dns(dns: Dns, policy: Policy) -> Part:
    """A policy that lets every pod of the namespace of a policy ask the cluster's DNS."""
    egress = Direction.EGRESS
    rule = build_rule(
        egress, [build_pod_peer(dict(dns.labels.pairs), name_label(dns.namespace))], dns.ports
    )
    return build_policy("allow-dns", policy.namespace, {}, (egress,), {egress: [rule]})


def _report_ingress(queries: DnsQueries, fault: _DnsFault) -> Iterator[Finding]:
    """Queries that are sent, and that the policies of the DNS pods do not let in."""
    dns = queries.dns
    port, ports = _describe_port(dns, fault.protocol), _list_ports(dns)
    for blame, pods in _blame_servers(queries, fault).items():
        text = f"{fault.what}: {blame.denies} {port} to DNS"
        fix = f"Allow ingress to the DNS pods on {ports} from all namespaces."
        if blame.tier.is_ordered:
            fix = f"Allow {ports} to the DNS pods in a rule before this one."
        found = _finding(queries, fault, pods, text, blame.location, blame.policy, fix)
        if not blame.tier.is_ordered:
            added = patches.add_document(blame.location, _allow_queries(dns))
            found = replace(found, patches=(added,))
        yield found


def _allow_queries(dns: Dns) -> Part:
    """A policy that lets everyone ask the DNS pods."""
    ingress, pods = Direction.INGRESS, match_labels(dict(dns.labels.pairs))
    rules = {ingress: [build_rule(ingress, (), dns.ports)]}
    return build_policy("allow-dns-queries", dns.namespace, pods, (ingress,), rules)


class _Blame(Struct, frozen=True):
    """A policy that turns queries away at the DNS pods, and in which words."""

    policy: str
    denies: str
    location: Location
    tier: Tier


def _blame_servers(queries: DnsQueries, fault: _DnsFault) -> dict[_Blame, int]:
    """What turns queries away at the DNS pods, and whose."""
    ruled = queries.evaluator.chains[Direction.INGRESS].ruled
    found: dict[_Blame, int] = defaultdict(int)
    known: dict[DnsTarget, _Blame | None] = {}
    for pod in bits.members(fault.pods):
        target = queries.targets_of(fault.protocol, pod)[0]
        # Where no rule stands in an order, whatever isolates the server does so to all.
        if target not in known or bits.contains(ruled, target.number):
            known[target] = _blame_policy(queries, pod, target)
        blame = known[target]
        if blame:
            found[blame] |= 1 << pod
    return found


def _blame_policy(queries: DnsQueries, pod: int, target: DnsTarget) -> _Blame | None:
    flow = Flow(Direction.INGRESS, pod, target.number)
    verdict = direction_verdict(queries.evaluator, flow, (target.protocol, target.port))
    if verdict.tier.is_ordered and verdict.rules:
        rule = verdict.rules[0]
        return _Blame(rule.policy.title, f"{rule.title} denies", rule.location, verdict.tier)
    for policy in verdict.policies:
        words = f"{policy.title} isolates the DNS pods, and no ingress rule allows"
        return _Blame(policy.title, words, policy.location, verdict.tier)
    return None


def _describe_port(dns: Dns, protocol: Protocol) -> str:
    """The port of the pods, which is the one that policies see."""
    own = dns.ports.ports(protocol)
    if not own:
        return f"{protocol} {PORT}"
    only = PortSet.of(protocol, PORT)
    if dns.ports.restricted(protocol) == only:
        return str(only)
    return f"{dns.ports.restricted(protocol)} (where the pods behind port {PORT} listen)"


def _list_ports(dns: Dns) -> str:
    numbers = [str(low) for low, _ in (dns.ports.udp or dns.ports.tcp)]
    return f"UDP and TCP {join_all(numbers)}"


def _list_isolating(known: Knowledge) -> dict[str, list[tuple[Policy, int]]]:
    isolating: dict[str, list[tuple[Policy, int]]] = defaultdict(list)
    for policy, subject in known.evaluator.subjects[Tier.NETWORK_POLICY]:
        if Direction.EGRESS in policy.directions:
            isolating[policy.namespace].append((policy, subject.possible))
    return isolating


def _blame_policies(queries: DnsQueries, faulty: int) -> Iterator[tuple[Policy, int]]:
    """The pods by the policy to blame.

    A policy all of whose pods are at fault comes before one that others complete, and among
    the former the one for the whole namespace, so that one cause is one finding.
    """
    policies = [
        (policy, subject.sure & queries.pods)
        for policy, subject in queries.evaluator.subjects[Tier.NETWORK_POLICY]
        if Direction.EGRESS in policy.directions and subject.sure & faulty
    ]
    policies.sort(key=lambda item: len(item[0].subject.pods.requirements))
    entirely = [item for item in policies if not item[1] & ~faulty]
    for policy, subject in (*entirely, *reversed(policies)):
        if subject & faulty:
            yield policy, subject & faulty
            faulty &= ~subject


def _finding(
    queries: DnsQueries,
    fault: _DnsFault,
    pods: int,
    text: str,
    location: Location,
    policy: str,
    fix: str,
) -> Finding:
    return CHECK.finding(
        location,
        f"{join_phrases(queries.titles(pods))}: {text}",
        severity=fault.severity,
        policy=policy,
        fix=fix,
    )


def _list_others(
    isolating: list[tuple[Policy, int]], policy: Policy, pods: int
) -> Iterator[Related]:
    for other, subject in isolating:
        if other is not policy and subject & pods:
            yield Related(other.location, f"{other.title} also isolates them for egress")


CHECK = Check(
    id="dns-blocked",
    title="Pods cannot resolve names",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
