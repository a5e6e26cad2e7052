"""Usual objects are read to the same as all others, whatever is done to them.

``load_text`` reads what it can without a tree; ``Input`` reads everything with one.
"""

from __future__ import annotations

import json
from copy import deepcopy
from os import environ
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from netsim.loader.load import Input, Loaded, load_text, parse
from netsim.loader.registry import Scope
from netsim.loader.sources.sources import Source, guess_syntax
from netsim.loader.tree.documents import normalise
from netsim.model.location import LateLocation
from netsim.model.policies import Policy
from netsim.model.resources import Namespace, Node, Pod
from netsim.model.services import Service
from tests.fuzz.mutation import mutate

ROUNDS = int(environ.get("NETSIM_FUZZ_ROUNDS", "60"))

_OWNER = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-1", "controller": True}
_TEMPLATE = {
    "metadata": {"labels": {"app": "web", "app.kubernetes.io/part-of": "shop"}},
    "spec": {
        "initContainers": [
            {"name": "side", "restartPolicy": "Always", "ports": [{"containerPort": 9}]},
            {"name": "once", "ports": [{"containerPort": 7}]},
        ],
        "containers": [
            {
                "name": "web",
                "image": "web:1",
                "ports": [
                    {"containerPort": 80, "name": "http"},
                    {"containerPort": 53, "protocol": "UDP"},
                ],
            }
        ],
        "nodeName": "n1",
        "dnsPolicy": "ClusterFirst",
        "hostNetwork": False,
        "nodeSelector": {"disk": "ssd"},
    },
}
_STATUS = {
    "phase": "Running",
    "podIP": "10.0.0.1",
    "podIPs": [{"ip": "10.0.0.1"}, {"ip": "fd00::1"}],
    "hostIP": "192.168.0.1",
    "hostIPs": [{"ip": "192.168.0.1"}],
}


def _workload(kind: str, name: str, labels: dict[str, str], **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "shop", "labels": labels},
        "spec": {"template": deepcopy(_TEMPLATE), **spec},
    }


def _policy(name: str, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": "shop", "annotations": {"note": "plain"}},
        "spec": spec,
    }


_WEB = {"matchLabels": {"app": "web"}}
_NOT_DB = {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["db", "a"]}]}
_OBJECTS: list[dict[str, Any]] = [
    {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "shop", "labels": {"team": "a"}},
    },
    {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "web-1-x",
            "namespace": "shop",
            "uid": "1",
            "labels": {"app": "web"},
            "annotations": {"Note": "x"},
            "ownerReferences": [_OWNER],
        },
        "spec": _TEMPLATE["spec"],
        "status": _STATUS,
    },
    {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "done"},
        "spec": {"containers": [{"name": "c"}]},
        "status": {"phase": "Succeeded"},
    },
    {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare"}, "spec": {}},
    _workload("Deployment", "web", {"app": "web", "example.org/tier.x": "front"}, replicas=2),
    _workload("DaemonSet", "agent", {}),
    _workload("ReplicaSet", "web-1", {"app": "web"}, replicas=1),
    _workload("StatefulSet", "db", {"app": "db"}, replicas=1),
    _policy("deny", podSelector={}, policyTypes=["Ingress", "Egress"]),
    _policy(
        "web",
        podSelector=_WEB,
        ingress=[
            {"from": [{"podSelector": _WEB, "namespaceSelector": {}}, {"podSelector": {}}]},
            {"ports": [{"port": 80}, {"port": "http", "protocol": "TCP"}, {}]},
            {},
        ],
    ),
    _policy(
        "out",
        podSelector=_NOT_DB,
        policyTypes=["Egress"],
        egress=[
            {
                "to": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}],
                "ports": [{"port": 1000, "endPort": 2000, "protocol": "UDP"}],
            }
        ],
    ),
    {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": "b"}},
    {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {}},
    {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "api", "namespace": "shop"},
        "spec": {
            "type": "NodePort",
            "selector": {"app": "web"},
            "clusterIP": "10.96.0.1",
            "clusterIPs": ["10.96.0.1", "fd00::9"],
            "ipFamilies": ["IPv4", "IPv6"],
            "externalTrafficPolicy": "Local",
            "ports": [
                {"port": 80, "targetPort": "http", "name": "web", "nodePort": 30080},
                {"port": 81, "targetPort": 8081, "protocol": "UDP"},
                {"port": 82, "nodePort": 0},
            ],
        },
        "status": {"loadBalancer": {}},
    },
    {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "none", "namespace": "shop"},
        "spec": {"clusterIP": "None", "ports": [{"port": 80, "nodePort": 30081}]},
    },
    {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": "n1", "labels": {"disk": "ssd"}},
        "spec": {"podCIDR": "10.0.0.0/24", "podCIDRs": ["10.0.0.0/24", "fd00::/64"]},
        "status": {
            "addresses": [
                {"type": "ExternalIP", "address": "203.0.113.1"},
                {"type": "InternalIP", "address": "192.168.0.1"},
                {"type": "Hostname", "address": "n1"},
            ]
        },
    },
]
for _each in _OBJECTS[5:7]:
    _each["metadata"]["ownerReferences"] = [_OWNER | {"name": "above", "kind": "Deployment"}]


