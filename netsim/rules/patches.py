"""Patches that rules propose: edits of the object that a finding is about.

A rule that finds ``podSelector`` misspelt proposes ``replace(target, "spec.podSelector", {})``
with the right labels; whether it helps, and what else it does, is proven later by
``netsim.fix``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from netsim.model.access import AccessRule, Role
from netsim.model.edit import (
    END,
    AddDocument,
    Edit,
    FieldPath,
    Insert,
    Patch,
    Remove,
    Replace,
    Target,
    Value,
)
from netsim.model.location import Location
from netsim.model.pod_template import PodTemplate
from netsim.model.policies import Policy, PolicyId, Rule

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_LIST_ITEM = re.compile(r"^(?:items\[\d+\]\.)+")


def read_path(field: str) -> FieldPath:
    """``spec.ingress[0].from`` as a path from its object, also from one of a List."""
    found = _STEP.finditer(_LIST_ITEM.sub("", field))
    return tuple(int(step[2]) if step[1] is None else step[1] for step in found)


def target_of(policy: Policy) -> Target:
    """The object of a policy."""
    return target_at(policy.id, policy.location)


def target_at(policy: PolicyId, location: Location) -> Target:
    """The object of a policy of which a place is known."""
    return Target(policy.kind, policy.namespace, policy.name, location)


def target_of_workload(template: PodTemplate) -> Target:
    """The object that a pod template is of."""
    workload = template.workload
    return Target(workload.kind, workload.namespace, workload.name, template.location)


def target_of_role(role: Role, rule: AccessRule | None = None) -> Target:
    """The object of a role, found by a rule of it."""
    place = rule.location if rule else role.location
    return Target(role.kind, role.namespace, role.name, place)


def replace(target: Target, field: str, value: object) -> Patch:
    """Another value of a field that is there."""
    return Patch((Replace(target, read_path(field), Value.of(value)),))


def insert(target: Target, field: str, value: object) -> Patch:
    """One more entry of a list, or a field that is not there."""
    return Patch((_insert(target, read_path(field), value),))


def append(target: Target, field: str, value: object) -> Patch:
    """One more item at the end of a list, which need not be there."""
    return Patch((_insert(target, (*read_path(field), END), value),))


def _insert(target: Target, path: FieldPath, value: object) -> Edit:
    return Insert(target, path, Value.of(value))


def remove(target: Target, field: str = "") -> Patch:
    """Without a field; without the object, if none is named."""
    return Patch((Remove(target, read_path(field)),))


def add_document(location: Location, value: object) -> Patch:
    """One more object in the file of a place."""
    return Patch((AddDocument(location.file, Value.of(value)),))


def replace_item(target: Target, field: str, values: Sequence[object]) -> Patch:
    """Other items in place of one of a list: the first there, the others behind all."""
    first, *others = values
    found = replace(target, field, first)
    for each in others:
        found |= append(target, field[: field.rindex("[")], each)
    return found


def replace_peer(rule: Rule, location: Location, value: object) -> Patch:
    """Another peer in place of the one that stands there."""
    return replace(target_at(rule.policy, location), location.field, value)


def list_entry(field: str) -> str:
    """The entry of a list that a field is in: ``spec.egress[0].ports[1]`` of its ``port``."""
    return field[: field.rindex("]") + 1]
