"""The API server through the kubernetes client, which needs no kubectl.

Its WebSockets lead into pods: to a command (exec), or to a port (port-forward).
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from msgspec.structs import replace

from netsim.loader.sources.live import (
    Asking,
    OverdueError,
    address,
    fetch_json,
    api_client,
    in_time,
)
from netsim.probe.pods import LivePod
from netsim.probe.ways.failures import Failure, failure, status_of

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

OPENING_SECONDS = 30.0
"""In which a server must accept a WebSocket."""
FRAME_SECONDS = 10.0
"""In which the rest of a frame that has begun must come, which reading waits for."""
_BODY = "-+-+- "
"""What the client puts before the headers and the body of a refusal, in one text."""
_AFTER = re.compile(r"'retry-after': '(\d+)'", re.IGNORECASE)

T = TypeVar("T")


class ExecStream(Protocol):
    """What the client's WebSocket offers of a running command."""

    def is_open(self) -> bool: ...

    def update(self, timeout: float) -> None: ...

    def read_channel(self, channel: int) -> str: ...

    def close(self) -> None: ...


class Client:
    """The API server through the kubernetes client.  Raises ``LiveError``."""

    def __init__(self, kubeconfig: str | None, context: str | None) -> None:
        self._client = api_client(kubeconfig, context)

    @property
    def server(self) -> str:
        """Its address."""
        return address(self._client)

    def fetch(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        """GET; raises ``AnswerError``."""
        return fetch_json(self._client, Asking("GET", path, query))

    def create(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST; raises ``AnswerError``."""
        return fetch_json(self._client, Asking("POST", path, body=body))

    def merge(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """PATCH by strategic merge; raises ``AnswerError``."""
        kind = "application/strategic-merge-patch+json"
        return fetch_json(self._client, Asking("PATCH", path, body=body, content_type=kind))

    def stop(self) -> None:
        """Nothing to end: a request ends by itself."""

    def open(self, pod: LivePod, container: str, command: Sequence[str]) -> ExecStream:
        """Starts a command in a container.  Raises what the client raises."""
        from kubernetes import client
        from kubernetes.stream import stream

        # stream() changes the client it is given, which threads must not share.
        own = client.CoreV1Api(_copy(self._client))
        found: Any = stream(
            own.connect_get_namespaced_pod_exec,
            pod.name,
            pod.namespace,
            container=container,
            command=list(command),
            stdin=False,
            stdout=True,
            stderr=True,
            tty=False,
            _preload_content=False,
        )
        found.sock.settimeout(FRAME_SECONDS)
        opened: ExecStream = found
        return opened

    def connect(self, pod: LivePod, port: int) -> Any:
        """A WebSocket to a port of a pod.  Raises what the client raises."""
        from kubernetes.stream import ws_client

        _, url, headers, *_ = self._client.param_serialize(
            "GET",
            f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}/portforward",
            query_params=[("ports", str(port))],
            header_params={"sec-websocket-protocol": "v4.channel.k8s.io"},
            auth_settings=["BearerToken"],
        )
        # The module has no type hints.
        untyped: Any = ws_client
        settings = self._client.configuration
        found = untyped.create_websocket(settings, untyped.get_websocket_url(url), headers)
        found.settimeout(FRAME_SECONDS)
        return found


def _copy(shared: ApiClient) -> ApiClient:
    from kubernetes import client

    return client.ApiClient(shared.configuration)


def open_in_time(opening: Callable[[], T]) -> T:
    """What is opened, in a thread: the client waits for ever for a server that is silent.

    Raises ``TimeoutError``, and what the client raises.
    """
    try:
        return in_time(opening, OPENING_SECONDS)
    except OverdueError as error:
        raise TimeoutError(f"no answer within {OPENING_SECONDS:.0f} s") from error


def explain_refusal(error: Exception) -> Failure:
    """The server's own words, where the client kept them."""
    text = str(getattr(error, "reason", None) or error)
    after = _AFTER.search(text)
    found = failure(_read_message(text) or text, status_of(text))
    return replace(found, retry_after=float(after[1]) if after else None)


def _read_message(text: str) -> str:
    """The message of the Status object at the end; some versions show it as bytes."""
    body = text.rpartition(_BODY)[2].strip()
    try:
        is_bytes = body.startswith(("b'", 'b"'))
        found = json.loads(ast.literal_eval(body) if is_bytes else body)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return ""
    return str(found.get("message") or "") if isinstance(found, dict) else ""
