"""Which files can be written: those that were read as files, as they were read."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest

from netsim.fix.diff import Rewrite
from netsim.fix.workspace import Workspace, open_workspace
from netsim.loader.load import Input, read_input
from netsim.model.edit import END, AddDocument, Insert, Patch, Target, Value
from netsim.model.location import Location

_POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {}
"""


def _patch(file: str) -> Patch:
    target = Target("NetworkPolicy", "shop", "web", Location(file, 3))
    return Patch((Insert(target, ("spec", "ingress", END), Value.of({})),))


def change(read: Input, patch: Patch) -> tuple[Rewrite, ...] | str:
    """What files a patch changes, else why it has to be made by hand."""
    before = open_workspace(read)
    after = before.apply(patch)
    assert isinstance(after, Workspace)
    return after.by_hand[0] if after.by_hand else after.list_changes(before)


def test_a_file_is_written_with_its_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(_POLICY.replace("\n", "\r\n").encode())
    read = read_input([str(file)])
    found = change(read, _patch(str(file)))
    assert isinstance(found, tuple)
    assert found[0].after == (_POLICY + "  ingress:\n    - {}\n").replace("\n", "\r\n")


def test_a_new_file_is_written() -> None:
    value = Value.of({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
    found = change(read_input([]), Patch((AddDocument("new.yaml", value),)))
    text = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n"
    assert found == (Rewrite("new.yaml", "", text),)


def test_standard_input_is_no_file() -> None:
    read = read_input(["-"], stdin=StringIO(_POLICY))
    found = change(read, _patch("<stdin>"))
    assert found == "<stdin>: it is standard input"


def test_a_file_that_changed_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(_POLICY)
    read = read_input([str(file)])
    file.write_text(f"# mine\n{_POLICY}")
    found = change(read, _patch(str(file)))
    assert found == f"{file}: it has changed since it was read"


@pytest.mark.parametrize(
    ("rest", "reason"),
    [("---\na: [\n", "line 7 cannot be read"), ("---\na: 1\na: 2\n", "line 8 cannot be read")],
)
def test_a_file_with_a_broken_document_is_left_alone(
    tmp_path: Path, rest: str, reason: str
) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(_POLICY + rest)
    found = change(read_input([str(file)]), _patch(str(file)))
    assert isinstance(found, str)
    assert reason in found


def test_a_part_of_a_chart_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    file = tmp_path / "templates" / "a.yaml"
    file.write_text(_POLICY)
    value = Value.of({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
    found = change(read_input([str(tmp_path)]), Patch((AddDocument(str(file), value),)))
    assert found == f"{file}: of a chart or a kustomization only the output counts"
