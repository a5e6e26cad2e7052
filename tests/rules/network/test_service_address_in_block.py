from __future__ import annotations

import pytest

from netsim.rules.network.service_address_in_block import CHECK
from tests.rules.samples import MARK, Sample, documents, ids, pod, policy, verify


def service(name: str, spec: str, status: str = "{}") -> str:
    return (
        f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop}}\n"
        f"spec: {{ports: [{{port: 5432}}], {spec}}}\nstatus: {status}"
    )


def block(cidr: str, mark: str = "", *, direction: str = "egress") -> str:
    word, kind = ("to", "Egress") if direction == "egress" else ("from", "Ingress")
    return policy(
        "api",
        f"podSelector: {{}}\npolicyTypes: [{kind}]\n{direction}:\n- {word}:\n"
        f"  - ipBlock: {{cidr: '{cidr}'}} {mark}".rstrip(),
    )


DB = documents(pod("db"), service("db", "clusterIP: 10.96.44.7, selector: {app: db}"))
BALANCED = service(
    "lb",
    "type: LoadBalancer, selector: {app: db}",
    "{loadBalancer: {ingress: [{ip: 192.0.2.9}]}}",
)
NODE = (
    "apiVersion: v1\nkind: Node\nmetadata: {name: n}\n"
    "status: {addresses: [{type: InternalIP, address: 192.0.2.9}]}"
)

SAMPLES = (
    Sample(
        "a cluster IP",
        documents(DB, block("10.96.44.7/32", MARK)),
        "shop/api",
        "shop/api egress[0]: 10.96.44.7/32 holds nothing but addresses of Services, and "
        "policies see TCP 5432 of shop/db[Pod] in place of svc/shop/db",
        "- podSelector:\n    matchLabels:\n      app: db",
    ),
    Sample(
        "a cluster IP as the source",
        documents(DB, block("10.96.44.7/32", MARK, direction="ingress")),
        "shop/api",
    ),
    Sample(
        "a usual range of cluster IPs", documents(DB, block("10.96.0.0/12", MARK)), "shop/api"
    ),
    Sample(
        "IPv6",
        documents(
            service("six", "clusterIP: 'fd00:10:96::7', selector: {app: db}"),
            block("fd00:10:96::7/128", MARK),
        ),
        "shop/api",
    ),
    Sample("a load balancer", documents(DB, BALANCED, block("192.0.2.9/32", MARK)), "shop/api"),
    # Its node may connect from there, and listens there.
    Sample("that is a node", documents(DB, BALANCED, NODE, block("192.0.2.9/32"))),
    Sample(
        "a load balancer as the source",
        documents(DB, BALANCED, block("192.0.2.9/32", direction="ingress")),
    ),
    Sample("another address", documents(DB, block("10.96.44.8/32"))),
    Sample("a range with others", documents(DB, block("10.0.0.0/8"))),
    Sample("a range of no Service", documents(DB, block("10.43.0.0/16"))),
    Sample("no Service", block("10.96.44.7/32")),
    Sample("headless", documents(service("db", "clusterIP: None"), block("10.96.44.7/32"))),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)
