"""An API server for tests: lists in pages, and refuses as told."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGE = 2
TOKEN = "let-me-in"  # noqa: S105

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Cluster:
    """Objects by path, and the answers that come before them."""

    lists: dict[str, list[dict[str, Any]]]
    refusals: dict[str, list[Answer]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    def answer(self, path: str, query: dict[str, list[str]]) -> Answer:
        self.asked[path] += 1
        if self.refusals.get(path):
            # The last refusal is for good where it says so.
            queue = self.refusals[path]
            return queue[0] if queue[0][1].get("X-Always") else queue.pop(0)
        if path not in self.lists:
            return refusal(404, "the server could not find the requested resource")
        start = int(query.get("continue", ["0"])[0])
        items = self.lists[path][start : start + PAGE]
        metadata: dict[str, Any] = {"resourceVersion": "1"}
        if start + PAGE < len(self.lists[path]):
            metadata["continue"] = str(start + PAGE)
        found = {"kind": "List", "apiVersion": "v1", "metadata": metadata, "items": items}
        return 200, {}, json.dumps(found).encode()


def refusal(status: int, message: str, **headers: str) -> Answer:
    """A Status object, as the API server sends it."""
    found = {"kind": "Status", "status": "Failure", "message": message, "code": status}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, named, json.dumps(found).encode()


@contextmanager
def serving(cluster: Cluster, folder: Path) -> Iterator[Path]:
    """Runs the server; yields a kubeconfig with a context named ``test``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            answer = cluster.answer(parts.path, parse_qs(parts.query))
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                answer = refusal(401, "Unauthorized")
            status, headers, body = answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kubeconfig(folder, f"http://127.0.0.1:{server.server_port}", TOKEN)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def kubeconfig(folder: Path, server: str, token: str) -> Path:
    """A kubeconfig for one server."""
    file = folder / "kubeconfig"
    file.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "test",
                "contexts": [{"name": "test", "context": {"cluster": "c", "user": "u"}}],
                "clusters": [{"name": "c", "cluster": {"server": server}}],
                "users": [{"name": "u", "user": {"token": token}}],
            }
        ),
        encoding="utf-8",
    )
    return file
