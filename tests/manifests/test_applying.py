"""kubectl applies the bundle to the namespaces that it is for, and to no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.apiserver.kubectl import Kubectl, needs_kubectl
from tests.fakes.apiserver.server import serving
from tests.manifests import bundle
from tests.project import MANIFESTS

pytestmark = needs_kubectl
NAMESPACES = ("production", "plue-local")


@pytest.fixture
def kubectl(tmp_path: Path) -> Iterator[Kubectl]:
    with serving(namespaces=NAMESPACES) as server:
        yield Kubectl(server.kubeconfig(tmp_path))


# The server of these tests has no kinds of External Secrets.
@pytest.mark.parametrize("file", sorted(MANIFESTS.glob("*.yaml")), ids=lambda file: file.name)
def test_applies_where_it_belongs(kubectl: Kubectl, file: Path) -> None:
    local = file.name == "secrets.yaml"
    home, other = reversed(NAMESPACES) if local else NAMESPACES
    objects = bundle.objects(file)
    assert kubectl("apply", "-f", str(file), "-n", home).count(" created\n") == len(objects)
    kubectl("apply", "-f", str(file), "-n", home)
    elsewhere = kubectl.run("apply", "-f", str(file), "-n", other)
    namespaced = any("namespace" in found["metadata"] for found in objects)
    assert elsewhere.returncode == int(namespaced)
    assert ("does not match the namespace" in elsewhere.stderr) == namespaced
