"""The policies of the admin tiers, validated as their CustomResourceDefinitions do.

Source: network-policy-api, apis/v1alpha1 (AdminNetworkPolicy, BaselineAdminNetworkPolicy) and
apis/v1alpha2 (ClusterNetworkPolicy), with the validation markers of their types.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from netsim.loader.objects.admin_peers import Version, read_admin_peers, read_subject
from netsim.loader.objects.admin_ports import read_admin_port, read_admin_protocol
from netsim.loader.objects.fields import Field, Fields
from netsim.loader.objects.objects import Object, check_metadata, read_metadata
from netsim.model.peers import DomainPeer, PodPeer
from netsim.model.policies import (
    UNRANKED,
    Action,
    Direction,
    NamedPort,
    Policy,
    PolicyId,
    PolicyPort,
    Rule,
    Tier,
)

HIGHEST_PRIORITY = 1000
_LONGEST_NAME = 100
_PEERS = {Direction.INGRESS: "from", Direction.EGRESS: "to"}


class _Dialect(Struct, frozen=True):
    """What one kind of policy may say, and how."""

    version: Version
    actions: dict[str, Action]
    ports: str
    read_port: Callable[[Field], tuple[PolicyPort, ...]]
    most_rules: int
    most_peers: int

    def word(self, action: Action) -> str:
        """How an action is written."""
        return next(word for word, meaning in self.actions.items() if meaning is action)


_BASELINE_ACTIONS = {"Allow": Action.ALLOW, "Deny": Action.DENY}
_DIALECTS = {
    "AdminNetworkPolicy": _Dialect(
        Version.V1ALPHA1,
        {**_BASELINE_ACTIONS, "Pass": Action.PASS},
        "ports",
        read_admin_port,
        100,
        100,
    ),
    "BaselineAdminNetworkPolicy": _Dialect(
        Version.V1ALPHA1, _BASELINE_ACTIONS, "ports", read_admin_port, 100, 100
    ),
    "ClusterNetworkPolicy": _Dialect(
        Version.V1ALPHA2,
        {"Accept": Action.ALLOW, "Deny": Action.DENY, "Pass": Action.PASS},
        "protocols",
        read_admin_protocol,
        25,
        25,
    ),
}


def read_admin_policy(obj: Object) -> Policy | None:
    """An AdminNetworkPolicy, BaselineAdminNetworkPolicy or ClusterNetworkPolicy.

    None (and errors) where it is wrong.
    """
    obj.fields.only("apiVersion", "kind", "metadata", "spec", "status")
    check_metadata(obj)
    metadata = read_metadata(obj)
    if metadata is None:
        return None
    _check_scope(obj, metadata.name)
    spec = obj.fields.fields("spec")
    if "spec" not in obj.fields.entries:
        obj.fields.missing("spec", "give a subject and rules")
        return None
    own = {"ClusterNetworkPolicy": ("tier", "priority"), "AdminNetworkPolicy": ("priority",)}
    if obj.report.failed:
        return None
    spec.only(*own.get(obj.kind, ()), "subject", "ingress", "egress")
    tier = _tier(obj.kind, spec)
    priority = UNRANKED if obj.kind not in own else _priority(spec)
    dialect = _DIALECTS[obj.kind]
    subject = read_subject(spec, dialect.version)
    policy = PolicyId("policy.networking.k8s.io", obj.kind, "", metadata.name)
    rules = tuple(rule for way in Direction for rule in _rules(dialect, spec, policy, way))
    if tier is None or priority is None or subject is None or obj.report.failed:
        return None
    return Policy(policy, tier, subject, rules, metadata.location, priority=priority)


def _check_scope(obj: Object, name: str) -> None:
    metadata = obj.fields.fields("metadata")
    namespace = metadata.get("namespace")
    if namespace:
        namespace.warn(f"{obj.kind} is cluster-scoped and ignores its namespace: remove it")
    field = metadata.get("name")
    if obj.kind == "BaselineAdminNetworkPolicy" and field and name != "default":
        field.refuse(f"'{name}': the only BaselineAdminNetworkPolicy is named default")


def _tier(kind: str, spec: Fields) -> Tier | None:
    if kind != "ClusterNetworkPolicy":
        return Tier.BASELINE if kind.startswith("Baseline") else Tier.ADMIN
    field = spec.get("tier")
    if field is None:
        spec.missing("tier", "use Admin or Baseline")
        return None
    text = field.text()
    for tier in (Tier.ADMIN, Tier.BASELINE):
        if tier.value == text:
            return tier
    if text is not None:
        field.refuse(f"unknown tier '{text}': use Admin or Baseline")
    return None


def _priority(spec: Fields) -> int | None:
    field = spec.get("priority")
    if field is None:
        spec.missing("priority", f"use 0 to {HIGHEST_PRIORITY}, the lowest comes first")
        return None
    number = field.integer()
    if number is not None and not 0 <= number <= HIGHEST_PRIORITY:
        field.refuse(f"{number} is not a priority: use 0 to {HIGHEST_PRIORITY}")
    return number


def _rules(
    dialect: _Dialect, spec: Fields, policy: PolicyId, direction: Direction
) -> tuple[Rule, ...]:
    field = spec.get(direction.word)
    items = field.items() if field else ()
    if field and len(items) > dialect.most_rules:
        field.refuse(f"{len(items)} rules: use at most {dialect.most_rules}")
    found = (_rule(dialect, item, policy, direction, index) for index, item in enumerate(items))
    return tuple(rule for rule in found if rule)


def _rule(
    dialect: _Dialect, item: Field, policy: PolicyId, direction: Direction, index: int
) -> Rule | None:
    fields = item.fields()
    if fields is None:
        return None
    side = _PEERS[direction]
    fields.only("name", "action", side, dialect.ports)
    action = _action(dialect, fields)
    peers = read_admin_peers(fields, side, direction, dialect.version, dialect.most_peers)
    ports = _ports(dialect, fields)
    if action is None:
        return None
    _check_domains(dialect, item, action, peers)
    _check_named(fields.get(dialect.ports), peers, ports)
    name = _name(fields)
    return Rule(policy, direction, index, peers, ports, item.location, action, name)


def _name(fields: Fields) -> str:
    field = fields.get("name")
    text = field.text() if field else None
    if field and text and len(text) > _LONGEST_NAME:
        field.refuse(f"{len(text)} characters: use at most {_LONGEST_NAME}")
    return text or ""


def _action(dialect: _Dialect, fields: Fields) -> Action | None:
    words = list(dialect.actions)
    known = f"{', '.join(words[:-1])} or {words[-1]}"
    field = fields.get("action")
    if field is None:
        fields.missing("action", f"use {known}")
        return None
    text = field.text()
    if text is not None and text not in dialect.actions:
        field.refuse(f"unknown action '{text}': use {known}")
    return dialect.actions.get(text or "")


def _ports(dialect: _Dialect, fields: Fields) -> tuple[PolicyPort, ...]:
    field = fields.get(dialect.ports)
    items = field.items() if field else ()
    if field and not 1 <= len(items) <= dialect.most_peers:
        field.refuse(f"{len(items)} entries: use 1 to {dialect.most_peers}, or leave it out")
    return tuple(port for item in items for port in dialect.read_port(item))


def _check_domains(
    dialect: _Dialect, item: Field, action: Action, peers: tuple[object, ...]
) -> None:
    if action is not Action.ALLOW and any(isinstance(peer, DomainPeer) for peer in peers):
        allow = dialect.word(Action.ALLOW)
        item.warn(
            f"domainNames are meant for action {allow} alone: the API server accepts the rule, "
            "what it does is unknown"
        )


def _check_named(
    field: Field | None, peers: tuple[object, ...], ports: tuple[PolicyPort, ...]
) -> None:
    """Outside of pods nothing gives a port its name (a CEL rule of both versions)."""
    outside = any(not isinstance(peer, PodPeer) for peer in peers)
    if field and outside and any(isinstance(port, NamedPort) for port in ports):
        field.refuse(
            "a named port beside networks, nodes or domainNames: only pods have named ports, "
            "use numbers or split the rule"
        )
