"""What comes of objects of kinds that are not Kubernetes' own."""

from __future__ import annotations

import pytest

from netsim.bundle.custom_kinds import Yield, find_destination, judge_yield
from tests.rules.samples import bundle

KINDS = [
    ("monitoring.coreos.com", "Prometheus", Yield.WORKLOADS),
    ("monitoring.coreos.com", "ServiceMonitor", Yield.NOTHING),
    ("ceph.rook.io", "CephCluster", Yield.WORKLOADS),
    ("example.com", "Whatever", Yield.WORKLOADS),
    ("cert-manager.io", "Certificate", Yield.NAMED),
    ("cert-manager.io", "ClusterIssuer", Yield.NOTHING),
    ("argoproj.io", "Application", Yield.DEPLOYMENT),
    ("argoproj.io", "AppProject", Yield.NOTHING),
    ("argoproj.io", "Workflow", Yield.WORKLOADS),
    ("networking.istio.io", "VirtualService", Yield.NOTHING),
    # Gateways have pods of their own where a controller deploys them.
    ("gateway.networking.k8s.io", "Gateway", Yield.WORKLOADS),
    ("gateway.networking.k8s.io", "HTTPRoute", Yield.NOTHING),
    ("", "ConfigMap", Yield.NOTHING),
    ("apps", "Deployment", Yield.NOTHING),
    ("cilium.io", "CiliumNetworkPolicy", Yield.NOTHING),
    ("kafka.strimzi.io", "Kafka", Yield.WORKLOADS),
    ("kafka.strimzi.io", "KafkaTopic", Yield.NOTHING),
    ("kafka.strimzi.io", "KafkaUser", Yield.NAMED),
    ("postgresql.cnpg.io", "Cluster", Yield.WORKLOADS),
    ("postgresql.cnpg.io", "Database", Yield.NOTHING),
    ("kyverno.io", "ClusterPolicy", Yield.NAMED),
    ("isindir.github.com", "SopsSecret", Yield.NAMED),
    ("opentelemetry.io", "Instrumentation", Yield.NOTHING),
    ("opentelemetry.io", "OpenTelemetryCollector", Yield.WORKLOADS),
    # Not in the table, and by its name a policy.
    ("example.com", "NetworkPolicy", Yield.NOTHING),
    ("controller.config.kubernetes.io", "Configuration", Yield.NOTHING),
]


@pytest.mark.parametrize(("group", "kind", "comes"), KINDS)
def test_yield(group: str, kind: str, comes: Yield) -> None:
    assert judge_yield(group, kind) is comes


def _write(api: str, kind: str, namespace: str, spec: str) -> str:
    place = f", namespace: {namespace}" if namespace else ""
    return f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: x{place}}}\nspec: {{{spec}}}"


@pytest.mark.parametrize(
    ("text", "namespace"),
    [
        (_write("example.com/v1", "Database", "shop", "targetNamespace: lab"), "shop"),
        (_write("example.com/v1", "Database", "", ""), ""),
        (
            _write("argoproj.io/v1", "Application", "argocd", "destination: {namespace: lab}"),
            "lab",
        ),
        (_write("argoproj.io/v1", "Application", "argocd", "destination: {}"), ""),
        (_write("helm.toolkit.fluxcd.io/v2", "HelmRelease", "flux", "targetNamespace: a"), "a"),
        # The release is in the namespace of the HelmRelease.
        (_write("helm.toolkit.fluxcd.io/v2", "HelmRelease", "flux", ""), "flux"),
        (_write("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "flux", ""), ""),
    ],
)
def test_destination(text: str, namespace: str) -> None:
    (manifest,) = bundle(text).manifests
    assert find_destination(manifest) == namespace
