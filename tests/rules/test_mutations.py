"""Single faults in the real manifests or their documentation: each is found, and named."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import netsim
from tests.project import ROOT

POLICIES = "manifests/network-policy.yaml"
DIAGRAM = "manifests/README.md"
SCENARIO = "scenarios/production.yaml"


@dataclass(frozen=True)
class Mutation:
    """One text replaced by another; the finding that must come of it.

    ``anchor`` is a text that ends on the line the finding must name, in the mutated file.
    """

    file: str
    old: str
    new: str
    rule: str
    flow: str | None
    policy: str | None
    anchor: str
    named: str = POLICIES


API_PEER = """        - podSelector:
            matchLabels:
              app.kubernetes.io/name: plue-api
"""
DNS_BOTH = """              kubernetes.io/metadata.name: kube-system
          podSelector:
"""
NGINX_BOTH = """              kubernetes.io/metadata.name: ingress-nginx
          podSelector:
"""

MUTATIONS = {
    "default-deny-dropped": Mutation(
        POLICIES,
        "  # Every pod, also those that nobody has written a policy for yet.\n"
        "  podSelector: {}",
        "  podSelector: {matchLabels: {app.kubernetes.io/name: plue-web}}",
        "exposed",
        "external -> any other pod in production every port",
        None,
        "Whatever it does not show is denied. `de",
        DIAGRAM,
    ),
    # allow-dns still selects every pod, for egress; for ingress nothing does any more.
    "default-deny-for-egress-only": Mutation(
        POLICIES,
        "  podSelector: {}\n  policyTypes: [Ingress, Egress]",
        "  podSelector: {}\n  policyTypes: [Egress]",
        "exposed",
        "external -> any other pod in production every port",
        "production/default-deny",
        "name: default-deny",
    ),
    "wrong-label-of-the-subject": Mutation(
        POLICIES,
        "  podSelector:\n    matchLabels:\n      app.kubernetes.io/name: plue-api\n",
        "  podSelector:\n    matchLabels:\n      app.kubernetes.io/name: plue-appi\n",
        "broken",
        "web -> api TCP 4000",
        "production/default-deny",
        "name: default-deny",
    ),
    "wrong-label-of-a-peer": Mutation(
        POLICIES,
        "app.kubernetes.io/name: plue-web\n        - podSelector",
        "app.kubernetes.io/name: plue-wep\n        - podSelector",
        "broken",
        "web -> api TCP 4000",
        "production/plue-api",
        "a policy cannot.\n    - from:\n        - podSelector:",
    ),
    "missing-egress-side": Mutation(
        POLICIES,
        f"    - to:\n{API_PEER}      ports:\n        - {{protocol: TCP, port: 4000}}\n---",
        "---",
        "broken",
        "web -> api TCP 4000",
        "production/plue-web",
        "name: plue-web",
    ),
    "port-4001-at-the-destination": Mutation(
        POLICIES,
        "plue-runner\n      ports:\n        - {protocol: TCP, port: 4000}",
        "plue-runner\n      ports:\n        - {protocol: TCP, port: 4001}",
        "broken",
        "web -> api TCP 4000",
        "production/plue-api",
        "port: 4001",
    ),
    "udp-instead-of-tcp": Mutation(
        POLICIES,
        "plue-runner\n      ports:\n        - {protocol: TCP, port: 5432}",
        "plue-runner\n      ports:\n        - {protocol: UDP, port: 5432}",
        "broken",
        "runner -> postgres TCP 5432",
        "production/plue-postgres",
        "protocol: UDP, port: 5432",
    ),
    "dns-selectors-split-into-two-items": Mutation(
        POLICIES,
        DNS_BOTH,
        DNS_BOTH.replace("          podSelector", "        - podSelector"),
        "exposed",
        "web -> any other pod in kube-system TCP 53, UDP 53",
        "production/allow-dns",
        "        - namespaceSelector:",
    ),
    # The scenario tells kube-dns from its neighbours, though no policy does any more.
    "dns-opened-to-all-of-kube-system": Mutation(
        POLICIES,
        "              k8s-app: kube-dns\n",
        "",
        "exposed",
        "web -> any other pod in kube-system TCP 53, UDP 53",
        "production/allow-dns",
        "        - namespaceSelector:",
    ),
    "controller-selectors-split-into-two-items": Mutation(
        POLICIES,
        NGINX_BOTH,
        NGINX_BOTH.replace("          podSelector", "        - podSelector"),
        "exposed",
        "any other pod in ingress-nginx -> web TCP 3000",
        "production/plue-web",
        "straight to the pods.\n    - from:\n        - namespaceSelector:",
    ),
    "namespace-label-no-namespace-has": Mutation(
        POLICIES,
        "kubernetes.io/metadata.name: ingress-nginx",
        "role: ingress",
        "namespace-label-unknown",
        None,
        "production/plue-web",
        "straight to the pods.\n    - from:\n        - namespaceSelector:",
    ),
    "controller-locked-out": Mutation(
        POLICIES,
        "kubernetes.io/metadata.name: ingress-nginx",
        "role: ingress",
        "broken",
        "ingress-controller -> web TCP 3000",
        "production/plue-web",
        "straight to the pods.\n    - from:\n        - namespaceSelector:",
    ),
    "metadata-service-not-excepted": Mutation(
        POLICIES,
        "              - 169.254.0.0/16   # link-local, with the metadata server at"
        " 169.254.169.254\n",
        "",
        "forbidden",
        "runner -> metadata every port",
        "production/plue-runner",
        "no unguarded second way.\n    - to:\n        - ipBlock:",
    ),
    "in-cluster-range-not-excepted": Mutation(
        POLICIES,
        "              - 10.0.0.0/8       # private: pods, services, nodes\n",
        "",
        "ipblock-opens-pods",
        None,
        "production/plue-runner",
        "no unguarded second way.\n    - to:\n        - ipBlock:",
    ),
    "way-into-a-runner": Mutation(
        POLICIES,
        "  ingress: []\n",
        "  ingress: [{}]\n",
        "forbidden",
        "external -> runner every port",
        "production/plue-runner",
        "ingress: [{}]",
    ),
    "extra-arrow": Mutation(
        DIAGRAM,
        "│   Web   │──→ API (port 4000)",
        "│   Web   │──→ API (port 4000), Postgres (port 5432)",
        "broken",
        "web -> postgres TCP 5432",
        "production/plue-web",
        "name: plue-web",
    ),
    "missing-arrow": Mutation(
        DIAGRAM,
        "    ├─→ Postgres (port 5432)\n               └─→ External",
        "    └─→ External",
        "exposed",
        "runner -> postgres TCP 5432",
        "production/plue-postgres",
        "plue-api\n        - podSelector:",
    ),
    "support-flow-not-listed": Mutation(
        SCENARIO,
        "  - from: api\n    to: postgres\n    ports: [TCP 5432]\n"
        "    because: the API keeps its data there\n",
        "",
        "exposed",
        "api -> postgres TCP 5432",
        "production/plue-postgres",
        "name: plue-postgres\n  policyTypes: [Ingress, Egress]\n"
        "  ingress:\n    - from:\n        - podSelector:",
    ),
    "diagram-says-another-port": Mutation(
        DIAGRAM,
        "Postgres (port 5432)",
        "Postgres (port 5433)",
        "broken",
        "runner -> postgres TCP 5433",
        "production/plue-runner",
        "port: 4000}\n    - to:\n        - podSelector:\n            matchLabels:\n"
        "              app.kubernetes.io/name: plue-postgres\n      ports:\n"
        "        - {protocol: TCP, port: 5432}",
    ),
    "drawn-and-never": Mutation(
        SCENARIO,
        "  - from: runner\n    to: metadata\n",
        "  - {from: runner, to: external, because: no way out}\n"
        "  - from: runner\n    to: metadata\n",
        "contradiction",
        "runner -> external every port",
        None,
        "└─→ External",
        DIAGRAM,
    ),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("manifests", "scenarios"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def checked(project: Path, expected: int) -> list[dict[str, Any]]:
    done = netsim("check", "manifests/", "--format", "json", cwd=project)
    assert done.code == expected, done
    found: list[dict[str, Any]] = json.loads(done.out)["findings"]
    return found


def line_of(path: Path, anchor: str) -> int:
    text = path.read_text(encoding="utf-8")
    end = text.index(anchor) + len(anchor.rstrip("\n"))
    return text.count("\n", 0, end) + 1


def essence(
    finding: dict[str, Any], mutation: Mutation
) -> tuple[str, str | None, str | None, dict[str, Any]]:
    place = {key: finding["location"][key] for key in ("file", "line")}
    flow = mutation.flow if mutation.flow in finding["flows"] else None
    return finding["rule"], finding["policy"], flow, place


def test_the_manifests_as_they_are(project: Path) -> None:
    assert [finding["rule"] for finding in checked(project, 0)] == ["not-verifiable"]


@pytest.mark.parametrize("name", MUTATIONS)
def test_single_fault(project: Path, name: str) -> None:
    mutation = MUTATIONS[name]
    path = project / mutation.file
    text = path.read_text(encoding="utf-8")
    assert mutation.old in text
    path.write_text(text.replace(mutation.old, mutation.new, 1), encoding="utf-8")
    found = checked(project, 1)
    line = line_of(project / mutation.named, mutation.anchor)
    place = {"file": mutation.named, "line": line}
    wanted = (mutation.rule, mutation.policy, mutation.flow, place)
    assert wanted in [essence(finding, mutation) for finding in found]
