"""Labels by which pods ask for something."""

from __future__ import annotations

import pytest

from netsim.model.resources import Pod
from netsim.words.opt_in import find_opt_in
from tests.rules.samples import pod, policy, resources

PODS: tuple[Pod, ...] = resources(pod("web", "app: web, tier: front")).pods


@pytest.mark.parametrize(
    ("selector", "key"),
    [
        ("matchLabels: {db-client: 'true'}", "db-client"),
        ("matchLabels: {app: web, internet: allowed}", "internet"),
        ("matchExpressions: [{key: db-client, operator: Exists}]", "db-client"),
        ("matchExpressions: [{key: x, operator: In, values: ['yes', 'true']}]", "x"),
        # A pod has the key, so the value is a mistake or another pod's.
        ("matchLabels: {tier: 'true'}", None),
        # The name of a component, which is not there.
        ("matchLabels: {app: api}", None),
        ("matchLabels: {role: client}", None),
        ("matchExpressions: [{key: x, operator: NotIn, values: ['true']}]", None),
        ("", None),
    ],
)
def test_opt_in(selector: str, key: str | None) -> None:
    (written,) = resources(policy("x", f"podSelector: {{{selector}}}")).policies
    assert find_opt_in(written.subject.pods, PODS) == key
