"""YAML that fixes a finding, ready to paste."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from netsim.model.endpoint import Endpoint, ExternalEndpoint
from netsim.model.labels import Labels, Operator
from netsim.model.peers import PodPeer
from netsim.model.policies import Direction
from netsim.model.ports import PortSet, Protocol
from netsim.model.resources import NAME_LABEL, Pod

_PLAIN = re.compile(r"[A-Za-z]([A-Za-z0-9._/-]*[A-Za-z0-9])?")
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
_MADE_BY_CONTROLLERS = frozenset(
    (
        "pod-template-hash",
        "pod-template-generation",
        "controller-revision-hash",
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
    )
)


def scalar(text: str) -> str:
    """A text as YAML, in quotes unless it surely is read as text without."""
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return text if is_plain else quote(text)


def quote(text: str) -> str:
    """A text as YAML, in quotes."""
    import json  # only a finding needs it

    return json.dumps(text)


def policy_head(name: str, namespace: str) -> str:
    """A policy up to its ``spec``."""
    return "\n".join(
        (
            "apiVersion: networking.k8s.io/v1",
            "kind: NetworkPolicy",
            "metadata:",
            f"  name: {scalar(name)}",
            f"  namespace: {scalar(namespace)}",
            "spec:\n",
        )
    )


def default_deny(namespace: str) -> str:
    """A policy that isolates every pod of a namespace in both directions."""
    spec = "  podSelector: {}\n  policyTypes: [Ingress, Egress]"
    return policy_head("default-deny", namespace) + spec


def dns_policy(namespace: str, home: str, dns: Labels, ports: PortSet) -> str:
    """A policy that lets every pod of a namespace ask the DNS pods of namespace ``home``."""
    return policy_head("allow-dns", namespace) + "\n".join(
        (
            "  podSelector: {}",
            "  policyTypes: [Egress]",
            "  egress:",
            "    - to:",
            "        - namespaceSelector:",
            "            matchLabels:",
            f"              {NAME_LABEL}: {scalar(home)}",
            "          podSelector:",
            "            matchLabels:",
            *_entries(dict(dns.pairs), " " * 14),
            "      ports:",
            *(f"        - {entry}" for entry in _ports(ports)),
        )
    )


def dns_server_policy(home: str, dns: Labels, ports: PortSet) -> str:
    """A policy that lets everyone ask the DNS pods of a namespace."""
    return policy_head("allow-dns-queries", home) + "\n".join(
        (
            "  podSelector:",
            "    matchLabels:",
            *_entries(dict(dns.pairs), " " * 6),
            "  policyTypes: [Ingress]",
            "  ingress:",
            "    - ports:",
            *(f"        - {entry}" for entry in _ports(ports)),
        )
    )


def selector(field: str, labels: Mapping[str, str]) -> str:
    """A ``podSelector`` or ``namespaceSelector`` by labels."""
    return "\n".join((f"{field}:", "  matchLabels:", *_entries(labels, "    ")))


def _entries(labels: Mapping[str, str], indent: str) -> list[str]:
    return [f"{indent}{scalar(key)}: {scalar(value)}" for key, value in labels.items()]


def peer(found: PodPeer) -> str:
    """One item of ``from`` or ``to``; empty where more than labels tell its pods."""
    lines: list[str] = []
    for field, chosen in (
        ("namespaceSelector", found.namespaces),
        ("podSelector", found.pods),
    ):
        if chosen is None:
            continue
        if any(
            each.operator is not Operator.IN or len(each.values) != 1
            for each in chosen.requirements
        ):
            return ""
        labels = {each.key: each.values[0] for each in chosen.requirements}
        lines += (selector(field, labels) if labels else f"{field}: {{}}").splitlines()
    return "\n".join(f"{'  ' if number else '- '}{line}" for number, line in enumerate(lines))


def block(cidr: str, exceptions: Iterable[str]) -> str:
    """An ipBlock with exceptions."""
    lines = ("- ipBlock:", f"    cidr: {cidr}", "    except:")
    return "\n".join((*lines, *(f"      - {each}" for each in exceptions)))


def port(protocol: Protocol, name: str) -> str:
    """An entry of ``ports`` by name."""
    return f"- {{protocol: {protocol}, port: {scalar(name)}}}"


def numbered_port(protocol: Protocol, number: int) -> str:
    """An entry of ``ports`` by number."""
    return f"- {{protocol: {protocol}, port: {number}}}"


def rule(direction: Direction, peer: Endpoint, home: str, ports: PortSet) -> str:
    """A rule for ``spec.ingress`` or ``spec.egress`` of a policy in namespace ``home``."""
    word = "from" if direction is Direction.INGRESS else "to"
    lines = [f"- {word}:", *(f"  {line}" for line in _peers(peer, home))]
    if ports != PortSet.full():
        lines += ["  ports:", *(f"  - {entry}" for entry in _ports(ports))]
    return "\n".join(lines)


def _peers(peer: Endpoint, home: str) -> Iterator[str]:
    if isinstance(peer, ExternalEndpoint):
        yield from (f"- ipBlock: {{cidr: {cidr}}}" for cidr in peer.addresses.cidrs())
        return
    pods = f"podSelector: {{matchLabels: {_flow(shared_labels(peer.pods))}}}"
    namespace = peer.pods[0].namespace
    if namespace == home:
        yield f"- {pods}"
        return
    name = Labels.of({NAME_LABEL: namespace})
    yield f"- namespaceSelector: {{matchLabels: {_flow(name)}}}"
    yield f"  {pods}"


def _flow(labels: Labels) -> str:
    pairs = (f"{scalar(key)}: {quote(value)}" for key, value in labels.pairs)
    return f"{{{', '.join(pairs)}}}"


def _ports(ports: PortSet) -> Iterator[str]:
    for protocol in Protocol:
        if ports.restricted(protocol) == PortSet.all_of(protocol):
            yield f"{{protocol: {protocol}}}"
            continue
        for low, high in ports.ports(protocol):
            end = f", endPort: {high}" if high > low else ""
            yield f"{{protocol: {protocol}, port: {low}{end}}}"


def shared_labels(pods: Sequence[Pod]) -> Labels:
    """The labels that all the pods have, without those that change with each roll-out."""
    shared = set.intersection(*(set(pod.labels.pairs) for pod in pods))
    return Labels.of({k: v for k, v in shared if k not in _MADE_BY_CONTROLLERS})
