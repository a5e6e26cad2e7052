"""NetworkPolicies as nftables rules of a router, the way a routed network plugin has them.

Written from the API text of ``networking.k8s.io/v1`` and the concept page alone; nothing here
is shared with netsim, since it is what netsim is held against.  Each isolated pod has a chain
for each direction it is isolated in.  A packet passes the chain of its source, then that of
its destination; packets of a connection that came about, and errors about one, pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

from tests.fakes.laboratory.manifests import (
    Document,
    PodFacts,
    namespace_labels,
    namespace_of,
    node_addresses,
    of_kind,
    running_pods,
)
from tests.fakes.laboratory.selectors import matches

_TABLE = "ip policies"


class Denial(Enum):
    """What becomes of a packet that is denied; network plugins differ in it."""

    DROP = ("drop",)
    RESET = (
        "meta l4proto tcp reject with tcp reset",
        "reject with icmp port-unreachable",
    )
    PROHIBITED = ("reject with icmp admin-prohibited",)


class Side(Enum):
    """A direction of traffic: its name, its peers' field, how a rule sees the other end."""

    INGRESS = ("Ingress", "from", "saddr", "daddr")
    EGRESS = ("Egress", "to", "daddr", "saddr")

    def __init__(self, word: str, peers: str, other: str, own: str) -> None:
        self.word = word
        self.peers = peers
        self.other = other
        self.own = own


def no_ruleset() -> str:
    """No rules: a network plugin that does not enforce policies."""
    return f"table {_TABLE}\ndelete table {_TABLE}\n"


def ruleset(documents: Sequence[Document], denial: Denial = Denial.DROP) -> str:
    """The rules for the policies among the documents, replacing those loaded before.

    Takes Pod, Namespace, Node and NetworkPolicy objects that the API server would accept.
    """
    return no_ruleset() + _Compiler(documents, denial).table()


