"""A patch of the input is what the patched files say, read by the same readers."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsim.fix.apply import apply_patch
from netsim.fix.workspace import Workspace, open_workspace
from netsim.loader.load import load, read_input
from netsim.model.edit import (
    END,
    AddDocument,
    Edit,
    Insert,
    Patch,
    Remove,
    Replace,
    Target,
    Value,
)
from netsim.model.meaning import meaning
from netsim.model.policies import Policy

POLICIES = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress:
    - from: [{podSelector: {}}]
---
apiVersion: v1
kind: List
items:
  - apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: api, namespace: shop}
    spec: {podSelector: {}, policyTypes: [Ingress]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: other}
"""
NEW = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "new", "namespace": "shop"},
    "spec": {"podSelector": {}},
}


def target(policy: Policy) -> Target:
    return Target(policy.id.kind, policy.namespace, policy.name, policy.location)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "a.yaml"
    found.write_text(POLICIES)
    return found


def edits(file: Path) -> dict[str, tuple[Edit, ...]]:
    web, api = (target(policy) for policy in load([str(file)]).resources.policies)
    rule = Value.of({"ports": [{"port": 80}]})
    return {
        "a rule more": (Insert(web, ("spec", "ingress", END), rule),),
        "the first rule": (Insert(api, ("spec", "ingress", END), rule),),
        "another label": (
            Replace(web, ("spec", "podSelector", "matchLabels", "app"), Value.of("api")),
        ),
        "a rule less": (Remove(web, ("spec", "ingress", 0)),),
        "a policy less": (Remove(web, ()),),
        "one of a list less": (Remove(api, ()),),
        "a policy more": (AddDocument(str(file), Value.of(NEW)),),
        "a file more": (AddDocument(str(file.with_name("b.yaml")), Value.of(NEW)),),
        "a refused one": (Insert(web, ("spec", "podSelecter"), Value.of({})),),
    }


@pytest.mark.parametrize("name", [
    "a rule more", "the first rule", "another label", "a rule less", "a policy less",
    "one of a list less", "a policy more", "a file more", "a refused one",
])  # fmt: skip
def test_what_is_proven_is_what_is_written(file: Path, name: str) -> None:
    given = read_input([str(file)])
    assert given.load() == load([str(file)])
    patch = Patch(edits(file)[name])
    proven = apply_patch(given, patch).load()
    before = open_workspace(given)
    after = before.apply(patch)
    assert isinstance(after, Workspace)
    for each in after.list_changes(before):
        Path(each.file).write_text(each.after)
    read = load(list(dict.fromkeys((str(file), *patch.files))))
    assert list(map(meaning, proven.resources.policies)) == list(
        map(meaning, read.resources.policies)
    )
    assert [each.message for each in proven.diagnostics] == [
        each.message for each in read.diagnostics
    ]
    # What was given is as it was.
    assert given.load().resources.policies[0].name == "web"


def test_what_is_not_edited_keeps_its_line(file: Path) -> None:
    given = read_input([str(file)])
    web, api = given.load().resources.policies
    rule = Insert(target(web), ("spec", "ingress", 0), Value.of({}))
    after = apply_patch(given, Patch((rule,))).load().resources.policies
    assert [policy.location for policy in after] == [web.location, api.location]
    assert after[0].rules[1].location.line == web.rules[0].location.line


def test_an_object_that_two_aliases_stand_for_is_two(tmp_path: Path) -> None:
    """Each time it has its own place, and what is said of it is said again."""
    item = "{apiVersion: v1, kind: Service, metadata: {name: a b}, spec: {ports: [{port: 80}]}}"
    file = tmp_path / "a.yaml"
    file.write_text(f"apiVersion: v1\nkind: List\nitems:\n- &a {item}\n- *a\n")
    given = read_input([str(file)])
    assert given.load() == given.load() == load([str(file)])
    assert len(given.load().diagnostics) == 2
