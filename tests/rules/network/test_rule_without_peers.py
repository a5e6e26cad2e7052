from __future__ import annotations

import pytest

from netsim.rules.network.rule_without_peers import CHECK
from tests.rules.samples import MARK, Sample, ids, policy, verify


def egress(rule: str) -> str:
    return policy("api", f"podSelector: {{}}\npolicyTypes: [Egress]\negress:\n- {rule}")


SAMPLES = (
    Sample(
        "a database",
        egress(f"ports: [{{port: 5432}}, {{port: 22}}]  {MARK}"),
        "shop/api",
        "shop/api egress[0]: there is no `to`, so the rule opens TCP 5432 and TCP 22 of every",
    ),
    Sample("DNS", egress("ports: [{port: 53}, {port: 53, protocol: UDP}]")),
    Sample("DNS of OpenShift", egress("ports: [{port: 5353}, {port: 5353, protocol: UDP}]")),
    Sample("DNS by name", egress("ports: [{port: dns-tcp}, {port: dns, protocol: UDP}]")),
    Sample("DNS and more", egress(f"ports: [{{port: 53}}, {{port: 443}}]  {MARK}"), "shop/api"),
    Sample("a range", egress(f"ports: [{{port: 53, endPort: 99}}]  {MARK}"), "shop/api"),
    Sample("every port", egress(f"ports: [{{protocol: TCP}}]  {MARK}"), "shop/api"),
    Sample("a name", egress(f"ports: [{{port: sql}}]  {MARK}"), "shop/api"),
    # Who writes nothing asks for everything.
    Sample("everything", egress("{}")),
    Sample("peers", egress("{to: [{podSelector: {}}], ports: [{port: 5432}]}")),
    # `rule-left-empty` says more.
    Sample("left empty", egress("{to: [], ports: [{port: 5432}]}")),
    # To serve everyone is what many workloads are for.
    Sample("ingress", policy("api", "podSelector: {}\ningress: [{ports: [{port: 443}]}]")),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)
