from __future__ import annotations

import pytest

from netsim.model.finding import Severity
from netsim.rules.network.dns_blocked import CHECK
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

API, WEB = pod("api"), pod("web")
DNS = pod("dns", "k8s-app: kube-dns", "kube-system")
UDP, TCP = "{protocol: UDP, port: 53}", "{protocol: TCP, port: 53}"
SYSTEM = "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}"
DATABASE = "{to: [ipBlock: {cidr: 192.0.2.7/32}], ports: [{port: 5432}]}"


def egress(name: str, *rules: str, subject: str | None = None, mark: str = "") -> str:
    chosen = f"matchLabels: {{app: {name}}}" if subject is None else subject
    spec = f"podSelector: {{{chosen}}}\npolicyTypes: [Egress]\negress: [{', '.join(rules)}]"
    return policy(name, spec, mark=mark)


def to(peer: str, *ports: str) -> str:
    return f"{{to: [{{{peer}}}], ports: [{', '.join(ports)}]}}"


RESOLVES = to(SYSTEM, UDP, TCP)
EVERYBODY = egress("allow-dns", RESOLVES, subject="")

SAMPLES = (
    Sample("allowed", documents(API, DNS, egress("api", DATABASE, RESOLVES))),
    Sample("allowed for all", documents(API, DNS, egress("api", DATABASE), EVERYBODY)),
    Sample("not isolated", documents(API, DNS)),
    Sample("isolated for ingress", documents(API, DNS, policy("x", "podSelector: {}"))),
    Sample(
        "forgotten",
        documents(API, DNS, egress("api", DATABASE, mark=MARK)),
        "shop/api",
        "shop/api[Pod]: cannot resolve names: no egress rule allows UDP 53 to DNS",
        "k8s-app: kube-dns",
    ),
    Sample(
        "forgotten, DNS not in the input",
        documents(API, egress("api", DATABASE, mark=MARK)),
        "shop/api",
        "cannot resolve names",
    ),
    # The DNS pods are not in the input; a rule for the port says enough.
    Sample("DNS not in the input", documents(API, egress("api", DATABASE, RESOLVES))),
    Sample(
        "a server outside",
        documents(API, egress("api", to("ipBlock: {cidr: 192.0.2.53/32}", UDP, TCP))),
    ),
    # Every port within the namespace does not lead to DNS.
    Sample(
        "own namespace only",
        documents(API, egress("api", "{to: [{podSelector: {}}]}", mark=MARK)),
        "shop/api",
    ),
    Sample(
        "another server than the cluster's",
        documents(
            API, DNS, egress("api", to("ipBlock: {cidr: 192.0.2.53/32}", UDP, TCP), mark=MARK)
        ),
        "shop/api",
    ),
    Sample(
        "the cache of the node",
        documents(API, DNS, egress("api", to("ipBlock: {cidr: 169.254.20.10/32}", UDP, TCP))),
    ),
    Sample(
        "wrong label",
        documents(
            API,
            DNS,
            egress(
                "api",
                to(f"{SYSTEM}, podSelector: {{matchLabels: {{k8s-app: coredns}}}}", UDP, TCP),
                mark=MARK,
            ),
        ),
        "shop/api",
    ),
    # One policy for the whole namespace is the cause for both.
    Sample(
        "two workloads, one cause",
        documents(
            API,
            WEB,
            DNS,
            egress("deny", subject="", mark=MARK),
            egress("api", DATABASE),
            egress("web", DATABASE),
        ),
        "shop/deny",
        "shop/api[Pod]; shop/web[Pod]: cannot resolve",
    ),
    # The default deny is right; the policy of the one that cannot resolve is incomplete.
    Sample(
        "one of two workloads",
        documents(
            API,
            WEB,
            DNS,
            egress("deny", subject=""),
            egress("api", DATABASE, RESOLVES),
            egress("web", DATABASE, mark=MARK),
        ),
        "shop/web",
        "shop/web[Pod]: cannot resolve",
    ),
    # The server itself asks others.
    Sample(
        "the server",
        documents(DNS, policy("dns", "podSelector: {}\npolicyTypes: [Egress]", "kube-system")),
    ),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        (documents(API, DNS, egress("api", DATABASE)), Severity.WARNING),
        (documents(API, DNS, egress("api", to(SYSTEM, UDP))), Severity.NOTE),
        (documents(API, egress("api", DATABASE, to(SYSTEM, UDP))), Severity.NOTE),
        # Nothing is opened at all, which may be meant.
        (documents(API, DNS, egress("api")), Severity.NOTE),
    ],
    ids=["UDP", "TCP", "TCP, DNS not in the input", "everything"],
)
def test_severity(text: str, severity: Severity) -> None:
    (finding,) = run(CHECK, case(text))
    assert finding.severity is severity


def test_servers_that_no_policy_tells_apart_are_one_group() -> None:
    twice = pod("dns-2", "k8s-app: kube-dns", "kube-system")
    text = documents(API, DNS, twice, egress("api", DATABASE, RESOLVES))
    assert run(CHECK, case(text)) == []


def test_modelled_pods_count_and_unwritten_ones_do_not() -> None:
    endpoints = {
        "api": "{labels: {app: api}}",
        "dns": "{namespace: kube-system, labels: {k8s-app: kube-dns}}",
    }
    text = egress("deny", DATABASE, subject="")
    (finding,) = run(CHECK, scenario_context(text, endpoints))
    assert finding.message.startswith("shop/api[Scenario]: ")
    assert run(CHECK, scenario_context(EVERYBODY, endpoints)) == []


def test_the_patch_mends_it() -> None:
    for servers in ((), (DNS,)):
        text = documents(API, *servers, egress("api", DATABASE))
        (finding,) = run(CHECK, case(text))
        assert run(CHECK, case(documents(text, finding.patch))) == []
