from pathlib import Path

import pytest

from netsim.loader.load import Loaded, load
from netsim.model.finding import Severity

POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: shut, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress]}
"""


def read(folder: Path, files: dict[str, str]) -> Loaded:
    for name, text in {"policy.yaml": POLICY, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return load([str(folder)])


def notes(loaded: Loaded) -> list[str]:
    return [each.message for each in loaded.diagnostics if each.severity is Severity.NOTE]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("values.yaml", "closed: true\n"),
        ("values-prod.yaml", "networkPolicy: {enabled: true}\n"),
        ("docker-compose.yml", "services: {web: {image: web}}\n"),
        ("package.json", '{"name": "shop", "version": "1.0.0"}'),
        ("site.yml", "- hosts: all\n  tasks: []\n"),
        ("list.json", "[1, 2]"),
        ("events.json", '[{"kind": "push"}]'),  # the kind of somebody else
        ("main.tf.json", '{"resource": {}}'),
        (".gitlab-ci.yml", "job:\n  script: !reference [.x, script]\n"),
        ("mkdocs.yml", "a: {b: !!python/name:material.emoji}\n"),  # PyYAML's tag, no YAML
        ("tsconfig.json", '{\n  // a comment\n  "compilerOptions": {}\n}'),
        ("helmfile.yaml", "releases:\n- chart: {{ .x }}\n"),
        ("provisioning.yaml", "apiVersion: 1\nproviders: []\n"),  # of Grafana
        ("note.yaml", "only a text\n"),
        ("empty.json", "{}"),
        ("twice.json", '{"a": 1, "a": 2}'),
        ("values.yaml", "kind: DaemonSet\nreplicaCount: 1\nimage: {tag: a}\n"),  # of a chart
        ("all.yaml", "kind: ENC[AES256_GCM,data:a]\nsops: {version: 3.8.1}\n"),
        ("names.yaml", "version: 3\nkinds: [a]\nmore: {kind: x}\n" + "k1: 1\n"),
    ],
)
def test_what_is_no_manifest_is_passed_over(tmp_path: Path, name: str, text: str) -> None:
    loaded = read(tmp_path, {name: text})
    assert loaded.errors == ()
    assert notes(loaded) == [f"passed over 1 file that is no manifest: {name}"]
    assert loaded.inventory.documents == 1


@pytest.mark.parametrize(
    "text",
    [
        "kind: NetworkPolicy\nmetadata: {name: x}\n",
        "kind: NetworkPolcy\nmetadata: {name: x}\n",
        "apiVersion: v1\nmetadata: {name: x}\n",
        "apiVersion: '1'\n",  # a text, and no number
        "apiversion: networking.k8s.io/v1\nKind: NetworkPolicy\n",
        "apiVersoin: networking.k8s.io/v1\nknd: NetworkPolicy\n",
        "metadata: {name: x}\nspec: {podSelector: {}}\n",
        "podSelector: {}\npolicyTypes: [Ingress]\n",
        "apiVersion:v1\nkind:NetworkPolicy\n",  # without blanks it is a text
        "- apiVersion: v1\n  kind: Pod\n",
        "- kind: NetworkPolicy\n",
        " apiVersion: v1\nkind: NetworkPolicy\n",  # indented wrongly
        '{"kind": "NetworkPolicy",}',
        "version https://git-lfs.github.com/spec/v1\noid sha256:1\n",
        "a: b\x00\nkind: NetworkPolicy\n",
    ],
)
def test_what_may_be_a_manifest_is_refused(tmp_path: Path, text: str) -> None:
    loaded = read(tmp_path, {"x.yaml": text})
    assert loaded.errors
    assert notes(loaded) == []


def test_a_named_file_is_meant_to_hold_manifests(tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text("closed: true\n")
    (error,) = load([str(tmp_path / "values.yaml")]).errors
    assert "no kind" in error.message


def test_files_are_named_by_sort(tmp_path: Path) -> None:
    files = {
        "values.yaml": "a: 1\n",
        "b/values.yaml": "a: 1\n",
        "docker-compose.yml": "services: {}\n",
        "package.json": "{}",
        "one.json": "{}",
        "two.json": "{}",
    }
    (note,) = notes(read(tmp_path, files))
    assert note == (
        "passed over 6 files that are no manifests: 2 other files (one.json, two.json), "
        "2 values files, docker-compose.yml, package.json"
    )


def test_a_document_of_a_file_with_manifests(tmp_path: Path) -> None:
    loaded = read(tmp_path, {"policy.yaml": f"{POLICY}---\nclosed: true\n"})
    assert loaded.errors == ()
    (note,) = notes(loaded)
    assert note.endswith(f"in a file of others: {tmp_path / 'policy.yaml'}:6")
    assert len(loaded.resources.policies) == 1


def test_a_kind_beside_what_manifests_have_is_one(tmp_path: Path) -> None:
    loaded = read(tmp_path, {"x.yaml": "kind: DaemonSet\nspec: {template: {}}\n"})
    assert ["no apiVersion" in each.message for each in loaded.errors] == [True]
