"""``netsim snapshot`` against a server that behaves as an API server does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import netsim
from tests.loader.api_server import Cluster, kubeconfig, refusal, serving

PODS = "/api/v1/pods"
NETWORK_POLICIES = "/apis/networking.k8s.io/v1/networkpolicies"


def pod(name: str, app: str) -> dict[str, Any]:
    return {
        "metadata": {
            "name": name,
            "namespace": "shop",
            "labels": {"app": app},
            "annotations": {"note": "hush"},
        },
        "spec": {
            "containers": [
                {"name": "c", "env": [{"name": "PASSWORD", "value": "hush"}], "args": ["hush"]}
            ]
        },
        "status": {"phase": "Running"},
    }


POLICY = {
    "metadata": {"name": "api", "namespace": "shop"},
    "spec": {
        "podSelector": {"matchLabels": {"app": "api"}},
        "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "web"}}}]}],
    },
}


def cluster() -> Cluster:
    """Five pods, so that pages follow pages, and the usual kinds without objects."""
    core = ("namespaces", "nodes", "services", "replicationcontrollers")
    apps = ("deployments", "replicasets", "statefulsets", "daemonsets")
    lists: dict[str, list[dict[str, Any]]] = {f"/api/v1/{plural}": [] for plural in core}
    lists |= {f"/apis/apps/v1/{plural}": [] for plural in apps}
    lists |= {f"/apis/batch/v1/{plural}": [] for plural in ("jobs", "cronjobs")}
    lists["/apis/networking.k8s.io/v1/ingresses"] = []
    lists["/api/v1/namespaces"] = [{"metadata": {"name": "shop"}}]
    lists[PODS] = [pod("api", "api"), *(pod(f"web-{n}", "web") for n in range(4))]
    lists[NETWORK_POLICIES] = [POLICY]
    lists["/api/v1/secrets"] = [{"metadata": {"name": "hush"}}]
    return Cluster(lists)


def taken(folder: Path, of: Cluster, *options: str) -> tuple[Any, str]:
    """The outcome, and the file's text."""
    target = folder / "cluster.json"
    with serving(of, folder) as config:
        done = netsim("snapshot", "-o", str(target), "--kubeconfig", str(config), *options)
    return done, target.read_text(encoding="utf-8") if target.exists() else ""


def test_a_whole_cluster(tmp_path: Path) -> None:
    of = cluster()
    done, text = taken(tmp_path, of)
    assert done.code == 0, done.err
    found = json.loads(text)
    assert found["netsim"]["read"] == {
        "networking.k8s.io/v1/NetworkPolicy": 1,
        "v1/Namespace": 1,
        "v1/Pod": 5,
    }
    assert found["netsim"]["missing"] == []
    assert "AdminNetworkPolicy" in found["netsim"]["absent"]
    assert of.asked[PODS] == 3  # pages of two
    assert "hush" not in text
    assert not [path for path in of.asked if "secrets" in path or "configmaps" in path]
    assert [path.name for path in tmp_path.iterdir()].count("cluster.json") == 1
    assert not list(tmp_path.glob(".*part"))


def test_every_command_reads_it(tmp_path: Path) -> None:
    taken(tmp_path, cluster())
    file = str(tmp_path / "cluster.json")
    listed = netsim("list", file, "--format", "csv", "--focus", "shop/api")
    assert listed.code == 0, listed.err
    assert "shop/web-0[Pod],shop/api[Pod],All Connections" in listed.out
    asked = ("--src", "shop/web-0", "--dst", "shop/api", "--port", "80")
    assert netsim("eval", file, *asked).out.endswith(",allow\n")
    assert netsim("check", file).code in (0, 1)


