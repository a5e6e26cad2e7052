from __future__ import annotations

import io

import pytest

from netsim.loader.load import load
from netsim.loader.registry import Scope
from netsim.model.disruption import Amount, Limit, Unit
from netsim.model.location import Location
from netsim.model.pod_template import ControllerKind
from netsim.model.references import Need, ObjectName
from tests.loader.objects.reading import bundle, loaded, refusals

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: lab}
spec:
  runtimeClassName: gvisor
  serviceAccountName: robot
  imagePullSecrets: [{name: registry}]
  containers:
  - name: a
    image: registry:5000/a
    env:
    - {name: SIZE, value: "5"}
    - {name: URL, valueFrom: {secretKeyRef: {name: db, key: url, optional: true}}}
    envFrom: [{configMapRef: {name: settings}}]
    volumeMounts: [{name: tls, mountPath: /tls}]
  volumes:
  - {name: tls, secret: {secretName: tls, items: [{key: crt, path: c}, {key: key, path: k}]}}
  - {name: all, projected: {sources: [{secret: {name: more}}, {configMap: {name: even}}]}}
  - {name: disk, persistentVolumeClaim: {claimName: data}}
"""

REFERENCES = [
    ("RuntimeClass gvisor", None, Need.REQUIRED),
    ("ServiceAccount lab/robot", None, Need.REQUIRED),
    ("Secret lab/registry", None, Need.OPTIONAL),
    ("Secret lab/db", "url", Need.OPTIONAL),
    ("ConfigMap lab/settings", None, Need.REQUIRED),
    ("Secret lab/tls", "crt", Need.REQUIRED),
    ("Secret lab/tls", "key", Need.REQUIRED),
    ("Secret lab/more", None, Need.REQUIRED),
    ("ConfigMap lab/even", None, Need.REQUIRED),
    ("PersistentVolumeClaim lab/data", None, Need.REQUIRED),
]

WORKLOADS = """\
apiVersion: {version}
kind: {kind}
metadata: {{name: w}}
spec: {{{spec}template: {{metadata: {{labels: {{app: w}}}}, spec: {{}}}}}}
"""


def test_references_of_a_pod() -> None:
    (template,) = bundle(POD).templates
    found = [(str(r.target), r.key, r.need) for r in template.references]
    assert found == REFERENCES
    (container,) = template.containers
    size = container.variable("SIZE")
    assert size is not None
    assert (size.value, size.location.line) == ("5", 12)


@pytest.mark.parametrize(
    ("kind", "version", "spec", "controller", "replicas"),
    [
        ("Deployment", "apps/v1", "replicas: 3, ", ControllerKind.SCALED, 3),
        ("Deployment", "apps/v1", "", ControllerKind.SCALED, 1),  # the API's default
        ("StatefulSet", "apps/v1", "replicas: 0, ", ControllerKind.SCALED, 0),
        ("DaemonSet", "apps/v1", "", ControllerKind.UNSCALED, None),
        ("Job", "batch/v1", "", ControllerKind.UNSCALED, None),
    ],
)
def test_controllers(
    kind: str, version: str, spec: str, controller: ControllerKind, replicas: int | None
) -> None:
    text = WORKLOADS.format(kind=kind, version=version, spec=spec)
    (template,) = bundle(text).templates
    assert (template.controller, template.replicas) == (controller, replicas)


def test_what_another_object_of_the_input_makes_is_left_out() -> None:
    owner = (
        "ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: w, controller: true}]"
    )
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: w-1, {owner}}}\nspec: {{}}\n"
    text = WORKLOADS.format(kind="ReplicaSet", version="apps/v1", spec="")
    assert [t.workload.kind for t in bundle(f"{text}---\n{pod}").templates] == ["ReplicaSet"]
    # Without its owner the pod stands for itself, and is one of a scaled set.
    (alone,) = bundle(pod).templates
    assert alone.controller is ControllerKind.SCALED


def test_every_object_has_a_name_and_a_place() -> None:
    text = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n---\n"
        "apiVersion: cert-manager.io/v1\nkind: Certificate\n"
        "metadata:\n  name: tls\n  namespace: lab\n---\n"
        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fast}\n"
    )
    found = bundle(text).manifests
    assert [str(each.name) for each in found] == [
        "ConfigMap shop/c",
        "Certificate lab/tls",
        "StorageClass fast",
    ]
    assert [each.written_namespace for each in found] == [
        None,
        Location("<stdin>", 9, "metadata.namespace"),
        None,
    ]


def test_the_same_twice_is_once() -> None:
    one = "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: r}\nhandler: a\n"
    assert len(bundle(f"{one}---\n{one}").runtime_classes) == 1
    (refusal,) = refusals(f"{one}---\n{one.replace('handler: a', 'handler: b')}")
    assert refusal.startswith(
        "8: metadata.name: RuntimeClass r is already defined at <stdin>:3"
    )


def test_an_external_secret_provides_its_target() -> None:
    text = (
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: e}\n"
        "spec:\n  secretStoreRef: {name: gcp, kind: ClusterSecretStore}\n"
        "  target: {name: made}\n  data: [{secretKey: url, remoteRef: {key: x}}]\n"
    )
    found = bundle(text)
    (entry,) = found.manifests
    assert entry.provides == (ObjectName("Secret", "shop", "made"),)
    assert [str(need.target) for need in entry.needs] == ["ClusterSecretStore gcp"]
    (secret,) = found.external_secrets
    assert secret.keys == ("url",)


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        ("dataFrom: [{extract: {key: x}}]", None),  # whatever the store has
        ("target: {template: {templateFrom: [{}]}}", None),
        ("data: [{secretKey: a}], target: {template: {data: {b: x}}}", ("b",)),
        (
            "data: [{secretKey: a}], target: {template: {mergePolicy: Merge, data: {b: x}}}",
            "ab",
        ),
    ],
)
def test_keys_of_an_external_secret(body: str, keys: tuple[str, ...] | None) -> None:
    text = (
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: e}\n"
        f"spec: {{{body}}}\n"
    )
    (secret,) = bundle(text).external_secrets
    assert secret.keys == (None if keys is None else tuple(keys))


@pytest.mark.parametrize(
    ("conditions", "namespaces"),
    [
        ("", None),
        ("conditions: [{namespaces: [a]}, {namespaces: [b]}], ", ("a", "b")),
        # What labels or patterns select cannot be told from the manifest.
        ("conditions: [{namespaces: [a]}, {namespaceSelector: {}}], ", None),
    ],
)
def test_namespaces_of_a_store(conditions: str, namespaces: tuple[str, ...] | None) -> None:
    text = (
        "apiVersion: external-secrets.io/v1\nkind: ClusterSecretStore\nmetadata: {name: s}\n"
        f"spec: {{{conditions}provider: {{fake: {{}}}}}}\n"
    )
    (store,) = bundle(text).secret_stores
    assert store.namespaces == namespaces


def test_amount_of_a_budget() -> None:
    text = (
        "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\n"
        "spec:\n  maxUnavailable: 50%\n"
    )
    (budget,) = bundle(text).budgets
    assert (budget.limit, budget.amount) == (Limit.MAX_UNAVAILABLE, Amount(50, Unit.PERCENT))
    assert budget.amount_location.line == 5
    # None selects nothing, where {} would select every pod.
    assert budget.selector is None


@pytest.mark.parametrize(("total", "part"), [(0, 0), (1, 1), (3, 2), (4, 2)])
def test_percentages_are_rounded_up(total: int, part: int) -> None:
    assert Amount(50, Unit.PERCENT).of(total) == part


def test_a_snapshot_says_nothing_of_what_it_does_not_keep() -> None:
    text = (
        '{"kind": "List", "apiVersion": "v1", "netsim": {"missing": []}, "items": ['
        '{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "p"}, "spec": {}}]}'
    )
    found = load(["-"], "shop", io.StringIO(text), Scope.BUNDLE)
    assert len(found.resources.pods) == 1
    assert found.bundle is not None
    assert found.bundle.templates == ()


def test_a_script_in_a_config_map_has_no_placeholders() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {run: 'echo ${A}'}\n"
    assert loaded(text).diagnostics == ()


def test_the_value_of_a_secret_is_not_represented() -> None:
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {key: aHVzaA==}\n"
    found = bundle(text)
    assert found.secrets[0].entries[0].value == "hush"
    assert "hush" not in repr(found)
