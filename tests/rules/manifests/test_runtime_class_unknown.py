from __future__ import annotations

import pytest

from netsim.bundle.provision import Extent
from netsim.rules.manifests.runtime_class_unknown import CHECK
from tests.rules.manifests.workloads import workload
from tests.rules.samples import (
    Sample,
    case,
    documents,
    ids,
    run,
    scenario_context,
    verify,
)

CLASS = "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: gvisor}\nhandler: x"


def pod(name: str) -> str:
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}"
    return f"{head}\nspec:\n  runtimeClassName: {name}\n"


SAMPLES = (
    Sample("known", documents(CLASS, pod("gvisor"))),
    Sample(
        "misspelt",
        documents(CLASS, pod("gvisr  # here")),
        says="there is no RuntimeClass gvisr; did you mean gvisor?",
        patch="runtimeClassName: gvisor",
    ),
    Sample("nothing alike", documents(CLASS, pod("kata  # here")), says="RuntimeClass kata"),
    Sample("none named", documents(CLASS, workload("Deployment", "web"))),
    # It may be elsewhere, as the input has none at all.
    Sample("no classes", pod("gvisor")),
    Sample("filled in later", documents(CLASS, pod("${SANDBOX}"))),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


def test_all_of_the_bundle_was_read() -> None:
    assert len(run(CHECK, case(pod("gvisor"), extent=Extent.WHOLE))) == 1


def test_what_the_cluster_comes_with() -> None:
    provided = "provided: [{kind: RuntimeClass, name: gvisor, because: GKE Sandbox has it}]"
    for name, count in (("gvisor", 0), ("gvisr", 1)):
        subject = scenario_context(
            pod(name),
            {"web": "{labels: {app: web}}"},
            sections=provided,
            extent=Extent.WHOLE,
        )
        assert len(run(CHECK, subject)) == count
