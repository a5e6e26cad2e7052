"""Questions that people asked in public, rebuilt: the cause stands in the first lines.

Each case has the thread it comes from.  Names are shortened; the policies are those of the
thread in what matters.
"""

from __future__ import annotations

from io import StringIO
from textwrap import dedent

import pytest

from netsim.app.explain import ExplainRequest, ExplainResult
from netsim.app.explanation.attempt import Attempt
from netsim.app.explanation.explanation import explain_attempt
from netsim.app.input import Read
from netsim.engine.naming.endpoints import resolve
from netsim.engine.reachability import Reachability
from netsim.loader.load import load
from netsim.model.ports import Protocol
from netsim.report.explain.text import render
from netsim.report.style import Terminal

FIRST = 10
"""How many lines a reader looks at before he gives up."""


def namespace(name: str, labels: str = "{}") -> str:
    return f"""
        apiVersion: v1
        kind: Namespace
        metadata: {{name: {name}, labels: {labels}}}
        ---"""


def workload(title: str, labels: str, port: int = 80, more: str = "") -> str:
    space, name = title.split("/")
    return f"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {{name: {name}, namespace: {space}}}
        spec:
          selector: {{matchLabels: {labels}}}
          template:
            metadata: {{labels: {labels}}}
            spec:
              {more}
              containers: [{{name: c, image: i, ports: [{{containerPort: {port}}}]}}]
        ---"""


def policy(title: str, spec: str) -> str:
    space, name = title.split("/")
    return f"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {{name: {name}, namespace: {space}}}
        spec: {spec}
        ---"""


HOST = "hostNetwork: true"
DENY_IN = policy("app/deny", "{podSelector: {}, policyTypes: [Ingress]}")
DENY_OUT = policy("app/deny", "{podSelector: {}, policyTypes: [Egress]}")

