"""A policy of another system: no command answers for sure what it may change."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.command import netsim
from tests.project import ROOT

WORLD = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: own, namespace: shop}
spec: {podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}
"""
POLICIES = {
    "projectcalico.org/v3": "GlobalNetworkPolicy",
    "cilium.io/v2": "CiliumNetworkPolicy",
    "security.istio.io/v1": "AuthorizationPolicy",
    "k8s.ovn.org/v1": "UserDefinedNetwork",
    "vpcresources.k8s.aws/v1beta1": "SecurityGroupPolicy",
    "acme.example/v1": "AcmeNetworkPolicy",
}
QUESTION = ("--src", "shop/web", "--dst", "shop/api", "--port", "80")


@pytest.fixture(params=list(POLICIES.items()), ids=list(POLICIES.values()))
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    version, kind = request.param
    policy = f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: x, namespace: lab}}\n"
    namespace = "shop" if kind != "UserDefinedNetwork" else "lab"
    text = policy.replace("lab", namespace)
    (tmp_path / "world.yaml").write_text(f"{WORLD}---\n{text}", encoding="utf-8")
    return tmp_path


@pytest.fixture
def calico(tmp_path: Path) -> Path:
    text = f"{WORLD}---\napiVersion: projectcalico.org/v3\nkind: NetworkPolicy\n"
    text += "metadata: {name: x, namespace: shop}\nspec: {order: 1}\n"
    (tmp_path / "world.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_check_is_inconclusive(other: Path) -> None:
    done = netsim("check", "world.yaml", cwd=other)
    assert done.code == 2
    assert done.out.startswith("inconclusive: policies of kinds that are not evaluated")
    assert netsim("check", "world.yaml", "--allow-inconclusive", cwd=other).code == 0


def test_eval_is_unknown(calico: Path) -> None:
    done = netsim("eval", "world.yaml", *QUESTION, cwd=calico)
    assert (done.code, done.out.splitlines()[-1]) == (2, "shop/web,shop/api,TCP,80,unknown")
    assert "world.yaml:16: warning: NetworkPolicy.projectcalico.org x of Calico" in done.err


def test_explain_names_it(calico: Path) -> None:
    done = netsim("explain", "world.yaml", *QUESTION, cwd=calico)
    assert done.out.startswith("shop/web => shop/api : TCP 80: unknown\n")
    assert "NetworkPolicy.projectcalico.org shop/x is not evaluated" in done.out
    assert "world.yaml:16" in done.out


def test_list_has_nothing_for_sure(calico: Path) -> None:
    done = netsim("list", "world.yaml", "--format", "json", cwd=calico)
    found = json.loads(done.out)
    assert next(iter(found)) == "diagnostics"
    assert [each["severity"] for each in found["diagnostics"]] == ["warning"]
    assert not [each for each in found["connections"] if each["ports"]]
    assert found["connections"]
    assert netsim("list", "world.yaml", "--format", "csv", cwd=calico).out == "src,dst,conn\n"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("", "", 0),
        ("order: 1", "order: 2", 2),
        ("labels: {app: api}", "labels: {app: db}", 2),
        ("name: x", "name: y", 2),
    ],
)
def test_diff_is_open_where_it_may_decide_otherwise(
    calico: Path, old: str, new: str, code: int
) -> None:
    text = (calico / "world.yaml").read_text(encoding="utf-8")
    (calico / "new.yaml").write_text(text.replace(old, new) if old else text, encoding="utf-8")
    done = netsim("diff", "world.yaml", "new.yaml", cwd=calico)
    assert done.code == code
    said = "no connection differs" if code == 0 else "unknown whether a connection differs"
    assert done.out.startswith(said)


def test_order_is_inconclusive(tmp_path: Path) -> None:
    for folder in ("manifests", "scenarios"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    text = "apiVersion: k8s.ovn.org/v1\nkind: EgressFirewall\nmetadata: {name: x}\n"
    (tmp_path / "other.yaml").write_text(text, encoding="utf-8")
    ask = ("order", "manifests", "other.yaml", "--order", "computed")
    done = netsim(*ask, cwd=tmp_path)
    assert done.code == 2
    assert done.out.startswith("inconclusive: not evaluated or decided: EgressFirewall; ")
    assert netsim(*ask, "--allow-inconclusive", cwd=tmp_path).code == 0


@pytest.mark.parametrize("form", ["csv", "markdown", "json"])
@pytest.mark.parametrize("command", ["list", "query", "diff"])
def test_what_was_rejected_stands_first(tmp_path: Path, command: str, form: str) -> None:
    (tmp_path / "bad.yaml").write_text(f"{WORLD}---\nkind: NetworkPolicy\n", encoding="utf-8")
    arguments = {
        "list": ["bad.yaml"],
        "query": ["exposed", "bad.yaml"],
        "diff": ["bad.yaml"] * 2,
    }
    done = netsim(command, *arguments[command], "--format", form, cwd=tmp_path)
    assert done.code == 2
    if form == "json":
        key, value = next(iter(json.loads(done.out).items()))
        assert (key, value[0]["location"]["file"]) == ("diagnostics", "bad.yaml")
    else:
        start = "# " if form == "csv" else "Not everything was read:\n\n- "
        assert done.out.startswith(f"{start}bad.yaml:15: ")
