"""Whole outputs, compared with files; set NETSIM_UPDATE_SNAPSHOTS=1 to accept new ones."""

from __future__ import annotations

import pytest

from tests.cli.command import SNAPSHOTS, assert_snapshot, netsim

CASES = {
    "list-text": "list shop",
    "list-csv": "list shop --format csv",
    "list-json": "list shop --format json --focus web",
    "list-md": "list shop --format md",
    "list-ignore": "list shop --ipblock-pods ignore --focus api",
    "list-known": "list shop --ipblock-pods known --focus shop/api",
    "list-pod-ranges": "list shop --pod-ranges 10.1.0.0/16 --focus shop/web[Deployment]",
    "list-focus-address": "list shop --focus 10.1.2.3",
    "list-focus-unknown": "list shop --focus webb",
    "list-half-broken": "list half",
    "list-half-broken-csv": "list half --format csv",
    "list-odd-names": "list odd",
    "list-odd-names-md": "list odd --format md",
    "list-namespace": "list odd --namespace elsewhere --format csv --focus elsewhere/"
    "no-namespace.with.dots-0",
    "list-missing": "list nowhere",
    "graph-judged": "graph graph/k8s --scenario graph/shop.yaml",
    "graph-judged-dot": "graph graph/k8s --scenario graph/shop.yaml --format dot",
    "graph-judged-always": "graph graph/k8s --scenario graph/shop.yaml --collapse always",
    "graph-judged-focus": "graph graph/k8s --scenario graph/shop.yaml --focus shop/cache",
    "graph-allowed": "graph shop",
    "graph-focus-address": "graph shop --focus 10.1.2.3",
    "graph-focus-unknown": "graph shop --focus webb",
    "graph-half-broken": "graph half",
    "graph-odd-names": "graph odd",
    "graph-missing": "graph nowhere",
    "diff-mermaid": "diff tiers tiers-new --format mermaid",
    "diff-dot-always": "diff tiers tiers-new --format dot --collapse always",
    "diff-half-mermaid": "diff tiers half --format mermaid",
    "eval-one": "eval shop --src shop/web --dst shop/api --port 4000",
    "eval-unknown": "eval shop --src shop/web --dst tools/cache --port 443 --protocol tcp",
    "eval-queries": "eval shop --queries questions.csv",
    "eval-no-queries": "eval shop --queries nowhere.csv",
    "eval-namespace": "eval shop --src shp/web --dst shop/api --port 4000",
    "eval-near": "eval shop --src shop/wep --dst shop/api --port 4000",
    "eval-bare-name": "eval shop --src web --dst shop/api --port 4000",
    "eval-service": "eval shop --src svc/web --dst shop/api --port 4000",
    "explain-allowed": "explain shop --src shop/web --dst shop/api --port 4000",
    "explain-overview": "explain shop --src shop/web --dst shop/api",
    "explain-default": "explain shop --src tools/probe --dst 1.1.1.1 --port 53 --protocol udp",
    "explain-host": "explain shop --src tools/agent --dst shop/web --port 3000",
    "explain-self": "explain shop --src tools/probe --dst tools/probe --port 1",
    "explain-node": "explain shop --src tools/agent --dst tools/probe --port 1",
    "explain-external": "explain shop --src shop/web --dst 1.1.1.1 --port 443",
    "explain-json": "explain shop --src tools/probe --dst shop/api --port 4000 --format json",
    "explain-md": "explain shop --src tools/probe --dst shop/api --port 4000 --format md",
    "explain-overview-json": "explain shop --src 8.8.8.8 --dst shop/web --format json",
    "explain-overview-md": "explain shop --src shop/web --dst shop/api --format md",
    "explain-unknown": "explain shop --src shop/web --dst tools/cache --port 443",
    "list-tiers": "list tiers",
    "eval-behind-service": "eval tiers --src shop/web --dst svc/shop/api --port 80",
    "eval-service-port": "eval tiers --src shop/web --dst svc/shop/api --port 81",
    "explain-admin-allow": "explain tiers --src monitoring/scraper --dst shop/api --port 8080",
    "explain-admin-deny": "explain tiers --src monitoring/scraper --dst shop/api --port 80",
    "explain-pass": "explain tiers --src shop/web --dst svc/shop/api --port 80",
    "explain-ambiguous": "explain tiers --src monitoring/scraper --dst shop/web --port 80",
    "explain-domain": "explain tiers --src shop/web --dst 192.0.2.1 --port 443",
    "explain-baseline": "explain tiers --src shop/web --dst shop/api --port 80",
    "explain-admin-json": "explain tiers --src monitoring/scraper --dst shop/api --port 80 "
    "--format json",
    "explain-admin-md": "explain tiers --src monitoring/scraper --dst shop/api --port 80 "
    "--format md",
    "explain-controller": "explain tiers --src {ingress-controller} --dst svc/shop/api "
    "--port 80",
    "explain-controller-placed": "explain tiers --src {ingress-controller} --dst svc/shop/api "
    "--port 80 --ingress-namespace shop --ingress-labels app=web",
    "eval-services": "eval services --queries services/questions.csv",
    "explain-cluster-ip": "explain services --src shop/client --dst 10.96.0.7 --port http",
    "explain-node-port": "explain services --src 203.0.113.9 --dst 192.0.2.1 --port 30080",
    "explain-node-port-md": "explain services --src 203.0.113.9 --dst 192.0.2.1 --port 30080 "
    "--format md",
    "explain-node-port-json": "explain services --src 203.0.113.9 --dst 192.0.2.1 --port 30080 "
    "--format json",
    "explain-external-name": "explain services --src shop/client --dst svc/shop/partner "
    "--port 443",
    "query-cluster-ip": "query sources services --to 10.96.0.7 --port http",
    "check-tiers": "check tiers",
    "check-posture": "check posture",
    "check-posture-md": "check posture --format markdown",
    "check-posture-json": "check posture --format json",
    "diff-text": "diff tiers tiers-new",
    "diff-markdown": "diff tiers tiers-new --format markdown",
    "diff-json": "diff tiers tiers-new --format json",
    "diff-csv": "diff tiers tiers-new --format csv",
    "diff-same": "diff tiers tiers",
    "diff-half-broken": "diff half shop",
    "diff-nowhere": "diff tiers nowhere:tiers",
    "explain-queries": "explain shop --queries questions.csv",
    "explain-queries-json": "explain shop --queries questions.csv --format json",
    "explain-range": "explain shop --src 10.0.0.0/8 --dst shop/api --port 9090",
    "eval-range": "eval shop --src 10.1.0.0-10.1.255.255[External] --dst shop/api --port 9090",
    "eval-no-range": "eval shop --src 10.1.0.9-10.1.0.1 --dst shop/api --port 9090",
    "explain-ignored-block": "explain shop --src tools/probe --dst shop/api --port 9090 "
    "--ipblock-pods ignore",
    "list-explain": "list shop --explain --focus shop/api",
    "list-explain-json": "list tiers --explain --focus shop/api --format json",
    "list-explain-md": "list tiers --explain --focus shop/api --format md",
    "list-explain-csv": "list shop --explain --format csv",
    "replicas-list": "list replicas --exposure",
    "replicas-list-csv": "list replicas --exposure --format csv",
    "replicas-list-json": "list replicas --exposure --format json --focus db",
    "replicas-list-md": "list replicas --exposure --format md",
    "replicas-diff": "diff replicas replicas-new",
    "replicas-diff-csv": "diff replicas replicas-new --format csv",
    "replicas-diff-json": "diff replicas replicas-new --format json",
    "replicas-diff-md": "diff replicas replicas-new --format md",
    "replicas-unisolated": "query unisolated replicas",
    "replicas-unisolated-csv": "query unisolated replicas --format csv",
    "replicas-sources": "query sources replicas --to shop/db[StatefulSet]",
    "replicas-sources-csv": "query sources replicas --to shop/db[StatefulSet] --format csv",
    "explain-unwritten": "explain replicas --src-labels tool=backup --src-namespace-labels "
    "team=dev --dst shop/db-0[Pod] --port 5432",
    "generate": "generate bazaar/bazaar.yaml -s bazaar/scenario.yaml",
    "generate-cluster": "generate bazaar/bazaar.yaml -s bazaar/scenario.yaml "
    "--api clusternetworkpolicy",
    "generate-diff": "generate bazaar/bazaar.yaml -s bazaar/scenario.yaml --diff --format csv",
    "generate-missing": "generate shop -s bazaar/scenario.yaml",
    "explain-missing": "explain shop --src shop/web --dst nowhere/api",
}


@pytest.mark.parametrize("name", CASES)
def test_whole_output(name: str) -> None:
    assert_snapshot(name, netsim(*CASES[name].split()))


@pytest.mark.parametrize("columns", ["80", "200"])
def test_width(columns: str) -> None:
    ends = ("--src", "shop/web", "--dst", "shop/api", "--port", "9090")
    done = netsim("explain", "shop", *ends, COLUMNS=columns)
    assert_snapshot(f"explain-at-{columns}", done)
    assert max(map(len, done.out.splitlines())) <= int(columns)


def test_every_snapshot_has_a_case() -> None:
    known = {*CASES, "explain-at-80", "explain-at-200"}
    assert {file.stem for file in SNAPSHOTS.glob("*.txt")} == known
