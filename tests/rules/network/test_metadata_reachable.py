from __future__ import annotations

import pytest

from netsim.model.finding import Severity
from netsim.rules.network.metadata_reachable import CHECK
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
    write_patch,
)

ENDPOINTS = {
    "runner": "{labels: {app: runner}, untrusted: true}",
    "api": "{labels: {app: api}}",
}


def egress(*rules: str, name: str = "runner") -> str:
    lines = [
        f"podSelector: {{matchLabels: {{app: {name}}}}}",
        "policyTypes: [Egress]",
        "egress:",
    ]
    return policy(name, "\n".join([*lines, *(f"- {rule}" for rule in rules)]))


def to(*blocks: str) -> str:
    return "\n".join(["to:", *(f"  - {block}" for block in blocks)])


def block(cidr: str, *exceptions: str, mark: str = "") -> str:
    parts = f"cidr: '{cidr}', except: [{', '.join(exceptions)}]"
    return f"ipBlock: {{{parts}}} {mark}".rstrip()


SAMPLES = (
    Sample("excepted", egress(to(block("0.0.0.0/0", "169.254.0.0/16")))),
    Sample("elsewhere", egress(to(block("192.0.2.0/24")))),
    Sample(
        "everything",
        egress(to(block("0.0.0.0/0", mark=MARK))),
        "shop/runner",
        "runner is untrusted and reaches the metadata server 169.254.169.254: shop/runner "
        "egress[0] allows the block 0.0.0.0/0 (every port)",
        "    cidr: 0.0.0.0/0\n    except:\n      - 169.254.0.0/16",
    ),
    Sample(
        "second block",
        egress(to(block("192.0.2.0/24"), block("0.0.0.0/0", "10.0.0.0/8", mark=MARK))),
        "shop/runner",
        "",
        "      - 10.0.0.0/8\n      - 169.254.0.0/16",
    ),
    # The range itself cannot be excepted from itself; the address can.
    Sample(
        "link-local",
        egress(to(block("169.254.0.0/16", mark=MARK))),
        "shop/runner",
        "",
        "      - 169.254.169.254/32",
    ),
    Sample("itself", egress(to(block("169.254.169.254/32", mark=MARK))), "shop/runner"),
    Sample(
        "to anybody",
        egress(f"ports: [{{port: 80}}] {MARK}"),
        "shop/runner",
        "egress[0] allows every destination (TCP 80)",
    ),
    Sample("pods only", egress(to("namespaceSelector: {}"))),
    Sample(
        "IPv6",
        egress(to(block("0.0.0.0/0", "169.254.0.0/16"), block("::/0", mark=MARK))),
        "shop/runner",
        "fd00:ec2::254",
        '      - "fd00:ec2::254/128"',
    ),
    # Ingress rules and trusted endpoints are of no interest.
    Sample(
        "trusted",
        documents(
            egress(to(block("192.0.2.0/24"))), egress(to(block("0.0.0.0/0")), name="api")
        ),
    ),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample, scenario_context(sample.text, ENDPOINTS))


def test_without_a_scenario_nobody_is_untrusted() -> None:
    assert run(CHECK, case(documents(pod("runner"), egress("{}")))) == []


def test_an_open_pod_reaches_it() -> None:
    """Where the pod was read, that is the place; else the scenario is."""
    text = policy("x", "podSelector: {}")
    (modelled,) = run(CHECK, scenario_context(text, ENDPOINTS))
    (read,) = run(CHECK, scenario_context(documents(text, pod("runner")), ENDPOINTS))
    assert modelled.location.file == "scenario.yaml"
    assert read.location.file == "<stdin>"
    assert "no policy isolates shop/runner for egress" in read.message
    assert "podSelector: {}" in write_patch(read)


def test_a_placeholder_may_reach_it() -> None:
    text = egress(to('ipBlock: {cidr: "${RANGE}"}'))
    (finding,) = run(CHECK, scenario_context(text, ENDPOINTS))
    assert "may reach the metadata server" in finding.message
    assert finding.severity is Severity.WARNING


def test_one_finding_for_all_pods_of_an_endpoint() -> None:
    pods = [pod(name, f"app: runner, pool: {name}") for name in ("one", "two")]
    also = policy("one", "podSelector: {matchLabels: {pool: one}}")
    text = documents(*pods, also, egress(to(block("0.0.0.0/0"))))
    assert len(run(CHECK, scenario_context(text, ENDPOINTS))) == 1