CASES = {
    # kubernetes/kubernetes#112467: the ingress controller is in another namespace
    "ingress controller of another namespace": (
        workload("app/pay", "{app: pay}")
        + workload("edge/nginx", "{app: ingress-nginx}")
        + policy("app/own", "{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}")
        + policy(
            "app/nginx",
            "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: "
            "ingress-nginx}}}]}]}",
        ),
        ("edge/nginx", "app/pay", 80),
        ("nearest rule app/nginx ingress[0]", "wants a pod of namespace app"),
    ),
    # projectcalico/calico#8049: the rule has the port of the Service
    "port of the Service": (
        workload("app/backend", "{app: backend}")
        + workload("app/db1", "{app: db1}", 8080)
        + """
        apiVersion: v1
        kind: Service
        metadata: {name: db1, namespace: app}
        spec: {selector: {app: db1}, ports: [{port: 80, targetPort: 8080}]}
        ---"""
        + policy(
            "app/backend",
            "{podSelector: {matchLabels: {app: backend}}, policyTypes: [Egress], egress: [{to: "
            "[{podSelector: {matchLabels: {app: db1}}}], ports: [{port: 80}]}]}",
        ),
        ("app/backend", "app/db1", 8080),
        ("80 is the port of Service app/db1", "policies see the port"),
    ),
    # argoproj/argo-cd#11388: DNS pods of OpenShift listen on 5353, the rule has 53
    "port of the DNS Service": (
        workload("app/haproxy", "{app: haproxy}")
        + workload("dns/dns", "{dns: default}", 5353)
        + """
        apiVersion: v1
        kind: Service
        metadata: {name: dns, namespace: dns}
        spec: {selector: {dns: default}, ports: [{port: 53, targetPort: 5353}]}
        ---"""
        + policy(
            "app/haproxy",
            "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}], "
            "ports: [{port: 53}]}]}",
        ),
        ("app/haproxy", "dns/dns", 5353),
        ("53 is the port of Service dns/dns",),
    ),
    # projectcalico/calico#6898, kubernetes/kubernetes#47797: namespaces have no label name
    "label of the namespace": (
        namespace("app")
        + namespace("kube-system")
        + workload("app/web", "{app: web}", 8080)
        + workload("kube-system/probe", "{app: probe}")
        + policy(
            "app/web",
            "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {name: "
            "kube-system}}}]}]}",
        ),
        ("kube-system/probe", "app/web", 8080),
        ("wants namespace label name=kube-system, kube-system has no label name",),
    ),
    # cloudnativelabs/kube-router#1135: egress to pods on the host's network
    "destination on the host's network": (
        workload("app/runner", "{app: runner}")
        + workload("ceph/rgw", "{app: rgw, rgw: s3}", 57480, HOST)
        + policy(
            "app/to-s3",
            "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: "
            "{matchLabels: {kubernetes.io/metadata.name: ceph}}, podSelector: {matchLabels: "
            "{app: rgw, rgw: s3}}}], ports: [{port: 57480}]}]}",
        ),
        ("app/runner", "ceph/rgw", 57480),
        ("nearest rule app/to-s3 egress[0]", "is on the host's network", "ipBlock"),
    ),
    # projectcalico/calico#5566: the ingress controller is on the host's network
    "source on the host's network": (
        workload("app/front", "{app: front}")
        + workload("edge/nginx", "{app: nginx}", 80, HOST)
        + DENY_IN
        + policy(
            "app/front",
            "{podSelector: {matchLabels: {app: front}}, ingress: [{from: [{namespaceSelector: "
            "{matchLabels: {kubernetes.io/metadata.name: edge}}, podSelector: {matchLabels: "
            "{app: nginx}}}]}]}",
        ),
        ("edge/nginx", "app/front", 80),
        ("nearest rule app/front ingress[0]", "is on the host's network", "ipBlock"),
    ),
    # argoproj/argo-cd#19023: what was logged as denied is a reply
    "reply": (
        workload("app/redis", "{app: redis}", 6379)
        + workload("app/haproxy", "{app: haproxy}", 6379)
        + policy(
            "app/haproxy",
            "{podSelector: {matchLabels: {app: haproxy}}, ingress: [{from: [{podSelector: "
            "{matchLabels: {app: server}}}], ports: [{port: 6379}]}]}",
        )
        + policy(
            "app/redis",
            "{podSelector: {matchLabels: {app: redis}}, ingress: [{from: [{podSelector: "
            "{matchLabels: {app: haproxy}}}], ports: [{port: 6379}]}]}",
        ),
        ("app/redis", "app/haproxy", 42330),
        ("the reverse, app/haproxy[Deployment] => app/redis[Deployment] : TCP 6379, is",),
    ),
    # argoproj/argo-helm#2526: the policy is for redis-ha, the pods are redis-ha-haproxy
    "policy for other pods": (
        workload("app/server", "{app: server}")
        + workload("app/redis", "{app: redis-ha}", 6379)
        + workload("app/haproxy", "{app: redis-ha-haproxy}", 6379)
        + DENY_IN
        + policy(
            "app/redis",
            "{podSelector: {matchLabels: {app: redis-ha}}, ingress: [{from: [{podSelector: "
            "{matchLabels: {app: server}}}], ports: [{port: 6379}]}]}",
        ),
        ("app/server", "app/haproxy", 6379),
        ("app/redis would allow it, but selects app=redis-ha", "has app=redis-ha-haproxy"),
    ),
    # bmscomp/kates#18: clients need a label that the test pods lack
    "label that clients need": (
        workload("app/broker", "{app: broker}", 9092)
        + workload("app/test", "{app: test}")
        + policy(
            "app/broker",
            "{podSelector: {matchLabels: {app: broker}}, ingress: [{from: [{podSelector: "
            "{matchLabels: {strimzi.io/cluster: krafter}}}], ports: [{port: 9092}]}]}",
        ),
        ("app/test", "app/broker", 9092),
        ("wants pod label strimzi.io/cluster=krafter", "has no label strimzi.io/cluster"),
    ),
    # FootprintAI/Containarium#1492: the chart's label has a prefix
    "label with a prefix": (
        workload("app/box", "{app: box}", 22)
        + workload("edge/piper", "{name: containarium-k8s-sshpiper}")
        + policy(
            "app/default-deny",
            "{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: "
            "{matchLabels: {name: sshpiper}}}]}]}",
        ),
        ("edge/piper", "app/box", 22),
        ("wants pod label name=sshpiper, the peer has name=containarium-k8s-sshpiper",),
    ),
    # opensearch-project/helm-charts#287: allowed, as the policy selects no pod
    "policy that selects nobody": (
        workload("app/search", "{name: opensearch, instance: os}", 9200)
        + workload("other/client", "{app: client}")
        + policy(
            "app/search",
            "{podSelector: {matchLabels: {name: opensearch, instance: os, role: node}}, "
            "ingress: [{from: [{podSelector: {}}]}]}",
        ),
        ("other/client", "app/search", 9200),
        ("app/search would isolate app/search[Deployment], but selects role=node",),
    ),
    # redhat-appstudio/infra-deployments#7039: two items where one was meant
    "two items": (
        namespace("edge", "{team: edge}")
        + workload("app/lister", "{app: lister}", 8080)
        + workload("edge/anyone", "{app: anyone}")
        + policy(
            "app/lister",
            "{podSelector: {matchLabels: {app: lister}}, ingress: [{from: [{namespaceSelector: "
            "{matchLabels: {team: edge}}}, {podSelector: {matchLabels: {app: proxy}}}]}]}",
        ),
        ("edge/anyone", "app/lister", 8080),
        ("ingress[0].from[0]", "namespaceSelector team=edge matches namespace edge"),
    ),
    # kubernetes/website, network-policies, policyTypes: egress rules without effect
    "policyTypes without Egress": (
        workload("app/a", "{app: a}")
        + workload("app/b", "{app: b}", 5432)
        + DENY_OUT
        + policy(
            "app/a",
            "{podSelector: {matchLabels: {app: a}}, policyTypes: [Ingress], egress: [{to: "
            "[{podSelector: {matchLabels: {app: b}}}], ports: [{port: 5432}]}]}",
        ),
        ("app/a", "app/b", 5432),
        ("nearest rule app/a egress[0]", "policyTypes of app/a does not list Egress"),
    ),
    # a policy applied to the namespace default, as kubectl does without -n
    "policy in the wrong namespace": (
        workload("app/web", "{app: web}")
        + workload("app/api", "{app: api}", 4000)
        + DENY_IN
        + policy(
            "default/allow-web",
            "{podSelector: {matchLabels: {app: api}}, ingress: [{from: [{namespaceSelector: "
            "{}, podSelector: {matchLabels: {app: web}}}]}]}",
        ),
        ("app/web", "app/api", 4000),
        ("nearest rule default/allow-web ingress[0]", "is in namespace default"),
    ),
    # the rule is written at the end that does not need it
    "rule of the other direction": (
        workload("app/web", "{app: web}")
        + workload("app/api", "{app: api}", 4000)
        + DENY_IN
        + policy(
            "app/api",
            "{podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{to: "
            "[{podSelector: {matchLabels: {app: web}}}], ports: [{port: 4000}]}]}",
        ),
        ("app/web", "app/api", 4000),
        ("nearest rule app/api egress[0]", "this one needs an ingress rule"),
    ),
}


def explained(text: str, source: str, destination: str, port: int) -> list[str]:
    """The explanation as lines, of the width that it is read at."""
    loaded = load(["-"], stdin=StringIO(dedent(text)))
    assert not loaded.errors
    ends = resolve(loaded.resources, source), resolve(loaded.resources, destination)
    attempt = Attempt(*ends, Protocol.TCP, port)
    answer = explain_attempt(Reachability.of(loaded.resources), attempt)
    request, read = ExplainRequest(()), Read(0, 0, 0)
    result = ExplainResult((), read, request=request, answers=(answer,))
    return render(result, Terminal(width=400)).splitlines()


@pytest.mark.parametrize("name", CASES)
def test_the_cause_stands_in_the_first_lines(name: str) -> None:
    text, (source, destination, port), promised = CASES[name]
    shown = "\n".join(explained(text, source, destination, port)[:FIRST])
    for words in promised:
        assert words in shown
