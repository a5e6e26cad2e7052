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
    write_patch,
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
        assert run(CHECK, case(documents(text, write_patch(finding)))) == []


def service(name: str, home: str, selector: str, *ports: str) -> str:
    head = f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: {home}}}"
    return f"{head}\nspec: {{selector: {{{selector}}}, ports: [{', '.join(ports)}]}}"


def server(udp: int, tcp: int | None = None, labels: str = "k8s-app: kube-dns") -> str:
    ports = (
        f"{{name: dns, containerPort: {udp}, protocol: UDP}}",
        f"{{name: dns-tcp, containerPort: {tcp or udp}}}",
    )
    spec = f"containers: [{{name: dns, image: dns, ports: [{', '.join(ports)}]}}]"
    return pod("coredns", labels, "kube-system", spec)


def admin(name: str, *rules: str, direction: str = "egress", subject: str = "shop") -> str:
    namespaces = f"{{matchLabels: {{kubernetes.io/metadata.name: {subject}}}}}"
    spec = (
        f"{{priority: 5, subject: {{namespaces: {namespaces}}}, "
        f"{direction}: [{', '.join(rules)}]}}"
    )
    head = "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy"
    return f"{head}\nmetadata: {{name: {name}}}\nspec: {spec}"


KUBE_DNS = service(
    "kube-dns",
    "kube-system",
    "k8s-app: kube-dns",
    "{name: dns, port: 53, protocol: UDP, targetPort: dns}",
    "{name: dns-tcp, port: 53, targetPort: dns-tcp}",
)
SERVERS = to(
    f"{SYSTEM}, podSelector: {{matchLabels: {{k8s-app: kube-dns}}}}",
    "{protocol: UDP, port: 1053}",
    "{protocol: TCP, port: 1053}",
)
OPENSHIFT = "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: openshift-dns}}"
ON_5353 = ("{protocol: UDP, port: 5353}", "{protocol: TCP, port: 5353}")
ANYWHERE = "{name: rest, action: Deny, to: [{networks: [0.0.0.0/0]}, {namespaces: {}}]}"
EVERYTHING = (
    "{name: all, action: Deny, to: [{networks: [0.0.0.0/0, '::/0']}, {namespaces: {}}, "
    "{nodes: {}}]}"
)
PODS = "{name: pods, action: Deny, to: [{namespaces: {}}]}"
ALL_PORTS = "{name: all, action: Allow, to: [{namespaces: {}}]}"
CACHE = pod("node-local-dns", "k8s-app: node-local-dns", "kube-system", "hostNetwork: true")
CLUSTER_IP = to("ipBlock: {cidr: 10.96.0.10/32}", UDP, TCP)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        # The port of the Service is not that of the pods.
        (documents(API, server(1053), KUBE_DNS, egress("api", RESOLVES)), "allows UDP 1053"),
        (documents(API, server(1053), KUBE_DNS, egress("api", SERVERS)), ""),
        # Without the Service the names of the ports tell.
        (documents(API, server(1053), egress("api", RESOLVES)), "allows UDP 1053"),
        (documents(API, server(1053), egress("api", SERVERS)), ""),
        # One protocol may have another port.
        (documents(API, server(53, 1053), KUBE_DNS, egress("api", RESOLVES)), "over TCP"),
        # A Service elsewhere that is called so is none of DNS.
        (
            documents(
                API,
                DNS,
                service("kube-dns", "shop", "app: api", "{port: 53, protocol: UDP}"),
                egress("api", RESOLVES),
            ),
            "",
        ),
        # OpenShift's pods listen on 5353, whether or not the input has them.
        (documents(API, egress("api", to(OPENSHIFT, *ON_5353))), ""),
        (documents(API, egress("api", to(OPENSHIFT, UDP, TCP))), "cannot resolve names"),
        # An admin tier decides first.
        (
            documents(API, DNS, egress("api", RESOLVES), admin("shut", ANYWHERE)),
            "egress[0] denies",
        ),
        (documents(API, egress("api", RESOLVES), admin("shut", ANYWHERE)), "egress[0] denies"),
        (documents(API, DNS, admin("shut", EVERYTHING)), "may connect to nothing, not even to"),
        # The rest of the world stays open, so to close DNS is hardly meant.
        (documents(API, DNS, admin("shut", PODS)), "cannot resolve names"),
        (documents(API, DNS, egress("api", DATABASE), admin("open", ALL_PORTS)), ""),
        # DNS pods that let no query in.
        (
            documents(API, DNS, policy("deny", "podSelector: {}", "kube-system")),
            "kube-system/deny isolates the DNS pods, and no ingress rule allows UDP 53 to DNS",
        ),
        (
            documents(
                API,
                DNS,
                policy(
                    "in", f"podSelector: {{}}\ningress: [{{ports: [{UDP}]}}]", "kube-system"
                ),
            ),
            "answers): kube-system/in isolates the DNS pods, and no ingress rule allows TCP",
        ),
        (
            documents(
                API,
                DNS,
                admin(
                    "keep",
                    "{name: out, action: Deny, from: [{namespaces: {}}]}",
                    direction="ingress",
                    subject="kube-system",
                ),
            ),
            "AdminNetworkPolicy/keep ingress[0] denies UDP 53 to DNS",
        ),
        # The Service's address is none that policies see, unless a cache on the node has it.
        (documents(API, DNS, egress("api", CLUSTER_IP)), "cannot resolve names"),
        (documents(API, DNS, CACHE, egress("api", CLUSTER_IP)), ""),
        (documents(API, DNS, CACHE, egress("api", DATABASE)), "cannot resolve names"),
        # An address outside is no cache, and DNS pods may be anywhere in the ranges of pods.
        (
            documents(API, DNS, egress("api", to("ipBlock: {cidr: 10.0.0.0/8}", UDP, TCP))),
            "",
        ),
        # Who does not ask the cluster's DNS.
        (
            documents(pod("api", spec="dnsPolicy: Default"), DNS, egress("api", DATABASE)),
            "",
        ),
        (documents(pod("api", spec='dnsPolicy: "None"'), DNS, egress("api", DATABASE)), ""),
        (
            documents(pod("api", spec="dnsPolicy: ClusterFirst"), DNS, egress("api", DATABASE)),
            "cannot resolve names",
        ),
        (documents(pod("api", spec="hostNetwork: true"), DNS, egress("api", DATABASE)), ""),
    ],
)
def test_queries_arrive_at_pods(text: str, says: str) -> None:
    messages = [finding.message for finding in run(CHECK, case(text))]
    assert says in "\n".join(messages)
    assert len(messages) == (1 if says else 0)