def _list(objects: list[Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "items": objects, "kind": "List", "metadata": {}}


_NAMES = ("indented.json", "compact.json", "list.yaml", "documents.yaml")


def _write(name: str) -> str:
    # What occurs twice would be written with anchors.
    objects = json.loads(json.dumps(_OBJECTS))
    match name:
        case "indented.json":
            return json.dumps(_list(objects), indent=1)
        case "compact.json":
            return json.dumps(_list(objects))
        case "list.yaml":
            return yaml.safe_dump(_list(objects), sort_keys=False)
    return yaml.safe_dump_all(objects, sort_keys=False)


def _read_both(name: str, data: bytes) -> tuple[Loaded, Loaded]:
    text = normalise(data.decode("utf-8", "surrogateescape"))
    source = Source(name, text, guess_syntax(Path(name).suffix, text))
    quick = load_text(text, name, syntax=source.syntax)
    return quick, Input((parse(source, Scope.NETWORK),)).load()


@pytest.mark.parametrize("name", _NAMES)
def test_what_is_usual_is_read_without_a_tree(name: str) -> None:
    quick, exact = _read_both(name, _write(name).encode())
    read = quick.resources
    found: list[Pod | Policy | Namespace | Service | Node] = [
        *read.pods,
        *read.policies,
        *read.namespaces,
        *read.services,
        *read.nodes,
    ]
    others = [each for each in found if not isinstance(each.location, LateLocation)]
    titles = [getattr(each, "title", each) for each in others]
    assert titles == ["shop/db[StatefulSet]", "Namespace default", "Service shop/api"]
    assert len(found) > len(others)
    assert repr(quick) == repr(exact)
    assert quick == exact


@pytest.mark.parametrize("name", _NAMES)
def test_damaged_objects_are_read_the_same(name: str) -> None:
    written = _write(name).encode()
    for number in range(ROUNDS):
        damaged = mutate(Random(f"{name}/{number}"), name, written)  # noqa: S311
        quick, exact = _read_both(name, damaged)
        # Places are equal where their lines are, and the text has all lines.
        assert repr(quick) == repr(exact), f"round {number}"


_TEXTS = {
    "twice in a pod": (
        "a.json",
        '"hostNetwork": false',
        '"hostNetwork": true, "hostNetwork": false',
    ),
    "twice, with escapes": ("a.json", '"web:1"', '"\\u0022\\u0022", "image": "web:1"'),
    "a placeholder": ("a.json", '"app": "web"', '"app": "${APP}"'),
    "a placeholder in a command": ("a.json", '"image": "web:1"', '"command": ["echo", "${A}"]'),
    "a placeholder in an environment": (
        "a.json",
        '"image": "web:1"',
        '"env": [{"name": "a", "value": "${A}"}]',
    ),
    "a placeholder in YAML": ("a.yaml", "app: web", "app: ${APP}"),
    "a hidden placeholder": ("a.json", '"app": "web"', '"app": "\\u0024{APP}"'),
    "a hidden placeholder in quotes": ("a.yaml", "app: web", 'app: "\\x24{APP}"'),
    "minus zero": ("a.json", '"replicas": 1', '"replicas": -0'),
    "octal zero": ("a.yaml", "replicas: 1", "replicas: 00"),
    "zero": ("a.yaml", "replicas: 1", "replicas: 0"),
    "a delete character": ("a.json", '"plain"', '"\x7f"'),
    "a control character": ("a.json", '"plain"', '"\x01"'),
    "a letter for a boolean": ("a.yaml", "app: web", "app: y"),
    "a key for a boolean": ("a.yaml", "app: web", "y: db"),
    "an octal port": ("a.yaml", "containerPort: 80", "containerPort: 0120"),
    "a float port": ("a.json", '"containerPort": 80', '"containerPort": 80.0'),
    "other letters": ("a.json", '"plain"', '"\u00e4\U0001f980"'),
    "a surrogate": ("a.json", '"plain"', '"\\ud800"'),
    "bits after the prefix": ("a.json", "10.1.0.0/16", "10.1.0.1/16"),
    "a hole outside": ("a.json", "10.1.0.0/16", "11.1.0.0/16"),
    "an address with zeros": ("a.json", "10.0.0.1", "10.0.0.01"),
    "an address that is none": ("a.json", "10.0.0.1", "10.0.0"),
    "a list of pods": ("a.json", '"kind": "List"', '"kind": "PodList"'),
    "a list of policies": ("a.json", '"kind": "List"', '"kind": "NetworkPolicyList"'),
    "no kind": ("a.json", '"kind": "NetworkPolicy",', ""),
    "an empty kind": ("a.json", '"kind": "NetworkPolicy"', '"kind": ""'),
    "a field of the list": ("a.json", '"kind": "List"', '"kind": "List", "extra": 1'),
    "a snapshot": ("a.json", '"kind": "List"', '"kind": "List", "netsim": {"missing": []}'),
    "a snapshot that lacks pods": (
        "a.json",
        '"kind": "List"',
        '"kind": "List", "netsim": {"rejected": [{"place": "a:1", "message": "m"}]}',
    ),
    "one name twice": ("a.json", '"name": "out"', '"name": "web"'),
    "an encrypted document": ("a.yaml", "kind: List", "kind: List\nsops: {mac: a, version: b}"),
    "an anchor": ("a.yaml", "app: web", "app: &a db"),
    "a dash on a line of its own": ("a.yaml", "- apiVersion: v1\n", "-\n  apiVersion: v1\n"),
    "comments between items": ("a.yaml", "- apiVersion: v1\n", "# a\n\n- apiVersion: v1 # b\n"),
    "a port that is wrong": ("a.yaml", "containerPort: 53", "containerPort: 65536"),
    "a name that is wrong": ("a.json", '"name": "web-1-x"', '"name": "Web_X"'),
    "two documents": ("a.yaml", "kind: List", "kind: List\n...\n---\na: 1"),
}


@pytest.mark.parametrize(("name", "old", "new"), _TEXTS.values(), ids=_TEXTS)
def test_odd_notations_are_read_the_same(name: str, old: str, new: str) -> None:
    text = _write("indented.json" if name == "a.json" else "list.yaml")
    assert old in text
    for changed in (text.replace(old, new), text.replace(old, new, 1)):
        quick, exact = _read_both(name, changed.encode())
        assert repr(quick) == repr(exact)


@pytest.mark.parametrize("end", ["\n", "", "\n\n", "\n# end", "\n  # end\n", "\n...\n", " # a"])
def test_a_list_may_end_its_text(end: str) -> None:
    whole = {"kind": "List", **_list(json.loads(json.dumps(_OBJECTS)))}
    items = whole.pop("items")
    text = yaml.safe_dump({**whole, "items": items}, sort_keys=False).rstrip() + end
    quick, exact = _read_both("a.yaml", text.encode())
    assert repr(quick) == repr(exact)
    assert any(isinstance(each.location, LateLocation) for each in quick.resources.pods)


def test_a_key_that_stands_twice_is_found() -> None:
    text = _write("compact.json").replace('"uid": "1"', '"uid": "1", "uid": "2"')
    (error,) = load_text(text, "a.json").errors
    assert "duplicate key uid" in error.message


def test_owners_in_a_circle_have_another_top_for_each_pod() -> None:
    owners = (("Pod", "a", "ReplicaSet", "r"), ("Pod", "b", "ReplicaSet", "r"))
    objects = [
        {
            "apiVersion": "v1" if kind == "Pod" else "apps/v1",
            "kind": kind,
            "metadata": {
                "name": name,
                "ownerReferences": [{"kind": above, "name": of, "controller": True}],
            },
            "spec": _TEMPLATE["spec"] if kind == "Pod" else {"template": _TEMPLATE},
        }
        for kind, name, above, of in (*owners, ("ReplicaSet", "r", "Pod", "a"))
    ]
    tops = []
    for order in (objects, objects[::-1]):
        loaded = load_text(json.dumps(_list(order)), "a.json")
        tops.append({pod.name: str(pod.workload) for pod in loaded.resources.pods})
    assert tops == [{"a": "default/r[ReplicaSet]", "b": "default/a[Pod]"}] * 2
