from __future__ import annotations

import pytest

from netsim.engine.policy.coverage import covers
from netsim.engine.policy.rectangle import Certainty, Rectangle
from netsim.model.location import Location
from netsim.model.policies import Direction, Rule
from netsim.model.ports import PortSet, Protocol
from netsim.rules.network.redundant_policy import CHECK
from tests.policies import network_policy_id
from tests.rules.samples import (
    MARK,
    Sample,
    case,
    documents,
    ids,
    pod,
    policy,
    run,
    scenario_context,
    verify,
)

PODS = documents(
    pod("api", "app: api, tier: back"), pod("web"), pod("job", "app: job, tier: back")
)
DENY = policy("deny", "podSelector: {}")
SYSTEM = "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}"


def ingress(name: str, subject: str, *rules: str, mark: str = "") -> str:
    chosen = f"{{matchLabels: {{{subject}}}}}" if subject else "{}"
    return policy(name, f"podSelector: {chosen}\ningress: [{', '.join(rules)}]", mark=mark)


def allows(app: str, *ports: int) -> str:
    numbers = ", ".join(f"{{port: {port}}}" for port in ports)
    return f"{{from: [podSelector: {{matchLabels: {{app: {app}}}}}], ports: [{numbers}]}}"


SAMPLES = (
    Sample("alone", documents(PODS, ingress("api", "app: api"))),
    Sample("adds a rule", documents(PODS, DENY, ingress("api", "app: api", allows("web", 80)))),
    Sample(
        "denies what is denied",
        documents(PODS, DENY, ingress("api", "app: api", mark=MARK)),
        "shop/api",
        "shop/api is redundant with shop/deny for all known pods",
    ),
    # Every pod of today has its own policy, those of tomorrow have only the default.
    Sample(
        "default deny",
        documents(
            PODS, DENY, ingress("web", "app: web", "{}"), ingress("back", "tier: back", "{}")
        ),
    ),
    # What allows something goes one day, and the default deny is there to stay.
    Sample(
        "default deny beside a rule for all", documents(PODS, DENY, ingress("all", "", "{}"))
    ),
    # The later of two equal ones; deleting both would be wrong.
    Sample(
        "twice the same",
        documents(PODS, DENY, policy("deny-too", "podSelector: {}", mark=MARK)),
        "shop/deny-too",
    ),
    Sample(
        "within a wider one",
        documents(
            PODS,
            ingress("back", "tier: back", allows("web", 80, 81)),
            ingress("api", "app: api", allows("web", 80), mark=MARK),
        ),
        "shop/api",
    ),
    Sample(
        "one port more",
        documents(
            PODS,
            ingress("back", "tier: back", allows("web", 80)),
            ingress("api", "app: api", allows("web", 80, 81)),
        ),
    ),
    # Together the others cover it; none does alone.
    Sample(
        "two others",
        documents(
            PODS,
            ingress("back", "tier: back", allows("web", 80)),
            ingress("rest", "app: api", allows("web", 81)),
            ingress("api", "app: api", allows("web", 80, 81), mark=MARK),
        ),
        "shop/api",
    ),
    Sample(
        "narrower and first",
        documents(PODS, ingress("api", "app: api", mark=MARK), ingress("back", "tier: back")),
        "shop/api",
    ),
    Sample(
        "other direction",
        documents(
            PODS,
            DENY,
            policy(
                "out", "podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress, Egress]"
            ),
        ),
    ),
    Sample(
        "other namespace",
        documents(
            PODS,
            pod("api", namespace="lab"),
            DENY,
            policy("deny", "podSelector: {matchLabels: {app: api}}", "lab"),
        ),
    ),
    # Who is in a namespace that was not read is unknown, so nothing can be said of the rule ...
    Sample(
        "about unread pods",
        documents(PODS, DENY, ingress("api", "app: api", f"{{from: [{{{SYSTEM}}}]}}")),
    ),
    # ... unless another policy for these pods has the same rule.
    Sample(
        "about unread pods, repeated",
        documents(
            PODS,
            ingress("back", "", f"{{from: [{{{SYSTEM}}}]}}"),
            ingress("api", "app: api", f"{{from: [{{{SYSTEM}}}]}}", mark=MARK),
        ),
        "shop/api",
    ),
    # What matches nothing or resolves nowhere is reported by other rules.
    Sample(
        "peer without pods",
        documents(PODS, DENY, ingress("api", "app: api", allows("nobody", 80))),
    ),
    Sample(
        "port without number",
        documents(PODS, DENY, ingress("api", "app: api", "{ports: [{port: http}]}")),
    ),
    Sample("no subject", documents(PODS, DENY, ingress("x", "app: x"))),
    Sample(
        "addresses",
        documents(
            PODS,
            ingress("wide", "app: api", "{from: [ipBlock: {cidr: 192.0.2.0/24}]}"),
            ingress("slim", "app: api", "{from: [ipBlock: {cidr: 192.0.2.0/28}]}", mark=MARK),
        ),
        "shop/slim",
    ),
    # A placeholder may be anything.
    Sample(
        "placeholder",
        documents(
            PODS,
            ingress("wide", "app: api", "{from: [ipBlock: {cidr: 192.0.2.0/24}]}"),
            ingress("slim", "app: api", '{from: [ipBlock: {cidr: "${RANGE}"}]}'),
        ),
    ),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


def test_all_that_is_reported_can_be_deleted_at_once() -> None:
    copies = [ingress(f"copy-{number}", "app: api", allows("web", 80)) for number in range(3)]
    found = run(CHECK, case(documents(PODS, *copies)))
    assert [finding.policy for finding in found] == ["shop/copy-1", "shop/copy-2"]


def test_pods_that_nobody_wrote_keep_a_policy() -> None:
    """They stand for those without labels, which a negative selector matches as well."""
    negative = "podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [x]}]}"
    text = documents(ingress("api", "app: api"), policy("rest", negative))
    endpoints = {"api": "{labels: {app: api}}"}
    assert [f.policy for f in run(CHECK, scenario_context(text, endpoints))] == ["shop/api"]


def area(sources: int, destinations: int, *ports: int) -> Rectangle:
    allowed = PortSet.empty()
    for port in ports:
        allowed |= PortSet.of(Protocol.TCP, port)
    rule = Rule(network_policy_id("a", "b"), Direction.INGRESS, 0, (), (), Location("f", 1))
    return Rectangle(sources, destinations, allowed, Certainty.SURE, rule)


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], False),
        ([area(0b11, 0b11, 1, 2)], True),
        ([area(0b01, 0b11, 1, 2), area(0b10, 0b11, 1, 2)], True),
        ([area(0b11, 0b11, 1), area(0b11, 0b11, 2)], True),
        # Quarters, of which one lacks a port.
        ([area(0b01, 0b11, 1, 2), area(0b10, 0b01, 1, 2), area(0b10, 0b10, 1)], False),
        ([area(0b11, 0b01, 1, 2), area(0b01, 0b10, 1, 2), area(0b10, 0b10, 2, 1)], True),
    ],
)
def test_covers(others: list[Rectangle], *, expected: bool) -> None:
    assert covers(others, area(0b11, 0b11, 1, 2)) is expected
