from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of this machine are asked, wherever the tests run."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    for name in ("REQUESTS_CA_BUNDLE", "CI_SERVER_TLS_CA_FILE"):
        monkeypatch.delenv(name, raising=False)
