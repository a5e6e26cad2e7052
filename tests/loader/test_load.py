from __future__ import annotations

import gc
import io
import json
from pathlib import Path

import pytest

from netsim.loader.load import Loaded, load
from netsim.loader.registry import Scope
from netsim.model.meaning import meaning
from tests.loader.conftest import Read

POLICY = (
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\nspec: {}\n"
)
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
INVALID = sorted((Path(__file__).parent / "invalid").glob("*.yaml"))


@pytest.mark.parametrize("file", INVALID, ids=lambda file: file.stem)
def test_invalid_manifests_are_refused_where_the_fault_is(file: Path) -> None:
    """Each file marks the line at fault, and a part of the message, in a comment."""
    lines = file.read_text(encoding="utf-8").splitlines()
    ((line, phrase),) = [
        (number, text.partition("# wrong: ")[2])
        for number, text in enumerate(lines, 1)
        if "# wrong: " in text
    ]
    (error,) = load([str(file)]).errors
    assert error.location.line == line
    assert phrase in error.message


def messages(loaded: Loaded) -> list[str]:
    return [found.message for found in loaded.diagnostics]


KINDS = [
    ("networking.k8s.io/v2", "NetworkPolicy", "use networking.k8s.io/v1"),
    ("extensions/v1beta1", "NetworkPolicy", "use networking.k8s.io/v1"),  # removed in 1.16
    ("networking.k8s.oi/v1", "NetworkPolicy", "use networking.k8s.io/v1"),  # misspelt
    ("v1", "NetworkPolicy", "use networking.k8s.io/v1"),
    ("apps/v1", "Pod", "use v1"),
    ("v1", "Deployment", "use apps/v1"),
    ("networking.k8s.io/v1", "networkpolicy", "did you mean NetworkPolicy?"),
]


@pytest.mark.parametrize(("api_version", "kind", "phrase"), KINDS)
def test_a_wrong_api_version_is_refused(
    read: Read, api_version: str, kind: str, phrase: str
) -> None:
    loaded = read(
        f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: p}}\nspec: {{}}\n"
    )
    (error,) = loaded.errors
    assert phrase in error.message


FOREIGN = [
    ("crd.projectcalico.org/v1", "NetworkPolicy"),
    ("projectcalico.org/v3", "NetworkPolicy"),
    ("serving.knative.dev/v1", "Service"),
]


@pytest.mark.parametrize(("api_version", "kind"), FOREIGN)
def test_kinds_of_other_projects_are_counted_with_their_group(
    read: Read, api_version: str, kind: str
) -> None:
    loaded = read(f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: p}}\n")
    assert not loaded.errors
    assert loaded.inventory.unused == ((f"{kind}.{api_version.split('/', maxsplit=1)[0]}", 1),)


NOT_OBJECTS = [
    ("a: 1\nreplicas: 2\n", 1, "no kind"),
    ("kind: Pod\n", 1, "no apiVersion"),
    ("- kind: Pod\n", 1, "a list"),
    ("hello\n", 1, "text"),
    ("kind: List\napiVersion: v1\nitems:\n- metadata: {}\n", 4, "items[0]: not a Kubernetes"),
    # What stands beside items is read by nobody.
    ("kind: List\napiVersion: v1\nitem: []\n", 3, "unknown field item: did you mean items?"),
    ("kind: List\napiVersion: v1\nmetadata: {}\n", 1, "items: missing: a List holds"),
    (
        "kind: NetworkPolicyList\napiVersion: networking.k8s.io/v1\nspec: {}\n",
        3,
        "unknown field spec",
    ),
    ("kind: CiliumNetworkPolicyList\napiVersion: cilium.io/v2\n", 1, "items: missing"),
    (
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        1,
        "a pointer of Git LFS in place of the file: fetch it with git lfs pull",
    ),
    ("kind: [Pod]\n", 1, "expected text"),
]


@pytest.mark.parametrize(("text", "line", "phrase"), NOT_OBJECTS)
def test_what_is_no_object_is_an_error(read: Read, text: str, line: int, phrase: str) -> None:
    (error,) = read(text).errors
    assert error.location.line == line
    assert phrase in error.message


def test_lists_are_flattened(read: Read) -> None:
    loaded = read(
        """\
        apiVersion: v1
        kind: List
        items:
        - {apiVersion: v1, kind: Pod, metadata: {name: a}}
        - {apiVersion: v1, kind: Secret, metadata: {name: s}}
        - {apiVersion: v1, kind: Pod, metadata: {name: b, labels: {x: -}}}
        ---
        apiVersion: v1
        kind: PodList
        items:
        - {metadata: {name: c}}
        ---
        {apiVersion: v1, kind: NamespaceList, items: [{metadata: {name: default}}]}
        ---
        {apiVersion: v1, kind: ConfigMapList, items: [{metadata: {name: d}}]}
        ---
        {apiVersion: networking.k8s.io/v1, kind: NetworkPolicyList, items: }
        """
    )
    assert [pod.name for pod in loaded.resources.pods] == ["a", "c"]  # b is refused alone
    (error,) = loaded.errors
    assert error.location.field == "items[2].metadata.labels.x"
    assert loaded.inventory.used == (("Namespace", 1), ("Pod", 2))
    assert loaded.inventory.unused == (("ConfigMap", 1), ("Secret", 1))


def test_a_kind_of_a_project_may_be_called_a_list(read: Read) -> None:
    loaded = read("apiVersion: acme.example/v1\nkind: AllowList\nspec: {}\n")
    assert (loaded.diagnostics, loaded.inventory.unused) == ((), (("AllowList", 1),))


