from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.cli.command import netsim
from tests.project import ROOT

API = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: plue-api, namespace: production}
spec:
  template:
    metadata: {labels: {LABEL: plue-api}}
    spec: {containers: [{name: c}]}
"""


def rules(folder: Path, label: str) -> list[str]:
    for name in ("manifests", "scenarios"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "manifests/api.yaml").write_text(API.replace("LABEL", label), encoding="utf-8")
    done = netsim("check", "manifests", "--format", "json", cwd=folder)
    return [finding["rule"] for finding in json.loads(done.out)["findings"]]


def test_a_workload_under_other_labels_is_not_modelled_silently(tmp_path: Path) -> None:
    assert "endpoint-unmatched" in rules(tmp_path, "app")


def test_a_workload_that_matches(tmp_path: Path) -> None:
    assert "endpoint-unmatched" not in rules(tmp_path, "app.kubernetes.io/name")
