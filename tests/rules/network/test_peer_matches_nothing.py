from __future__ import annotations

import pytest
import yaml

from netsim.rules.network.peer_matches_nothing import CHECK
from tests.rules.samples import (
    MARK,
    Sample,
    case,
    documents,
    ids,
    namespace,
    pod,
    policy,
    run,
    scenario_context,
    verify,
    write_patch,
)

WEB, API = pod("web"), pod("api")
DNS = pod("dns", "k8s-app: kube-dns", "kube-system")


def allows(*peers: str, direction: str = "ingress") -> str:
    """A policy for the API with these peers in one rule."""
    word = "from" if direction == "ingress" else "to"
    lines = ["podSelector: {matchLabels: {app: api}}", f"{direction}:", f"- {word}:"]
    return policy("api", "\n".join([*lines, *(f"  - {peer}" for peer in peers)]))


def pods(label: str, *, mark: str = "") -> str:
    return f"podSelector: {{matchLabels: {{{label}}}}} {mark}".rstrip()


def in_space(space: str, label: str = "", *, mark: str = "") -> str:
    both = f"namespaceSelector: {space}"
    if label:
        both = f"{{{both}, podSelector: {{matchLabels: {{{label}}}}}}}"
    return f"{both} {mark}".rstrip()


def named(name: str) -> str:
    return f"{{matchLabels: {{kubernetes.io/metadata.name: {name}}}}}"


SAMPLES = (
    Sample("matches", documents(WEB, API, allows(pods("app: web")))),
    Sample(
        "typing error",
        documents(WEB, API, allows(pods("app: wep", mark=MARK))),
        "shop/api",
        "shop/api ingress[0]: a peer matches no pod: none has app=wep in namespace shop; the "
        "nearest is shop/web[Pod], which has app=web",
        "podSelector:\n  matchLabels:\n    app: web",
    ),
    Sample(
        "one peer of two",
        documents(WEB, API, allows(pods("app: web"), pods("app: job", mark=MARK))),
        "shop/api",
    ),
    Sample(
        "egress",
        documents(WEB, API, allows(pods("app: job", mark=MARK), direction="egress")),
        "shop/api",
        "shop/api egress[0]",
    ),
    Sample(
        "namespaceSelector forgotten",
        documents(API, DNS, allows(pods("k8s-app: kube-dns", mark=MARK), direction="egress")),
        "shop/api",
        "kube-system/dns[Pod] would match in another namespace",
        "kubernetes.io/metadata.name: kube-system",
    ),
    Sample(
        "in another namespace",
        documents(API, DNS, allows(in_space(named("kube-system"), "k8s-app: dns", mark=MARK))),
        "shop/api",
        "none has k8s-app=dns in namespace kube-system",
    ),
    # A namespace without pods is one whose pods are deployed by other means.
    Sample(
        "namespace without pods",
        documents(API, namespace("empty"), allows(in_space(named("empty"), "app: x"))),
    ),
    # What lives in a namespace that was not read is unknown.
    Sample(
        "namespace not read",
        documents(API, allows(in_space(named("kube-system"), "k8s-app: x"))),
    ),
    # The usual rule for DNS, in an input that is only a part of a cluster.
    Sample("any namespace", documents(API, allows(in_space("{}", "k8s-app: kube-dns")))),
    Sample(
        "any namespace of a whole cluster",
        documents(API, DNS, allows(in_space("{}", "k8s-app: coredns", mark=MARK))),
        "shop/api",
    ),
    # The namespace-label-unknown rule explains it.
    Sample("no namespace", documents(API, allows(in_space("{matchLabels: {team: x}}")))),
    Sample(
        "host network",
        documents(
            API, pod("agent", spec="hostNetwork: true"), allows(pods("app: agent", mark=MARK))
        ),
        "shop/api",
    ),
    Sample("block", documents(API, allows("ipBlock: {cidr: 192.0.2.0/24}"))),
    Sample("no pods at all", allows(pods("app: web"))),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


ENDPOINTS = {
    "api": "{labels: {app: api}}",
    "dns": "{namespace: kube-system, labels: {k8s-app: kube-dns}}",
}


def test_modelled_pods_count() -> None:
    text = documents(allows(in_space(named("kube-system"), "k8s-app: kube-dns")))
    assert run(CHECK, scenario_context(text, ENDPOINTS)) == []


def test_the_namespaces_of_a_scenario_are_known() -> None:
    text = documents(allows(pods("app: web"), in_space(named("kube-system"), "k8s-app: dns")))
    first, second = run(CHECK, scenario_context(text, ENDPOINTS))
    assert "app=web in namespace shop" in first.message
    assert "k8s-app=dns in namespace kube-system" in second.message


def test_a_namespace_with_only_unwritten_pods_is_unknown() -> None:
    text = documents(allows(in_space(named("monitoring"), "app: prometheus")))
    assert run(CHECK, scenario_context(text, ENDPOINTS)) == []


def test_two_items_that_were_to_be_one() -> None:
    other = "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}"
    rule = f"ingress: [{{from: [{{{other}}}, {{podSelector: {{matchLabels: {{app: web}}}}}}]}}]"
    text = documents(
        pod("web", namespace="other"), pod("api"), policy("api", f"podSelector: {{}}\n{rule}")
    )
    (finding,) = run(CHECK, case(text))
    assert "other/web[Pod] would match, were it one item with from[0]" in finding.message
    (item,) = yaml.safe_load(write_patch(finding))
    assert item == {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "other"}},
        "podSelector": {"matchLabels": {"app": "web"}},
    }


def test_pods_on_the_hosts_network_are_named() -> None:
    gate = pod("gate", spec="hostNetwork: true")
    text = documents(gate, API, WEB, allows(pods("app: gate", mark=MARK)))
    said = "shop/gate[Pod] would match, but is on the host's network"
    verify(CHECK, Sample("host", text, policy="shop/api", says=said))
