"""The fuzzer notices each of the faults that it looks for."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import Done
from tests.fuzz import test_fuzz as fuzz

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c}]}\n"


def _raises() -> Done:
    raise KeyError("spec")


def _hangs() -> Done:
    while True:
        pass


def _waits() -> Done:
    time.sleep(60)
    return Done(0, "", "")


FAULTS: dict[str, tuple[Callable[[], Done], str, str]] = {
    "exception": (_raises, POD, "KeyError"),
    "busy": (_hangs, POD, "works for more than"),
    "waiting": (_waits, POD, "works for more than"),
    "code": (lambda: Done(3, "", ""), POD, "neither 0 nor 1 nor 2"),
    "silence": (lambda: Done(2, "", ""), POD, "says nothing"),
    "told": (lambda: Done(0, "", "m/a.yaml:3: no name\n"), POD, "rejected, and exit code 0"),
    "untold": (lambda: Done(0, "", ""), "kind: [", "rejected, and exit code 0"),
    "warning": (lambda: Done(0, "", "m/a.yaml:3: warning: odd\n"), POD, ""),
    "none": (lambda: Done(1, "x", ""), POD, ""),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_noticed(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    behave, manifest, said = FAULTS[name]
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "a.yaml").write_text(manifest, encoding="utf-8")
    monkeypatch.setattr(fuzz, "netsim", lambda *_, **__: behave())
    monkeypatch.setattr(fuzz, "CPU_SECONDS", 0.2)
    monkeypatch.setattr(fuzz, "WALL_SECONDS", 0.3 if name == "waiting" else 60)
    wrong = fuzz.fault(["list", "m"], tmp_path)
    assert said in wrong
    assert bool(wrong) == bool(said)
