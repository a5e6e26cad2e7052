from pathlib import Path

import pytest

from netsim.rules.documents.documented_excerpt import CHECK
from tests.rules.manifests.project import Project, case, told

RUNTIME = """\
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata:
  name: gvisor
handler: runsc
"""
POD = """\
apiVersion: v1
kind: Pod
metadata:
  generateName: runner-
spec:
  runtimeClassName: gvisor
  containers:
    - name: runner
      image: runner:1
      env:
        - {name: A, value: "1"}
"""
HIDDEN = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {token: top-secret}\n"
ALL = f"{RUNTIME}---\n{POD}---\n{HIDDEN}"


def found(
    folder: Path, block: str, manifests: str = ALL, *paths: str, more: str = ""
) -> list[tuple[str, str, list[str]]]:
    text = f"# A\n```yaml\n{block}\n```\n"
    project = Project(text, "excerpts: [A]", {"a.yaml": manifests}, more)
    return told(folder, CHECK, case(folder, project, *paths))


@pytest.mark.parametrize(
    "block",
    [
        RUNTIME,
        "kind: RuntimeClass\nhandler: runsc",
        POD,
        "kind: Pod\nspec:\n  containers:\n    - name: runner\n      # limits\n      image: ...",
        # Fragments, at any depth.
        "spec:\n  runtimeClassName: gvisor",
        "env:\n  - name: A\n    value: '1'",
        "- name: A\n  value: '1'",
        "handler: runsc",
        # Two in one block.
        "handler: runsc\n---\nkind: Pod",
    ],
)
def test_as_it_stands_in_the_manifests(tmp_path: Path, block: str) -> None:
    assert found(tmp_path, block) == []


@pytest.mark.parametrize(
    ("block", "wanted"),
    [
        (
            RUNTIME.replace("runsc", "runc"),
            (
                "m/README.md:7",
                "the document says handler: runc, m/a.yaml:5 says runsc",
                ["m/a.yaml:5"],
            ),
        ),
        (
            "kind: RuntimeClass\nmetadata: {name: gvisor}\noverhead:\n  podFixed: {cpu: 1}",
            (
                "m/README.md:5",
                "the document says overhead, m/a.yaml:1 does not",
                ["m/a.yaml:1"],
            ),
        ),
        (
            "kind: RuntimeClass\nmetadata:\n  name: gvisors",
            (
                "m/README.md:5",
                (
                    "no manifest has the RuntimeClass gvisors that the document shows; "
                    "did you mean gvisor?"
                ),
                ["m/a.yaml:4"],
            ),
        ),
        (
            "kind: Pod\nmetadata:\n  generateName: run-",
            (
                "m/README.md:5",
                "the Pod with generateName run- that the document",
                ["m/a.yaml:10"],
            ),
        ),
        (
            "kind: DaemonSet",
            ("m/README.md:3", "no manifest has the DaemonSet that the document shows", []),
        ),
        (
            "spec:\n  runtimeClassName: kata",
            (
                "m/README.md:4",
                "the document says spec.runtimeClassName: kata, m/a.yaml:12 says gvisor",
                ["m/a.yaml:12"],
            ),
        ),
        (
            "containers:\n  - name: runner\n    image: runner:latest",
            (
                "m/README.md:5",
                (
                    "the document says containers[runner].image: runner:latest, m/a.yaml:15 "
                    "says runner:1"
                ),
                ["m/a.yaml:15"],
            ),
        ),
        # A number where the manifest has text.
        (
            "env:\n  - name: A\n    value: 1",
            ("m/README.md:5", 'says env[A].value: 1, m/a.yaml:17 says "1"', ["m/a.yaml:17"]),
        ),
        ("nothing:\n  like: it", ("m/README.md:3", "no manifest says nothing:", [])),
        # No value of a Secret is shown.
        (
            "kind: Secret\nstringData: {token: x}",
            (
                "m/README.md:4",
                "says stringData.token, m/a.yaml:22 says another",
                ["m/a.yaml:22"],
            ),
        ),
    ],
)
def test_otherwise(tmp_path: Path, block: str, wanted: tuple[str, str, list[str]]) -> None:
    ((place, message, related),) = found(tmp_path, block)
    assert (place, related) == (wanted[0], wanted[2])
    assert wanted[1] in message
    assert "top-secret" not in message


def test_an_object_of_another_kind(tmp_path: Path) -> None:
    """The manifest that has the name is the one to compare."""
    ((_, message, related),) = found(tmp_path, RUNTIME.replace("RuntimeClass", "RuntimeClas"))
    assert message == "no manifest has the RuntimeClas gvisor that the document shows"
    assert related == ["m/a.yaml:4"]


def test_a_fragment_of_the_files_that_the_section_names(tmp_path: Path) -> None:
    """What another file says is no excuse, and not what differs."""
    files = {"b.yaml": POD.replace("  runtimeClassName: gvisor\n", ""), "a.yaml": ALL}
    text = "# A\nIn `b.yaml`:\n```yaml\nspec:\n  runtimeClassName: gvisor\n```\n"
    for said, wanted in ((text, ["m/b.yaml:5"]), (text.replace("`b.yaml`", "b"), None)):
        subject = case(tmp_path, Project(said, "excerpts: [A]", files))
        reported = told(tmp_path, CHECK, subject)
        assert [related for _, _, related in reported] == ([wanted] if wanted else [])


def test_every_difference_is_told(tmp_path: Path) -> None:
    block = RUNTIME.replace("runsc", "runc").replace("node.k8s.io/v1", "node.k8s.io/v2")
    assert [place for place, _, _ in found(tmp_path, block)] == [
        "m/README.md:3",
        "m/README.md:7",
    ]


def test_an_object_that_is_provided_otherwise(tmp_path: Path) -> None:
    more = "provided: [{kind: ConfigMap, name: a, because: Helm}]\n"
    block = "kind: ConfigMap\nmetadata: {name: a}"
    assert found(tmp_path, block, more=more) == []
    assert len(found(tmp_path, block)) == 1


def test_an_object_of_a_list(tmp_path: Path) -> None:
    item = RUNTIME.replace("\n", "\n    ")
    manifests = f"apiVersion: v1\nkind: List\nitems:\n  - {item}\n"
    ((_, message, _),) = found(tmp_path, "kind: RuntimeClass\nhandler: x", manifests)
    assert message == "the document says handler: x, m/a.yaml:8 says runsc"


def test_lines_of_a_later_document_are_those_of_the_file(tmp_path: Path) -> None:
    manifests = f"# first\n---\n{HIDDEN}---\n{RUNTIME}"
    ((_, message, _),) = found(tmp_path, "kind: RuntimeClass\nhandler: x", manifests)
    assert message == "the document says handler: x, m/a.yaml:12 says runsc"
