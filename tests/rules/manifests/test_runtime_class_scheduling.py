from __future__ import annotations

import pytest

from netsim.model.finding import Severity
from netsim.rules.manifests.runtime_class_scheduling import CHECK
from tests.rules.samples import Sample, case, documents, ids, run, verify

CLASS = (
    "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: gvisor}\nhandler: runsc\n"
    "scheduling: {nodeSelector: {sandbox: gvisor}}"
)


def pod(selector: str, runtime: str = "gvisor") -> str:
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}"
    return f"{head}\nspec:\n  runtimeClassName: {runtime}\n  nodeSelector: {selector}\n"


def node(labels: str) -> str:
    return f"apiVersion: v1\nkind: Node\nmetadata: {{name: one, labels: {{{labels}}}}}"


SAMPLES = (
    Sample("merged", documents(CLASS, pod("{disk: ssd}"))),
    Sample("the same", documents(CLASS, pod("{sandbox: gvisor}"))),
    Sample(
        "conflict",
        documents(CLASS, pod("{sandbox: kata}  # here")),
        says="sandbox=kata instead of gvisor",
    ),
    # An empty value is a value.
    Sample("empty value", documents(CLASS, pod('{sandbox: ""}  # here'))),
    Sample(
        "class without scheduling",
        documents(CLASS.replace("scheduling", "overhead"), pod("{sandbox: kata}")),
    ),
    # Which class it is, another rule says.
    Sample("unknown class", documents(CLASS, pod("{sandbox: kata}", "kata"))),
    Sample(
        "a node for it",
        documents(CLASS, pod("{disk: ssd}"), node("sandbox: gvisor, disk: ssd, zone: a")),
    ),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


@pytest.mark.parametrize("labels", ["sandbox: gvisor", "disk: ssd", "sandbox: kata, disk: ssd"])
def test_no_node_has_all_labels(labels: str) -> None:
    """Each has a part of them only; it is no error, as such a node may be added."""
    (finding,) = run(CHECK, case(documents(CLASS, pod("{disk: ssd}"), node(labels))))
    assert finding.severity is Severity.WARNING
    assert finding.location.field == "spec.runtimeClassName"
    assert "disk=ssd,sandbox=gvisor" in finding.message
