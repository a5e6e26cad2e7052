"""Kinds of other projects whose objects hold a pod template: workloads by their shape.

Whatever has ``spec.template.spec.containers`` makes pods as a Deployment does, be it a Rollout
of Argo, a DeploymentConfig of OpenShift, a CloneSet of OpenKruise or a kind of some operator. A
few hold virtual machines in place of containers, or borrow the template of a Deployment::

    find_template("argoproj.io", "Rollout", tree)     # ("spec", "template")

What else the controller of such a kind does to its pods is not known.
"""

from __future__ import annotations

from netsim.model.kubernetes_kinds import list_kinds
from netsim.model.tree import Mapping, Sequence, Tree

Path = tuple[str, ...]

_USUAL: tuple[Path, ...] = (
    ("spec", "template"),
    ("spec", "jobTemplate", "spec", "template"),
    ("spec", "jobTargetRef", "template"),
    ("spec", "template", "jobTemplate", "spec", "template"),
    ("spec", "template", "deploymentTemplate", "spec", "template"),
    ("spec", "template", "statefulSetTemplate", "spec", "template"),
    ("spec", "template", "cloneSetTemplate", "spec", "template"),
    ("spec", "podTemplate"),
)
"""Where a template with containers stands."""

_KUBEVIRT = "kubevirt.io"
_KNATIVE = "serving.knative.dev"
_SPECIAL: dict[tuple[str, str], Path] = {
    (_KUBEVIRT, "VirtualMachine"): ("spec", "template"),
    (_KUBEVIRT, "VirtualMachineInstance"): (),
    (_KUBEVIRT, "VirtualMachineInstanceReplicaSet"): ("spec", "template"),
    ("pool.kubevirt.io", "VirtualMachinePool"): (
        "spec", "virtualMachineTemplate", "spec", "template",
    ),
    (_KNATIVE, "Revision"): (),
}  # fmt: skip
"""Kinds whose template is told by their name: it has no containers, or is the object itself."""

_BORROWING = ("argoproj.io", "Rollout")
_BORROWED: Path = ("spec", "workloadRef")
_OF_OLD = frozenset((("", "DeploymentConfig"),))
_FOR_OTHERS = ("Template", "Class", "Policy", "Profile", "Runtime", "Definition")
"""How the names of kinds end whose template makes no pods until another object asks for it."""

_SIGNS = ("containers:", "workloadRef:")


def may_hold_template(kind: str, api_version: str, text: str) -> bool:
    """Whether a document has to be parsed to tell; cheap, and never wrong where not."""
    group = api_version.rpartition("/")[0]
    if not _is_of_others(group, kind):
        return False
    return (group, kind) in _SPECIAL or any(sign in text for sign in _SIGNS)


def find_template(group: str, kind: str, tree: Mapping) -> Path | None:
    """Where the pod template of an object stands; None where it has none, or borrows one."""
    if not _is_of_others(group, kind):
        return None
    special = _SPECIAL.get((group, kind))
    if special is not None:
        return special if isinstance(_resolve(tree, special), Mapping) else None
    if kind.endswith(_FOR_OTHERS):
        return None
    return next((path for path in _USUAL if _is_template(_resolve(tree, path), path)), None)


def borrows_template(group: str, kind: str, tree: Mapping) -> bool:
    """Whether an object takes its template from another one (Argo Rollouts, workloadRef)."""
    return (group, kind) == _BORROWING and isinstance(_resolve(tree, _BORROWED), Mapping)


def list_generated_labels(group: str, kind: str, name: str) -> dict[str, str]:
    """The labels of known value that a controller adds to its pods.

    Source: KubeVirt, ``RenderLaunchManifest``; Knative Serving, ``makeLabels`` of revisions.
    """
    if group.endswith(_KUBEVIRT):
        labels = {"kubevirt.io": "virt-launcher"}
        if kind in ("VirtualMachine", "VirtualMachineInstance"):
            labels["vm.kubevirt.io/name"] = name
        return labels
    if group == _KNATIVE and kind in ("Service", "Configuration"):
        labels = {"serving.knative.dev/configuration": name}
        if kind == "Service":
            labels["serving.knative.dev/service"] = name
        return labels
    return {}


def _is_of_others(group: str, kind: str) -> bool:
    return not list_kinds(group) or (group, kind) in _OF_OLD


def _resolve(tree: Tree, path: Path) -> Tree | None:
    found: Tree | None = tree
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _is_template(tree: Tree | None, path: Path) -> bool:
    """Whether these are pods: containers, each a mapping with a name or an image.

    ``podTemplate`` often is a part of pods that an operator completes, so it takes labels.
    """
    if not isinstance(tree, Mapping):
        return False
    containers = _resolve(tree, ("spec", "containers"))
    if not isinstance(containers, Sequence) or not containers.items:
        return False
    if path[-1] == "podTemplate":
        labels = _resolve(tree, ("metadata", "labels"))
        if not isinstance(labels, Mapping) or not labels.entries:
            return False
    return all(
        isinstance(each, Mapping) and not each.entries.keys().isdisjoint(("name", "image"))
        for each in containers.items
    )