class _Compiler:
    def __init__(self, documents: Sequence[Document], denial: Denial) -> None:
        every = running_pods(documents)
        self._pods = [pod for pod in every if not pod.on_host_network]
        self._namespaces = namespace_labels(documents)
        self._nodes = node_addresses(documents)
        for pod in every:
            if pod.on_host_network and pod.node is not None:
                self._nodes.setdefault(pod.node, []).append(pod.address)
        self._policies = list(of_kind(documents, "NetworkPolicy"))
        self._denial = denial

    def table(self) -> str:
        chains = {
            side: {
                pod.address: self._chain(side, pod, isolating)
                for pod in self._pods
                if (isolating := self._isolating(side, pod))
            }
            for side in Side
        }
        forward = [
            "type filter hook forward priority filter; policy accept;",
            "ct state established,related accept",
            *self._of_own_node(),
            *(_dispatch(side, chains[side]) for side in (Side.EGRESS, Side.INGRESS)),
        ]
        parts = [_block("chain forward", forward)]
        for side, several in chains.items():
            for address, lines in several.items():
                parts.append(_block(f"chain {_chain_name(side, address)}", lines))
        return _block(f"table {_TABLE}", "".join(parts).splitlines())

    def _isolating(self, side: Side, pod: PodFacts) -> list[Document]:
        """The policies that select a pod and say something about the direction."""
        return [
            policy
            for policy in self._policies
            if namespace_of(policy) == pod.namespace
            and side.word in _policy_types(policy["spec"])
            and matches(policy["spec"].get("podSelector") or {}, pod.labels)
        ]

    def _chain(self, side: Side, pod: PodFacts, policies: Iterable[Document]) -> list[str]:
        """What a pod's policies allow returns; then the rest is denied."""
        allowed = [
            f"{condition} return".strip()
            for policy in policies
            for rule in policy["spec"].get(side.word.lower()) or ()
            for condition in self._conditions(side, pod, namespace_of(policy), rule)
        ]
        return [*dict.fromkeys(allowed), *self._denial.value]

    def _conditions(
        self, side: Side, pod: PodFacts, namespace: str, rule: Mapping[str, Any]
    ) -> Iterator[str]:
        """One condition for each peer with each port; none is no condition."""
        peers = rule.get(side.peers) or [None]
        for peer in peers:
            for port in rule.get("ports") or [None]:
                who = self._peer(side, namespace, peer)
                what = self._port(side, pod, port)
                if who is not None and what is not None:
                    yield f"{who} {what}".strip()

    def _peer(self, side: Side, namespace: str, peer: Mapping[str, Any] | None) -> str | None:
        """The condition for the other end, or None where nothing satisfies it."""
        if peer is None:
            return ""
        if "ipBlock" in peer:
            return _block_condition(side, peer["ipBlock"])
        addresses = [pod.address for pod in self._pods if self._is_peer(pod, namespace, peer)]
        return f"ip {side.other} {_set(addresses)}" if addresses else None

    def _is_peer(self, pod: PodFacts, namespace: str, peer: Mapping[str, Any]) -> bool:
        if "namespaceSelector" not in peer:
            if pod.namespace != namespace:
                return False
        elif not matches(peer["namespaceSelector"], self._labels_of(pod.namespace)):
            return False
        return "podSelector" not in peer or matches(peer["podSelector"], pod.labels)

    def _labels_of(self, namespace: str) -> Mapping[str, str]:
        """A namespace that nothing describes still carries the label with its name."""
        return self._namespaces.get(namespace) or {"kubernetes.io/metadata.name": namespace}

    def _port(self, side: Side, pod: PodFacts, port: Mapping[str, Any] | None) -> str | None:
        """The condition for the port, or None where nothing satisfies it."""
        if port is None:
            return ""
        protocol = port.get("protocol", "TCP")
        match port.get("port"):
            case None:
                return f"meta l4proto {protocol.lower()}"
            case int(first):
                last = port.get("endPort", first)
                span = str(first) if first == last else f"{first}-{last}"
                return f"{protocol.lower()} dport {span}"
            case name:
                return self._named_port(side, pod, str(name), protocol)

    def _named_port(self, side: Side, pod: PodFacts, name: str, protocol: str) -> str | None:
        """A name is looked up at the destination, in both directions."""
        destinations = [pod] if side is Side.INGRESS else self._pods
        found = [
            f"{each.address} . {number}"
            for each in destinations
            if (number := each.named_port(name, protocol)) is not None
        ]
        return f"ip daddr . {protocol.lower()} dport {_set(found)}" if found else None

    def _of_own_node(self) -> Iterator[str]:
        """A node always reaches the pods it runs, and they reach it."""
        pairs = [
            f"{source} . {destination}"
            for pod in self._pods
            for address in self._nodes.get(pod.node or "", ())
            for source, destination in ((pod.address, address), (address, pod.address))
        ]
        if pairs:
            yield f"ip saddr . ip daddr {_set(pairs)} accept"


def _policy_types(spec: Mapping[str, Any]) -> Sequence[str]:
    """Absent: Ingress, and Egress only where there is an egress rule."""
    default = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]
    return spec.get("policyTypes") or default


def _block_condition(side: Side, block: Mapping[str, Any]) -> str | None:
    """A block holds addresses, whoever has them; the fabric has none of IPv6."""
    if ":" in block["cidr"]:
        return None
    condition = f"ip {side.other} {block['cidr']}"
    # One match each: blocks inside one another are no set.
    exceptions = (f"ip {side.other} != {each}" for each in block.get("except") or ())
    return " ".join((condition, *exceptions))


def _dispatch(side: Side, chains: Mapping[str, object]) -> str:
    if not chains:
        return ""
    jumps = [f"{address} : jump {_chain_name(side, address)}" for address in chains]
    return f"ip {side.own} vmap {_set(jumps)}"


def _chain_name(side: Side, address: str) -> str:
    return f"{side.word.lower()}_{address.replace('.', '_')}"


def _set(elements: Iterable[str]) -> str:
    return "{ " + ", ".join(dict.fromkeys(elements)) + " }"


def _block(head: str, lines: Iterable[str]) -> str:
    body = "".join(f"\t{line}\n" for line in lines if line)
    return f"{head} {{\n{body}}}\n"
