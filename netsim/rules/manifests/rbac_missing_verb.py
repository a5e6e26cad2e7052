"""A script calls kubectl for something that the roles of its ServiceAccount do not grant.

The API server refuses the call, in the middle of the night and half-way through the script.

The script is the text of a ConfigMap that a container mounts and runs, or stands in the command
of the container. It is read as a POSIX shell reads it: variables that the text or the
container's env gives a value, functions with the words of each call, here-documents and pipes.
What each command of kubectl asks the API server for is as kubectl 1.37 does it: `apply` reads,
creates and patches; `delete` also looks whether the object is gone, but does without. Calls of
which the text does not tell what they ask for are listed in a note, and not checked. An account
with a role that the input does not have is left out.

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

Remedy: add the verb to the rule of the role, or a rule for the resource.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from netsim.bundle import access_wording
from netsim.bundle.provision import Provision
from netsim.judge.case import Case, Extent
from netsim.model.access import AccessRule
from netsim.model.finding import Finding, Related, Severity
from netsim.model.location import Location
from netsim.model.references import ObjectName
from netsim.rules.interface import Check

if TYPE_CHECKING:
    from netsim.bundle.usage import Grant, Need, Usage
    from netsim.scripts.kubectl.accesses import Access

_ACCESS_KINDS = frozenset(("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"))


def _run(case: Case) -> Iterator[Finding]:
    bundle = case.bundle
    if not access_wording.names_kubectl(bundle):
        return
    from netsim.bundle.usage import Usage, grants_of  # reads shell scripts

    for account in dict.fromkeys(each.service_account for each in bundle.templates):
        grants = grants_of(bundle, account)
        if not _is_judged(case, account, grants):
            continue
        usage = Usage(bundle, account)
        yield from _missing(usage, grants)
        yield from _notes(usage)


def _is_judged(case: Case, account: ObjectName, grants: list[Grant]) -> bool:
    """Whether all that is granted to an account is known."""
    if grants:
        return all(grant.role for grant in grants)
    provision = Provision.of(case)
    if any(kind in _ACCESS_KINDS for kind, _ in provision.elsewhere):
        return False
    if case.extent is Extent.WHOLE:
        return True
    return any(each.namespace == account.namespace for each in case.bundle.bindings)


def _missing(usage: Usage, grants: list[Grant]) -> Iterator[Finding]:
    """One finding for each verb on a resource, however many lines need it."""
    from netsim.scripts.kubectl.accesses import grants as granted

    found: dict[tuple[str, str, str], list[Need]] = {}
    for need in usage.needs:
        rules = (rule for grant in grants for rule in _rules(grant, need.access))
        if not any(granted(rule, need.access) for rule in rules):
            access = need.access
            key = (access.verb, access.group, access.resource)
            found.setdefault(key, []).append(need)
    for needs in found.values():
        yield _finding(usage, grants, needs)


def _rules(grant: Grant, access: Access) -> tuple[AccessRule, ...]:
    return grant.role.rules if grant.role and grant.reaches(access) else ()


def _finding(usage: Usage, grants: list[Grant], needs: list[Need]) -> Finding:
    first = needs[0]
    access = first.access
    rule = _nearest(grants, access)
    account = f"{usage.account.namespace}/{usage.account.name}"
    lines = dict.fromkeys((need.program.name, need.line) for need in needs)
    places = dict.fromkeys(
        (need.program.place(need.line), need.program.name, need.line) for need in needs
    )
    (name, line), *others = lines
    more = f" (and {len(others)} more)" if others else ""
    return Finding(
        rule=CHECK.id,
        severity=CHECK.severity,
        message=f"line {line} of {name}{more} needs {access_wording.request(access)}, which no "
        f"role of ServiceAccount {account} grants{_but(rule, access)}",
        location=_place(usage, grants, access, rule),
        related=tuple(
            Related(place, f"line {line} of {name} calls kubectl")
            for place, name, line in places
        ),
        fix=access_wording.fix(access, rule),
        patch=access_wording.extended(access, rule),
    )


def _nearest(grants: list[Grant], access: Access) -> AccessRule | None:
    """The rule about the resource that lacks the verb, or the name."""
    from netsim.scripts.kubectl.accesses import covers, is_about

    rules = [rule for grant in grants for rule in _rules(grant, access)]
    about = [rule for rule in rules if is_about(rule, access)]
    return next((rule for rule in about if covers(rule, access)), about[0] if about else None)


def _but(rule: AccessRule | None, access: Access) -> str:
    """Why a rule with the verb does not count."""
    if rule is None or access.verb not in rule.verbs or not rule.resource_names:
        return ""
    names = ", ".join(rule.resource_names)
    if isinstance(access.name, str):
        return f"; there is one for the name {names} only"
    return f"; the rule that does is for the name {names} only, and this request has no name"


def _place(
    usage: Usage, grants: list[Grant], access: Access, rule: AccessRule | None
) -> Location:
    if rule:
        return rule.location
    roles = [grant.role for grant in grants if grant.role]
    near = [grant.role for grant in grants if grant.role and grant.reaches(access)]
    for role in (*near, *roles):
        return role.location
    return usage.templates[0].location


def _notes(usage: Usage) -> Iterator[Finding]:
    """What is not checked: one note for each program."""
    from netsim.scripts.kubectl.invocations import Concern

    for program in usage.programs:
        gaps = [
            each.gap
            for each in usage.unclear
            if each.program is program and each.gap.concern is Concern.CALL
        ]
        if gaps:
            yield Finding(
                rule=CHECK.id,
                severity=Severity.NOTE,
                message=f"{program.name}: what some calls need is not checked: "
                f"{access_wording.reasons(gaps)}",
                location=program.place(gaps[0].line),
                fix="Write resources and manifests out in the script, or give variables "
                "their values there or in env.",
            )


CHECK = Check(
    id="rbac-missing-verb",
    title="A script needs what its roles do not grant",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
