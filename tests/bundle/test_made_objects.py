"""Objects that controllers make of others, under names that these say."""

from __future__ import annotations

import pytest

from netsim.bundle.made_objects import list_made
from tests.rules.samples import bundle


def written(api: str, kind: str, body: str, metadata: str = "") -> str:
    extra = f", {metadata}" if metadata else ""
    return (
        f"apiVersion: {api}\nkind: {kind}\n"
        f"metadata: {{name: own, namespace: shop{extra}}}\n{body}"
    )


ISSUER = "annotations: {cert-manager.io/cluster-issuer: letsencrypt}"
TLS = "spec: {tls: [{secretName: web-tls, hosts: [a.example]}, {hosts: [b.example]}]}"
GATEWAY = (
    "spec: {gatewayClassName: x, listeners: [{name: https, port: 443, protocol: HTTPS, "
    "tls: {certificateRefs: [{name: gw-tls}]}}]}"
)
PORTS = "spec: {ports: [{port: 80}]}"

MADE = [
    ("cert-manager.io/v1", "Certificate", "spec: {secretName: tls}", "", "Secret shop/tls"),
    # It is of another project, whose Certificate is none of cert-manager's.
    ("networking.internal.knative.dev/v1", "Certificate", "spec: {secretName: tls}", "", ""),
    ("cert-manager.io/v1", "Certificate", "spec: {}", "", ""),
    ("bitnami.com/v1alpha1", "SealedSecret", "spec: {}", "", "Secret shop/own"),
    (
        "bitnami.com/v1alpha1",
        "SealedSecret",
        "spec: {template: {metadata: {name: other}}}",
        "",
        "Secret shop/other",
    ),
    (
        "secrets.hashicorp.com/v1beta1",
        "VaultStaticSecret",
        "spec: {destination: {name: db, create: true}}",
        "",
        "Secret shop/db",
    ),
    ("onepassword.com/v1", "OnePasswordItem", "spec: {}", "", "Secret shop/own"),
    (
        "secrets.infisical.com/v1alpha1",
        "InfisicalSecret",
        "spec: {managedSecretReference: {secretName: db, secretNamespace: lab}}",
        "",
        "Secret lab/db",
    ),
    (
        "secrets-store.csi.x-k8s.io/v1",
        "SecretProviderClass",
        "spec: {secretObjects: [{secretName: a}, {secretName: b}]}",
        "",
        "Secret shop/a Secret shop/b",
    ),
    (
        "external-secrets.io/v1",
        "ClusterExternalSecret",
        "spec: {externalSecretName: x, externalSecretSpec: {target: {name: db}}}",
        "",
        "Secret db",
    ),
    ("trust.cert-manager.io/v1alpha1", "Bundle", "spec: {}", "", "ConfigMap own Secret own"),
    (
        "objectbucket.io/v1alpha1",
        "ObjectBucketClaim",
        "spec: {}",
        "",
        "ConfigMap shop/own Secret shop/own",
    ),
    ("networking.k8s.io/v1", "Ingress", TLS, ISSUER, "Secret shop/web-tls"),
    ("networking.k8s.io/v1", "Ingress", TLS, "", ""),
    ("gateway.networking.k8s.io/v1", "Gateway", GATEWAY, ISSUER, "Secret shop/gw-tls"),
    (
        "v1",
        "Service",
        PORTS,
        "annotations: {service.beta.openshift.io/serving-cert-secret-name: serving}",
        "Secret shop/serving",
    ),
    ("v1", "Service", PORTS, "", ""),
    (
        "v1",
        "Secret",
        "",
        "annotations: {reflector.v1.k8s.emberstack.com/reflection-auto-enabled: 'true'}",
        "Secret own",
    ),
    (
        "kyverno.io/v1",
        "ClusterPolicy",
        "spec: {rules: [{generate: {kind: ConfigMap, name: ca}}, {validate: {}}]}",
        "",
        "ConfigMap ca",
    ),
]


@pytest.mark.parametrize(("api", "kind", "body", "metadata", "made"), MADE)
def test_made(api: str, kind: str, body: str, metadata: str, made: str) -> None:
    manifests = bundle(written(api, kind, body, metadata)).manifests
    found = [str(each) for manifest in manifests for each in list_made(manifest)]
    assert " ".join(found) == made
