"""Policies that are not evaluated are said, as the verdicts could be others with them."""

from pathlib import Path

import pytest

from netsim.loader.load import load

DOCUMENT = """# a comment
apiVersion: {version}
kind: {kind}
metadata: {{name: x}}
"""


@pytest.mark.parametrize(
    ("version", "kind", "named"),
    [
        ("cilium.io/v2", "CiliumNetworkPolicy", "CiliumNetworkPolicy"),
        # The same kind as the one in use, of another group.
        ("projectcalico.org/v3", "NetworkPolicy", "NetworkPolicy.projectcalico.org"),
    ],
)
def test_is_said(tmp_path: Path, version: str, kind: str, named: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(DOCUMENT.format(version=version, kind=kind), encoding="utf-8")
    loaded = load([str(file)])
    assert not loaded.errors
    assert loaded.inventory.unused == ((named, 1),)
    assert [named in each.message for each in loaded.diagnostics] == [True]


def test_other_kinds_are_only_counted(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(DOCUMENT.format(version="v1", kind="ConfigMap"), encoding="utf-8")
    loaded = load([str(file)])
    assert not loaded.diagnostics
    assert loaded.inventory.unused == (("ConfigMap", 1),)
