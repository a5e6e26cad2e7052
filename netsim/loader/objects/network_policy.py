"""NetworkPolicy objects, read strictly: a misspelt field could open everything."""

from __future__ import annotations

from netsim.loader.objects.fields import Field, Fields
from netsim.loader.objects.labels import read_selector
from netsim.loader.objects.objects import Object, read_metadata
from netsim.loader.objects.policy_peers import read_peer
from netsim.loader.objects.policy_ports import read_policy_port
from netsim.model.labels import Selector
from netsim.model.peers import PodPeer
from netsim.model.policies import Direction, Policy, PolicyId, Rule, Tier

_PEERS = {Direction.INGRESS: "from", Direction.EGRESS: "to"}
_METADATA = (
    "name", "generateName", "namespace", "labels", "annotations", "ownerReferences",
    "finalizers", "managedFields", "uid", "resourceVersion", "generation", "selfLink",
    "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "clusterName",
)  # fmt: skip


def read_network_policy(found: Object) -> Policy | None:
    """A networking.k8s.io/v1 NetworkPolicy; None where it has no name."""
    found.fields.only("apiVersion", "kind", "metadata", "spec", "status")
    found.fields.fields("metadata").only(*_METADATA)
    metadata = read_metadata(found)
    if metadata is None:
        return None
    spec = found.fields.fields("spec")
    spec.only("podSelector", "policyTypes", "ingress", "egress")
    directions = _directions(spec)
    pods = spec.get("podSelector")
    policy = PolicyId("networking.k8s.io", found.kind, metadata.namespace, metadata.name)
    return Policy(
        policy,
        Tier.NETWORK_POLICY,
        PodPeer(None, read_selector(pods) if pods else Selector(), metadata.location),
        tuple(rule for way in Direction for rule in _rules(spec, policy, way, directions)),
        metadata.location,
        directions,
    )


def _directions(spec: Fields) -> tuple[Direction, ...]:
    """policyTypes, or its default (``SetDefaults_NetworkPolicy``).

    Ingress always, Egress where there is an egress rule.
    """
    field = spec.get("policyTypes")
    items = field.items() if field else ()
    if field and items:
        if len(items) > len(Direction):
            field.refuse("policyTypes: more than two, use Ingress and Egress once each")
        listed = {_direction(item) for item in items}
        return tuple(direction for direction in Direction if direction in listed)
    egress = spec.entries.get("egress")
    has_rules = egress is not None and bool(getattr(egress.value, "items", ()))
    return (Direction.INGRESS, Direction.EGRESS) if has_rules else (Direction.INGRESS,)


def _direction(item: Field) -> Direction | None:
    text = item.text()
    for direction in Direction:
        if direction.value == text:
            return direction
    if text is not None:
        item.refuse(f"unknown policyTypes entry '{text}': use Ingress or Egress")
    return None


def _rules(
    spec: Fields, policy: PolicyId, direction: Direction, isolated: tuple[Direction, ...]
) -> tuple[Rule, ...]:
    field = spec.get(direction.word)
    items = field.items() if field else ()
    rules = tuple(_rule(item, policy, direction, index) for index, item in enumerate(items))
    if direction in isolated:
        return rules
    if field and rules:
        field.warn(
            f"these rules have no effect: policyTypes does not list {direction.value}, "
            "add it or remove them"
        )
    return ()


def _rule(item: Field, policy: PolicyId, direction: Direction, index: int) -> Rule:
    fields = item.fields() or Fields({}, item.line, item.path, item.report)
    peers = _PEERS[direction]
    fields.only(peers, "ports")
    return Rule(
        policy,
        direction,
        index,
        tuple(peer for entry in fields.items(peers) if (peer := read_peer(entry))),
        tuple(port for entry in fields.items("ports") if (port := read_policy_port(entry))),
        item.location,
    )
