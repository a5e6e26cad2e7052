"""Pods of one workload that differ: no output speaks of the workload where it means some."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command import MANIFESTS, netsim

INGRESS = """\
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {role: leader}, ports: [{port: 5432}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: db, namespace: shop}
spec: {defaultBackend: {service: {name: db, port: {number: 5432}}}}
---
"""
OPEN = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: open, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress: [{ports: [{port: 5432}]}]
---
"""
REPLICAS = (MANIFESTS / "replicas/replicas.yaml").read_text(encoding="utf-8")


def written(tmp_path: Path, text: str) -> str:
    (tmp_path / "all.yaml").write_text(text, encoding="utf-8")
    return str(tmp_path / "all.yaml")


def test_a_cell_of_the_matrix_says_that_it_is_so_in_part(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text(
        "namespace: shop\n"
        "endpoints: {web: {workload: web}, db: {workload: db}}\n"
        "flows: [{from: web, to: db, ports: [TCP 5432], because: it does}]\n",
        encoding="utf-8",
    )
    done = netsim("check", "replicas", "--scenario", str(scenario), "--format", "markdown")
    (row,) = (line for line in done.out.splitlines() if line.startswith("| web |"))
    assert "| ✓ TCP 5432 in part; ✗ TCP 5432 in part |" in row


def test_ways_of_an_attacker() -> None:
    done = netsim("query", "blast-radius", "replicas", "--from", "shop/web", "-f", "csv")
    assert "1,shop/db-0[Pod],TCP 5432,," in done.out
    assert "db[StatefulSet]" not in done.out
    # Where each pod can be reached alike, the workload can.
    alike = ("query", "blast-radius", "-", "--from", "shop/web", "-f", "csv")
    done = netsim(*alike, stdin=OPEN + REPLICAS)
    assert "1,shop/db[StatefulSet],TCP 5432,," in done.out
    path = ("--from", "shop/web", "--to", "shop/db[StatefulSet]")
    done = netsim("query", "path", "replicas", *path, "-f", "csv")
    assert "1,shop/web,shop/db[StatefulSet] (some of its pods),TCP 5432," in done.out


def test_what_leads_in_leads_to_some_pods(tmp_path: Path) -> None:
    opened = INGRESS + REPLICAS.replace("from: [{podSelector: {matchLabels: {app: web}}}]", "")
    opened = opened.replace("    - \n      ports", "    - ports")
    manifests = written(tmp_path, opened)
    done = netsim("list", manifests, "--format", "csv")
    assert "{ingress-controller},shop/db-0[Pod],TCP 5432" in done.out
    done = netsim("list", manifests)
    assert "=> shop/db[StatefulSet] (1 of 2 pods: db-0)" in done.out
    # Asked about one pod, the other has no say.
    for name, rows in (("db-0", 1), ("db-1[Pod]", 0)):
        done = netsim("query", "sources", manifests, "--to", f"shop/{name}", "-f", "csv")
        assert done.out.count("{ingress-controller}") == rows


def test_the_list_of_one_pod(tmp_path: Path) -> None:
    for name in ("shop/db-1", "shop/db-1[Pod]"):
        done = netsim("list", written(tmp_path, REPLICAS), "--focus", name, "-f", "csv")
        assert "shop/db-1[Pod],shop/web[Pod],All Connections" in done.out
        assert "db-0" not in done.out
