"""No rule says that something is absent that a placeholder may turn out to be."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.cli.command import netsim

OPEN = """\
apiVersion: v1
kind: Namespace
metadata: {name: kube-system}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: "${TEAM}"}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: "${APP}"}}
  template:
    metadata: {labels: {app: "${APP}"}}
    spec:
      containers:
      - {name: a, image: "a:1", ports: [{containerPort: "${PORT}", name: "${PNAME}"}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: v1
kind: Service
metadata: {name: web2, namespace: shop}
spec: {selector: {app: "${X}"}, ports: [{port: 80}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: one, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress:
  - from:
    - podSelector: {matchLabels: {app: "${Y}"}}
    - namespaceSelector: {matchLabels: {team: red}}
    - podSelector: {matchLabels: {app: client}}
    ports: [{port: http}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: two, namespace: shop}
spec:
  podSelector: {matchLabels: {app: "web"}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: three, namespace: shop}
spec:
  podSelector: {matchLabels: {app: "${Z}"}}
"""


def test_nothing_is_said_to_be_absent_that_may_be_there(tmp_path: Path) -> None:
    (tmp_path / "open.yaml").write_text(OPEN, encoding="utf-8")
    done = netsim("check", "open.yaml", cwd=tmp_path)
    assert (done.code, done.out.partition("\n")[0]) == (
        0,
        "nothing documented to compare with: 0 findings",
    )
    idle = netsim("query", "idle", "open.yaml", cwd=tmp_path)
    assert "0 rows" in idle.out


def test_other_texts_are_absent(tmp_path: Path) -> None:
    text = re.sub(r"\$\{(\w+)\}", lambda found: found[1].lower(), OPEN)
    text = text.replace('containerPort: "port"', "containerPort: 1")
    (tmp_path / "filled.yaml").write_text(text, encoding="utf-8")
    done = netsim("check", "filled.yaml", "--format", "json", cwd=tmp_path)
    rules = {
        "budget-selects-nothing",
        "namespace-label-unknown",
        "namespace-not-isolated",
        "peer-matches-nothing",
        "service-without-endpoints",
        "subject-selects-nothing",
    }
    assert done.code == 1
    assert {each["rule"] for each in json.loads(done.out)["findings"]} >= rules