def discovery(of: Cluster, **groups: list[tuple[str, str, bool]]) -> None:
    """Makes the server list groups with an underscore for a dot, each with its kinds."""
    names = {name.replace("_", "."): kinds for name, kinds in groups.items()}
    listed = [
        {"name": name, "versions": [{"groupVersion": f"{name}/v1", "version": "v1"}]}
        for name in names
    ]
    of.refusals["/apis"] = [always({"kind": "APIGroupList", "groups": listed})]
    for name, kinds in names.items():
        resources = [
            {"name": plural, "kind": kind, "namespaced": namespaced, "verbs": ["list", "get"]}
            for plural, kind, namespaced in kinds
        ]
        resources.append({"name": f"{kinds[0][0]}/status", "kind": kinds[0][1]})
        of.refusals[f"/apis/{name}/v1"] = [always({"resources": resources})]


def always(found: dict[str, Any]) -> Any:
    return 200, {"X-Always": "yes"}, json.dumps(found).encode()


CILIUM = ("ciliumnetworkpolicies", "CiliumNetworkPolicy", True)
CILIUM_LIST = "/apis/cilium.io/v1/ciliumnetworkpolicies"


def test_policies_of_other_systems(tmp_path: Path) -> None:
    of = cluster()
    discovery(
        of,
        cilium_io=[CILIUM, ("ciliumidentities", "CiliumIdentity", False)],
        apps=[("deployments", "Deployment", True)],
        example_org=[("foonetworkpolicies", "FooNetworkPolicy", True)],
    )
    of.lists[CILIUM_LIST] = [
        {"metadata": {"name": "a", "namespace": "shop"}, "spec": {"x": "hush"}}
    ]
    of.lists["/apis/example.org/v1/foonetworkpolicies"] = []
    done, text = taken(tmp_path, of)
    assert done.code == 0, done.err
    assert json.loads(text)["netsim"]["read"]["cilium.io/v1/CiliumNetworkPolicy"] == 1
    assert "hush" not in text
    assert not of.asked["/apis/cilium.io/v1/ciliumidentities"]
    assert of.asked["/apis/example.org/v1/foonetworkpolicies"] == 1
    checked = netsim("check", str(tmp_path / "cluster.json"))
    assert "CiliumNetworkPolicy" in checked.out + checked.err
    asked = ("--src", "shop/web-0", "--dst", "shop/api", "--port", "80")
    answered = netsim("eval", str(tmp_path / "cluster.json"), *asked)
    assert answered.code == 2
    assert answered.out.endswith(",unknown\n")


def test_groups_without_policies_of_others_are_none(tmp_path: Path) -> None:
    of = cluster()
    of.refusals["/apis"] = [always({"groups": []})]
    done, _ = taken(tmp_path, of)
    assert done.code == 0, done.err


ODD = [
    {"groups": "x"},
    {"groups": [1, {"name": 2}, {"name": "cilium.io", "versions": {"a": 1}}]},
    {"groups": [{"name": "cilium.io", "versions": [{"groupVersion": "../../x"}]}]},
    {"groups": [{"name": "cilium.io", "preferredVersion": {"groupVersion": ["a"]}}]},
]


@pytest.mark.parametrize("answer", ODD)
def test_a_discovery_of_the_wrong_shape_is_no_traceback(tmp_path: Path, answer: Any) -> None:
    of = cluster()
    of.refusals["/apis"] = [always(answer)]
    done, _ = taken(tmp_path, of)
    assert done.code in (0, 2)
    assert "Traceback" not in done.err


NO = refusal(403, "no", X_Always="yes")


@pytest.mark.parametrize("path", ["/apis", "/apis/cilium.io/v1", CILIUM_LIST])
def test_policies_of_others_that_cannot_be_read_are_missing(tmp_path: Path, path: str) -> None:
    of = cluster()
    discovery(of, cilium_io=[CILIUM])
    of.lists[CILIUM_LIST] = []
    of.refusals[path] = [NO]
    done, text = taken(tmp_path, of)
    assert done.code == 2
    missing = json.loads(text)["netsim"]["missing"]
    assert ("CiliumNetworkPolicy", "cilium.io") in {
        (m["kind"], m.get("group")) for m in missing
    }
    asked = ("--src", "shop/web-0", "--dst", "shop/api", "--port", "80")
    answered = netsim("eval", str(tmp_path / "cluster.json"), *asked)
    assert answered.out.endswith(",unknown\n")
    # What both lack may have changed.
    same = netsim("diff", str(tmp_path / "cluster.json"), str(tmp_path / "cluster.json"))
    assert same.code == 2


