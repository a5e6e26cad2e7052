"""What compiled policies do to real packets, against the text of the API and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
import yaml

from tests.fakes.laboratory import nftables, requirements
from tests.fakes.laboratory.laboratory import Laboratory, observe
from tests.fakes.laboratory.manifests import Document, without
from tests.fakes.laboratory.nftables import Denial
from tests.fakes.laboratory.prober import OPEN, REFUSED, TIMEOUT, UNREACHABLE

QUICKLY, PATIENCE = 0.4, 10.0
PORTS = (("TCP", 80), ("TCP", 90), ("UDP", 80))

CLUSTER = """
{kind: Namespace, metadata: {name: x, labels: {team: a}}}
---
{kind: Namespace, metadata: {name: y, labels: {team: b}}}
---
kind: Pod
metadata: {name: web, namespace: x, labels: {app: web}}
spec: {containers: [{name: c, ports: [{name: http, containerPort: 80}, {containerPort: 90}]}]}
status: {podIP: 10.244.0.1}
---
kind: Pod
metadata: {name: db, namespace: x, labels: {app: db}}
spec: {containers: [{name: c, ports: [{name: http, containerPort: 90}]}], nodeName: node}
status: {podIP: 10.244.0.2}
---
kind: Pod
metadata: {name: web, namespace: y, labels: {app: web}}
spec: {containers: [{name: c}]}
status: {podIP: 10.244.1.1}
---
kind: Node
metadata: {name: node}
status: {addresses: [{type: InternalIP, address: 172.16.0.1}]}
"""
OTHERS = {"node": "172.16.0.1", "external": "203.0.113.10"}
XWEB, XDB, YWEB, NODE, EXTERNAL = "x/web", "x/db", "y/web", "node", "external"
EVERYONE = (XWEB, XDB, YWEB, NODE, EXTERNAL)

Flow = tuple[str, str, str, int]


def policy(spec: str, namespace: str = "x", name: str = "p") -> Document:
    """A policy; the specification is YAML."""
    metadata = {"name": name, "namespace": namespace}
    return {"kind": "NetworkPolicy", "metadata": metadata, "spec": yaml.safe_load(spec)}


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return list(yaml.safe_load_all(CLUSTER))


@pytest.fixture(scope="module")
def laboratory(documents: list[Document]) -> Iterator[Laboratory]:
    requirements.require()
    with Laboratory(documents, OTHERS) as made:
        for pod in made.pods.values():
            pod.listen(*PORTS)
        yield made


def denied(laboratory: Laboratory) -> set[Flow]:
    """The flows that do not come about, of all there are."""
    addresses = {pod.address: name for name, pod in laboratory.pods.items()}
    targets = [(kind, address, port) for address, (kind, port) in product(addresses, PORTS)]
    found = observe(dict.fromkeys(laboratory.pods.values(), targets), PATIENCE)
    return {
        (pod.name, addresses[address], protocol, port)
        for pod, outcomes in found.items()
        for (protocol, address, port), outcome in outcomes.items()
        if outcome != OPEN
    }


def flows(sources: Any, destinations: Any, ports: Any = PORTS) -> set[Flow]:
    """All flows between others; a pod always reaches itself."""
    return {
        (source, destination, *port)
        for source, destination, port in product(sources, destinations, ports)
        if source != destination
    }


# db runs on the node, so these two always reach each other.
TO_DB = (XWEB, YWEB, EXTERNAL)

CASES: dict[str, tuple[list[Document], set[Flow]]] = {
    "no policy": ([], set()),
    "deny all, without types, is ingress only": (
        [policy("podSelector: {}")],
        flows(EVERYONE, [XWEB]) | flows(TO_DB, [XDB]),
    ),
    "an egress rule adds the type": (
        [
            policy(
                "{podSelector: {matchLabels: {app: web}}, egress: [{to: [{podSelector: {}}]}]}"
            )
        ],
        flows(EVERYONE, [XWEB]) | flows([XWEB], [YWEB, NODE, EXTERNAL]),
    ),
    "rules of a type that is not listed are ignored": (
        [policy("{podSelector: {}, policyTypes: [Egress], ingress: []}")],
        flows([XWEB], EVERYONE) | flows([XDB], [XWEB, YWEB, EXTERNAL]),
    ),
    "an empty rule allows everything": (
        [policy("{podSelector: {}, ingress: [{}], egress: [{to: [], ports: []}]}")],
        set(),
    ),
    "a pod selector means the namespace of the policy": (
        [policy("{podSelector: {matchLabels: {app: db}}, ingress: [from: [podSelector: {}]]}")],
        flows([YWEB, EXTERNAL], [XDB]),
    ),
    "both selectors in one peer must match": (
        [
            policy(
                """
                podSelector: {matchLabels: {app: db}}
                ingress:
                  - from:
                      - namespaceSelector: {matchLabels: {team: b}}
                        podSelector: {matchLabels: {app: web}}
                """
            )
        ],
        flows([XWEB, EXTERNAL], [XDB]),
    ),
    "of two peers, one must match": (
        [
            policy(
                """
                podSelector: {matchLabels: {app: db}}
                ingress:
                  - from:
                      - namespaceSelector: {matchLabels: {team: b}}
                      - podSelector: {matchLabels: {app: web}}
                """
            )
        ],
        flows([EXTERNAL], [XDB]),
    ),
    "policies add up": (
        [
            policy("{podSelector: {}, policyTypes: [Ingress]}", name="none"),
            policy(
                "{podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 80}]}]}",
                name="some",
            ),
        ],
        flows(EVERYONE, [XWEB]) | flows(TO_DB, [XDB], [("TCP", 90), ("UDP", 80)]),
    ),
    "both ends must agree": (
        [
            policy("{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]}"),
            policy("{podSelector: {}, policyTypes: [Egress], egress: [{}]}", "y"),
        ],
        flows(TO_DB, [XDB]),
    ),
    "a port without a protocol is TCP": (
        [policy("{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 80}]}]}")],
        flows(EVERYONE, [XWEB], [("TCP", 90), ("UDP", 80)]),
    ),
    "a protocol without a port is all its ports": (
        [policy("{podSelector: {matchLabels: {app: web}}, ingress: [ports: [protocol: UDP]]}")],
        flows(EVERYONE, [XWEB], [("TCP", 80), ("TCP", 90)]),
    ),
    "the end of a range is part of it": (
        [
            policy(
                "{podSelector: {matchLabels: {app: web}},"
                " ingress: [{ports: [{port: 81, endPort: 90}]}]}"
            )
        ],
        flows(EVERYONE, [XWEB], [("TCP", 80), ("UDP", 80)]),
    ),
    "a named port is that of each pod selected": (
        [policy("{podSelector: {}, ingress: [{ports: [{port: http}]}]}")],
        flows(EVERYONE, [XWEB], [("TCP", 90), ("UDP", 80)])
        | flows(TO_DB, [XDB], [("TCP", 80), ("UDP", 80)]),
    ),
    # Neither y/web nor an address outside has a port of this name.
    "a named port of egress is that of the destination": (
        [
            policy(
                "{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: http}]}]}",
                "y",
            )
        ],
        flows([YWEB], [NODE, EXTERNAL])
        | flows([YWEB], [XWEB], [("TCP", 90), ("UDP", 80)])
        | flows([YWEB], [XDB], [("TCP", 80), ("UDP", 80)]),
    ),
    "a block has exceptions": (
        [
            policy(
                """
                podSelector: {matchLabels: {app: web}}
                policyTypes: [Egress]
                egress:
                  - to:
                      - ipBlock: {cidr: 10.0.0.0/8, except: [10.244.1.0/24]}
                      - ipBlock: {cidr: 203.0.113.0/24}
                """
            )
        ],
        flows([XWEB], [YWEB, NODE]),
    ),
    "what one block excepts another may hold": (
        [
            policy(
                """
                podSelector: {matchLabels: {app: web}}
                ingress:
                  - from:
                      - ipBlock: {cidr: 0.0.0.0/0, except: [10.244.0.0/16]}
                      - ipBlock: {cidr: 10.244.1.1/32}
                """
            )
        ],
        flows([XDB], [XWEB]),
    ),
    "a block of the other address family holds nobody": (
        [
            policy(
                "{podSelector: {matchLabels: {app: web}},"
                ' ingress: [{from: [{ipBlock: {cidr: "::/0"}}]}]}'
            )
        ],
        flows(EVERYONE, [XWEB]),
    ),
}


@pytest.mark.parametrize(("policies", "expected"), CASES.values(), ids=CASES.keys())
def test_what_passes(
    laboratory: Laboratory,
    documents: list[Document],
    policies: list[Document],
    expected: set[Flow],
) -> None:
    # Rejections come at once, so nothing has to be waited for.
    laboratory.enforce([*documents, *policies], Denial.RESET)
    assert denied(laboratory) == expected


@pytest.mark.parametrize(
    ("denial", "tcp", "udp"),
    [
        (Denial.DROP, TIMEOUT, TIMEOUT),
        (Denial.RESET, REFUSED, REFUSED),
        (Denial.PROHIBITED, UNREACHABLE, UNREACHABLE),
    ],
)
def test_how_a_denial_looks(
    laboratory: Laboratory, documents: list[Document], denial: Denial, tcp: str, udp: str
) -> None:
    laboratory.enforce([*documents, policy("podSelector: {}")], denial)
    address = laboratory.pods[XWEB].address
    targets = [("TCP", address, 80), ("UDP", address, 80)]
    assert laboratory.pods[YWEB].probe(targets, QUICKLY) == [tcp, udp]


def test_a_cluster_may_not_enforce_or_may_lack_a_policy(
    laboratory: Laboratory, documents: list[Document]
) -> None:
    everything = [
        *documents,
        policy("{podSelector: {matchLabels: {app: web}}}", name="web"),
        policy("{podSelector: {matchLabels: {app: db}}}", name="db"),
    ]
    to_web, to_db = flows(EVERYONE, [XWEB]), flows(TO_DB, [XDB])
    laboratory.enforce(everything, Denial.RESET)
    assert denied(laboratory) == to_web | to_db
    laboratory.enforce(without(everything, "x/web"), Denial.RESET)
    assert denied(laboratory) == to_db
    laboratory.enforce_nothing()
    assert denied(laboratory) == set()


def test_a_selector_of_nobody_allows_nobody(documents: list[Document]) -> None:
    """nftables has no empty sets, so such rules are left out."""
    nobody = "{podSelector: {}, ingress: [from: [podSelector: {matchLabels: {app: x}}]]}"
    text = nftables.ruleset([*documents, policy(nobody)])
    assert "{  }" not in text
    assert "return" not in text
