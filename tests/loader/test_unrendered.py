import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from netsim.loader import rendering
from netsim.loader.load import Loaded, load
from netsim.loader.unrendered import Rendering

FAKES = Path(__file__).parent.parent / "fakes" / "tools"
POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: NAME}
spec: {podSelector: {}, policyTypes: [Ingress]}
"""
PATCH = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2}\n"


def policy(name: str) -> str:
    return POLICY.replace("NAME", name)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def errors(loaded: Loaded) -> list[str]:
    return [str(each) for each in loaded.errors]


def names(loaded: Loaded) -> list[str]:
    return [each.title for each in loaded.resources.policies]


@pytest.mark.parametrize("name", ["kustomization.yaml", "kustomization.yml", "Kustomization"])
@pytest.mark.parametrize(
    "text",
    [
        "resources: [a.yaml, base]\n",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n",
        "resources: [a.yaml]\npatches: []\n",
    ],
)
def test_one_that_only_lists_files_changes_nothing(here: Path, name: str, text: str) -> None:
    files = {
        name: text,
        "a.yaml": policy("a"),
        "base/kustomization.yaml": "resources: [b.yaml]",
    }
    write(here, {**files, "base/b.yaml": policy("b")})
    loaded = load(["."])
    assert errors(loaded) == []
    assert names(loaded) == ["default/a", "default/b"]


@pytest.mark.parametrize(
    "more",
    [
        "namespace: shop",
        "patches: [{path: patch.yaml}]",
        "configMapGenerator: [{name: x, files: [key=patch.yaml]}]",
        "namePrefix: x-",
        "components: [part]",
    ],
)
def test_any_other_is_named_and_not_read(here: Path, more: str) -> None:
    write(
        here,
        {
            "o/kustomization.yaml": f"resources: [../base, own.yaml]\n{more}\n",
            "o/own.yaml": policy("own"),
            "o/patch.yaml": PATCH if "patch.yaml" in more else policy("alone"),
            "base/kustomization.yaml": "resources: [b.yaml]\n",
            "base/b.yaml": policy("b"),
            "elsewhere.yaml": policy("elsewhere"),
        },
    )
    loaded = load(["."])
    (error,) = errors(loaded)
    assert error.startswith("o/kustomization.yaml: a kustomization, not rendered")
    assert "kubectl kustomize o | netsim check -, or add --render" in error
    # What no kustomization names is read as it is.
    alone = [] if "patch.yaml" in more else ["default/alone"]
    assert names(loaded) == ["default/elsewhere", *alone]


def test_overlays_of_one_base_are_one_tree(here: Path) -> None:
    write(
        here,
        {
            "base/kustomization.yaml": "resources: [b.yaml]\n",
            "base/b.yaml": policy("b"),
            "o/dev/kustomization.yaml": "resources: [../../base]\n",
            "o/prod/kustomization.yaml": "resources: [../../base]\nnamespace: prod\n",
            "apart/kustomization.yaml": "resources: [x.yaml]\nnamespace: apart\n",
            "apart/x.yaml": policy("x"),
        },
    )
    found = errors(load(["."]))
    assert len(found) == 2
    assert any("kustomizations that share files (o/dev, o/prod)" in each for each in found)
    (one,) = errors(load(["o/dev"]))  # its base is outside of the input
    assert "kubectl kustomize o/dev" in one


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "resources: ['https://user:word@host/x.yaml']",
            "https://host/x.yaml, which needs the",
        ),
        ("resources: [github.com/a/b//c?ref=1]", "github.com/a/b//c, which needs the network"),
        ("helmCharts: [{name: x}]", "helmCharts makes Kustomize run helm"),
        ("kind: Component\nnamespace: x", "it is a Component"),
    ],
)
def test_what_cannot_be_rendered_says_why(here: Path, text: str, says: str) -> None:
    write(here, {"kustomization.yaml": f"{text}\n"})
    for way in Rendering:
        (error,) = errors(load(["."], rendering=way))
        assert says in error
        assert "word" not in error


def test_two_that_name_each_other(here: Path) -> None:
    write(here, {"a/kustomization.yaml": "resources: [../b]\nnamespace: x\n"})
    write(here, {"b/kustomization.yaml": "resources: [../a]\n"})
    assert len(errors(load(["."]))) == 1


def test_flux_has_a_kind_of_the_same_name(here: Path) -> None:
    text = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: x}\n"
    )
    write(here, {"kustomization.yaml": text, "a.yaml": policy("a")})
    assert errors(load(["."])) == []


CHART = {
    "shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 0.1.0\n",
    "shop/values.yaml": "closed: true\n",
    "shop/templates/policy.yaml": "{{- if .Values.closed }}\nkind: {{ .x }}\n{{- end }}\n",
    "shop/charts/part/Chart.yaml": "apiVersion: v2\nname: part\nversion: 0.1.0\n",
    "shop/charts/part/templates/x.yaml": "a: {{ .x }}\nkind: x\n",
}


def test_a_chart_is_one_line(here: Path) -> None:
    write(here, {**CHART, "a.yaml": policy("a")})
    loaded = load(["."])
    (error,) = errors(loaded)
    assert error == (
        "shop/Chart.yaml: a Helm chart, not rendered and so not judged (5 files); render it: "
        "helm template shop shop | netsim check -, or add --render"
    )
    assert names(loaded) == ["default/a"]


def test_a_chart_without_templates_is_no_tree(here: Path) -> None:
    write(here, {"Chart.yaml": CHART["shop/Chart.yaml"], "a.yaml": policy("a")})
    assert errors(load(["."])) == []


def test_a_revision_is_checked_out_first(here: Path) -> None:
    write(here, {"o/kustomization.yaml": "namespace: x\n", "values.yaml": "a: 1\n"})
    for words in (
        ("init", "-q", "."),
        ("add", "."),
        ("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", "x"),
    ):
        subprocess.run(["git", *words], check=True)
    (error,) = errors(load(["HEAD:"]))
    assert error.endswith(
        "; check HEAD out and render it: kubectl kustomize o | netsim check -"
    )
    (error,) = errors(load(["HEAD:"], rendering=Rendering.BY_TOOLS))
    assert "tools render files" in error
    (error,) = errors(load(["HEAD:values.yaml"]))  # named, so meant to hold manifests
    assert "no kind" in error


@pytest.mark.parametrize("way", Rendering)
def test_a_library_chart_makes_no_manifests(here: Path, way: Rendering) -> None:
    write(here, {**CHART, "a.yaml": policy("a")})
    write(here, {"shop/Chart.yaml": CHART["shop/Chart.yaml"] + "type: library\n"})
    loaded = load(["."], rendering=way)
    assert errors(loaded) == []
    (note,) = loaded.diagnostics
    assert "a library chart" in note.message


def use(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join((*map(str, folders), "/usr/bin", "/bin")))


def test_helm_renders_a_chart(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered = (
        "---\n# Source: shop/templates/policy.yaml\n"
        + policy("RELEASE-a")
        + "---\n# Source: shop/charts/part/templates/x.yaml\n"
        + policy("b")
        + "---\n# Source: shop/templates/policy.yaml\n"
        + policy("c").replace("{name: c}", "{name: c, namespace: NAMESPACE}")
    )
    write(here, {**CHART, "shop/rendered.txt": rendered})
    use(monkeypatch, FAKES)
    loaded = load(["."], "prod", rendering=Rendering.BY_TOOLS)
    assert errors(loaded) == []
    assert {each.title: str(each.location) for each in loaded.resources.policies} == {
        "prod/shop-a": "shop/templates/policy.yaml (rendered):5",
        "prod/b": "shop/charts/part/templates/x.yaml (rendered):5",
        "prod/c": "shop/templates/policy.yaml (rendered):11",
    }


def test_why_helm_fails_is_told_without_credentials(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "walk: x\nError: cannot reach https://me:word@host/x, password=word\x1b[1m\n"
    write(here, {**CHART, "shop/fails.txt": said})
    use(monkeypatch, FAKES)
    (error,) = errors(load(["."], rendering=Rendering.BY_TOOLS))
    assert "helm failed: Error: cannot reach https://host/x" in error
    assert "word@" not in error
    assert "=word" not in error
    assert "\x1b" not in error


def test_a_tool_that_is_missing(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, {**CHART, "o/kustomization.yaml": "namespace: x\n"})
    monkeypatch.setenv("PATH", str(here))
    found = errors(load(["."], rendering=Rendering.BY_TOOLS))
    assert any("helm is not on the PATH" in each for each in found)
    assert any("neither kustomize nor kubectl is on the PATH" in each for each in found)


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("sleep 60", "kustomize did not end in 0.3 s"),
        ("exec cat /dev/zero", "kustomize writes more than"),
        ("printf '\\377'", "what was rendered is not UTF-8"),
        ("exit 3", "kustomize failed"),
    ],
)
def test_a_tool_that_misbehaves(
    here: Path, monkeypatch: pytest.MonkeyPatch, script: str, says: str
) -> None:
    write(
        here,
        {"o/kustomization.yaml": "namespace: x\n", "bin/kustomize": f"#!/bin/sh\n{script}\n"},
    )
    (here / "bin/kustomize").chmod(stat.S_IRWXU)
    use(monkeypatch, here / "bin")
    monkeypatch.setattr(rendering, "TIMEOUT", 0.3 if "sleep" in script else 60)
    monkeypatch.setattr(rendering, "LARGEST", 2**20)
    (error,) = errors(load(["o"], rendering=Rendering.BY_TOOLS))
    assert says in error


def test_kubectl_renders_a_kustomization(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = Path(sys.executable).parent
    if not (tools / "kubectl").exists():
        pytest.skip("kubectl is not installed")
    write(
        here,
        {
            "o/kustomization.yaml": "resources: [../base]\nnamespace: prod\n"
            "buildMetadata: [originAnnotations]\n",
            "base/kustomization.yaml": "resources: [b.yaml]\n",
            "base/b.yaml": policy("b"),
        },
    )
    use(monkeypatch, tools)
    loaded = load(["."], rendering=Rendering.BY_TOOLS)
    assert errors(loaded) == []
    (found,) = loaded.resources.policies
    assert found.title == "prod/b"
    assert found.location.file == "base/b.yaml (rendered)"
