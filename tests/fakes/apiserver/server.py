"""Running the server: ports, threads, and the files that clients find it by."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.fakes.apiserver.api import Api
from tests.fakes.apiserver.handler import Handler
from tests.fakes.apiserver.rbac import Authorizer
from tests.fakes.apiserver.storage import Store
from tests.fakes.apiserver.users import ADMIN
from tests.fakes.port import HOST, Port

_SECURE = "over TLS"
"""No user is called so."""


class ApiServer(Api):
    """A running server; ``serving()`` makes it.

    kubectl sends no credentials over plain HTTP, so every user with a kubeconfig has a port of
    their own, where requests without a token are theirs.
    """

    def __init__(self, authorizer: Authorizer | None = None) -> None:
        super().__init__(Store(), authorizer)
        self._ports: dict[str, Port] = {}

    @property
    def url(self) -> str:
        """Where requests need a token."""
        return self.url_of("")

    def url_of(self, user: str) -> str:
        """Where requests without a token are this user's."""
        if user not in self._ports:
            if user:
                self.tokens.of(user)
            handler = type("UserHandler", (Handler,), {"api": self, "owner": user})
            self._ports[user] = Port(handler)
        return f"http://{HOST}:{self._ports[user].server_port}"

    def secure(self, identity: Path) -> int:
        """A port that speaks TLS, as the server of a cluster does; requests need a token.

        The file has the certificate for ``HOST`` and its key.
        """
        if _SECURE not in self._ports:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(identity)
            handler = type("TokenHandler", (Handler,), {"api": self})
            self._ports[_SECURE] = Port(handler, context)
        return self._ports[_SECURE].server_port

    def kubeconfig(self, folder: Path, user: str = ADMIN, namespace: str = "default") -> Path:
        """A file by which kubectl and the Python client reach the server as a user."""
        file = folder / f"kubeconfig-{user.replace(':', '-')}"
        file.write_text(json.dumps(self._config(user, namespace)), encoding="utf-8")
        return file

    def stop(self) -> None:
        """Ends the server; raises what failed in it unexpectedly."""
        self.store.close()
        for port in self._ports.values():
            port.stop()
        for port in self._ports.values():
            for failure in port.failures:
                raise failure

    def _config(self, user: str, namespace: str) -> dict[str, Any]:
        context = {"cluster": "test", "user": user, "namespace": namespace}
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "contexts": [{"name": "test", "context": context}],
            "clusters": [{"name": "test", "cluster": {"server": self.url_of(user)}}],
            "users": [{"name": user, "user": {"token": self.tokens.of(user)}}],
        }


@contextmanager
def serving(
    authorizer: Authorizer | None = None, namespaces: Sequence[str] = ("default",)
) -> Iterator[ApiServer]:
    """Runs a server with these namespaces; without an authorizer everything is allowed."""
    server = ApiServer(authorizer)
    for name in namespaces:
        server.store.add(
            {
                "apiVersion": "v1",
                "kind": "Namespace",
                "metadata": {"name": name},
                "status": {"phase": "Active"},
            }
        )
    try:
        yield server
    finally:
        server.stop()
