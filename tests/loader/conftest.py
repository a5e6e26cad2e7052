from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from netsim.loader.load import Loaded, load

Read = Callable[..., Loaded]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Loads a text as the file ``a.yaml`` of the current folder."""
    monkeypatch.chdir(tmp_path)

    def from_text(text: str, name: str = "a.yaml") -> Loaded:
        Path(name).write_text(dedent(text), encoding="utf-8")
        return load([name])

    return from_text
