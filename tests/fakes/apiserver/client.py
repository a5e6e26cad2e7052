"""A client without any mind of its own, for requests that kubectl would not send."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.apiserver.kinds import Object
from tests.fakes.apiserver.server import ApiServer
from tests.fakes.apiserver.users import ADMIN

PODS = "/api/v1/namespaces/shop/pods"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/shop/leases"


@dataclass(frozen=True, slots=True)
class Response:
    """An answer."""

    code: int
    headers: dict[str, str]
    body: Any

    @property
    def reason(self) -> str:
        return str(self.body.get("reason", ""))

    @property
    def message(self) -> str:
        return str(self.body.get("message", ""))


def ask(
    server: ApiServer,
    method: str,
    path: str,
    body: Any = None,
    *,
    user: str = ADMIN,
    content_type: str = "application/json",
) -> Response:
    """Sends one request."""
    headers = {
        "Authorization": f"Bearer {server.tokens.of(user)}",
        "Content-Type": content_type,
    }
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    try:
        text = None if body is None else json.dumps(body)
        connection.request(method, path, body=text, headers=headers)
        answer = connection.getresponse()
        return Response(answer.status, dict(answer.getheaders()), json.loads(answer.read()))
    finally:
        connection.close()


def pod(name: str = "", **labels: str) -> Object:
    """A small pod of the namespace ``shop``; one without a name gets a generated one."""
    named = {"name": name} if name else {"generateName": "warm-"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**named, "namespace": "shop", "labels": labels},
        "spec": {"containers": [{"name": "main", "image": "shop:1"}]},
    }


def lease(name: str = "lock", **spec: Any) -> Object:
    """A Lease of the namespace ``shop``."""
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": spec,
    }
