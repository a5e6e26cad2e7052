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
