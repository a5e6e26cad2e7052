"""YAML of workloads and budgets."""

from __future__ import annotations


def workload(kind: str, name: str, spec: str = "", labels: str = "") -> str:
    """A workload of namespace shop labelled ``app: NAME``; ``spec`` is in YAML's flow style."""
    version = "batch/v1" if kind == "Job" else "apps/v1"
    template = f"template: {{metadata: {{labels: {{{labels or f'app: {name}'}}}}}}}"
    inner = ", ".join(part for part in (spec, template) if part)
    head = f"apiVersion: {version}\nkind: {kind}"
    return f"{head}\nmetadata: {{name: {name}, namespace: shop}}\nspec: {{{inner}}}"


def pod_template(name: str, labels: str = "", spec: str = "") -> str:
    """A PodTemplate labelled ``app: NAME``."""
    head = f"apiVersion: v1\nkind: PodTemplate\nmetadata: {{name: {name}, namespace: shop}}"
    metadata = f"{{labels: {{{labels or f'app: {name}'}}}}}"
    return f"{head}\ntemplate:\n  metadata: {metadata}\n  spec: {{{spec}}}"


def budget(name: str, amount: str, selector: str = "", namespace: str = "shop") -> str:
    """A budget of the pods ``app: NAME`` unless told otherwise; lines may carry marks."""
    head = "apiVersion: policy/v1\nkind: PodDisruptionBudget"
    metadata = f"metadata: {{name: {name}, namespace: {namespace}}}"
    selector = selector or f"selector: {{matchLabels: {{app: {name}}}}}"
    return f"{head}\n{metadata}\nspec:\n  {amount}\n  {selector}"
