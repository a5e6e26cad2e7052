"""A plan as documents: NetworkPolicies, or ClusterNetworkPolicies where these can say it.

For each namespace there is a default deny, then a policy for each set of pods that a rule is
about, named after it.  Sorted, so that the same plan is the same text.

A ClusterNetworkPolicy matches no address outside of the cluster as a source
(network-policy-api, apis/v1alpha2, ``ClusterNetworkPolicyIngressPeer``).  So the default deny,
and ingress from addresses, are NetworkPolicies in either form.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from netsim.generation.blocks import cover
from netsim.generation.plan import Plan, PlannedRule
from netsim.generation.region import Place, Region
from netsim.generation.text import Remarked, Value
from netsim.intent.scenario.endpoints import ANY_NAMESPACE
from netsim.model.flow import DocumentedFlow
from netsim.model.labels import Operator, Requirement
from netsim.model.policies import Direction, PolicyApi
from netsim.model.ports import HIGHEST_PORT, LOWEST_PORT, PortSet, Protocol
from netsim.model.resources import NAME_LABEL

DEFAULT_DENY = "default-deny"
DNS = "allow-dns"
_LONGEST_NAME = 63
_MOST = 25
"""Rules, peers, networks and protocols that a ClusterNetworkPolicy may list."""
_Item = TypeVar("_Item")
_PEERS = {Direction.INGRESS: "from", Direction.EGRESS: "to"}


class ClusterRank(Struct, frozen=True):
    """The priority of ClusterNetworkPolicies, and the names that others have."""

    priority: int
    taken: frozenset[str] = frozenset()


def write_policies(
    plan: Plan, api: PolicyApi, heading: tuple[str, ...], rank: ClusterRank
) -> tuple[Remarked, ...]:
    """The documents; ``heading`` is in comments above the first."""
    taken = set(rank.taken)
    documents: list[Remarked] = []
    subjects: dict[str, dict[Place, list[PlannedRule]]] = defaultdict(lambda: defaultdict(list))
    for rule in plan.rules:
        for subject in rule.subjects:
            subjects[subject.namespace][subject].append(rule)
    for namespace in sorted(plan.namespaces):
        documents.append(_deny_by_default(namespace, plan.directions))
        own = subjects[namespace]
        names = _name_subjects(own)
        for subject in sorted(own, key=lambda each: names[each]):
            rules = sorted(own[subject], key=_order)
            name = names[subject]
            if api is PolicyApi.NETWORK_POLICY:
                documents.append(_network_policy(name, subject, rules))
            else:
                documents += _write_for_cluster(name, subject, rules, rank.priority, taken)
    first, *rest = documents
    return replace(first, remarks=(*heading, "", *first.remarks)), *rest


def _order(rule: PlannedRule) -> tuple[str, str, str]:
    return rule.peer_title, str(rule.ports), str(rule.peer)


def _write_for_cluster(
    name: str, subject: Place, rules: list[PlannedRule], priority: int, taken: set[str]
) -> Iterator[Remarked]:
    # As a source, addresses are for a NetworkPolicy; the pods beside them need no other.
    outside = [r for r in rules if r.direction is Direction.INGRESS and r.peer.addresses]
    inside = [
        replace(rule, peer=Region(rule.peer.places)) if rule in outside else rule
        for rule in rules
    ]
    inside = [rule for rule in inside if not rule.peer.is_empty]
    if outside:
        addresses = [replace(r, peer=Region((), r.peer.addresses)) for r in outside]
        yield _network_policy(name, subject, addresses)
    if inside:
        yield from _cluster_policies(name, subject, inside, priority, taken)


# --- NetworkPolicy ---


def _deny_by_default(namespace: str, directions: tuple[Direction, ...]) -> Remarked:
    types = [each.value for each in Direction if each in directions]
    document = _head("networking.k8s.io/v1", "NetworkPolicy", DEFAULT_DENY, namespace)
    document["spec"] = {"podSelector": {}, "policyTypes": types}
    return Remarked(document, (f"In {namespace}, what is not documented is denied.",))


def _network_policy(name: str, subject: Place, rules: Iterable[PlannedRule]) -> Remarked:
    spec: dict[str, Value] = {"podSelector": _selector(subject.requirements)}
    lists: dict[Direction, list[Value]] = {}
    titles: dict[str, None] = {}
    for rule in rules:
        lists.setdefault(rule.direction, []).append(_network_rule(rule, subject))
        titles[rule.protects] = None
    types = [each.value for each in Direction if each in lists]
    spec["policyTypes"] = types
    spec |= {each.word: lists[each] for each in Direction if each in lists}
    document = _head("networking.k8s.io/v1", "NetworkPolicy", name, subject.namespace)
    return Remarked({**document, "spec": spec}, (_introduce(subject, titles),))


def _network_rule(rule: PlannedRule, subject: Place) -> Remarked:
    peers: list[Value] = [_network_peer(place, subject.namespace) for place in rule.peer.places]
    for block in cover(rule.peer.addresses):
        inner: dict[str, Value] = {"cidr": block.cidr}
        if block.exceptions:
            inner["except"] = list(block.exceptions)
        peers.append({"ipBlock": inner})
    written: dict[str, Value] = {_PEERS[rule.direction]: peers}
    if rule.ports != PortSet.full():
        written["ports"] = list(_network_ports(rule.ports))
    return Remarked(written, _cite(rule.flows))


def _network_peer(place: Place, home: str) -> Value:
    if place.namespace == home:
        return {"podSelector": _selector(place.requirements)}
    peer: dict[str, Value] = {"namespaceSelector": _namespaces(place)}
    if place.requirements:
        peer["podSelector"] = _selector(place.requirements)
    return peer


def _network_ports(ports: PortSet) -> Iterator[Value]:
    for protocol, low, high in _list_ports(ports):
        entry: dict[str, Value] = {"protocol": protocol.value}
        if (low, high) != (LOWEST_PORT, HIGHEST_PORT):
            entry["port"] = low
            if high > low:
                entry["endPort"] = high
        yield entry


# --- ClusterNetworkPolicy ---


def _cluster_policies(
    name: str, subject: Place, rules: list[PlannedRule], priority: int, taken: set[str]
) -> Iterator[Remarked]:
    """One, or as many as it takes for the rules that one may have."""
    lists = {
        direction: [
            written
            for rule in rules
            if rule.direction is direction
            for written in _cluster_rules(rule)
        ]
        for direction in Direction
    }
    titles = dict.fromkeys(rule.protects for rule in rules)
    while any(lists.values()):
        own = _distinguish(f"{subject.namespace}-{name}", taken)
        document = _head("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy", own, "")
        pods = {"namespaceSelector": _namespaces(subject)}
        spec: dict[str, Value] = {
            "tier": "Admin",
            "priority": priority,
            "subject": {"pods": {**pods, "podSelector": _selector(subject.requirements)}},
        }
        for direction in Direction:
            if part := lists[direction][:_MOST]:
                spec[direction.word] = part
            del lists[direction][:_MOST]
        yield Remarked({**document, "spec": spec}, (_introduce(subject, titles),))


def _cluster_rules(rule: PlannedRule) -> Iterator[Remarked]:
    peers: list[Value] = [
        {
            "pods": {
                "namespaceSelector": _namespaces(place),
                "podSelector": _selector(place.requirements),
            }
        }
        for place in rule.peer.places
    ]
    cidrs = rule.peer.addresses.cidrs()
    peers += [{"networks": list(part)} for part in _divide(cidrs)]
    protocols = list(_cluster_ports(rule.ports)) if rule.ports != PortSet.full() else []
    for some_peers in _divide(peers):
        for some_ports in _divide(protocols) or [[]]:
            written: dict[str, Value] = {"action": "Accept"}
            written[_PEERS[rule.direction]] = some_peers
            if some_ports:
                written["protocols"] = some_ports
            yield Remarked(written, _cite(rule.flows))


def _cluster_ports(ports: PortSet) -> Iterator[Value]:
    for protocol, low, high in _list_ports(ports):
        port: Value = {"number": low} if low == high else {"range": {"start": low, "end": high}}
        yield {protocol.value.lower(): {"destinationPort": port}}


def _divide(items: Iterable[_Item]) -> list[list[_Item]]:
    every = list(items)
    return [every[start : start + _MOST] for start in range(0, len(every), _MOST)]


# --- what both have in common ---


def _head(api: str, kind: str, name: str, namespace: str) -> dict[str, Value]:
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"apiVersion": api, "kind": kind, "metadata": metadata}


def _introduce(subject: Place, titles: Iterable[str]) -> str:
    if not subject.requirements:
        return f"For every pod of {subject.namespace}."
    return f"For {', '.join(titles)}."


def _selector(requirements: Iterable[Requirement]) -> dict[str, Value]:
    labels: dict[str, Value] = {}
    expressions: list[Value] = []
    for each in requirements:
        if each.operator is Operator.IN and len(each.values) == 1 and each.key not in labels:
            labels[each.key] = each.values[0]
            continue
        entry: dict[str, Value] = {"key": each.key, "operator": each.operator.value}
        if each.values:
            entry["values"] = list(each.values)
        expressions.append(entry)
    found: dict[str, Value] = {}
    if labels:
        found["matchLabels"] = labels
    if expressions:
        found["matchExpressions"] = expressions
    return found


def _namespaces(place: Place) -> dict[str, Value]:
    if place.namespace != ANY_NAMESPACE:
        return {"matchLabels": {NAME_LABEL: place.namespace}}
    if place.without:
        return _selector((Requirement(NAME_LABEL, Operator.NOT_IN, place.without),))
    return {}


def _list_ports(ports: PortSet) -> Iterator[tuple[Protocol, int, int]]:
    for protocol in Protocol:
        for low, high in ports.ports(protocol):
            yield protocol, low, high


def _cite(flows: Iterable[DocumentedFlow]) -> tuple[str, ...]:
    """A line for each documented flow: where it stands, what it says, and why."""
    lines = []
    for flow in flows:
        because = f": {flow.because}" if flow.because else ""
        ends = f"{flow.source} → {flow.destination}"
        lines.append(f"{flow.location} {ends} ({_describe(flow.ports)}){because}")
    return tuple(dict.fromkeys(lines))


def _describe(ports: PortSet) -> str:
    """``port 4000``, ``UDP port 53, TCP port 53``, ``every port``."""
    if ports == PortSet.full():
        return "every port"
    parts = []
    for protocol in Protocol:
        own = ports.ports(protocol)
        prefix = (
            "" if protocol is Protocol.TCP and ports == ports.restricted(protocol) else protocol
        )
        if own == ((LOWEST_PORT, HIGHEST_PORT),):
            parts.append(f"every {protocol} port")
        elif own:
            numbers = [str(low) if low == high else f"{low}-{high}" for low, high in own]
            word = "port" if len(numbers) == 1 and own[0][0] == own[0][1] else "ports"
            parts.append(f"{prefix} {word} {', '.join(numbers)}".strip())
    return ", ".join(parts)


def _name_subjects(subjects: dict[Place, list[PlannedRule]]) -> dict[Place, str]:
    """A name for the policies of each, after what they protect, and none twice."""
    taken = {DEFAULT_DENY}
    found: dict[Place, str] = {}
    for place in sorted(subjects, key=lambda each: (len(each.requirements), str(each))):
        rules = subjects[place]
        is_wide = all(each.operator is not Operator.IN for each in place.requirements)
        is_dns = is_wide and all(rule.is_dns for rule in rules)
        base = DNS if is_dns else _slug(rules[0].protects)
        found[place] = _distinguish(base, taken)
    return found


def _distinguish(base: str, taken: set[str]) -> str:
    """The name, or with a number where another has it; it is taken from then on."""
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    taken.add(name)
    return name


def _slug(title: str) -> str:
    """A title as the name of an object."""
    letters = unicodedata.normalize("NFKD", title.casefold())
    words = re.findall(r"[a-z0-9]+", re.sub(r"[\u0300-\u036f]", "", letters))
    return "-".join(words)[: _LONGEST_NAME - 4].strip("-") or "pods"
