"""How long `netsim coverage` takes: 200 policies, 1,000 pods, a scenario.

Each of 10 namespaces has 19 apps and a default deny; each app calls the next one, and one of
the next namespace.  With `half`, the scenario speaks for five of the namespaces only, so that
many mutants survive, which takes longest: nothing ends their trial early.

python benchmarks/coverage.py [half]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from netsim.app.coverage import CoverageRequest, coverage

NAMESPACES, APPS, PODS = 10, 19, 1000


def _manifests() -> str:
    names = [(n, a) for n in range(NAMESPACES) for a in range(APPS)]
    documents = [
        f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: n{n}, labels: {{team: t{n}}}}}\n"
        for n in range(NAMESPACES)
    ]
    documents += [
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p{number}, namespace: n{n}, "
        f"labels: {{app: a{a}, replica: r{number}}}}}\n"
        "spec: {containers: [{name: c, image: i, ports: [{containerPort: 80}]}]}\n"
        for number in range(PODS)
        for n, a in [names[number % len(names)]]
    ]
    documents += [
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
        f"metadata: {{name: default-deny, namespace: n{n}}}\n"
        "spec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n"
        for n in range(NAMESPACES)
    ]
    documents += [_policy(*name) for name in names]
    return "---\n".join(documents)


def _policy(n: int, a: int) -> str:
    before, after = (n - 1) % NAMESPACES, (n + 1) % NAMESPACES
    near, far = (a - 1) % APPS, (a + 1) % APPS
    return f"""\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: a{a}, namespace: n{n}}}
spec:
  podSelector: {{matchLabels: {{app: a{a}}}}}
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        - podSelector: {{matchLabels: {{app: a{near}}}}}
        - namespaceSelector: {{matchLabels: {{team: t{before}}}}}
          podSelector: {{matchLabels: {{app: a{a}}}}}
      ports: [{{port: 80}}, {{port: 8080}}]
  egress:
    - to:
        - podSelector: {{matchLabels: {{app: a{far}}}}}
        - namespaceSelector: {{matchLabels: {{team: t{after}}}}}
          podSelector: {{matchLabels: {{app: a{a}}}}}
      ports: [{{port: 80}}, {{port: 8080}}]
    - to: [{{ipBlock: {{cidr: 203.0.113.0/24, except: [203.0.113.0/28, 203.0.113.64/28]}}}}]
      ports: [{{port: 443}}]
"""


def _scenario(governed: int) -> str:
    names = [(n, a) for n in range(NAMESPACES) for a in range(APPS)]
    flows = [
        (f"n{n}a{a}", target, "TCP 80, TCP 8080")
        for n, a in names
        for target in (f"n{n}a{(a + 1) % APPS}", f"n{(n + 1) % NAMESPACES}a{a}")
        if n < governed or (target.startswith("n0a") and n == NAMESPACES - 1)
    ]
    flows += [(f"n{n}a{a}", "out", "TCP 443") for n, a in names if n < governed]
    spaces = ", ".join(f"n{n}" for n in range(governed))
    return "\n".join(
        (
            f"namespaces: [{spaces}]",
            "endpoints:",
            *(f"  n{n}a{a}: {{namespace: n{n}, labels: {{app: a{a}}}}}" for n, a in names),
            "  out: {addresses: [203.0.113.0/24], except: [203.0.113.0/28, 203.0.113.64/28]}",
            "flows:",
            *(
                f"  - {{from: {source}, to: {target}, ports: [{ports}], because: called}}"
                for source, target, ports in flows
            ),
            "",
        )
    )


def main(governed: int) -> None:
    """Prints the time and the score."""
    with TemporaryDirectory() as folder:
        manifests, scenario = Path(folder, "m.yaml"), Path(folder, "s.yaml")
        manifests.write_text(_manifests(), encoding="utf-8")
        scenario.write_text(_scenario(governed), encoding="utf-8")
        before = time.process_time()
        result = coverage(CoverageRequest((str(manifests),), scenario=str(scenario)))
        took = time.process_time() - before
    trials = len(result.trials)
    sys.stdout.write(
        f"{result.read}; {trials} mutants, {result.score} noticed, "
        f"{result.redundant} redundant, {result.faults} faults: {took:.1f} s of CPU\n"
    )


if __name__ == "__main__":
    main(NAMESPACES // 2 if "half" in sys.argv else NAMESPACES)
