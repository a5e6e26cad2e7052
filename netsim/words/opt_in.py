"""Labels by which pods ask for something, as ``allow-dns: "true"``.

A chart's policy admits ``database-client: "true"``, and no pod of the chart has it: whoever
wants to connect puts it on.  That a selector by such a label matches nothing is no mistake.
"""

from __future__ import annotations

from collections.abc import Iterable

from netsim.model.labels import Operator, Requirement, Selector
from netsim.model.resources import Pod

_YES = frozenset(("1", "allow", "allowed", "enable", "enabled", "on", "true", "yes"))


def find_opt_in(selector: Selector, pods: Iterable[Pod]) -> str | None:
    """The key of a label that a selector asks for as for a favour, and that no pod has."""
    asked = [each.key for each in selector.requirements if _asks(each)]
    if not asked:
        return None
    used = {key for pod in pods for key, _ in pod.labels.pairs}
    return next((key for key in asked if key not in used), None)


def _asks(requirement: Requirement) -> bool:
    if requirement.operator is Operator.EXISTS:
        return True
    values = {each.lower() for each in requirement.values}
    return requirement.operator is Operator.IN and bool(values) and values <= _YES
