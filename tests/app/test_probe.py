"""The probe as a use case: a request goes in, a result comes out, and nothing is printed."""

from __future__ import annotations

import io
import json
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from netsim.app.notes import Note
from netsim.app.probe import DryRun, Watcher, list_roles, plan_probe, probe
from netsim.app.probe_request import ProbeRequest
from netsim.probe.interface import ProbeError
from netsim.probe.rbac import Task, Via
from netsim.probe.result import ProbeConclusion
from tests.cli.test_probe import API, WEB, Place
from tests.probe.samples import DIAGRAM, POLICIES, SCENARIO, raw_policies, shop

SNAPSHOT = json.dumps({"kind": "List", "items": [*shop(), *raw_policies()]})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with manifests and a document, and no scenario."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"policies.yaml": POLICIES, "README.md": DIAGRAM}.items():
        Path(name).write_text(text, encoding="utf-8")
    return tmp_path


def planned(**more: object) -> DryRun:
    request = ProbeRequest(
        ("policies.yaml",),
        stdin=io.StringIO(SNAPSHOT),
        snapshot="-",
        **more,  # type: ignore[arg-type]
    )
    return plan_probe(request)


def test_a_plan_of_a_snapshot_asks_no_cluster(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "shop.yaml").write_text(SCENARIO, encoding="utf-8")
    found = planned(scenario="shop.yaml")
    assert "web -> api TCP 4000" in set(map(str, found.plan.jobs))
    assert (found.notes, found.diagnostics, found.permitted.remarks) == ((), (), ())
    assert dict(found.roles.namespaces) == {"shop": Task.BEGIN}
    assert capsys.readouterr() == ("", "")


def test_what_was_taken_for_granted_is_noted(folder: Path) -> None:
    del folder
    assert planned(namespace="shop").notes == (Note.NO_DIAGRAM,)


def test_roles_need_neither_cluster_nor_manifests(folder: Path) -> None:
    (folder / "shop.yaml").write_text(SCENARIO, encoding="utf-8")
    roles = list_roles(ProbeRequest((), scenario="shop.yaml", via=Via.EPHEMERAL))
    assert (dict(roles.namespaces), roles.via) == ({"shop": Task.BEGIN}, Via.EPHEMERAL)


def test_an_error_says_what_is_wrong_with_the_manifests(folder: Path) -> None:
    text = POLICIES.replace("podSelector: {}", "podSelecter: {}")
    (folder / "policies.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ProbeError, match="fix them before probing") as error:
        planned(namespace="shop")
    assert [each.location.file for each in error.value.diagnostics] == ["policies.yaml"]


class Counting(Watcher):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.total = 0

    @contextmanager
    def trying(self, total: int) -> Iterator[Callable[[int], None]]:
        self.total = total
        yield self.heard.append


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_a_probe_tells_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with ExitStack() as stack:
        ports = {}
        for address in (WEB, API):
            listener = stack.enter_context(socket.create_server((address, 0), backlog=64))
            ports[address] = listener.getsockname()[1]
        place = Place(tmp_path, ports)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("PATH", place.environment()["PATH"])
        watcher = Counting()
        result = probe(ProbeRequest(("manifests/",), via=Via.KUBECTL, seconds=1), watcher)
    assert result.conclusion is ProbeConclusion.AGREES
    assert (watcher.heard[-1], watcher.heard) == (watcher.total, sorted(watcher.heard))
    assert capsys.readouterr() == ("", "")