def test_a_pod_like_the_servers_is_none_of_them() -> None:
    other = pod("metrics", namespace="kube-system")
    deny = policy("deny", "podSelector: {}\npolicyTypes: [Egress]", "kube-system")
    (finding,) = run(CHECK, case(documents(other, DNS, deny)))
    assert finding.message.startswith("kube-system/metrics[Pod]: ")


def test_only_pods_that_ask_are_named() -> None:
    own = pod("own", "app: api", spec="dnsPolicy: Default")
    (finding,) = run(CHECK, case(documents(API, own, DNS, egress("api", DATABASE))))
    assert finding.message.startswith("shop/api[Pod]: ")


@pytest.mark.parametrize("servers", [(server(1053), KUBE_DNS), (server(1053),), (CACHE,)])
def test_the_patch_opens_the_ports_of_the_pods(servers: tuple[str, ...]) -> None:
    text = documents(API, *servers, egress("api", DATABASE))
    (finding,) = run(CHECK, case(text))
    assert run(CHECK, case(documents(text, write_patch(finding)))) == []


def test_the_patch_lets_queries_in() -> None:
    text = documents(API, DNS, policy("deny", "podSelector: {}", "kube-system"))
    (finding,) = run(CHECK, case(text))
    assert run(CHECK, case(documents(text, write_patch(finding)))) == []
