from __future__ import annotations

import pytest

from netsim.model.finding import Severity
from netsim.rules.network.webhook_blocked import CHECK
from tests.rules.samples import MARK, Sample, case, documents, ids, pod, policy, run, verify

SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: hook, namespace: shop}
spec: {selector: {app: hook}, ports: [{port: 443, targetPort: 8443}]}
"""
HOOK = documents(pod("hook"), SERVICE)


def webhook(service: str = "name: hook, namespace: shop", mark: str = "") -> str:
    return (
        "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\n"
        "metadata: {name: hook}\nwebhooks:\n- name: a.example.com\n  clientConfig:\n"
        f"    service: {{{service}}} {mark}".rstrip()
    )


CONVERSION = f"""
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: as.example.com}}
spec:
  conversion:
    strategy: Webhook
    webhook:
      clientConfig:
        service: {{name: hook, namespace: shop}} {MARK}
"""
AGGREGATED = f"""
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {{name: v1.example.com}}
spec:
  service: {{name: hook, namespace: shop}} {MARK}
"""


def admits(peer: str, ports: str = "[{port: 8443}]") -> str:
    return policy("hook", f"podSelector: {{}}\ningress: [{{from: [{peer}], ports: {ports}}}]")


OWN = admits("podSelector: {}")
OFFICE = admits("ipBlock: {cidr: 203.0.113.0/24}")


def servers(address: str) -> str:
    """Where the API server is."""
    return f"""
apiVersion: v1
kind: Service
metadata: {{name: kubernetes, namespace: default}}
spec: {{clusterIP: 10.96.0.1, ports: [{{name: https, port: 443, targetPort: 6443}}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {{name: k, namespace: default, labels: {{kubernetes.io/service-name: kubernetes}}}}
addressType: IPv4
ports: [{{name: https, port: 6443}}]
endpoints: [{{addresses: [{address}]}}]
"""


NODE = "apiVersion: v1\nkind: Node\nmetadata: {name: n}"
AGENT = pod("konnectivity-agent", namespace="kube-system")

SAMPLES = (
    Sample(
        "closed",
        documents(HOOK, webhook(mark=MARK), OWN),
        "shop/hook",
        "ValidatingWebhookConfiguration hook: the API server calls the webhook a.example.com "
        "at Service shop/hook port 443, which leads to shop/hook[Pod] TCP 8443, but policies "
        "deny it to the API server",
    ),
    Sample("a conversion webhook", documents(HOOK, CONVERSION, OWN), "shop/hook"),
    Sample("an aggregated API", documents(HOOK, AGGREGATED, OWN), "shop/hook"),
    # The port of the Service is not the one that policies see.
    Sample(
        "open at another port",
        documents(
            HOOK, webhook(mark=MARK), admits("ipBlock: {cidr: 0.0.0.0/0}", "[{port: 443}]")
        ),
        "shop/hook",
    ),
    Sample("open", documents(HOOK, webhook())),
    Sample("open to some, which it may be", documents(HOOK, webhook(), OFFICE)),
    Sample(
        "open to some, which it is not",
        documents(HOOK, webhook(mark=MARK), OFFICE, servers("192.0.2.20")),
        "shop/hook",
        "policies deny it to the API server (192.0.2.20/32)",
    ),
    Sample("open to it", documents(HOOK, webhook(), OFFICE, servers("203.0.113.20"))),
    Sample("at another place", documents(HOOK, webhook("name: x, namespace: y"), OWN)),
    # A cluster of one node: the API server runs beside the pod.
    Sample("one node", documents(HOOK, webhook(), OWN, NODE)),
    # The API server calls through the agents, which are pods.
    Sample(
        "through agents", documents(HOOK, webhook(), AGENT, admits("namespaceSelector: {}"))
    ),
    Sample(
        "a port that is none",
        documents(HOOK, webhook("name: hook, namespace: shop, port: 8443", MARK)),
    ),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


def test_a_service_that_is_not_there_is_a_note() -> None:
    missing = webhook("name: gone, namespace: shop")
    (finding,) = run(CHECK, case(documents(HOOK, missing)))
    assert finding.severity is Severity.NOTE
    assert "Service shop/gone port 443, which is not in the input" in finding.message
