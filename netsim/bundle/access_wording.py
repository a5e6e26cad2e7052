"""How findings put requests and the rules of roles into words and into YAML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from netsim.judge.wording import enumerated
from netsim.model.access import ALL, AccessRule
from netsim.model.bundle import Bundle
from netsim.model.pod_template import PodTemplate
from netsim.words import yaml as snippets

if TYPE_CHECKING:
    from netsim.scripts.kubectl.accesses import Access
    from netsim.scripts.kubectl.invocations import Gap

_KUBECTL = "kubectl"


def names_kubectl(bundle: Bundle) -> bool:
    """Whether anything that pods may run names kubectl: cheap, and never wrong where not."""
    return any(_names_kubectl(bundle, template) for template in bundle.templates)


def _names_kubectl(bundle: Bundle, template: PodTemplate) -> bool:
    if any(_KUBECTL in word for each in template.containers for word in each.command):
        return True
    sources = {volume.source for volume in template.volumes}
    return any(
        _KUBECTL in entry.text
        for config_map in bundle.config_maps
        if config_map.object_name in sources
        for entry in config_map.entries
    )


def resource_text(group: str, resource: str) -> str:
    """``pods/log``, ``leases.coordination.k8s.io``, ``every resource``."""
    if resource == ALL:
        return (
            f"every resource of {group or 'the core group'}" if group != ALL else "everything"
        )
    plural, slash, subresource = resource.partition("/")
    dotted = f"{plural}.{group}" if group and group != ALL else plural
    return f"{dotted}{slash}{subresource}"


def request(access: Access) -> str:
    """``get on leases.coordination.k8s.io runner-warm-pool``."""
    from netsim.scripts.kubectl.accesses import Place

    name = f" {access.name}" if isinstance(access.name, str) else ""
    where = ""
    if access.namespace is Place.CLUSTER:
        where = " in the whole cluster"
    elif isinstance(access.namespace, str):
        where = f" in namespace {access.namespace}"
    return f"{access.verb} on {resource_text(access.group, access.resource)}{name}{where}"


def reasons(gaps: Iterable[Gap]) -> str:
    """The first few gaps, each with its line."""
    return enumerated([f"line {gap.line}: {gap.reason}" for gap in gaps])


def fix(access: Access, rule: AccessRule | None) -> str:
    """What to do about a verb that is missing."""
    from netsim.scripts.kubectl.accesses import Place

    if access.namespace is Place.CLUSTER:
        return "Grant it by a ClusterRole and a ClusterRoleBinding."
    if rule is None:
        return "Add a rule for the resource to a role of the account."
    if access.verb in rule.verbs:
        return "Add the name to the rule, or a rule without resourceNames."
    return "Add the verb to the rule."


WITHOUT_NAME = frozenset(("create", "deletecollection", "list", "watch"))
"""Verbs of requests that have no name, or seldom: resourceNames are not for them."""


def extended(access: Access, rule: AccessRule | None) -> str:
    """The rule with the verb added, or a rule of its own where that would grant more."""
    if rule and len(rule.resources) == 1 and len(rule.api_groups) == 1 and _fits(access, rule):
        verbs = list(dict.fromkeys((*rule.verbs, access.verb)))
        return written(rule.api_groups, rule.resources, rule.resource_names, verbs)
    is_named = isinstance(access.name, str) and access.verb not in WITHOUT_NAME
    names = (str(access.name),) if is_named else ()
    return written((access.group,), (access.resource,), names, (access.verb,))


def _fits(access: Access, rule: AccessRule) -> bool:
    from netsim.scripts.kubectl.accesses import covers

    return covers(rule, access)


def written(
    groups: Sequence[str], resources: Sequence[str], names: Sequence[str], verbs: Sequence[str]
) -> str:
    """A rule of a role in YAML."""
    lines = [f"- apiGroups: {_list(groups)}", f"  resources: {_list(resources)}"]
    if names:
        lines.append(f"  resourceNames: {_list(names)}")
    return "\n".join((*lines, f"  verbs: {_list(verbs)}"))


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(snippets.scalar(value) for value in values)}]"
