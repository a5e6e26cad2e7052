from __future__ import annotations

import pytest

from netsim.bundle.provision import Extent
from netsim.rules.manifests.secret_store_unknown import CHECK
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

PROVIDER = "provider: {fake: {data: []}}"


def cluster_store(name: str, conditions: str = "") -> str:
    head = "apiVersion: external-secrets.io/v1\nkind: ClusterSecretStore"
    spec = f"{conditions}, {PROVIDER}" if conditions else PROVIDER
    return f"{head}\nmetadata: {{name: {name}}}\nspec: {{{spec}}}"


def store(name: str, namespace: str = "shop") -> str:
    head = "apiVersion: external-secrets.io/v1\nkind: SecretStore"
    return f"{head}\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec: {{{PROVIDER}}}"


def secret(reference: str, mark: str = "") -> str:
    return (
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\n"
        "metadata: {name: db, namespace: shop}\nspec:\n"
        f"  secretStoreRef: {{{reference}}} {mark}\n"
        "  data: [{secretKey: url, remoteRef: {key: x}}]"
    )


CLUSTER = "kind: ClusterSecretStore, name: vault"

SAMPLES = (
    Sample("cluster store", documents(secret(CLUSTER), cluster_store("vault"))),
    Sample("store", documents(secret("name: vault"), store("vault"))),
    Sample(
        "no kind given",
        documents(secret("name: vault", MARK), cluster_store("vault")),
        says="asks for SecretStore shop/vault; the input has ClusterSecretStore vault",
        patch="kind: ClusterSecretStore\n  name: vault",
    ),
    Sample(
        "cluster kind given",
        documents(secret(CLUSTER, MARK), store("vault")),
        says="the input has SecretStore shop/vault",
        patch="kind: SecretStore",
    ),
    Sample(
        "misspelt",
        documents(secret(CLUSTER.replace("vault", "valt"), MARK), cluster_store("vault")),
        says="ClusterSecretStore valt, which nothing provides; did you mean vault?",
        patch="name: vault",
    ),
    # A store of another namespace does not matter, nor does it tell that none is here.
    Sample("elsewhere, perhaps", documents(secret("name: vault"), store("vault", "lab"))),
    Sample("a cluster's, perhaps", documents(secret(CLUSTER), store("vault", "lab"))),
    Sample(
        "of another namespace",
        documents(secret("name: vault", MARK), store("vault", "lab"), store("other")),
        says="(SecretStore lab/vault serves its own namespace only)",
    ),
    Sample("no store known", secret("name: vault")),
    Sample("none named", documents(secret("kind: SecretStore"), store("vault"))),
    Sample(
        "condition met",
        documents(
            secret(CLUSTER), cluster_store("vault", "conditions: [{namespaces: [lab, shop]}]")
        ),
    ),
    Sample(
        "condition not met",
        documents(
            secret(CLUSTER, MARK), cluster_store("vault", "conditions: [{namespaces: [lab]}]")
        ),
        says="ClusterSecretStore vault serves lab only, not shop",
    ),
    # Any one of the conditions is enough.
    Sample(
        "one of two conditions",
        documents(
            secret(CLUSTER),
            cluster_store("vault", "conditions: [{namespaces: [lab]}, {namespaces: [shop]}]"),
        ),
    ),
    # Labels of namespaces are not looked up.
    Sample(
        "condition by labels",
        documents(
            secret(CLUSTER),
            cluster_store(
                "vault", "conditions: [{namespaceSelector: {matchLabels: {team: lab}}}]"
            ),
        ),
    ),
    Sample("filled in later", documents(secret('name: "${STORE}"'), store("vault"))),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


def test_all_of_the_bundle_was_read() -> None:
    assert len(run(CHECK, case(secret(CLUSTER), extent=Extent.WHOLE))) == 1


@pytest.mark.parametrize(("name", "count"), [("vault", 0), ("valt", 1)])
def test_provided_elsewhere(name: str, count: int) -> None:
    provided = f"provided: [{{kind: ClusterSecretStore, name: {name}, because: it is shared}}]"
    subject = scenario_context(
        secret(CLUSTER),
        {"web": "{labels: {app: web}}"},
        sections=provided,
        extent=Extent.WHOLE,
    )
    assert len(run(CHECK, subject)) == count
