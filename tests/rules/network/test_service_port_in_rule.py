from __future__ import annotations

import pytest

from netsim.model.finding import Severity
from netsim.rules.network.service_port_in_rule import CHECK
from tests.rules.samples import MARK, Sample, case, documents, ids, pod, policy, run, verify


def declaring(name: str, *ports: int, labels: str = "") -> str:
    declared = ", ".join(f"{{containerPort: {port}}}" for port in ports)
    return pod(name, labels, spec=f"containers: [{{name: c, ports: [{declared}]}}]")


def service(spec: str, name: str = "api") -> str:
    return (
        f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop}}\n"
        f"spec: {{selector: {{app: api}}, {spec}}}"
    )


def ingress(ports: str, subject: str = "matchLabels: {app: api}") -> str:
    return policy("api", f"podSelector: {{{subject}}}\ningress:\n- ports:\n  - {ports}")


def egress(peer: str, ports: str) -> str:
    return policy(
        "ui",
        "podSelector: {matchLabels: {app: ui}}\npolicyTypes: [Egress]\negress:\n"
        f"- to: [{peer}]\n  ports:\n  - {ports}",
    )


API = declaring("api", 9080)
FRONT = service("ports: [{name: http, port: 80, targetPort: 9080}]")
TO_API = "podSelector: {matchLabels: {app: api}}"
BLOCK = "{ipBlock: {cidr: 192.0.2.0/24}}"

SAMPLES = (
    Sample(
        "ingress",
        documents(API, FRONT, ingress(f"port: 80 {MARK}")),
        "shop/api",
        "shop/api ingress[0]: 80 is the port of svc/shop/api; policies see 9080",
        "- protocol: TCP\n  port: 9080",
    ),
    Sample(
        "egress",
        documents(API, FRONT, pod("ui"), egress(TO_API, f"port: 80 {MARK}")),
        "shop/ui",
        "shop/ui egress[0]: 80 is the port of svc/shop/api; policies see 9080",
    ),
    Sample("the target port", documents(API, FRONT, ingress("port: 9080"))),
    Sample("both", documents(API, FRONT, ingress("port: 80\n  - port: 9080"))),
    Sample("both, in a range", documents(API, FRONT, ingress("{port: 80, endPort: 9999}"))),
    Sample("by name", documents(API, FRONT, ingress("port: http"))),
    Sample("another protocol", documents(API, FRONT, ingress("{port: 80, protocol: UDP}"))),
    # The pods listen on both.
    Sample("declared", documents(declaring("api", 9080, 80), FRONT, ingress("port: 80"))),
    Sample(
        "another Service takes it there",
        documents(
            API, FRONT, service("ports: [{port: 8, targetPort: 80}]", "b"), ingress("port: 80")
        ),
    ),
    # The client's port arrives.
    Sample(
        "headless",
        documents(
            API,
            service("clusterIP: None, ports: [{port: 80, targetPort: 9080}]"),
            ingress("port: 80"),
        ),
    ),
    # The rule is about other pods, too, which may listen on 80.
    Sample(
        "for the whole namespace",
        documents(API, FRONT, declaring("web", 80), ingress("port: 80", "")),
    ),
    Sample(
        "to addresses, too",
        documents(API, FRONT, pod("ui"), egress(f"{{{TO_API}}}, {BLOCK}", "port: 80")),
    ),
    Sample(
        "for a namespace in which nobody listens there",
        documents(API, FRONT, declaring("web", 8080), ingress(f"port: 80 {MARK}", "")),
        "shop/api",
    ),
    Sample("no such pods", documents(FRONT, ingress("port: 80"))),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


def test_pods_that_declare_no_ports_may_listen_on_any() -> None:
    (finding,) = run(CHECK, case(documents(pod("api"), FRONT, ingress("port: 80"))))
    assert finding.severity is Severity.NOTE
