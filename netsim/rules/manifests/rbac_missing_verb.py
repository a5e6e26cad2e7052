"""A script calls kubectl for something that the roles of its ServiceAccount do not grant.

The API server refuses the call, half-way through the script.

The script is the text of a ConfigMap that a container mounts and runs, or part of the command
of the container. It is read as a POSIX shell reads it: variables that the text or the
container's env gives a value, functions with the arguments of each call, here-documents and
pipes. What each command asks the API server for follows kubectl 1.37: `apply` reads, creates
and patches; `delete` also checks whether the object is gone, but works without. Calls whose
requests the text does not show are listed in a note and not checked. An account with a role
that the input does not have is left out.

PASS:

```yaml
apiVersion: v1
kind: ServiceAccount
metadata: {name: cleaner, namespace: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: cleaner, namespace: shop}
spec:
  serviceAccountName: cleaner
  containers:
    - name: cleaner
      image: registry.internal/kubectl:1.34.2
      command: [sh, -c, "kubectl delete jobs --selector=app=report --wait=false"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: cleaner, namespace: shop}
rules:
  - apiGroups: [batch]
    resources: [jobs]
    verbs: [list, delete]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: cleaner, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: cleaner}
subjects:
  - {kind: ServiceAccount, name: cleaner, namespace: shop}
```

FAIL:

```yaml
apiVersion: v1
kind: ServiceAccount
metadata: {name: cleaner, namespace: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: cleaner, namespace: shop}
spec:
  serviceAccountName: cleaner
  containers:
    - name: cleaner
      image: registry.internal/kubectl:1.34.2
      command: [sh, -c, "kubectl delete jobs --selector=app=report --wait=false"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: cleaner, namespace: shop}
rules:
  - apiGroups: [batch]
    resources: [jobs]
    verbs: [delete]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: cleaner, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: cleaner}
subjects:
  - {kind: ServiceAccount, name: cleaner, namespace: shop}
```

Fix: add the verb to the rule of the role, or a rule for the resource.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.bundle.access_wording import WITHOUT_NAME, describe_access
from netsim.bundle.provision import Extent
from netsim.bundle.usage import Grant, ProgramRequest, Usage, list_grants
from netsim.judge.case import Case
from netsim.model.access import AccessRule
from netsim.model.edit import Patch
from netsim.model.finding import Finding, Related, Severity
from netsim.model.location import Location
from netsim.model.references import ObjectName
from netsim.rules import patches
from netsim.rules.interface import Check
from netsim.rules.patches import target_of_role
from netsim.scripts.kubectl.accesses import Access, Place, covers, is_about
from netsim.scripts.kubectl.accesses import grants as is_granted
from netsim.scripts.kubectl.invocations import Concern
from netsim.words.lists import join_phrases

_ACCESS_KINDS = frozenset(("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"))


def _run(case: Case) -> Iterator[Finding]:
    bundle = case.bundle
    for account in dict.fromkeys(each.service_account for each in bundle.templates):
        grants = list_grants(bundle, account)
        if not _is_judged(case, account, grants):
            continue
        usage = Usage(bundle, account)
        yield from _find_missing(usage, grants)
        yield from _note_gaps(usage)


def _is_judged(case: Case, account: ObjectName, grants: list[Grant]) -> bool:
    """Whether all that is granted to an account is known."""
    if grants:
        return all(grant.role for grant in grants)
    provision = case.provision
    if any(kind in _ACCESS_KINDS for kind, _ in provision.elsewhere):
        return False
    if case.extent is Extent.WHOLE:
        return True
    return any(each.namespace == account.namespace for each in case.bundle.bindings)


def _find_missing(usage: Usage, grants: list[Grant]) -> Iterator[Finding]:
    """One finding for each verb on a resource, however many lines need it."""
    found: dict[tuple[str, str, str], list[ProgramRequest]] = {}
    for need in usage.needs:
        rules = (rule for grant in grants for rule in _list_rules(grant, need.access))
        if not any(is_granted(rule, need.access) for rule in rules):
            access = need.access
            key = (access.verb, access.group, access.resource)
            found.setdefault(key, []).append(need)
    for needs in found.values():
        yield _finding(usage, grants, needs)


def _list_rules(grant: Grant, access: Access) -> tuple[AccessRule, ...]:
    return grant.role.rules if grant.role and grant.reaches(access) else ()


def _finding(usage: Usage, grants: list[Grant], needs: list[ProgramRequest]) -> Finding:
    first = needs[0]
    access = first.access
    rule = _find_nearest(grants, access)
    account = f"{usage.account.namespace}/{usage.account.name}"
    lines = dict.fromkeys((need.program.name, need.line) for need in needs)
    places = dict.fromkeys(
        (need.program.place(need.line), need.program.name, need.line) for need in needs
    )
    (name, line), *others = lines
    more = f" (and {len(others)} more)" if others else ""
    return CHECK.finding(
        _locate(usage, grants, access, rule),
        f"line {line} of {name}{more} needs {describe_access(access)}, which no "
        f"role of ServiceAccount {account} grants{_explain_names(rule, access)}",
        related=tuple(
            Related(place, f"line {line} of {name} calls kubectl")
            for place, name, line in places
        ),
        fix=_suggest_fix(access, rule),
        patches=tuple(_list_patches(grants, access, rule)),
    )


def _find_nearest(grants: list[Grant], access: Access) -> AccessRule | None:
    """The rule about the resource that lacks the verb, or the name."""
    rules = [rule for grant in grants for rule in _list_rules(grant, access)]
    about = [rule for rule in rules if is_about(rule, access)]
    return next((rule for rule in about if covers(rule, access)), about[0] if about else None)


def _explain_names(rule: AccessRule | None, access: Access) -> str:
    """Why a rule with the verb does not count."""
    if rule is None or access.verb not in rule.verbs or not rule.resource_names:
        return ""
    names = ", ".join(rule.resource_names)
    if isinstance(access.name, str):
        return f"; there is one for the name {names} only"
    return f"; the rule that does is for the name {names} only, and this request has no name"


def _locate(
    usage: Usage, grants: list[Grant], access: Access, rule: AccessRule | None
) -> Location:
    if rule:
        return rule.location
    roles = [grant.role for grant in grants if grant.role]
    near = [grant.role for grant in grants if grant.role and grant.reaches(access)]
    for role in (*near, *roles):
        return role.location
    return usage.templates[0].location


def _suggest_fix(access: Access, rule: AccessRule | None) -> str:
    if access.namespace is Place.CLUSTER:
        return "Grant it by a ClusterRole and a ClusterRoleBinding."
    if rule is None:
        return "Add a rule for the resource to a role of the account."
    if access.verb in rule.verbs:
        return "Add the name to the rule, or a rule without resourceNames."
    return "Add the verb to the rule."


def _list_patches(
    grants: list[Grant], access: Access, rule: AccessRule | None
) -> Iterator[Patch]:
    """The verb in the nearest rule, or a rule of its own where that would grant more."""
    near = [grant.role for grant in grants if grant.role and grant.reaches(access)]
    role = next((each for each in near if rule is None or rule in each.rules), None)
    if role is None:
        return
    target = target_of_role(role, rule)
    if rule and len(rule.resources) == len(rule.api_groups) == 1 and covers(rule, access):
        yield patches.append(target, f"{rule.location.field}.verbs", access.verb)
        return
    is_named = isinstance(access.name, str) and access.verb not in WITHOUT_NAME
    names = {"resourceNames": [access.name]} if is_named else {}
    own = {"apiGroups": [access.group], "resources": [access.resource], **names}
    yield patches.append(target, "rules", {**own, "verbs": [access.verb]})


def _note_gaps(usage: Usage) -> Iterator[Finding]:
    """What is not checked: one note for each program."""
    for program in usage.programs:
        gaps = [
            each.gap
            for each in usage.unclear
            if each.program is program and each.gap.concern is Concern.CALL
        ]
        if gaps:
            lines = join_phrases([f"line {gap.line}: {gap.reason}" for gap in gaps])
            yield CHECK.finding(
                program.place(gaps[0].line),
                f"{program.name}: some calls are not checked: {lines}",
                severity=Severity.NOTE,
                fix="Write resources and manifests out in the script, or set variables "
                "there or in env.",
            )


CHECK = Check(
    id="rbac-missing-verb",
    title="A script needs what its roles do not grant",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
