"""The connection to a live cluster, where there is none."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path

import pytest
from kubernetes.config import kube_config

from netsim.loader.sources.live import connect
from netsim.loader.sources.live_reading import AnswerError, LiveError


def kubeconfig(file: Path, server: str) -> str:
    found = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": {"token": "hush"}}],
    }
    file.write_text(json.dumps(found), encoding="utf-8")
    return str(file)


def test_what_speaks_no_tls_is_no_answer(tmp_path: Path) -> None:
    """The client wraps errors of TLS unlike those of the network."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            accepted, _ = server.accept()
            with accepted:
                accepted.recv(1)
                accepted.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        address = f"https://127.0.0.1:{server.getsockname()[1]}"
        fetch, _ = connect(kubeconfig(tmp_path / "config", address), None)
        with pytest.raises(AnswerError, match="SSL") as raised:
            fetch("/api", {})
    assert raised.value.status == 0
    assert "\n" not in raised.value.reason


@pytest.mark.parametrize("given", ["option", "default"])
def test_a_kubeconfig_that_does_not_exist_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    file = str(tmp_path / "none")
    monkeypatch.setattr(kube_config, "KUBE_CONFIG_DEFAULT_LOCATION", file)
    with pytest.raises(LiveError, match=f"there is no kubeconfig at {file}$"):
        connect(file if given == "option" else None, None)
