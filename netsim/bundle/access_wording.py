"""Requests to the API server and their resources, in words.

``get on leases.coordination.k8s.io runner-warm-pool in namespace shop``.
"""

from __future__ import annotations

from netsim.model.access import ALL
from netsim.scripts.kubectl.accesses import Access, Place

WITHOUT_NAME = frozenset(("create", "deletecollection", "list", "watch"))
"""Verbs of requests that have no name, or seldom: resourceNames are not for them."""


def describe_resource(group: str, resource: str) -> str:
    """``pods/log``, ``leases.coordination.k8s.io``, ``every resource``."""
    if resource == ALL:
        return (
            f"every resource of {group or 'the core group'}" if group != ALL else "everything"
        )
    plural, slash, subresource = resource.partition("/")
    dotted = f"{plural}.{group}" if group and group != ALL else plural
    return f"{dotted}{slash}{subresource}"


def describe_access(access: Access) -> str:
    """A request with its name and its place, where the text says them."""
    name = f" {access.name}" if isinstance(access.name, str) else ""
    where = ""
    if access.namespace is Place.CLUSTER:
        where = " in the whole cluster"
    elif isinstance(access.namespace, str):
        where = f" in namespace {access.namespace}"
    resource = describe_resource(access.group, access.resource)
    return f"{access.verb} on {resource}{name}{where}"
