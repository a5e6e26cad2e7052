from __future__ import annotations

import pytest

from netsim.rules.network.subject_selects_nothing import CHECK
from tests.rules.samples import (
    MARK,
    Sample,
    documents,
    ids,
    pod,
    policy,
    run,
    scenario_context,
    verify,
)

WEB = pod("web", "app: plue-web, tier: front")
TYPO = policy("web", "podSelector: {matchLabels: {app: plue-wep}}", mark=MARK)

SAMPLES = (
    Sample(
        "selected", documents(WEB, policy("web", "podSelector: {matchLabels: {tier: front}}"))
    ),
    Sample(
        "typing error",
        documents(WEB, TYPO),
        "shop/web",
        "no pod of namespace shop has app=plue-wep; the nearest is shop/web[Pod], which has "
        "app=plue-web",
        "podSelector:\n  matchLabels:\n    app: plue-web",
    ),
    Sample(
        "one of two labels",
        documents(
            WEB,
            policy("web", "podSelector: {matchLabels: {app: plue-web, tier: x}}", mark=MARK),
        ),
        "shop/web",
        # Without a fix: another tier is another component.
        "which has tier=front",
    ),
    Sample(
        "label missing",
        documents(
            WEB,
            policy("web", "podSelector: {matchLabels: {app: plue-web, zone: x}}", mark=MARK),
        ),
        "shop/web",
        "which has no label zone",
    ),
    # Nothing is like it: the pods there are named instead of a far-fetched nearest one.
    Sample(
        "nothing alike",
        documents(WEB, policy("db", "podSelector: {matchLabels: {role: db}}", mark=MARK)),
        "shop/db",
        "the pods there are shop/web[Pod]",
    ),
    Sample(
        "wrong namespace",
        documents(
            WEB, policy("web", "podSelector: {matchLabels: {app: plue-web}}", "shpo", mark=MARK)
        ),
        "shpo/web",
        "shop/web[Pod] would match in another namespace",
    ),
    Sample(
        "namespace without pods",
        documents(
            WEB, policy("db", "podSelector: {matchLabels: {role: db}}", "data", mark=MARK)
        ),
        "data/db",
        "the input has no pod there",
    ),
    Sample(
        "host network",
        documents(
            pod("web", spec="hostNetwork: true"),
            policy("web", "podSelector: {matchLabels: {app: web}}", mark=MARK),
        ),
        "shop/web",
        "uses the host network",
    ),
    # Everything in the namespace, also later: an empty selector is never a mistake.
    Sample("empty selector", documents(WEB, policy("deny", "podSelector: {}", "empty"))),
    # Policies alone, as kept apart from the workloads, say nothing about pods.
    Sample("no pods at all", policy("web", "podSelector: {matchLabels: {app: web}}")),
    Sample(
        "negative selector",
        documents(
            WEB,
            policy(
                "others",
                "podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}",
                mark=MARK,
            ),
        ),
        "shop/others",
        "no pod of namespace shop has !app",
    ),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


def test_modelled_pods_count() -> None:
    text = policy("web", "podSelector: {matchLabels: {app: web}}")
    assert run(CHECK, scenario_context(text, {"web": "{labels: {app: web}}"})) == []


def test_a_pod_that_nobody_wrote_does_not_count() -> None:
    """It stands for pods without labels, which a negative selector matches."""
    text = policy("x", "podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}")
    (finding,) = run(CHECK, scenario_context(text, {"web": "{labels: {app: web}}"}))
    assert "any other" not in finding.message
