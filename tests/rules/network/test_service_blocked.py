from __future__ import annotations

import pytest

from netsim.rules.network.service_blocked import CHECK
from tests.rules.samples import MARK, Sample, case, documents, ids, pod, policy, run, verify


def service(spec: str, mark: str = "") -> str:
    head = "apiVersion: v1\nkind: Service"
    metadata = f"metadata: {{name: web, namespace: shop}} {mark}".rstrip()
    return f"{head}\n{metadata}\nspec: {{selector: {{app: web}}, {spec}}}"


NODE_PORT = "type: NodePort, ports: [{port: 80, targetPort: 8080, nodePort: 30080}]"
OWN = policy("web", "podSelector: {}\ningress: [{from: [podSelector: {}]}]")
POD = pod("web")


def admits(peer: str, ports: str = "[{port: 8080}]") -> str:
    return policy("web", f"podSelector: {{}}\ningress: [{{from: [{peer}], ports: {ports}}}]")


SAMPLES = (
    Sample(
        "closed",
        documents(POD, service(NODE_PORT, MARK), OWN),
        "shop/web",
        "NodePort Service shop/web leads to shop/web[Pod] TCP 8080 (node port 30080), but "
        "policies deny this to every address outside the cluster",
    ),
    Sample(
        "closed to all but pods",
        documents(POD, service(NODE_PORT, MARK), admits("namespaceSelector: {}")),
        "shop/web",
    ),
    # A rule for the port of the Service opens no port of the pods.
    Sample(
        "open at another port",
        documents(
            POD, service(NODE_PORT, MARK), admits("ipBlock: {cidr: 0.0.0.0/0}", "[{port: 80}]")
        ),
        "shop/web",
    ),
    Sample(
        "a load balancer and two ports",
        documents(
            POD,
            service(
                "type: LoadBalancer, ports: [{name: a, port: 1}, {name: b, port: 2}]", MARK
            ),
            OWN,
        ),
        "shop/web",
        "LoadBalancer Service shop/web leads to shop/web[Pod] TCP 1; shop/web[Pod] TCP 2, but",
    ),
    Sample(
        "an external IP",
        documents(POD, service("externalIPs: [192.0.2.1], ports: [{port: 80}]", MARK), OWN),
        "shop/web",
        "external IP Service shop/web",
    ),
    Sample("open", documents(POD, service(NODE_PORT))),
    Sample(
        "open to some",
        documents(POD, service(NODE_PORT), admits("ipBlock: {cidr: 203.0.113.0/24}")),
    ),
    # The nodes may be among them, whose addresses clients have.
    Sample(
        "open to a range that may be that of nodes",
        documents(POD, service(NODE_PORT), admits("ipBlock: {cidr: 10.0.0.0/8}")),
    ),
    Sample("for the cluster", documents(POD, service("ports: [{port: 80}]"), OWN)),
    Sample("no pods", documents(service(NODE_PORT), OWN)),
    Sample(
        "one of the pods is open",
        documents(
            POD,
            pod("too", "app: web, open: 'yes'"),
            service(NODE_PORT),
            policy(
                "web",
                "podSelector: {matchLabels: {app: web}}\ningress: [{from: [podSelector: {}]}]",
            ),
            policy("open", "podSelector: {matchLabels: {open: 'yes'}}\ningress: [{}]"),
        ),
    ),
    Sample(
        "on the network of the node",
        documents(pod("web", spec="hostNetwork: true"), service(NODE_PORT), OWN),
    ),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


def test_policies_that_are_not_evaluated_may_open_it() -> None:
    other = (
        "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: g}\n"
        "spec: {selector: all()}"
    )
    assert run(CHECK, case(documents(POD, service(NODE_PORT), OWN, other))) == []
