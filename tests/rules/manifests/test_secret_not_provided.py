from __future__ import annotations

import pytest

from netsim.bundle.provision import Extent
from netsim.rules.manifests import reference_not_provided
from netsim.rules.manifests.secret_not_provided import CHECK
from tests.rules.samples import (
    MARK,
    Sample,
    case,
    documents,
    ids,
    run,
    scenario_context,
    verify,
)


def pod(*lines: str) -> str:
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n"
    return head + "\n".join(f"  {line}" for line in lines)


def container(*lines: str) -> str:
    return pod("containers:", "  - name: web", *(f"    {line}" for line in lines))


def variable(reference: str) -> str:
    return container("env:", "- name: A", "  valueFrom:", f"    secretKeyRef: {reference}")


def secret(name: str, keys: str = "url: REPLACE_ME", namespace: str = "shop") -> str:
    metadata = f"metadata: {{name: {name}, namespace: {namespace}}}"
    return f"apiVersion: v1\nkind: Secret\n{metadata}\nstringData: {{{keys}}}"


def external(name: str, spec: str) -> str:
    head = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret"
    return f"{head}\nmetadata: {{name: {name}, namespace: shop}}\nspec: {{{spec}}}"


ENTRY = "data: [{secretKey: url, remoteRef: {key: x}}]"
STORE = "secretStoreRef: {kind: ClusterSecretStore, name: vault}"
ANY = secret("other")


def certificate(secret: str) -> str:
    return (
        "apiVersion: cert-manager.io/v1\nkind: Certificate\n"
        f"metadata: {{name: web, namespace: shop}}\nspec: {{secretName: {secret}}}"
    )


SAMPLES = (
    Sample("provided", documents(variable("{name: db, key: url}"), secret("db"))),
    Sample(
        "missing",
        documents(variable(f"{{name: dbs, key: url}} {MARK}"), secret("db")),
        says="shop/web[Pod] needs Secret shop/dbs, which nothing provides; did you mean db?",
    ),
    Sample(
        "of another namespace",
        documents(variable(f"{{name: db, key: url}} {MARK}"), secret("db", "", "lab"), ANY),
        says="Secret shop/db",
    ),
    # The input may be a part: no Secret of the namespace is in it.
    Sample("none known", documents(variable("{name: db, key: url}"), secret("db", "", "lab"))),
    Sample(
        "key missing",
        documents(variable(f"{{name: db, key: uri}} {MARK}"), secret("db", "url: a, ca: b")),
        says="needs the key uri of Secret shop/db, which has only ca, url; did you mean url?",
    ),
    Sample(
        "no keys at all",
        documents(variable(f"{{name: db, key: url}} {MARK}"), secret("db", "")),
        says="which has no keys",
    ),
    Sample(
        "optional", documents(variable("{name: dbs, key: url, optional: true}"), secret("db"))
    ),
    Sample(
        "key optional", documents(variable("{name: db, key: u, optional: true}"), secret("db"))
    ),
    Sample(
        "explicitly required",
        documents(variable(f"{{name: dbs, key: u, optional: false}} {MARK}"), ANY),
    ),
    # Pods start without it.
    Sample("imagePullSecrets", documents(pod("imagePullSecrets: [{name: dbs}]"), ANY)),
    Sample(
        "volume",
        documents(
            pod("volumes:", "  - name: v", "    secret:", f"      secretName: dbs {MARK}"), ANY
        ),
    ),
    Sample(
        "key of a volume",
        documents(
            pod(
                "volumes:",
                "  - name: v",
                "    secret:",
                f"      secretName: db {MARK}",
                "      items: [{key: url, path: a}, {key: crt, path: b}]",
            ),
            secret("db"),
        ),
        says="the key crt",
    ),
    Sample(
        "projected",
        documents(
            pod(
                "volumes:",
                "  - name: v",
                "    projected:",
                "      sources:",
                f"        - secret: {{name: dbs}} {MARK}",
            ),
            ANY,
        ),
    ),
    Sample(
        "envFrom", documents(container("envFrom:", f"- secretRef: {{name: d}} {MARK}"), ANY)
    ),
    # One finding for one Secret, at the first of the places.
    Sample(
        "named twice",
        documents(
            container(
                "envFrom:",
                f"- secretRef: {{name: dbs}} {MARK}",
                "- secretRef: {name: dbs}",
            ),
            ANY,
        ),
    ),
    Sample(
        "by an ExternalSecret",
        documents(variable("{name: db, key: url}"), external("db", f"{STORE}, {ENTRY}")),
    ),
    Sample(
        "by the target of one",
        documents(
            variable("{name: db, key: url}"),
            external("x", f"{STORE}, target: {{name: db}}, {ENTRY}"),
        ),
    ),
    # The Secret goes by the target, not by the ExternalSecret.
    Sample(
        "by its name only",
        documents(
            variable(f"{{name: x, key: url}} {MARK}"),
            external("x", f"{STORE}, target: {{name: db}}, {ENTRY}"),
        ),
    ),
    Sample(
        "key of an ExternalSecret",
        documents(
            variable(f"{{name: db, key: uri}} {MARK}"), external("db", f"{STORE}, {ENTRY}")
        ),
        says="has only url",
    ),
    # Which keys dataFrom brings is not in the manifest.
    Sample(
        "keys by dataFrom",
        documents(
            variable("{name: db, key: uri}"),
            external("db", f"{STORE}, dataFrom: [{{extract: {{key: x}}}}]"),
        ),
    ),
    Sample(
        "sealed",
        documents(
            variable("{name: db, key: url}"),
            ANY,
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\n"
            "metadata: {name: db, namespace: shop}",
        ),
    ),
    Sample(
        "by a Certificate",
        documents(variable("{name: web-tls, key: tls.crt}"), ANY, certificate("web-tls")),
    ),
    Sample(
        "by a Certificate, under another name",
        documents(variable(f"{{name: api-tls, key: tls.crt}} {MARK}"), ANY, certificate("web")),
        None,
        "shop/web[Pod] needs Secret shop/api-tls, which nothing provides",
    ),
    # Clusters up to 1.23 made one for each ServiceAccount.
    Sample("token", documents(variable("{name: default-token-x7k2p, key: token}"), ANY)),
    Sample(
        "not quite a token", documents(variable(f"{{name: a-token-1, key: x}} {MARK}"), ANY)
    ),
    Sample("filled in later", documents(variable('{name: "${DB}", key: url}'), ANY)),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


def test_all_of_the_bundle_was_read() -> None:
    subject = case(variable("{name: db, key: url}"), extent=Extent.WHOLE)
    (finding,) = run(CHECK, subject)
    assert finding.message == "shop/web[Pod] needs Secret shop/db, which nothing provides"


def test_the_source_of_the_keys_is_related() -> None:
    text = documents(variable("{name: db, key: uri}"), external("db", f"{STORE}, {ENTRY}"))
    (finding,) = run(CHECK, case(text))
    (related,) = finding.related
    assert text.splitlines()[related.location.line - 1].startswith("metadata: {name: db")


def test_other_places_are_related() -> None:
    lines = ("envFrom:", "- secretRef: {name: dbs}", "- secretRef: {name: dbs}")
    (finding,) = run(CHECK, case(documents(container(*lines), ANY)))
    (related,) = finding.related
    assert related.location.line == finding.location.line + 1


@pytest.mark.parametrize(("name", "count"), [("db", 0), ("dbs", 1)])
def test_provided_elsewhere(name: str, count: int) -> None:
    provided = "provided: [{kind: Secret, name: db, because: the chart makes it}]"
    subject = scenario_context(
        documents(variable(f"{{name: {name}, key: whatever}}"), ANY),
        {"web": "{labels: {app: web}}"},
        sections=provided,
        extent=Extent.WHOLE,
    )
    assert len(run(CHECK, subject)) == count


def test_provided_in_the_namespace_of_the_scenario_only() -> None:
    provided = "provided: [{kind: Secret, name: db, because: the chart makes it}]"
    subject = scenario_context(
        variable("{name: db, key: url}").replace("namespace: shop", "namespace: lab"),
        {"web": "{labels: {app: web}}"},
        sections=provided,
        extent=Extent.WHOLE,
    )
    assert len(run(CHECK, subject)) == 1


def config_map(name: str) -> str:
    head = "apiVersion: v1\nkind: ConfigMap"
    return f"{head}\nmetadata: {{name: {name}, namespace: shop}}\ndata: {{a: b}}"


ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web, namespace: shop}"
CLAIM = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: d, namespace: shop}"
PRIORITY = "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}"

