from __future__ import annotations

import pytest

from netsim.rules.network.selector_on_version import CHECK
from tests.rules.samples import MARK, Sample, documents, ids, pod, policy, verify

API = pod("api", "app: api, chart: api-1.2.3")
V1 = pod("api", "app: api, version: v1")


def selecting(labels: str) -> str:
    return policy("api", f"podSelector: {{matchLabels: {{{labels}}}}}  {MARK}")


def admitting(*peers: str) -> str:
    items = "\n".join(f"  - {peer}" for peer in peers)
    return policy("db", f"podSelector: {{}}\ningress:\n- from:\n{items}")


CHART = "{podSelector: {matchLabels: {chart: api-1.2.3}}}"

SAMPLES = (
    Sample("stays", documents(API, policy("api", "podSelector: {matchLabels: {app: api}}"))),
    Sample(
        "subject",
        documents(API, selecting("app: api, chart: api-1.2.3")),
        "shop/api",
        "shop/api: podSelector asks for chart=api-1.2.3, which changes with the version: in a "
        "rolling update the old pods of shop/api[Pod] are left out",
    ),
    Sample(
        "peer",
        documents(API, admitting(f"{CHART}  {MARK}")),
        "shop/db",
        "ingress[0].from[0] asks for chart=api-1.2.3",
    ),
    Sample(
        "peers of any namespace",
        documents(API, admitting(f"{{namespaceSelector: {{}}, {CHART[1:]}  {MARK}")),
        "shop/db",
    ),
    # One label is one finding.
    Sample(
        "twice",
        documents(API, admitting(f"{CHART}  {MARK}", CHART)),
        "shop/db",
        "ingress[0].from[0], ingress[0].from[1] ask for",
    ),
    # Other rules are about selectors that match nothing.
    Sample(
        "another version",
        documents(API, policy("x", "podSelector: {matchLabels: {chart: api-1.2.2}}")),
    ),
    Sample("no pods", policy("api", "podSelector: {matchLabels: {chart: api-1.2.3}}")),
    # Two versions that run side by side.
    Sample(
        "a track", documents(V1, policy("api", "podSelector: {matchLabels: {version: v1}}"))
    ),
    # Who lists both has thought of it.
    Sample(
        "both versions",
        documents(
            API,
            policy(
                "api",
                "podSelector: {matchExpressions: [{key: chart, operator: In, "
                "values: [api-1.2.2, api-1.2.3]}]}",
            ),
        ),
    ),
    Sample(
        "any version",
        documents(
            API,
            policy("api", "podSelector: {matchExpressions: [{key: chart, operator: Exists}]}"),
        ),
    ),
    # A hash is another one for each version, whichever pods the input has.
    Sample(
        "hash", selecting("pod-template-hash: 7d4b9c"), "shop/api", "the old pods are left out"
    ),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)
