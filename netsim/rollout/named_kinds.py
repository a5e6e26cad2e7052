"""Steps that name kinds of objects in place of files: ``Network policies``, ``RBAC``.

``name_kinds("Services and Deployments")`` are both kinds.  A title with any other word names
none: ``External Secrets Operator`` is no step for Secrets.
"""

from __future__ import annotations

import re

from netsim.model.api_resources import find_resource, list_resources

_JOINT = re.compile(r"\s*(?:,|&|/|\+|\band\b|\bthen\b)\s*", re.IGNORECASE)
_FILLER = re.compile(
    r"\b(?:all|the|our|its|of|kubernetes|objects?|resources?)\b", re.IGNORECASE
)

_COLLECTIVE = {
    "rbac": ("roles", "rolebindings", "clusterroles", "clusterrolebindings", "serviceaccounts"),
    "accessrules": ("roles", "rolebindings", "clusterroles", "clusterrolebindings"),
    "workloads": ("deployments", "statefulsets", "daemonsets", "cronjobs", "jobs", "pods"),
    "policies": ("networkpolicies",),
    "storage": ("persistentvolumeclaims", "persistentvolumes", "storageclasses"),
    "volumes": ("persistentvolumeclaims", "persistentvolumes"),
    "claims": ("persistentvolumeclaims",),
    "budgets": ("poddisruptionbudgets",),
    "disruptionbudgets": ("poddisruptionbudgets",),
    "autoscalers": ("horizontalpodautoscalers",),
    "quotas": ("resourcequotas", "limitranges"),
    "configuration": ("configmaps",),
    "accounts": ("serviceaccounts",),
}
"""What people call several kinds together, or one kind for short."""


def name_kinds(title: str) -> frozenset[str]:
    """The plurals of the kinds that a title consists of; empty for another title."""
    found: set[str] = set()
    for phrase in _JOINT.split(title.strip()):
        word = re.sub(r"[\s_-]", "", _FILLER.sub("", phrase)).lower()
        resource = find_resource(word) if word else None
        if word in _COLLECTIVE:
            found.update(_COLLECTIVE[word])
        elif resource and resource in list_resources():
            found.add(resource.plural)
        else:
            return frozenset()
    return frozenset(found)
