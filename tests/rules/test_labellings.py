"""A label that pods lack is proposed where it is the smallest change, and never a new value."""

from __future__ import annotations

import pytest

from netsim.judge.case import build_case
from netsim.model.conventions import Conventions
from netsim.model.edit import Insert
from netsim.rules.diagram.broken import CHECK
from tests.rules.diagram.test_broken import judge
from tests.rules.samples import bundle, documents, pod, policy, run

WEB, API = pod("web"), pod("api")
CLIENT = pod("job", 'app: job, api-client: "true"')
TEAM = pod("job", "app: job, team: shop")
SHUT_API = "podSelector: {matchLabels: {app: api}}\npolicyTypes: [Ingress]\ningress:"


def admit(labels: str, space: str = "") -> str:
    peer = f"{{podSelector: {{matchLabels: {{{labels}}}}}{space}}}"
    return policy("api", f"{SHUT_API} [{{from: [{peer}], ports: [{{port: 80}}]}}]")


def list_labels(*texts: str) -> list[tuple[int, str, object]]:
    """For the first finding: how many candidates come before a label, its key and value."""
    text = documents(*texts)
    case = judge(text, "web", "api")
    made = build_case(case.resources, Conventions(), case.documentation, bundle(text))
    (finding,) = run(CHECK, made)
    return [
        (number, str(edit.path[-1]), edit.value.plain)
        for number, patch in enumerate(finding.patches)
        for edit in patch.edits
        if isinstance(edit, Insert) and edit.path[:2] == ("metadata", "labels")
    ]


@pytest.mark.parametrize(
    ("texts", "labels"),
    [
        # It asks for something, whether or not anybody has it.
        ((WEB, API, CLIENT, admit('api-client: "true"')), [(0, "api-client", "true")]),
        ((WEB, API, admit('api-client: "true"')), [(0, "api-client", "true")]),
        ((WEB, API, TEAM, admit("team: shop")), [(0, "team", "shop")]),
        # Nobody has it: the policy may be wrong.
        ((WEB, API, admit("team: shop")), []),
        # Another value has its users.
        ((WEB, API, CLIENT, admit("app: job")), []),
        # Two labels are more than a rule.
        ((WEB, API, TEAM, admit("team: shop, tier: front")), []),
        (
            (WEB, API, TEAM, admit("team: shop", ", namespaceSelector: {matchLabels: {a: b}}")),
            [],
        ),
        # The pods are not written anywhere.
        ((API, TEAM, admit("team: shop")), []),
    ],
)
def test_labels(texts: tuple[str, ...], labels: list[tuple[int, str, object]]) -> None:
    assert list_labels(*texts) == labels


def test_a_label_that_opens_more_comes_last() -> None:
    peer = "{podSelector: {matchLabels: {team: shop}}}"
    more = policy(
        "side", f"podSelector: {{matchLabels: {{app: job}}}}\negress: [{{to: [{peer}]}}]"
    )
    ((number, key, _),) = list_labels(WEB, API, TEAM, admit("team: shop"), more)
    assert (number > 0, key) == (True, "team")


def test_what_a_policy_selects() -> None:
    shut = policy("shut", "podSelector: {}\npolicyTypes: [Egress]")
    rule = "egress: [{to: [{podSelector: {matchLabels: {app: api}}}]}]"
    clients = policy(
        "clients",
        f"podSelector: {{matchLabels: {{team: shop}}}}\npolicyTypes: [Egress]\n{rule}",
    )
    assert list_labels(WEB, API, TEAM, shut, clients) == [(0, "team", "shop")]
