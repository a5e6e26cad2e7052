from __future__ import annotations

import pytest

from netsim.model.finding import Severity
from netsim.rules.network.rule_left_empty import CHECK
from tests.rules.samples import MARK, Sample, case, documents, ids, policy, run, verify


def rule(direction: str, *lines: str) -> str:
    head = f"podSelector: {{}}\npolicyTypes: [{direction.title()}]\n{direction}:\n- "
    return policy("api", head + "\n  ".join(lines))


WEB = "podSelector: {matchLabels: {app: web}}"

SAMPLES = (
    Sample("full", rule("ingress", f"from: [{WEB}]", "ports: [{port: 80}]")),
    Sample(
        "null",
        rule("egress", f"to:  {MARK}", "ports:"),
        "shop/api",
        "shop/api egress[0]: `to` and `ports` are written and left empty: the rule allows "
        "everything, to everyone",
    ),
    Sample(
        "empty lists",
        rule("ingress", f"from: []  {MARK}", "ports: [{port: 80}, {port: 53, protocol: UDP}]"),
        "shop/api",
        "`from` is written and left empty: the rule allows TCP 80 and UDP 53 from everyone",
    ),
    Sample(
        "no ports",
        rule("ingress", f"from: [{WEB}]", f"ports: null  {MARK}"),
        "shop/api",
        "`ports` is written and left empty: the rule allows every port from its peers",
    ),
    Sample(
        "commented out",
        rule("ingress", f"from:  {MARK}", f"#- {WEB}", "ports: [{port: 80}]"),
        "shop/api",
    ),
    # What is not written is meant.
    Sample("anything", policy("api", "podSelector: {}\ningress: [{}]")),
    Sample("ports alone", rule("ingress", "ports: [{port: 80}]")),
    Sample("peers alone", rule("ingress", f"from: [{WEB}]")),
    # To have no rule at all is how everything is denied.
    Sample("deny", policy("api", "podSelector: {}\npolicyTypes: [Ingress]\ningress: []")),
    Sample("every pod", rule("ingress", "from: [{podSelector: {}, namespaceSelector: {}}]")),
    Sample(
        "no labels",
        rule("ingress", "from:", "- podSelector:", f"    matchLabels:  {MARK}"),
        "shop/api",
        "`from[0].podSelector.matchLabels` is written and left empty: the peer is every pod",
    ),
    Sample(
        "no labels of namespaces",
        rule(
            "egress",
            f"to: [{WEB}, {{namespaceSelector: {{matchLabels: {{}}, matchExpressions: []}}}}]"
            f"  {MARK}",
        ),
        "shop/api",
        "`to[1].namespaceSelector.matchLabels` is written and left empty: the peer may be of",
    ),
    Sample(
        "labels or expressions",
        rule(
            "ingress", "from: [{podSelector: {matchLabels: {app: web}, matchExpressions: []}}]"
        ),
    ),
    Sample(
        "a selector without a value",
        rule(
            "ingress",
            "from:",
            "- namespaceSelector: {matchLabels: {team: a}}",
            f"  podSelector:  {MARK}",
        ),
        "shop/api",
        "`from[0].podSelector` is written and left empty: the peer is every pod there",
    ),
    Sample(
        "no namespaces",
        rule("ingress", "from:", f"- {WEB}", f"  namespaceSelector:  {MARK}"),
        "shop/api",
        "the peer is of namespace shop only",
    ),
    Sample(
        "nothing excepted",
        rule("egress", "to:", f"- ipBlock: {{cidr: 0.0.0.0/0, except: }}  {MARK}"),
        "shop/api",
        "`to[0].ipBlock.except` is written and left empty: nothing is excepted",
    ),
    Sample(
        "an empty list of exceptions",
        rule("egress", "to: [{ipBlock: {cidr: 192.0.2.0/24, except: []}}]"),
    ),
    Sample(
        "a port without a value",
        rule(
            "ingress",
            f"from: [{WEB}]",
            "ports:",
            "- port: 80",
            f"- port:  {MARK}",
            "  protocol: UDP",
        ),
        "shop/api",
        "`ports[1].port` is written and left empty: it is every port of UDP",
    ),
    Sample(
        "an entry without a value",
        rule("ingress", f"from: [{WEB}]", "ports:", f"-  {MARK}"),
        "shop/api",
        "`ports[0]` is written and left empty: it is every port of TCP",
    ),
    Sample(
        "every port of a protocol",
        rule("ingress", f"from: [{WEB}]", "ports: [{protocol: UDP}]"),
    ),
    # In a direction without effect another rule says so.
    Sample(
        "idle",
        policy("api", "podSelector: {}\npolicyTypes: [Ingress]\negress: [{to: , ports: }]"),
    ),
    Sample(
        "two rules",
        documents(
            policy(
                "api",
                f"podSelector: {{}}\ningress:\n- from:  {MARK}\n"
                f"- ports: []  {MARK}\n  from: [{WEB}]",
            )
        ),
        "shop/api",
        "ingress[1]",
    ),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


@pytest.mark.parametrize(
    ("ports", "severity"),
    [
        ("{port: 53, protocol: UDP}, {port: 53}", Severity.NOTE),
        ("{port: 53}, {port: 443}", Severity.WARNING),
        ("{port: 50, endPort: 60}", Severity.WARNING),
        ("", Severity.WARNING),
    ],
)
def test_anyone_may_be_meant_to_answer_for_dns(ports: str, severity: Severity) -> None:
    (finding,) = run(CHECK, case(rule("egress", "to: []", f"ports: [{ports}]")))
    assert finding.severity is severity
