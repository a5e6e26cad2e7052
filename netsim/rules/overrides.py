"""How a denial of an admin tier can be overruled: a rule before the one that denies.

A rule that passes the connection on leaves the last word to the policies below, so it comes
before one that allows it.  Addresses with exceptions, and those that connect, have no peer in
these tiers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netsim.model.edit import Patch
from netsim.model.policies import Direction, Rule
from netsim.model.ports import PortSet, Protocol
from netsim.rules import patches
from netsim.rules.openings import Addition
from netsim.rules.patches import target_at
from netsim.words.policy_parts import Part, match_labels, name_label

_ACTIONS = {
    "AdminNetworkPolicy": ("Pass", "Allow"),
    "BaselineAdminNetworkPolicy": ("Allow",),
    "ClusterNetworkPolicy": ("Pass", "Accept"),
}


def list_overrides(denying: Rule, additions: Sequence[Addition]) -> Iterator[Patch]:
    """Patches that put rules with all additions before a rule that denies."""
    kind = denying.policy.kind
    for action in _ACTIONS.get(kind, ()):
        rules = [_write_rule(kind, action, each) for each in additions]
        written = [each for each in rules if each is not None]
        if len(written) < len(rules):
            return
        found = Patch(())
        for each in written:
            target = target_at(denying.policy, denying.location)
            found |= patches.insert(target, denying.location.field, each)
        yield found


def _write_rule(kind: str, action: str, addition: Addition) -> Part | None:
    """A rule of the kind; None where it has no such peer."""
    peers = [_write_peer(peer.plain, addition) for peer in addition.peers]
    if not peers or not all(peers):
        return None
    rule: Part = {"action": action, addition.direction.peer_word: peers}
    if addition.ports != PortSet.full():
        is_cluster = kind == "ClusterNetworkPolicy"
        write = _list_protocols if is_cluster else _list_ports
        rule["protocols" if is_cluster else "ports"] = list(write(addition.ports))
    return rule


def _write_peer(peer: Part, addition: Addition) -> Part:
    block = peer.get("ipBlock")
    if block:
        is_fit = addition.direction is Direction.EGRESS and "except" not in block
        return {"networks": [block["cidr"]]} if is_fit else {}
    home = match_labels(name_label(addition.subject.namespace))
    space = peer.get("namespaceSelector", home)
    return {"pods": {"namespaceSelector": space, "podSelector": peer["podSelector"]}}


def _list_ports(ports: PortSet) -> Iterator[Part]:
    for protocol in Protocol:
        for low, high in ports.ports(protocol):
            if low == high:
                yield {"portNumber": {"protocol": protocol.value, "port": low}}
            else:
                yield {"portRange": {"protocol": protocol.value, "start": low, "end": high}}


def _list_protocols(ports: PortSet) -> Iterator[Part]:
    for protocol in Protocol:
        for low, high in ports.ports(protocol):
            one: Part = {"number": low}
            port = one if low == high else {"range": {"start": low, "end": high}}
            yield {protocol.value.lower(): {"destinationPort": port}}