def test_json_is_read_with_positions(read: Read) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "labels": {"a": 1}}}
    (error,) = read(json.dumps(pod, indent=1), "a.json").errors
    assert str(error) == "a.json:7: metadata.labels.a: label value 1 is a number: quote it"


def test_standard_input() -> None:
    loaded = load(["-"], stdin=io.StringIO(POD.replace("name: a", "name: ~")))
    assert str(loaded.errors[0]).startswith("<stdin>:3: metadata.name: missing")


def test_the_default_namespace_is_for_objects_without_one(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(f"{POD}---\n{POD.replace('name: a', 'name: b, namespace: own')}")
    loaded = load([str(file)], default_namespace="shop")
    assert [pod.namespace for pod in loaded.resources.pods] == ["shop", "own"]


DUPLICATES = [
    (POD, POD, 0),
    (POD, "# moved\n" + POD + "spec: {containers: []}\n", 0),  # equal in meaning
    (POD, POD + "spec: {hostNetwork: true}\n", 1),
    (POD, POD.replace("name: a", "name: a, namespace: default"), 0),
    (POD, POD.replace("name: a", "name: a, namespace: other"), 0),
    (POLICY, POLICY.replace("{}", "{podSelector: {}}"), 0),
    (POLICY, POLICY.replace("{}", "{egress: [{}]}"), 1),
]


@pytest.mark.parametrize(("first", "second", "differences"), DUPLICATES)
def test_the_later_of_two_of_one_name_counts(
    read: Read, first: str, second: str, differences: int
) -> None:
    loaded = read(f"{first}---\n{second}")
    assert loaded.errors == ()
    assert len(loaded.diagnostics) == differences
    for found in loaded.diagnostics:
        assert "already defined at a.yaml:3" in found.message
        assert "this one counts" in found.message
        assert found.location.line > 4
    if differences:
        assert meaning(loaded.resources) == meaning(read(second).resources)


@pytest.mark.parametrize(("first", "second", "errors"), DUPLICATES)
def test_files_have_no_order(tmp_path: Path, first: str, second: str, errors: int) -> None:
    files = [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    for file, text in zip(files, (first, second), strict=True):
        file.write_text(text)
    loaded = load([str(file) for file in files])
    if first is POLICY:
        assert loaded.errors == ()
        assert len(loaded.inventory.disputed) == len(loaded.diagnostics) == errors
    else:
        assert len(loaded.errors) == errors
    for each in loaded.diagnostics:
        assert "a.yaml:3, differently: " in each.message
        assert "keep one of them" in each.message


def test_an_object_is_counted_once(read: Read) -> None:
    loaded = read(f"{POLICY}---\n{POLICY.replace('{}', '{egress: [{}]}')}")
    assert loaded.inventory.count("NetworkPolicy") == 1


def test_placeholders_in_names_are_kept(read: Read) -> None:
    loaded = read(POD.replace("name: a", 'name: "${X}-web", labels: {app: "${X}"}'))
    assert loaded.errors == ()
    assert loaded.resources.pods[0].title == "default/${X}-web"
    assert messages(loaded) == ["placeholder ${X} is not filled in: its value is unknown"]


@pytest.mark.parametrize(
    ("kind", "item", "count"),
    [
        ("ConfigMapList", "{metadata: {name: a}, data: {b: '${X}'}}", 0),
        (
            "List",
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {b: '${X}'}}",
            0,
        ),
        ("PodList", "{metadata: {name: a, labels: {b: '${X}'}}}", 1),
        (
            "List",
            "{apiVersion: v1, kind: Pod, metadata: {name: '${X}', labels: {b: '${X}'}}}",
            1,
        ),
    ],
)
def test_placeholders_of_items_of_a_list(
    tmp_path: Path, kind: str, item: str, count: int
) -> None:
    """Of which kind a list is makes no difference to its items."""
    file = tmp_path / "list.yaml"
    file.write_text(f"apiVersion: v1\nkind: {kind}\nitems:\n- {item}\n- {item}\n")
    loaded = load([str(file)], scope=Scope.BUNDLE)
    found = [text for text in messages(loaded) if "is not filled in" in text]
    assert len(found) == count


def test_a_name_the_server_refuses_is_a_warning(read: Read) -> None:
    loaded = read(POLICY.replace("name: p", "name: my_policy"))
    assert loaded.errors == ()
    assert "the API server refuses it" in messages(loaded)[0]
    assert len(loaded.resources.policies) == 1


ROLE = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: 'NAME'}\n"


@pytest.mark.parametrize(("name", "warnings"), [("system:node", 0), ("a/b", 1), ("..", 1)])
def test_names_of_roles_are_parts_of_a_path(name: str, warnings: int) -> None:
    text = io.StringIO(ROLE.replace("NAME", name))
    loaded = load(["-"], stdin=text, scope=Scope.BUNDLE)
    assert loaded.errors == ()
    assert len(messages(loaded)) == warnings


def test_inventory(read: Read) -> None:
    loaded = read(f"{POD}---\n{POLICY}---\nkind: Secret\n---\n# nothing\n---\nx: [\n")
    assert (loaded.inventory.files, loaded.inventory.documents) == (1, 4)
    assert loaded.inventory.count("NetworkPolicy") == 1
    assert loaded.inventory.count("Node") == 0


def test_comments_are_collected(read: Read) -> None:
    loaded = read(f"# netsim: ignore[exposed] agreed\n{POLICY}")
    assert [comment.rules for comment in loaded.comments] == [("exposed",)]


def test_the_garbage_collector_is_left_as_it_was(read: Read) -> None:
    assert gc.isenabled()
    read(POD)
    assert gc.isenabled()
