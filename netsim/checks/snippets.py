"""YAML that mends a policy, as findings show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from netsim.model.labels import Labels
from netsim.model.resources import NAME_LABEL

_HEAD = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {name}
  namespace: {namespace}
spec:
  podSelector: {{}}
"""


def selector(field: str, labels: Mapping[str, str]) -> str:
    """A ``podSelector`` or ``namespaceSelector`` by labels."""
    return "\n".join((f"{field}:", "  matchLabels:", *_entries(labels, "    ")))


def dns_policy(namespace: str, dns: Labels) -> str:
    """A policy that lets every pod of a namespace resolve names."""
    return _HEAD.format(name="allow-dns", namespace=namespace) + "\n".join(
        (
            "  policyTypes: [Egress]",
            "  egress:",
            "    - to:",
            "        - namespaceSelector:",
            "            matchLabels:",
            f"              {NAME_LABEL}: kube-system",
            "          podSelector:",
            "            matchLabels:",
            *_entries(dict(dns.pairs), " " * 14),
            "      ports:",
            "        - {protocol: UDP, port: 53}",
            "        - {protocol: TCP, port: 53}",
        )
    )


def block(cidr: str, exceptions: Iterable[str]) -> str:
    """An ipBlock with exceptions."""
    lines = ("- ipBlock:", f"    cidr: {cidr}", "    except:")
    return "\n".join((*lines, *(f"      - {each}" for each in exceptions)))


def port(protocol: str, number: str | int) -> str:
    """An entry of ``ports``."""
    return f"- {{protocol: {protocol}, port: {number}}}"


def _entries(labels: Mapping[str, str], indent: str) -> list[str]:
    return [f"{indent}{key}: {quoted(value)}" for key, value in labels.items()]


def quoted(value: str) -> str:
    """A label value that YAML would not read as text gets quotes."""
    is_plain = value[:1].isalpha() and value.lower() not in _WORDS
    return value if is_plain else f'"{value}"'


_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