OTHERS = (
    Sample(
        "ConfigMap",
        documents(
            container("envFrom:", f"- configMapRef: {{name: setting}} {MARK}"),
            config_map("settings"),
        ),
        says="did you mean settings?",
    ),
    Sample(
        "key of a ConfigMap",
        documents(
            container(
                "env:",
                "- name: A",
                "  valueFrom:",
                f"    configMapKeyRef: {{name: s, key: b}} {MARK}",
            ),
            config_map("s"),
        ),
        says="the key b of ConfigMap shop/s, which has only a",
    ),
    # The cluster makes it in every namespace.
    Sample(
        "root certificates",
        documents(
            container(
                "env:",
                "- name: A",
                "  valueFrom: {configMapKeyRef: {name: kube-root-ca.crt, key: ca.crt}}",
            ),
            config_map("s"),
        ),
    ),
    Sample("ServiceAccount", documents(pod(f"serviceAccountName: wep {MARK}"), ACCOUNT)),
    Sample("default account", documents(pod("serviceAccountName: default"), ACCOUNT)),
    Sample(
        "claim",
        documents(
            pod("volumes:", "- name: v", f"  persistentVolumeClaim: {{claimName: e}} {MARK}"),
            CLAIM,
        ),
    ),
    Sample("priority", documents(pod(f"priorityClassName: hihg {MARK}"), PRIORITY)),
    Sample(
        "priority of the cluster",
        documents(pod("priorityClassName: system-node-critical"), PRIORITY),
    ),
    Sample("none known", pod("priorityClassName: high", "serviceAccountName: web")),
)


@pytest.mark.parametrize("sample", OTHERS, ids=ids(OTHERS))
def test_other_kinds(sample: Sample) -> None:
    verify(reference_not_provided.CHECK, sample)
