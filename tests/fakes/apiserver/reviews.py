"""Reviews, which are answered and not kept: what ``kubectl auth`` asks."""

from __future__ import annotations

from tests.fakes.apiserver.kinds import Kind, Object
from tests.fakes.apiserver.rbac import Attributes, Authorizer
from tests.fakes.apiserver.users import User


def answered(kind: Kind, review: Object, user: User, authorizer: Authorizer) -> Object:
    """A review with its status."""
    spec = review.get("spec") or {}
    found: Object
    match kind.name:
        case "SelfSubjectAccessReview":
            found = _access(spec, user, authorizer)
        case "SelfSubjectRulesReview":
            found = _rules(spec, user, authorizer)
        case _:
            found = {"userInfo": {"username": user.name, "groups": list(user.groups)}}
    return {**review, "status": found}


def _access(spec: Object, user: User, authorizer: Authorizer) -> Object:
    asked = spec.get("resourceAttributes")
    if asked is None:
        # Of paths that are no resource, only those that everyone may read are served.
        return {"allowed": True}
    resource = "/".join(filter(None, (asked.get("resource", ""), asked.get("subresource"))))
    action = Attributes(
        asked.get("verb", ""),
        asked.get("group", ""),
        resource,
        asked.get("namespace", ""),
        asked.get("name", ""),
    )
    return {"allowed": authorizer.allows(user, action)}


def _rules(spec: Object, user: User, authorizer: Authorizer) -> Object:
    found = authorizer.rules(user, spec.get("namespace", ""))
    return {"resourceRules": found, "nonResourceRules": [], "incomplete": False}
