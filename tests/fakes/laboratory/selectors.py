"""Label selectors, as the API text of ``LabelSelector`` has them, over plain dictionaries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Labels = Mapping[str, str]


def matches(selector: Mapping[str, Any] | None, labels: Labels) -> bool:
    """Whether a selector selects an object; an empty one does, an absent one does not."""
    if selector is None:
        return False
    equal = (selector.get("matchLabels") or {}).items()
    required = selector.get("matchExpressions") or []
    return all(labels.get(key) == value for key, value in equal) and all(
        _satisfied(requirement, labels) for requirement in required
    )


def _satisfied(requirement: Mapping[str, Any], labels: Labels) -> bool:
    key, values = requirement["key"], requirement.get("values") or []
    match requirement["operator"]:
        case "In":
            return key in labels and labels[key] in values
        case "NotIn":
            return key not in labels or labels[key] not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    raise ValueError(f"no operator of a label selector: {requirement['operator']}")