def test_an_older_version_of_a_kind(tmp_path: Path) -> None:
    of = cluster()
    path = "/apis/gateway.networking.k8s.io/v1beta1/httproutes"
    of.lists[path] = [{"metadata": {"name": "a", "namespace": "shop"}}]
    done, text = taken(tmp_path, of)
    assert done.code == 0, done.err
    read = json.loads(text)["netsim"]["read"]
    assert read["gateway.networking.k8s.io/v1beta1/HTTPRoute"] == 1


BUDGET = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: "a/b:1"}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec:
  minAvailable: 1
  selector: {matchLabels: {app: web}}
"""


def test_budgets_count_by_way_of_a_snapshot(tmp_path: Path) -> None:
    file, snapshot = tmp_path / "all.yaml", tmp_path / "s.json"
    file.write_text(BUDGET, encoding="utf-8")
    assert netsim("snapshot", "--from", str(file), "-o", str(snapshot)).code == 0
    for path in (file, snapshot):
        drained = netsim("drain", str(path))
        assert drained.code == 1, drained.err
        assert "blocked" in drained.out
        assert "budget-blocks-drain" in netsim("check", str(path)).out


@pytest.mark.parametrize("kind", ["Pod", "PodDisruptionBudget"])
def test_a_drain_without_what_decides_it_is_unknown(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(
        f"{BUDGET}---\napiVersion: v1\nkind: List\nnetsim: {{missing: [{{kind: {kind}}}]}}\n",
        encoding="utf-8",
    )
    done = netsim("drain", str(file))
    assert done.code == 2
    assert f"lacks {kind}: what a drain does is unknown" in done.err


QUESTIONS = [
    ("list",),
    ("list", "--format", "csv"),
    ("explain", "--src", "shop/web", "--dst", "shop/web", "--port", "80"),
    ("query", "exposed"),
    ("query", "unisolated"),
    ("query", "idle"),
    ("query", "sources", "--to", "shop/web"),
]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    ("kind", "code"),
    [("NetworkPolicy", 2), ("Pod", 2), ("PodDisruptionBudget", 0), ("Node", 0)],
)
def test_no_question_has_a_certain_answer_where_objects_are_missing(
    tmp_path: Path, question: tuple[str, ...], kind: str, code: int
) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(
        f"{BUDGET}---\napiVersion: v1\nkind: List\nnetsim: {{missing: [{{kind: {kind}}}]}}\n",
        encoding="utf-8",
    )
    at = 2 if question[0] == "query" else 1
    done = netsim(*question[:at], str(file), *question[at:])
    assert done.code == code, done.out


def test_rejected_documents_stay_rejected(tmp_path: Path) -> None:
    file, snapshot = tmp_path / "all.yaml", tmp_path / "s.json"
    file.write_text(
        f"{BUDGET}---\napiVersion: v1\nkind: Pod\nmetadata: [a]\n", encoding="utf-8"
    )
    done = netsim("snapshot", "--from", str(file), "-o", str(snapshot))
    assert done.code == 2
    assert f"rejected: {file}:18: " in done.err
    assert netsim("snapshot", "--from", str(file), "-o", "-", "--allow-partial").code == 0
    checked = netsim("check", str(snapshot))
    assert checked.code == 2
    assert f"the snapshot lacks what was rejected at {file}:18" in checked.err


FORBIDDEN = refusal(403, "networkpolicies is forbidden", X_Always="yes")


def test_a_kind_that_is_not_permitted(tmp_path: Path) -> None:
    of = cluster()
    of.refusals[NETWORK_POLICIES] = [FORBIDDEN]
    done, text = taken(tmp_path, of)
    assert done.code == 2
    reason = "not permitted: needs list on networkpolicies (networking.k8s.io)"
    assert f"partial: NetworkPolicy: {reason}" in done.err
    missing = {"kind": "NetworkPolicy", "reason": reason}
    assert json.loads(text)["netsim"]["missing"] == [missing]
    assert json.loads(text)["netsim"]["read"]["v1/Pod"] == 5
    checked = netsim("check", str(tmp_path / "cluster.json"))
    assert checked.code == 2
    assert "the snapshot lacks NetworkPolicy" in checked.err
    assert "inconclusive" in checked.out


def test_partial_can_be_accepted(tmp_path: Path) -> None:
    of = cluster()
    of.refusals[NETWORK_POLICIES] = [FORBIDDEN]
    done, _ = taken(tmp_path, of, "--allow-partial")
    assert done.code == 0


BUSY = [
    (refusal(429, "slow down", Retry_After="0"), "asked to wait"),
    (refusal(500, "etcd leader changed"), "an error of the server"),
    ((200, {}, b'{"items": ['), "an answer that is cut off"),
    (refusal(410, "the continue token has expired"), "a list that expired: read anew"),
]


@pytest.mark.parametrize("answer", [a for a, _ in BUSY], ids=[name for _, name in BUSY])
def test_what_passes_is_tried_again(tmp_path: Path, answer: Any) -> None:
    of = cluster()
    of.refusals[PODS] = [answer]
    done, text = taken(tmp_path, of)
    assert done.code == 0, done.err
    assert json.loads(text)["netsim"]["read"]["v1/Pod"] == 5


def test_one_namespace(tmp_path: Path) -> None:
    of = cluster()
    of.lists = {
        path.replace("/v1/", "/v1/namespaces/shop/")
        if not path.endswith(("namespaces", "nodes"))
        else path: items
        for path, items in of.lists.items()
    }
    of.lists["/api/v1/namespaces/shop"] = [{"metadata": {"name": "shop"}}]
    of.refusals["/api/v1/nodes"] = [refusal(403, "no", X_Always="yes")]
    done, text = taken(tmp_path, of, "--namespace", "shop")
    found = json.loads(text)
    assert found["netsim"]["namespaces"] == ["shop"]
    assert found["netsim"]["read"]["v1/Pod"] == 5
    assert [each["kind"] for each in found["netsim"]["missing"]] == ["Node"]
    assert done.code == 2


def test_credentials_that_are_not_accepted(tmp_path: Path) -> None:
    with serving(cluster(), tmp_path) as config:
        text = config.read_text(encoding="utf-8").replace("let-me-in", "guess")
        config.write_text(text, encoding="utf-8")
        done = netsim("snapshot", "-o", "x.json", "--kubeconfig", str(config), cwd=tmp_path)
    assert done.code == 2
    assert "does not accept the credentials" in done.err
    assert not (tmp_path / "x.json").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--context", "other"), "other"),
        (("--kubeconfig", "missing"), "kubeconfig cannot be used"),
    ],
)
def test_a_kubeconfig_that_leads_nowhere(
    tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    config = kubeconfig(tmp_path, "http://127.0.0.1:9", "x")
    defaults = () if "--kubeconfig" in options else ("--kubeconfig", str(config))
    done = netsim("snapshot", "-o", "x.json", *options, *defaults, cwd=tmp_path)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err


def test_the_output_of_kubectl(tmp_path: Path) -> None:
    items = [
        {"apiVersion": "v1", "kind": "Pod", **pod("api", "api")},
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "s"},
            "data": {"k": "hush"},
        },
    ]
    given = tmp_path / "given.json"
    given.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    done = netsim("snapshot", "--from", str(given), "-o", "-")
    assert done.code == 0, done.err
    assert "hush" not in done.out
    assert json.loads(done.out)["netsim"]["read"] == {"v1/Pod": 1}
    assert "left out: 1 Secret" in done.err


@pytest.mark.parametrize("text", ["", "[]", "{", "- a", "kind: [", "text"])
def test_what_is_no_output_of_kubectl(tmp_path: Path, text: str) -> None:
    given = tmp_path / "given"
    given.write_text(text)
    done = netsim("snapshot", "--from", str(given), "-o", str(tmp_path / "x.json"))
    assert done.code == 2
    assert str(given) in done.err
    assert "Traceback" not in done.err
