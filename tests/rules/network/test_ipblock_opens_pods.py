from __future__ import annotations

import pytest

from netsim.model.addresses import AddressSet
from netsim.model.conventions import Conventions, IpBlockPods
from netsim.model.finding import Severity
from netsim.rules.network.ipblock_opens_pods import CHECK
from tests.rules.samples import (
    MARK,
    Sample,
    case,
    documents,
    ids,
    policy,
    run,
    verify,
)

PRIVATE = ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")
POD = """
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop}
status: {podIP: 203.0.113.9, podIPs: [{ip: 203.0.113.9}]}
"""
NODE = """
apiVersion: v1
kind: Node
metadata: {name: node-1}
spec: {podCIDR: 198.51.100.0/24, podCIDRs: [198.51.100.0/24]}
"""


def egress(cidr: str, *exceptions: str, mark: str = "") -> str:
    block = f"ipBlock: {{cidr: '{cidr}', except: [{', '.join(exceptions)}]}} {mark}".rstrip()
    return policy(
        "api", f"podSelector: {{}}\npolicyTypes: [Egress]\negress:\n- to:\n  - {block}"
    )


SAMPLES = (
    Sample("excepted", egress("0.0.0.0/0", *PRIVATE)),
    Sample(
        "everything",
        egress("0.0.0.0/0", mark=MARK),
        "shop/api",
        "shop/api egress[0]: the block 0.0.0.0/0 also opens the pod range 10.0.0.0/8; the pod "
        "range 100.64.0.0/10; the pod range 172.16.0.0/12; the pod range 192.168.0.0/16",
        "    cidr: 0.0.0.0/0\n    except:\n      - 10.0.0.0/8\n      - 100.64.0.0/10\n",
    ),
    Sample(
        "some excepted",
        egress("0.0.0.0/0", "10.0.0.0/8", "169.254.0.0/16", mark=MARK),
        "shop/api",
        "",
        "      - 10.0.0.0/8\n      - 169.254.0.0/16\n      - 100.64.0.0/10\n",
    ),
    # A server in the private ranges is no range of pods.
    Sample("a part of a range", egress("10.20.0.7/32")),
    # Nothing is left of it, so there is nothing to write instead.
    Sample("exactly a range", egress("10.0.0.0/8", mark=MARK), "shop/api"),
    Sample("public", egress("192.0.2.0/24")),
    Sample("IPv6", egress("::/0")),
    Sample(
        "address of a pod",
        documents(POD, egress("203.0.113.0/24", mark=MARK)),
        "shop/api",
        "also opens shop/api (203.0.113.9-203.0.113.9)",
    ),
    Sample("beside the address of a pod", documents(POD, egress("203.0.113.0/29"))),
    Sample(
        "a part of a node's range",
        documents(NODE, egress("198.51.100.128/25", mark=MARK)),
        "shop/api",
        "the pod range 198.51.100.128/25",
    ),
    # Who writes no block asks for everything, pods included.
    Sample("anything", policy("api", "podSelector: {}\npolicyTypes: [Egress]\negress: [{}]")),
    Sample(
        "ingress",
        policy("api", "podSelector: {}\ningress: [{from: [ipBlock: {cidr: 0.0.0.0/0}]}]"),
    ),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


def test_stated_pod_ranges_count_instead() -> None:
    conventions = Conventions(pod_ranges=AddressSet.parse("10.0.0.0/8"))
    assert run(CHECK, case(egress("0.0.0.0/0", "10.0.0.0/8"), conventions)) == []
    (finding,) = run(CHECK, case(egress("0.0.0.0/0"), conventions))
    assert "172.16.0.0/12" not in finding.message


def test_conventions_decide_what_a_block_opens() -> None:
    everything = documents(POD, egress("0.0.0.0/0"))
    assert run(CHECK, case(everything, Conventions(IpBlockPods.IGNORE))) == []
    (finding,) = run(CHECK, case(everything, Conventions(IpBlockPods.KNOWN)))
    assert "opens shop/api (203.0.113.9-203.0.113.9)" in finding.message


def severities(text: str) -> list[Severity]:
    return [each.severity for each in run(CHECK, case(text))]


def test_some_of_the_ranges_are_a_note_unless_pods_are_known_there() -> None:
    some = egress("0.0.0.0/0", "10.0.0.0/8")
    assert severities(egress("0.0.0.0/0")) == [Severity.WARNING]
    assert severities(some) == [Severity.NOTE]
    assert severities(egress("172.16.0.0/12")) == [Severity.NOTE]
    inside = NODE.replace("198.51.100.0/24", "10.244.0.0/24")
    assert severities(documents(inside, egress("10.0.0.0/8"))) == [Severity.WARNING]


def test_the_blocks_of_a_policy_are_one_note() -> None:
    blocks = "{ipBlock: {cidr: 10.0.0.0/8}}, {ipBlock: {cidr: 172.16.0.0/12}}"
    spec = f"podSelector: {{}}\npolicyTypes: [Egress]\negress: [{{to: [{blocks}]}}]"
    (finding,) = run(CHECK, case(policy("api", spec)))
    assert "nothing says that pods are" in finding.message
    assert len(finding.related) == 1


def test_a_rule_that_lets_names_be_resolved_keeps_its_block() -> None:
    """Excepted ranges would take DNS away."""
    rule = (
        "{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 443}, {port: 53, protocol: UDP}]}"
    )
    spec = f"podSelector: {{}}\npolicyTypes: [Egress]\negress: [{rule}]"
    (finding,) = run(CHECK, case(policy("api", spec)))
    assert finding.severity is Severity.NOTE
    assert "it allows port 53" in finding.message
