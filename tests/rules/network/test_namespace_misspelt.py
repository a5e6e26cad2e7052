from __future__ import annotations

import pytest

from netsim.rules.network.namespace_misspelt import CHECK
from tests.rules.samples import MARK, Sample, documents, ids, pod, verify

POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: deny {mark}
  namespace: {namespace}
spec: {{podSelector: {{}}}}
"""
PRODUCTION = pod("web", namespace="production")
MISSPELT = "prodution/deny"
MEANT = "did you mean production?"


def deny(namespace: str, mark: str = "") -> str:
    return POLICY.format(namespace=namespace, mark=mark)


SAMPLES = (
    Sample("same", documents(PRODUCTION, deny("production"))),
    Sample(
        "letter missing",
        documents(PRODUCTION, deny("prodution", MARK)),
        "prodution/deny",
        MEANT,
    ),
    # Another name is another namespace, which may be deployed elsewhere.
    Sample("not alike", documents(PRODUCTION, deny("staging"))),
    Sample(
        "has pods", documents(PRODUCTION, pod("w", namespace="productio"), deny("productio"))
    ),
    Sample(
        "exists",
        documents(
            PRODUCTION,
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: production2}\n",
            deny("production2"),
        ),
    ),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_samples(sample: Sample) -> None:
    verify(CHECK, sample)
