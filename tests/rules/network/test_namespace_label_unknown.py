from __future__ import annotations

import pytest

from netsim.rules.network.namespace_label_unknown import CHECK
from tests.rules.samples import (
    MARK,
    Sample,
    documents,
    ids,
    namespace,
    pod,
    policy,
    run,
    scenario_context,
    verify,
)

API = pod("api")
MONITORING = namespace("monitoring", "team: observers")


def allows(selector: str, *, mark: str = "") -> str:
    peer = f"  - namespaceSelector: {selector} {mark}".rstrip()
    return policy("api", f"podSelector: {{}}\ningress:\n- from:\n{peer}")


SAMPLES = (
    Sample("known", documents(API, MONITORING, allows("{matchLabels: {team: observers}}"))),
    Sample(
        "typing error",
        documents(API, MONITORING, allows("{matchLabels: {team: observer}}", mark=MARK)),
        "shop/api",
        "shop/api ingress[0]: no known namespace has the labels team=observer; the nearest is "
        "namespace monitoring, which has team=observers",
        "namespaceSelector:\n  matchLabels:\n    team: observers",
    ),
    Sample(
        "name for label",
        documents(API, MONITORING, allows("{matchLabels: {name: monitoring}}", mark=MARK)),
        "shop/api",
        "a namespace's name is its label kubernetes.io/metadata.name",
        "kubernetes.io/metadata.name: monitoring",
    ),
    Sample(
        "name of a namespace not read",
        documents(API, allows("{matchLabels: {name: kube-system}}", mark=MARK)),
        "shop/api",
        "",
        "kubernetes.io/metadata.name: kube-system",
    ),
    # The namespace may exist, and then it has this label.
    Sample(
        "by name", documents(API, allows("{matchLabels: {kubernetes.io/metadata.name: other}}"))
    ),
    Sample(
        "by name and more",
        documents(
            API,
            allows("{matchLabels: {kubernetes.io/metadata.name: other, team: x}}", mark=MARK),
        ),
        "shop/api",
    ),
    Sample(
        "wrong label of a known one",
        documents(
            API,
            MONITORING,
            allows(
                "{matchLabels: {kubernetes.io/metadata.name: monitoring, team: x}}", mark=MARK
            ),
        ),
        "shop/api",
        "the nearest is namespace monitoring, which has team=observers",
    ),
    Sample("every namespace", documents(API, allows("{}"))),
    Sample("own namespace", documents(API, policy("a", "podSelector: {}\ningress: [{}]"))),
    # A namespace that was not read has no such label, so it is chosen.
    Sample(
        "negative",
        documents(
            API,
            namespace("shop", "team: x"),
            allows("{matchExpressions: [{key: team, operator: DoesNotExist}]}"),
        ),
    ),
    Sample(
        "negative in a whole cluster",
        documents(
            namespace("shop", "team: x"),
            namespace("kube-system", "team: z"),
            allows("{matchExpressions: [{key: team, operator: DoesNotExist}]}", mark=MARK),
        ),
        "shop/api",
    ),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


def test_a_namespace_that_nobody_wrote_does_not_count() -> None:
    selector = "{matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, "
    selector += "values: [shop, kube-system]}]}"
    endpoints = {"dns": "{namespace: kube-system, labels: {a: b}}", "api": "{labels: {a: b}}"}
    (finding,) = run(CHECK, scenario_context(allows(selector), endpoints))
    assert "another-namespace" not in finding.message
