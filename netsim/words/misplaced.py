"""Labels that stand above a pod template, where the pods do not get them.

``CronJob sweep`` with ``metadata.labels: {app: sweep}`` makes pods without labels, unless
``spec.jobTemplate.spec.template.metadata.labels`` has it, too.
"""

from __future__ import annotations

from collections.abc import Iterable

from netsim.model.labels import Labels, Selector
from netsim.model.resources import MisplacedLabel, Pod


def describe_misplaced(selector: Selector, pods: Iterable[Pod]) -> str:
    """Where a label stands that a selector asks for, and where it belongs; or nothing."""
    for pod in pods:
        for label in pod.misplaced:
            if _is_meant(selector, pod, label):
                has = "no labels" if not pod.labels.pairs else f"the labels {pod.labels}"
                return (
                    f"{pod.workload} has {label.key}={label.value} at {label.location}, and "
                    f"its pods have {has}: write it in {label.template}.metadata.labels, too"
                )
    return ""


def _is_meant(selector: Selector, pod: Pod, label: MisplacedLabel) -> bool:
    own = Labels.of({label.key: label.value})
    return any(
        requirement.key == label.key and requirement.test(own)
        for requirement in selector.failing(pod.labels)
    )
