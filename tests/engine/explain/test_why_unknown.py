"""Why an answer is open: the part of the input that leaves it so is named."""

from __future__ import annotations

import pytest

from netsim.engine.naming.endpoints import Endpoints
from netsim.engine.reachability import Reachability
from netsim.model.ports import Protocol
from netsim.model.verdict import Outcome
from tests.rules.samples import documents, pod, policy, resources

PODS = documents(
    pod("api"),
    pod("web"),
    pod("several") + "\nstatus: {podIPs: [{ip: 10.1.0.1}, {ip: 10.2.0.1}]}",
)
DUAL = pod("dual") + "\nstatus: {podIPs: [{ip: 10.1.0.1}, {ip: 'fd00::1'}]}"
SOME_ADDRESSES = "shop/several has several addresses, of which an ipBlock holds only some"
A_PART = "an ipBlock covers only a part of the range in which a pod of unknown address may be"


def placeholder(name: str, protocol: str) -> str:
    return f'{{port: "${{{name}}}", protocol: {protocol}}}'


def ingress(rules: str) -> str:
    return policy("api", f"podSelector: {{matchLabels: {{app: api}}}}\ningress: [{rules}]")


UDP, TCP = placeholder("UDP_PORT", "UDP"), placeholder("TCP_PORT", "TCP")
WIDE = "from: [{ipBlock: {cidr: 10.1.0.0/16}}]"

CASES = {
    # A placeholder of another protocol leaves nothing open.
    "a placeholder behind one of another protocol": (
        ingress(f"{{ports: [{UDP}, {TCP}]}}"),
        "shop/web",
        "the port is still the placeholder ${TCP_PORT}",
    ),
    "a placeholder of another protocol beside a block": (
        ingress(f"{{{WIDE}, ports: [{UDP}, {{port: 80}}]}}"),
        "shop/several",
        SOME_ADDRESSES,
    ),
    "a block with one of several addresses": (
        ingress(f"{{{WIDE}}}"),
        "shop/several",
        SOME_ADDRESSES,
    ),
    "a block with a part of where a pod may be": (
        ingress(f"{{{WIDE}}}"),
        "shop/web",
        A_PART,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_open_is_named(name: str) -> None:
    rules, asked, why = CASES[name]
    read = resources(documents(PODS, rules))
    source, api = (Endpoints(read).resolve(text) for text in (asked, "shop/api"))
    found = Reachability.of(read).verdict(source, api, Protocol.TCP, 80).ingress
    assert found.outcome is Outcome.UNKNOWN
    assert found.why.endswith(why)


def test_where_families_differ_each_is_named() -> None:
    read = resources(documents(PODS, DUAL, ingress(f"{{{WIDE}}}")))
    api = Endpoints(read).resolve("shop/api")
    found = {
        name: Reachability.of(read).verdict(
            Endpoints(read).resolve(f"shop/{name}"), api, Protocol.TCP, 80
        )
        for name in ("dual", "web")
    }
    assert found["dual"].why == "IPv4 allowed, IPv6 denied: a connection is one of these"
    assert found["dual"].ingress.why == "IPv4 allowed; IPv6 denied"
    assert found["web"].ingress.why == f"IPv4 unknown: {A_PART}; IPv6 denied"
