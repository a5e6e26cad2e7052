"""Whom a workload serves, as far as the input says."""

from __future__ import annotations

import pytest

from netsim.judge.serving import Serving, judge_serving
from tests.rules.samples import documents, pod, resources

PORT = "containers: [{name: main, image: web:1, ports: [{containerPort: 80}]}]"


def service(kind: str) -> str:
    spec = f"{{type: {kind}, selector: {{app: web}}, ports: [{{port: 80}}]}}"
    return (
        f"apiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: shop}}\nspec: {spec}"
    )


JOB = f"""
apiVersion: batch/v1
kind: Job
metadata: {{name: web, namespace: shop}}
spec:
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{{PORT}}}
"""


@pytest.mark.parametrize(
    ("text", "serving"),
    [
        (pod("web"), Serving.NOBODY),
        (pod("web", spec=PORT), Serving.CLUSTER),
        (documents(pod("web"), service("ClusterIP")), Serving.CLUSTER),
        (documents(pod("web"), service("NodePort")), Serving.OUTSIDE),
        # Clients outside are named, whoever else there is.
        (
            documents(
                pod("web"), service("LoadBalancer"), service("ClusterIP").replace("web,", "b,")
            ),
            Serving.OUTSIDE,
        ),
        # Its pods are gone before anyone would connect, unless a Service leads to them.
        (JOB, Serving.NOBODY),
        (documents(JOB, service("ClusterIP")), Serving.CLUSTER),
    ],
)
def test_serving(text: str, serving: Serving) -> None:
    read = resources(text)
    assert list(judge_serving(read, read.pods).values()) == [serving]
