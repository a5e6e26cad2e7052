"""A role grants its ServiceAccount what the scripts of its pods never ask for.

A token that can do more than its script needs is worth more to an attacker. Verbs that were
needed once are the usual case; `*` grants what nobody thought of.

Checked are roles of which everything is known: each account that a binding names runs only
scripts that the input has, and every line of these was understood. A script that runs other
programs, such as curl, may ask the API for more than its text shows. `rbac-missing-verb` says
how scripts are read; optional verbs of kubectl count as used.

PASS:

```yaml
apiVersion: v1
kind: ServiceAccount
metadata: {name: watcher, namespace: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: watcher, namespace: shop}
spec:
  serviceAccountName: watcher
  containers:
    - name: watcher
      image: registry.internal/kubectl:1.34.2
      command: [sh, -c, "kubectl get pods --selector=app=web"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: watcher, namespace: shop}
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [list]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: watcher, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: watcher}
subjects:
  - {kind: ServiceAccount, name: watcher, namespace: shop}
```

FAIL:

```yaml
apiVersion: v1
kind: ServiceAccount
metadata: {name: watcher, namespace: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: watcher, namespace: shop}
spec:
  serviceAccountName: watcher
  containers:
    - name: watcher
      image: registry.internal/kubectl:1.34.2
      command: [sh, -c, "kubectl get pods --selector=app=web"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: watcher, namespace: shop}
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [list, delete]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: watcher, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: watcher}
subjects:
  - {kind: ServiceAccount, name: watcher, namespace: shop}
```

Fix: remove the verb from the rule, or the rule from the role.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from netsim.bundle.access_wording import WITHOUT_NAME, describe_resource
from netsim.bundle.usage import Grant, Usage
from netsim.judge.case import Case
from netsim.model import api_resources as resources
from netsim.model.access import ALL, AccessRule, Role
from netsim.model.edit import Patch
from netsim.model.finding import Finding, Related, Severity
from netsim.model.references import ObjectName
from netsim.rules import patches
from netsim.rules.interface import Check
from netsim.rules.patches import target_of_role
from netsim.scripts.kubectl.accesses import Access, covers
from netsim.words.lists import join_phrases


def _run(case: Case) -> Iterator[Finding]:
    bundle = case.bundle
    known: dict[ObjectName, Usage] = {}
    for role in bundle.roles:
        bindings = [each for each in bundle.bindings if each.role == role.object_name]
        accounts = {account for each in bindings for account in each.accounts}
        for account in accounts - known.keys():
            known[account] = Usage(bundle, account)
        usages = [known[account] for account in sorted(accounts)]
        if usages and all(usage.is_whole for usage in usages):
            used = {
                access
                for binding in bindings
                for account in binding.accounts
                for access in known[account].uses
                if Grant(binding, role).reaches(access)
            }
            yield from _check_role(role, used, usages)


def _check_role(role: Role, used: set[Access], usages: list[Usage]) -> Iterator[Finding]:
    for rule in role.rules:
        excess = list(_find_excess(rule, used))
        if excess:
            yield _finding(role, rule, excess, used, usages)


def _find_excess(rule: AccessRule, used: set[Access]) -> Iterator[str]:
    """What a rule grants and nothing uses: verbs, and then names of those that are used."""
    for group in rule.api_groups:
        for resource in rule.resources:
            plural = resource.partition("/")[0]
            if ALL in (group, resource) or resources.exists(group, plural):
                yield from _check_resource(rule, group, resource, used)
    for name in rule.resource_names:
        if _is_idle(rule, name, used) and any(_is_used(rule, v, used) for v in rule.verbs):
            yield f"the name {name}"
    if names := _list_only_names(rule, used):
        yield f"other names than {', '.join(names)}"


def _list_only_names(rule: AccessRule, used: set[Access]) -> list[str]:
    """The names that are asked for, where a rule for all names could be one for these."""
    if rule.resource_names or ALL in (*rule.verbs, *rule.resources, *rule.api_groups):
        return []
    asked = {access.name for verb in rule.verbs for access in _list_users(rule, verb, used)}
    is_bound = not WITHOUT_NAME & set(rule.verbs)
    names = sorted(name for name in asked if isinstance(name, str))
    return names if is_bound and len(names) == len(asked) else []


def _check_resource(
    rule: AccessRule, group: str, resource: str, used: set[Access]
) -> Iterator[str]:
    what = describe_resource(group, resource)
    if ALL in (group, resource):
        yield f"{', '.join(_name_verb(verb) for verb in rule.verbs)} on {what}"
        return
    alone = replace(rule, api_groups=(group,), resources=(resource,))
    idle = [_name_verb(v) for v in rule.verbs if v == ALL or not _is_used(alone, v, used)]
    if idle:
        yield f"{', '.join(idle)} on {what}"


def _name_verb(verb: str) -> str:
    return "every verb" if verb == ALL else verb


def _list_users(rule: AccessRule, verb: str, used: set[Access]) -> list[Access]:
    return [each for each in used if verb in (ALL, each.verb) and covers(rule, each)]


def _is_used(rule: AccessRule, verb: str, used: set[Access]) -> bool:
    return bool(_list_users(rule, verb, used))


def _is_idle(rule: AccessRule, name: str, used: set[Access]) -> bool:
    alone = replace(rule, resource_names=(name,))
    return not any(_is_used(alone, verb, used) for verb in rule.verbs)


def _finding(
    role: Role, rule: AccessRule, excess: list[str], used: set[Access], usages: list[Usage]
) -> Finding:
    title = " and ".join(dict.fromkeys(usage.title for usage in usages))
    programs = {
        program.location: program.name for usage in usages for program in usage.programs
    }
    is_open = ALL in rule.verbs
    verbs = sorted({each.verb for each in used}) if is_open else rule.verbs
    kept = [verb for verb in verbs if _is_used(rule, verb, used)]
    return CHECK.finding(
        rule.location,
        f"{role.object_name} grants {join_phrases(excess)}, which {title} never asks for",
        related=tuple(Related(place, f"{name} is here") for place, name in programs.items()),
        fix="Remove it from the rule."
        if kept and not is_open
        else "Name what is needed, or remove the rule.",
        patches=tuple(_list_patches(role, rule, kept, used)),
    )


def _list_patches(
    role: Role, rule: AccessRule, kept: list[str], used: set[Access]
) -> Iterator[Patch]:
    """The verbs and names that are used, where nothing else is too much; else not the rule.

    What a role keeps after its last rule is for people to say.
    """
    target, field = target_of_role(role, rule), rule.location.field
    if not kept:
        if len(role.rules) > 1:
            yield patches.remove(target, field)
        return
    is_single = len(rule.resources) == 1 and len(rule.api_groups) == 1
    if not is_single or ALL in (*rule.resources, *rule.api_groups):
        return
    names = [name for name in rule.resource_names if not _is_idle(rule, name, used)]
    found = Patch(())
    if kept != list(rule.verbs):
        found |= patches.replace(target, f"{field}.verbs", kept)
    if names and names != list(rule.resource_names):
        found |= patches.replace(target, f"{field}.resourceNames", names)
    elif only := _list_only_names(rule, used):
        found |= patches.insert(target, f"{field}.resourceNames", only)
    yield found


CHECK = Check(
    id="rbac-excess-verb",
    title="A role grants more than its scripts use",
    severity=Severity.WARNING,
    run=_run,
    risk=5.5,
)
"""The rule."""
