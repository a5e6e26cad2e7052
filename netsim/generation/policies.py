"""The text of a plan: NetworkPolicies, or ClusterNetworkPolicies where these can say it.

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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from netsim.generation.blocks import cover
from netsim.generation.plan import Plan, PlannedRule
from netsim.generation.region import Place, Region
from netsim.intent.scenario.endpoints import ANY_NAMESPACE
from netsim.model.flow import DocumentedFlow
from netsim.model.labels import Operator, Requirement, Selector
from netsim.model.policies import Direction, PolicyApi
from netsim.model.ports import HIGHEST_PORT, LOWEST_PORT, PortSet, Protocol
from netsim.model.resources import NAME_LABEL
from netsim.words.policy_parts import (
    Part,
    build_block,
    build_policy,
    build_rule,
    build_selector,
    match_labels,
    name_label,
)
from netsim.words.printable import printable
from netsim.words.yaml import write

DEFAULT_DENY = "default-deny"
DNS = "allow-dns"
_LONGEST_NAME = 63
_MOST = 25
"""Rules, peers, networks and protocols that a ClusterNetworkPolicy may list."""
_Item = TypeVar("_Item")


class ClusterRank(Struct, frozen=True):
    """The priority of ClusterNetworkPolicies, and the names that others have."""

    priority: int
    taken: frozenset[str] = frozenset()


class Document(Struct, frozen=True):
    """An object with the comments above it, and above values within."""

    value: Part
    remarks: tuple[str, ...]
    citations: dict[tuple[str | int, ...], str]

    def write(self) -> str:
        """The YAML, which ends with a line break."""
        comments = {(): _remark(self.remarks), **self.citations}
        return f"{write(self.value, comments)}\n"


class _CitedRule(Struct, frozen=True):
    """A rule, and what asks for it."""

    value: Part
    citation: str


def write_policies(
    plan: Plan, api: PolicyApi, heading: tuple[str, ...], rank: ClusterRank
) -> tuple[Document, ...]:
    """The documents; ``heading`` is in comments above the first."""
    taken = set(rank.taken)
    documents: list[Document] = []
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
) -> Iterator[Document]:
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


def _deny_by_default(namespace: str, directions: tuple[Direction, ...]) -> Document:
    types = [each for each in Direction if each in directions]
    document = build_policy(DEFAULT_DENY, namespace, {}, types, {})
    return Document(document, (f"In {namespace}, what is not documented is denied.",), {})


def _network_policy(name: str, subject: Place, rules: Iterable[PlannedRule]) -> Document:
    lists: dict[Direction, list[_CitedRule]] = {}
    titles: dict[str, None] = {}
    for rule in rules:
        lists.setdefault(rule.direction, []).append(_network_rule(rule, subject))
        titles[rule.protects] = None
    types = [each for each in Direction if each in lists]
    values = {each: [rule.value for rule in lists[each]] for each in types}
    pods = _select(subject.requirements)
    document = build_policy(name, subject.namespace, pods, types, values)
    return Document(document, (_introduce(subject, titles),), _place_citations(lists))


def _network_rule(rule: PlannedRule, subject: Place) -> _CitedRule:
    peers = [_network_peer(place, subject.namespace) for place in rule.peer.places]
    peers += (build_block(each.cidr, each.exceptions) for each in cover(rule.peer.addresses))
    return _CitedRule(build_rule(rule.direction, peers, rule.ports), _cite(rule.flows))


def _network_peer(place: Place, home: str) -> Part:
    pods = {"podSelector": _select(place.requirements)}
    if place.namespace == home:
        return pods
    spaces = {"namespaceSelector": _namespaces(place)}
    return spaces | pods if place.requirements else spaces


# --- ClusterNetworkPolicy ---


def _cluster_policies(
    name: str, subject: Place, rules: list[PlannedRule], priority: int, taken: set[str]
) -> Iterator[Document]:
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
        parts = {each: lists[each][:_MOST] for each in Direction if lists[each]}
        for direction, part in parts.items():
            del lists[direction][: len(part)]
        spec = {"tier": "Admin", "priority": priority, "subject": _cluster_peer(subject)}
        spec |= {each.word: [rule.value for rule in part] for each, part in parts.items()}
        document = {
            "apiVersion": "policy.networking.k8s.io/v1alpha2",
            "kind": "ClusterNetworkPolicy",
            "metadata": {"name": own},
            "spec": spec,
        }
        yield Document(document, (_introduce(subject, titles),), _place_citations(parts))


def _cluster_peer(place: Place) -> Part:
    selectors = {
        "namespaceSelector": _namespaces(place),
        "podSelector": _select(place.requirements),
    }
    return {"pods": selectors}


def _cluster_rules(rule: PlannedRule) -> Iterator[_CitedRule]:
    peers = [_cluster_peer(place) for place in rule.peer.places]
    cidrs = rule.peer.addresses.cidrs()
    peers += [{"networks": list(part)} for part in _divide(cidrs)]
    protocols = list(_cluster_ports(rule.ports)) if rule.ports != PortSet.full() else []
    for some_peers in _divide(peers):
        for some_ports in _divide(protocols) or [[]]:
            written: Part = {"action": "Accept", rule.direction.peer_word: some_peers}
            if some_ports:
                written["protocols"] = some_ports
            yield _CitedRule(written, _cite(rule.flows))


def _cluster_ports(ports: PortSet) -> Iterator[Part]:
    for protocol in Protocol:
        for low, high in ports.ports(protocol):
            ends = {"range": {"start": low, "end": high}}
            port: Part = {"number": low} if low == high else ends
            yield {protocol.value.lower(): {"destinationPort": port}}


def _divide(items: Iterable[_Item]) -> list[list[_Item]]:
    every = list(items)
    return [every[start : start + _MOST] for start in range(0, len(every), _MOST)]


# --- what both have in common ---


def _introduce(subject: Place, titles: Iterable[str]) -> str:
    if not subject.requirements:
        return f"For every pod of {subject.namespace}."
    return f"For {', '.join(titles)}."


def _select(requirements: tuple[Requirement, ...]) -> Part:
    return build_selector(Selector(requirements))


def _namespaces(place: Place) -> Part:
    if place.namespace != ANY_NAMESPACE:
        return match_labels(name_label(place.namespace))
    if place.without:
        return _select((Requirement(NAME_LABEL, Operator.NOT_IN, place.without),))
    return {}


def _place_citations(
    rules: Mapping[Direction, Sequence[_CitedRule]],
) -> dict[tuple[str | int, ...], str]:
    return {
        ("spec", direction.word, number): rule.citation
        for direction, own in rules.items()
        for number, rule in enumerate(own)
    }


def _cite(flows: Iterable[DocumentedFlow]) -> str:
    """A line for each documented flow: where it stands, what it says, and why."""
    lines = []
    for flow in flows:
        because = f": {flow.because}" if flow.because else ""
        ends = f"{flow.source} → {flow.destination}"
        lines.append(f"{flow.location} {ends} ({_describe(flow.ports)}){because}")
    return _remark(dict.fromkeys(lines))


def _remark(lines: Iterable[str]) -> str:
    return "\n".join(map(printable, lines))


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
