from __future__ import annotations

import pytest

from netsim.model.finding import Severity
from netsim.rules.network.named_port_unresolved import CHECK
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

API = pod(
    "api",
    spec="containers: [{name: api, ports: [{name: http, containerPort: 8080}, "
    "{name: dns, containerPort: 53, protocol: UDP}]}]",
)
WEB = pod("web", spec="containers: [{name: web, ports: [{name: web, containerPort: 80}]}]")
BARE = pod("bare")


def ingress(*ports: str, subject: str = "matchLabels: {app: api}") -> str:
    lines = [f"podSelector: {{{subject}}}", "ingress:", "- ports:"]
    return policy("api", "\n".join([*lines, *(f"  - {port}" for port in ports)]))


def egress(port: str, *peers: str) -> str:
    lines = ["podSelector: {matchLabels: {app: web}}", "egress:", "- ports:", f"  - {port}"]
    to = ["  to:"] if peers else []
    return policy("web", "\n".join([*lines, *to, *(f"  - {peer}" for peer in peers)]))


TO_API = "podSelector: {matchLabels: {app: api}}"
SYSTEM = "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}"
BLOCK = "ipBlock: {cidr: 192.0.2.0/24}"

SAMPLES = (
    Sample("resolved", documents(API, ingress("port: http"))),
    Sample(
        "typing error",
        documents(API, ingress(f"port: htpp {MARK}")),
        "shop/api",
        "shop/api ingress[0]: no destination has a TCP port named htpp; TCP 8080 is named http",
        "- protocol: TCP\n  port: http",
    ),
    Sample(
        "other protocol",
        documents(API, ingress("port: http", f"port: dns {MARK}")),
        "shop/api",
        "dns is UDP 53 there",
        "- protocol: UDP\n  port: dns",
    ),
    Sample("its protocol", documents(API, ingress("{port: dns, protocol: UDP}"))),
    Sample(
        "no names",
        documents(BARE, ingress(f"port: http {MARK}", subject="")),
        "shop/api",
        "they have no port names",
    ),
    # One pod that has it is enough: a policy for all pods names what some of them serve.
    Sample("on one of the pods", documents(API, WEB, ingress("port: http", subject=""))),
    # Resolved at the destination, not at the policy's own pods.
    Sample("egress", documents(API, WEB, egress("port: http", TO_API))),
    Sample(
        "egress, own name",
        documents(API, WEB, egress(f"port: web {MARK}", TO_API)),
        "shop/web",
        "the names there are dns, http",
    ),
    Sample(
        "egress to unread pods", documents(WEB, egress("{port: dns, protocol: UDP}", SYSTEM))
    ),
    Sample("egress to anything", documents(WEB, egress("{port: dns, protocol: UDP}"))),
    Sample(
        "egress to addresses",
        documents(WEB, egress(f"port: https {MARK}", BLOCK)),
        "shop/web",
        "no destination has a TCP port named https",
    ),
    # Other rules explain these: the destinations themselves are missing.
    Sample("no subject", documents(WEB, ingress("port: http"))),
    Sample("no peer", documents(WEB, egress("port: http", TO_API))),
    Sample("numbers", documents(API, ingress("port: 9", "{port: 9, endPort: 10}"))),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


@pytest.mark.parametrize(
    ("ports", "severity"),
    [
        # Whichever of the two a chart has in use.
        ("http https", Severity.NOTE),
        ("8080 metrics", Severity.NOTE),
        # Nothing else can be meant, and nothing of the rule works.
        ("metrics", Severity.WARNING),
        ("metrics health", Severity.WARNING),
        # One of the names of the pod, misspelt, beside another.
        ("8080 htpp", Severity.WARNING),
    ],
)
def test_a_name_beside_ports_that_are_in_use_is_a_note(ports: str, severity: Severity) -> None:
    named = [f"port: {each}" for each in ports.split()]
    found = run(CHECK, case(documents(API, ingress(*named))))
    assert {each.severity for each in found} == {severity}
    if severity is Severity.NOTE:
        assert [each.patches for each in found] == [()]


def test_a_policy_for_all_pods_may_be_for_those_to_come() -> None:
    """Where a scenario says what there is, the name is one that nobody has."""
    for name, severity in (("metrics", Severity.NOTE), ("htpp", Severity.WARNING)):
        text = documents(API, ingress(f"port: {name}", subject=""))
        (finding,) = run(CHECK, case(text))
        assert finding.severity is severity
        (finding,) = run(CHECK, scenario_context(text, {"api": "{labels: {app: api}}"}))
        assert finding.severity is Severity.WARNING
